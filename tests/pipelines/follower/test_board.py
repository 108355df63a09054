"""`newslake follow` shows its board before it imports Beam, and before the first answer comes."""

import os
import re
import subprocess
import sys

import pytest
from clocks import FakeClock
from hostile import server_in_a_thread
from paths import ROOT

FOLLOW = """
import os, sys
class Marks:
    def find_spec(self, name, path=None, target=None):
        if name == "apache_beam":
            os.write(1, b"<beam>")
sys.meta_path.insert(0, Marks())
from newslake.pipelines.cli import main
sys.exit(main())
"""


@pytest.fixture
def feed():
    """The URL of a feed that never answers."""
    with server_in_a_thread(FakeClock()) as server:
        server.pages["/feed"] = "silent"
        yield server.url("/feed")


def printed(condition, read, command, **streams):
    """Start `command`; return what it prints until `condition` holds, then kill it."""
    process, text = subprocess.Popen(command, cwd=ROOT, **streams), ""
    try:
        while not condition(text):
            text += os.read(read if read is not None else process.stdout.fileno(), 10_000).decode()
    finally:
        process.kill()
        process.wait()
        if process.stdout:
            process.stdout.close()
    return text


def command(feed, lake):
    words = ["follow", feed, "--lake", lake, "--allow-private", "--no-events"]
    return [sys.executable, "-c", FOLLOW, *map(str, words)]


def test_without_a_terminal_a_line_says_what_is_followed(feed, tmp_path):
    streams = {"stdout": subprocess.PIPE, "stderr": subprocess.STDOUT}
    text = printed(lambda text: "<beam>" in text, None, command(feed, tmp_path / "lake"), **streams)
    assert text.startswith("newslake: follow starts: 1 feed\n")


@pytest.mark.parametrize("columns", ["40", "80"])
def test_a_terminal_shows_the_table(feed, tmp_path, monkeypatch, columns):
    monkeypatch.setenv("COLUMNS", columns)
    master, slave = os.openpty()
    has_due = re.compile(r"due[^\w\n]+1\b").search
    words = command(feed, tmp_path / "lake")
    text = printed(has_due, master, words, stdout=slave, stderr=subprocess.DEVNULL)
    os.close(slave)
    os.close(master)
    before, _, after = text.partition("<beam>")
    for part in (before, after):
        assert all(word in part for word in ("already ingested", "commit", "feeds: "))
    assert max(map(len, re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", before).split("\r\n"))) <= int(
        columns
    )
