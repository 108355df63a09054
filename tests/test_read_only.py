import os
import subprocess
import sys
from ctypes import CDLL

import pytest
from lakes import rows_of

DROP_FROM_BOUNDING_SET = 24
"""Of prctl(2)."""
POWERS = {"CAP_DAC_OVERRIDE": 1, "CAP_DAC_READ_SEARCH": 2}
"""What lets root write where nobody may. Source: linux/capability.h."""


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
    """Run newslake without root's powers, should we be root."""

    def give_up() -> None:
        for power in POWERS.values():
            CDLL(None).prctl(DROP_FROM_BOUNDING_SET, power)

    return subprocess.run(
        [sys.executable, "-m", "pipelines.cli", *words],
        check=False,
        capture_output=True,
        text=True,
        preexec_fn=give_up if os.geteuid() == 0 else None,
    )


def test_a_lake_that_can_only_be_read_is_read(locked_lake, tmp_path):
    asked = as_anybody("query", "SELECT count(*) AS n FROM articles", "--lake", str(locked_lake))
    assert (asked.returncode, "│ 5 │" in asked.stdout) == (0, True)
    verified = as_anybody("verify", "--lake", str(locked_lake))
    assert "nothing wrong" in verified.stdout
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
    assert f"{locked_lake}/_lock: Permission denied: your user may not; run" in refused.stderr
    assert "Traceback" not in refused.stderr
    assert rows_of(locked_lake) == before
