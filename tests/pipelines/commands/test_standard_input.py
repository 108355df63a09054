import io
import json
import signal
import subprocess
import sys

import pytest
from lakes import rows_of
from waits import HANG_SECONDS, wait_until

from newslake.pipelines.cli import main

LINES = [
    {"title": "Truce", "text": "Both sides met on Monday, the minister said."},
    {"title": "Ferry", "text": "The ferry workers ended their strike after nine days."},
    {"title": "", "text": ""},
]
DUMP = "\n\n".join(map(json.dumps, LINES)).encode()


@pytest.fixture
def stdin(monkeypatch):
    """Give the command these bytes as standard input."""

    def give(content):
        monkeypatch.setattr("sys.stdin", io.TextIOWrapper(io.BytesIO(content)))

    return give


def backfill(*words):
    return main(["backfill", *map(str, words), "--no-events", "--workers", "1"])


def copies(lake):
    return list(lake.glob("_tmp/*-input"))


@pytest.mark.parametrize("chunk", [1, 100])
def test_lines_of_standard_input_are_the_documents_of_a_file_with_these_lines(
    tmp_path, stdin, chunk
):
    (tmp_path / "stdin").mkdir()
    (tmp_path / "stdin" / "stdin.jsonl").write_bytes(DUMP)
    stdin(DUMP)
    piped, read = tmp_path / "piped", tmp_path / "read"
    assert backfill("-", "-", "--lake", piped, "--chunk-documents", chunk) == 0
    assert backfill(tmp_path / "stdin", "--lake", read, "--chunk-documents", chunk) == 0
    assert rows_of(piped) == rows_of(read)
    assert [row[4] for row in rows_of(piped)["rejects"]] == ["file:stdin.jsonl#5"]
    assert copies(piped) == []


def test_the_same_lines_again_are_already_ingested(tmp_path, stdin, capsys):
    for _ in range(2):
        stdin(DUMP)
        backfill("-", "--lake", tmp_path / "lake", "--json")
    summary = json.loads(capsys.readouterr().out.splitlines()[-1])
    assert (summary["read"], summary["already_ingested"]) == (3, 3)


def test_no_input_is_one_reject(tmp_path, stdin, capsys):
    stdin(b"")
    backfill("-", "--lake", tmp_path / "lake", "--json")
    assert json.loads(capsys.readouterr().out)["rejects_by_reason"] == {"empty": 1}


@pytest.mark.parametrize("terminal", [True, False], ids=["a terminal", "closed"])
def test_standard_input_that_has_no_lines_is_wrong_use(
    tmp_path, stdin, monkeypatch, capsys, terminal
):
    stdin(b"")
    if terminal:
        monkeypatch.setattr("sys.stdin.isatty", lambda: True)
    else:
        monkeypatch.setattr("sys.stdin", None)
    assert backfill("-", "--lake", tmp_path / "lake") == 2
    assert ("terminal" if terminal else "closed") in capsys.readouterr().err
    assert not (tmp_path / "lake").exists()


@pytest.mark.parametrize("stop", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_a_stopped_run_leaves_no_copy_of_its_input(tmp_path, stdin, stop):
    lake = tmp_path / "lake"
    command = [sys.executable, "-m", "newslake", "backfill", "-", "--lake", lake, "--no-events"]
    process = subprocess.Popen(command, stdin=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdin.write(DUMP)
    process.stdin.flush()
    wait_until(lambda: any(copies(lake)))
    process.send_signal(stop)
    process.wait(HANG_SECONDS)
    process.stdin.close()
    if stop == signal.SIGKILL:
        stdin(DUMP)
        backfill("-", "--lake", lake)
    assert copies(lake) == []
