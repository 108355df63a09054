import os
import subprocess
import sys

import pytest
from lakes import rows_of

WITHOUT_POWERS = """
import ctypes, os, sys
DROP_FROM_BOUNDING_SET = 24  # of prctl(2)
for power in (1, 2):  # CAP_DAC_OVERRIDE, CAP_DAC_READ_SEARCH, of linux/capability.h
    ctypes.CDLL(None).prctl(DROP_FROM_BOUNDING_SET, power)
os.execv(sys.executable, [sys.executable, *sys.argv[1:]])
"""
"""Gives up what lets root write where nobody may, then runs Python with its arguments."""


@pytest.fixture
def locked_lake(lake):
    root = lake.storage.root
    modes = {path: path.stat().st_mode for path in [root, *root.rglob("*")]}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    yield root
    for path, mode in modes.items():
        path.chmod(mode)


def as_anybody(*words):
    """Run newslake without root's powers, should we be root.

    Given up in the new process: code run between fork and exec meets the threads of gRPC, which abort.
    """
    command = [sys.executable] + (["-c", WITHOUT_POWERS] if os.geteuid() == 0 else [])
    return subprocess.run(
        [*command, "-m", "newslake.pipelines.cli", *words],
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_lake_that_can_only_be_read_is_read(locked_lake, tmp_path):
    asked = as_anybody("query", "SELECT count(*) AS n FROM articles", "--lake", str(locked_lake))
    assert (asked.returncode, "│ 5 │" in asked.stdout) == (0, True)
    verified = as_anybody("verify", "--lake", str(locked_lake))
    assert "no problems" in verified.stdout
    assert "the lake is not writable" in verified.stderr


@pytest.mark.parametrize("words", [["compact", "--idle", "0"], ["backfill", "one.txt"]])
def test_who_would_write_is_told_what_cannot_be_written_and_what_to_do(
    locked_lake, tmp_path, words, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.txt").write_text("A title\n\n" + "A text that is long enough. " * 20)
    before = rows_of(locked_lake)
    refused = as_anybody(*words, "--lake", str(locked_lake))
    assert refused.returncode == 1
    assert f"{locked_lake}/_lock: Permission denied: change the permissions" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert rows_of(locked_lake) == before
