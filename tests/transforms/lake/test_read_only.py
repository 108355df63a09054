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
"""Code that drops root's power to ignore file permissions, then runs Python with its arguments."""


@pytest.fixture
def locked_lake(lake):
    root = lake.storage.root
    modes = {path: path.stat().st_mode for path in [root, *root.rglob("*")]}
    for path, mode in modes.items():
        path.chmod(mode & 0o555)
    yield root
    for path, mode in modes.items():
        path.chmod(mode)


def run_without_privileges(*words):
    """Run newslake without root's power to ignore file permissions, if the test runs as root.

    The new process gives it up, because gRPC's threads abort if code runs between fork and exec.
    """
    command = [sys.executable] + (["-c", WITHOUT_POWERS] if os.geteuid() == 0 else [])
    return subprocess.run(
        [*command, "-m", "newslake.pipelines.cli", *words],
        check=False,
        capture_output=True,
        text=True,
    )


def test_a_lake_that_can_only_be_read_is_read(locked_lake, tmp_path):
    queried = run_without_privileges(
        "query", "SELECT count(*) AS n FROM articles", "--lake", str(locked_lake)
    )
    assert (queried.returncode, "│ 5 │" in queried.stdout) == (0, True)
    verified = run_without_privileges("verify", "--lake", str(locked_lake))
    assert "no problems" in verified.stdout
    assert "the lake is not writable" in verified.stderr


@pytest.mark.parametrize("words", [["compact", "--idle", "0"], ["backfill", "one.txt"]])
def test_a_command_that_writes_reports_the_problem_and_the_remedy(
    locked_lake, tmp_path, words, monkeypatch
):
    monkeypatch.chdir(tmp_path)
    (tmp_path / "one.txt").write_text("A title\n\n" + "A text that is long enough. " * 20)
    before = rows_of(locked_lake)
    refused = run_without_privileges(*words, "--lake", str(locked_lake))
    assert refused.returncode == 1
    assert f"{locked_lake}/_lock: Permission denied; change the permissions" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert rows_of(locked_lake) == before
