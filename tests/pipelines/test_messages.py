"""Messages: their levels, JSON, the events that docs/messages.md lists, and plain terminals."""

import ast
import json
import logging
import os
import pty
import re
import subprocess
import sys
import threading
from datetime import datetime

import pytest
from paths import ROOT
from waits import HANG_SECONDS

from newslake.pipelines import messages
from newslake.pipelines.cli import COMMANDS, main
from newslake.pipelines.messages import EVENTS, library_handler

MANUAL = ROOT / "docs/messages.md"

FAILING = {
    "backfill": "backfill nowhere --lake new",
    "follow": "follow nowhere --lake new",
    "replay": "replay --lake nowhere",
    "feeds": "feeds list nowhere",
    "query": "query FROM/x --lake LAKE",
    "export": "export --lake nowhere",
    "compact": "compact --lake nowhere",
    "reprocess": "reprocess --lake LAKE",
    "forget": "forget nobody --lake LAKE",
    "migrate": "migrate nowhere new",
    "reindex": "reindex --lake nowhere",
    "verify": "verify --lake nowhere",
    "explain": "explain",
    "doctor": "doctor --lake nowhere",
    "schema": "schema nothing",
    "report": "report --lake nowhere -o report.html",
    "serve": "serve --lake nowhere",
    "mcp": "mcp --lake nowhere",
    "config": "config --config nowhere.toml",
    "completion": "completion nosh",
}
"""A command line for each command that ends with a message; `/` stands for a space."""


def events_in_code():
    """Yield the names of events in the calls of `say`."""
    for path in (ROOT / "pipelines").rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text())):
            if not isinstance(node, ast.Call):
                continue
            name = getattr(node.func, "attr", getattr(node.func, "id", ""))
            event = node.args[1:2]
            if (
                name in {"say", "say_lines", "say_at_once"}
                and event
                and isinstance(event[0], ast.Constant)
            ):
                yield event[0].value


def json_lines(text):
    """Parse each line; a line that is not JSON fails the test."""
    return [json.loads(line) for line in text.splitlines()]


def test_the_manual_lists_exactly_the_events_that_exist():
    events = MANUAL.read_text().partition("The events are:")[2]
    listed = re.findall(r"^\| `(\w+)` \| (.*) \|$", events, re.MULTILINE)
    assert dict(listed) == EVENTS


def test_each_message_of_the_code_has_an_event_of_the_list():
    assert {*events_in_code()} <= {*EVENTS}
    assert len({*events_in_code()}) > 5


def test_the_table_has_every_command():
    assert {*FAILING} == {*COMMANDS}


@pytest.mark.parametrize("name", FAILING)
def test_an_error_is_one_json_object_on_one_line(lake, tmp_path, monkeypatch, capsys, name):
    monkeypatch.chdir(tmp_path)
    words = [word.replace("/", " ") for word in FAILING[name].split()]
    words = [str(lake.storage.root) if word == "LAKE" else word for word in words]
    code = main([*words, "--log-format", "json"])
    said = capsys.readouterr()
    assert said.out == ""
    *before, one = json_lines(said.err)
    assert [other["level"] for other in before] == (["info"] if name == "follow" else [])
    assert (code, one["level"]) in {(2, "error"), (1, "warning")}
    assert {*one} >= {"time", "level", "event", "message"}
    assert datetime.fromisoformat(one["time"]).tzinfo
    assert not one["message"].startswith("newslake:")


@pytest.mark.parametrize("words", [["--log-format=json"], ["--log-format", "json"]])
@pytest.mark.parametrize("name", ["qury", "query"])
def test_an_error_of_the_command_line_itself_is_json_too(capsys, name, words):
    assert main([name, "--formt", *words]) == 2
    [one] = json_lines(capsys.readouterr().err)
    assert one["event"] == "error"
    assert "did you mean" in one["message"]


def test_an_sql_error_keeps_its_lines_in_json(run):
    [one] = json_lines(
        run("query", "SELECT titel FROM articles", "--log-format", "json", exit_code=2).err
    )
    assert one["message"].splitlines()[-1].strip(" ") == "^^^^^"


def test_verbose_tells_the_start_and_the_end(run):
    said = json_lines(run("verify", "--verbose", "--log-format", "json").err)
    assert [one["event"] for one in (said[0], said[-1])] == ["command_started", "command_ended"]
    assert said[0]["command"] == "verify"
    assert said[-1]["exit_code"] == 0
    assert {one["check"] for one in said if one["event"] == "check_started"} >= {"files", "ids"}
    assert "newslake: verify ended with exit code 0" in run("verify", "--verbose").err


def test_quiet_hides_notes_but_not_results_warnings_and_errors(run):
    assert "checking files" in run("verify").err
    quiet = run("verify", "--quiet")
    assert quiet.err == ""
    assert "no problems" in quiet.out
    assert "nothing in the lake matches" in run("forget", "nobody", "--quiet", exit_code=1).err
    assert "Did you mean" in run("query", "FROM article", "--quiet", exit_code=2).err


def test_verbose_and_quiet_contradict_each_other(run):
    assert "not allowed with" in run("verify", "--quiet", "--verbose", exit_code=2).err


def test_the_log_of_a_library_is_a_message(capsys):
    messages.configure(verbose=False, quiet=False, as_json=True)
    logger = logging.getLogger("a.library")
    logger.addHandler(handler := library_handler())
    try:
        logger.error("something\nfailed")
        logger.critical("worse")
    finally:
        logger.removeHandler(handler)
        messages.configure(verbose=False, quiet=False, as_json=False)
    first, second = json_lines(capsys.readouterr().err)
    assert (first["event"], first["level"], first["logger"]) == ("library", "error", "a.library")
    assert first["message"] == "a.library: something\nfailed"
    assert second["level"] == "error"


def test_a_message_has_no_control_characters(capsys):
    messages.configure(verbose=False, quiet=False, as_json=False)
    messages.say("newslake: a\x1b[31m\u202eb\nc")
    assert capsys.readouterr().err == "newslake: a�[31m�b ⏎ c\n"


# --- Terminals


def on_terminal(*words, **environment):
    """Run a command in a terminal; return its exit code and all that it printed."""
    driver, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "newslake", *map(str, words)],
        stdin=terminal, stdout=terminal, stderr=terminal, cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TERM": "xterm-256color", "LANG": "C.UTF-8", **environment},
    )  # fmt: skip
    os.close(terminal)
    printed = []

    def read():
        try:
            while data := os.read(driver, 65_536):
                printed.append(data)
        except OSError:  # the process has ended
            pass

    reader = threading.Thread(target=read)
    reader.start()
    code = process.wait(timeout=HANG_SECONDS)
    reader.join()
    os.close(driver)
    return code, b"".join(printed).decode()


@pytest.mark.parametrize("environment", [{"NO_COLOR": "1"}, {"TERM": "dumb"}, {}])
@pytest.mark.parametrize(
    "words", [["query", "FROM articles"], ["verify"], ["query", "FROM article"], ["schema", "x"]]
)
def test_a_terminal_of_40_columns_gets_plain_text(lake, words, environment):
    words = words if words[0] == "schema" else [*words, "--lake", lake.storage.root]
    _, said = on_terminal(*words, COLUMNS="40", **environment)
    assert not re.search(r"\x1b\[[\d;]*m", said)
    if words[1] == "FROM articles":
        assert "─ record 5 " in said
        assert max(map(len, said.splitlines()[:-2])) <= 40


def test_a_pipe_gets_no_control_characters(lake):
    done = subprocess.run(
        [sys.executable, "-m", "newslake", "verify", "--lake", str(lake.storage.root)],
        check=True, capture_output=True, text=True, cwd=ROOT, timeout=HANG_SECONDS,
    )  # fmt: skip
    assert not re.search(r"[\x1b\r]", done.stdout + done.stderr)


def test_the_prompt_shows_a_record_and_an_error_with_its_caret(lake):
    driver, terminal = pty.openpty()
    process = subprocess.Popen(
        [sys.executable, "-m", "newslake", "query", "--lake", str(lake.storage.root)],
        stdin=terminal, stdout=terminal, stderr=terminal, cwd=ROOT,
        env={"PATH": os.environ["PATH"], "TERM": "dumb", "LANG": "C.UTF-8", "COLUMNS": "60"},
    )  # fmt: skip
    os.close(terminal)
    os.write(driver, b"FROM articles LIMIT 1;\nSELECT titel FROM articles;\nexit\n")
    printed = b""
    try:
        while data := os.read(driver, 65_536):
            printed += data
    except OSError:  # the process has ended
        pass
    assert process.wait(timeout=HANG_SECONDS) == 0
    os.close(driver)
    text = printed.decode()
    assert "─ record 1 " in text
    assert re.search(r"LINE 1: SELECT titel FROM articles;?\s+\^{5}", text)
