"""The exit codes of all commands: 0 done, 1 failed, 2 wrong use, 130 stopped by Ctrl-C."""

import argparse
import re
import shutil
import signal
import subprocess
import sys
from dataclasses import replace

import pytest
from clocks import FakeClock
from hostile import http_response, server_in_a_thread
from lakes import commit, rejected
from outcomes import SERVERS
from paths import ROOT
from waits import HANG_SECONDS

from newslake.pipelines.cli import COMMANDS, command_of, main
from newslake.transforms.dedupe.lake_index import open_lake

LINES = {
    "backfill": (
        "backfill in --lake new --no-events",
        "backfill bad.html --max-reject-share 0 --lake new --no-events",
        "backfill nowhere --lake new",
    ),
    "follow": (
        "follow SITE/feed --once --lake new --allow-private --no-events",
        "follow SITE/feed --once --lake damaged --allow-private",
        "follow empty.txt --lake new",
    ),
    "replay": (
        "replay --lake lake --reason none --no-events",
        "replay --lake refused --no-events",
        "replay --lake nowhere",
    ),
    "feeds add": (
        "feeds add new.opml SITE/feed --allow-private",
        "feeds add new.opml SITE/gone --allow-private",
        "feeds add new.opml feed.xml",
    ),
    "feeds remove": (
        "feeds remove feeds.txt https://paper.example/1",
        None,
        "feeds remove feeds.txt https://paper.example/2",
    ),
    "feeds list": (
        "feeds list feeds.txt",
        "feeds list feeds.txt --lake damaged",
        "feeds list none",
    ),
    "feeds check": ("feeds check feed.xml", "feeds check bad.html", "feeds check empty.txt"),
    "feeds pause": (
        "feeds pause feeds.txt https://paper.example/1",
        None,
        "feeds pause feeds.txt https://paper.example/2",
    ),
    "feeds resume": (
        "feeds resume feeds.txt https://paper.example/1",
        None,
        "feeds resume feeds.txt https://paper.example/2",
    ),
    "feeds import": ("feeds import new.txt feeds.txt", None, "feeds import new.txt none.txt"),
    "feeds export": ("feeds export feeds.txt", None, "feeds export none.txt"),
    "query": (
        "query 'FROM articles' --lake lake",
        "query 'FROM articles' --lake damaged",
        "query 'FROM article' --lake lake",
    ),
    "export": (
        "export --lake lake",
        "export --lake damaged",
        "export --published 2026-03-02 2026-03-01 --lake lake",
    ),
    "compact": (
        "compact --idle 0 --lake lake",
        "compact --idle 0 --lake damaged",
        "compact --idle -1 --lake lake",
    ),
    "reprocess": (
        "reprocess --events --lake lake",
        "reprocess --events --lake damaged",
        "reprocess --lake lake",
    ),
    "forget": (
        "forget https://example.org/one --yes --grace 0 --lake lake",
        "forget nobody --yes --lake lake",
        "forget https://example.org/one --lake lake",
    ),
    "migrate": (
        "migrate lake new --partition year",
        "migrate damaged new --partition year",
        "migrate lake lake --partition year",
    ),
    "reindex": ("reindex --lake lake", "reindex --lake damaged", "reindex --lake nowhere"),
    "verify": ("verify --lake lake", "verify --lake damaged", "verify --lake nowhere"),
    "explain": ("explain 'Norway praised Peru.'", None, "explain"),
    "doctor": ("doctor --lake lake", "doctor --lake damaged", "doctor --lake nowhere"),
    "report": (
        "report --lake lake -o report.html",
        "report --lake damaged -o report.html",
        "report --lake nowhere -o report.html",
    ),
    "config": ("config", None, "config --config nowhere.toml"),
    "completion": ("completion bash", None, "completion nosh"),
    "schema": ("schema", "schema --sql --lake damaged", "schema tables"),
}
"""For each command and each action of `feeds`: command lines that end with 0, 1 and 2.

None stands for a command that fails only if its own files or the machine do; see test_failures.py.
"""

FEED = "<rss><channel><title>Paper</title><item><title>One</title></item></channel></rss>"

INTERRUPTED = """
import dataclasses, signal, sys, time
from newslake.pipelines import cli
found = cli.command_of
def command_of(name):
    command, summary = found(name)
    def run(arguments):
        signal.raise_signal(signal.SIGINT)
        time.sleep(600)
    return dataclasses.replace(command, run=run), summary
cli.command_of = command_of
sys.exit(cli.main())
"""
"""Runs a command that gets Ctrl-C when it starts to work."""


@pytest.fixture(scope="module")
def site():
    with server_in_a_thread(FakeClock()) as server:
        server.pages["/feed"] = http_response(FEED.encode(), Content_Type="text/xml")
        yield server


@pytest.fixture
def run(made_lake, site, tmp_path, monkeypatch, capsys):
    """Return a function that runs a command line beside some lakes; it returns code and messages."""
    shutil.copytree(made_lake.storage.root, tmp_path / "lake")
    damaged = shutil.copytree(made_lake.storage.root, tmp_path / "damaged")
    for path in [damaged / "_lake.json", *damaged.rglob("*.parquet")]:
        path.write_bytes(b"garbage")
    refused = open_lake(tmp_path / "refused")
    refused.create()
    commit(refused, replace(rejected("bad"), payload=None, locator="file:nowhere.html"))
    (tmp_path / "in").mkdir()
    (tmp_path / "in/a.txt").write_text("Both sides met.")
    (tmp_path / "bad.html").write_bytes(b"\x00")
    (tmp_path / "feed.xml").write_text(FEED)
    (tmp_path / "empty.txt").touch()
    (tmp_path / "feeds.txt").write_text("https://paper.example/1\n")
    monkeypatch.chdir(tmp_path)

    def run(line):
        words = re.findall(r"'[^']*'|\S+", line.replace("SITE", site.url("")))
        code = main([word.strip("'") for word in words])
        said = capsys.readouterr()
        return code, said.out + said.err

    return run


def parsers():
    """Yield the name and the parser of each command and each action of `feeds`."""
    for name in COMMANDS:
        parser = command_of(name)[0].parser(name, "Do it")
        yield name, parser
        for action in parser._actions:
            if isinstance(action, argparse._SubParsersAction):
                yield from ((f"{name} {one}", of_it) for one, of_it in action.choices.items())


HELPS = {name: parser.format_help() for name, parser in parsers()}


def test_the_table_has_every_command():
    assert {*LINES} == {*HELPS} - {"feeds", *SERVERS}


@pytest.mark.parametrize("name", HELPS)
def test_the_help_of_every_command_has_the_exit_codes(name):
    codes = HELPS[name].partition("\nexit codes:\n")[2]
    assert re.findall(r"^  (\d+) +(\w+)", codes, re.MULTILINE) == [
        ("0", "done"),
        ("1", "failed"),
        ("2", "wrong"),
        ("130", "stopped"),
    ]


def test_the_help_of_follow_states_how_a_signal_ends_it_and_how_it_ends_a_stream():
    said = "SIGTERM ends the command with the exit code 0, and Ctrl-C with 130; both end a stream with 0."
    assert said in HELPS["follow"].replace("\n", " ")


def test_the_help_of_the_program_has_the_exit_codes(capsys):
    assert main(["--help"]) == 0
    assert "\n  130  stopped by Ctrl-C" in capsys.readouterr().out


@pytest.mark.parametrize("code", [0, 1, 2])
@pytest.mark.parametrize("name", LINES)
def test_a_command_ends_with_the_exit_code_of_its_help(run, name, code):
    if line := LINES[name][code]:
        ended, said = run(line)
        assert ended == code, said
        assert "this is a bug" not in said
        if code == 2:
            said = said.removeprefix("newslake: follow starts\n")  # before the list is read
            assert said.count("newslake: ") == 1


@pytest.mark.parametrize("name", LINES)
def test_ctrl_c_ends_a_command_with_130(run, name):
    words = LINES[name][0].replace("'", "").replace("SITE", "https://paper.example").split(" ")
    if name in {"query", "explain"}:
        words = [words[0], " ".join(words[1:3]), *words[3:]][: 2 if name == "explain" else None]
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, *words],
        check=False, capture_output=True, text=True, timeout=HANG_SECONDS,
        env={"PYTHONPATH": str(ROOT)},
    )  # fmt: skip
    assert done.returncode == 130, done.stderr
    assert done.stderr.splitlines()[-1].startswith("newslake: stopped; committed data is kept")


@pytest.mark.parametrize(
    "words", [[], ["--format", "json"], ["--format", "parquet", "-o", "a.parquet"]]
)
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT count(*) FROM range(30000000000) t(i) WHERE hash(i) % 7 = 3",
        "SELECT i FROM range(300000000) t(i)",
    ],
)
def test_ctrl_c_ends_a_long_query_with_130(run, sql, words):
    code = "import sys; from newslake.pipelines import cli; sys.exit(cli.main())"
    command = [sys.executable, "-c", START + code, "query", sql, *words, "--lake", "lake"]
    with subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, env={"PYTHONPATH": str(ROOT)}
    ) as process:
        assert process.stderr.readline() == b"querying\n"
        process.send_signal(signal.SIGINT)
        said = process.communicate(timeout=HANG_SECONDS)[1]
    assert process.returncode == 130
    assert said == b"newslake: stopped\n"


START = """
import os
from newslake.pipelines.sql import views
check = views.check_read_only
def checked(*arguments):
    check(*arguments)
    os.write(2, b"querying\\n")
views.check_read_only = checked
"""
"""Tells when DuckDB is about to run a query."""
