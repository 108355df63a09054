"""Completion in a real bash: the Tab key completes commands, options, tables, columns and feeds."""

import os
import pty
import re
import resource
import shutil
import subprocess
import sys
from contextlib import suppress
from runpy import run_path

import pytest
from paths import ROOT
from waits import HANG_SECONDS, wait_until

from newslake.pipelines.cli import main
from newslake.pipelines.completion import VIEW_COLUMNS

PROGRAM = f"""#!/bin/sh
test "$_ARGCOMPLETE" -o "$1" = completion && exec {sys.executable} -m newslake "$@"
printf '<%s>' "$@"; echo '<end>'
"""
"""A program that completes as newslake does, but only prints its arguments when it is run."""

PATH = os.pathsep.join([str(ROOT), os.environ.get("PYTHONPATH", "")])
MAX_CPU_SECONDS = 0.3
WORD_BREAKS = " \t\n\"'><=;|&(:"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("completion")
    (folder / "newslake").write_text(PROGRAM)
    (folder / "newslake").chmod(0o755)
    (folder / "seeds").mkdir()
    feeds = "https://a.example/feed A\nhttps://ann:hunter2@b.example/feed?id=7 B\n"
    (folder / "feeds.txt").write_text(feeds)
    return folder


class Bash:
    """An interactive bash in a pseudo-terminal, with the completion of newslake."""

    def __init__(self, folder):
        self.handle, other = pty.openpty()
        path = f"{folder}:{os.environ['PATH']}"
        environment = {**os.environ, "PATH": path, "PYTHONPATH": PATH, "TERM": "dumb"}
        environment |= {"PS1": "$ ", "HOME": str(folder), "INPUTRC": "/dev/null", "COLUMNS": "200"}
        self.process = subprocess.Popen(
            ["bash", "--norc", "--noprofile", "-i"],
            stdin=other,
            stdout=other,
            stderr=other,
            cwd=folder,
            env=environment,
            start_new_session=True,
        )
        os.close(other)
        os.set_blocking(self.handle, False)
        self.text = ""
        self.type('eval "$(newslake completion bash)"; echo rea""dy\n', "ready")

    def type(self, keys, expected):
        """Type `keys`, wait for the text `expected`, and return what was printed until then."""
        self.text = ""
        os.write(self.handle, keys.encode())

        def printed():
            with suppress(BlockingIOError):
                self.text += os.read(self.handle, 10_000).decode()
            return expected in self.text

        wait_until(printed)
        return self.text


@pytest.fixture(scope="module")
def bash(folder):
    shell = Bash(folder)
    yield shell
    shell.process.kill()
    shell.process.wait()
    os.close(shell.handle)


@pytest.mark.parametrize(
    ("line", "arguments"),
    [
        ("newslake back", ["backfill"]),
        ("newslake feeds imp", ["feeds", "import"]),
        ("newslake backfill --chunk-d", ["backfill", "--chunk-documents"]),
        ("newslake query --format parq", ["query", "--format", "parquet"]),
        ("newslake schema ment", ["schema", "mentions"]),
        ("newslake export --table annou", ["export", "--table", "announcements"]),
        (
            "newslake compact --table runs --table ment",
            [*["compact", "--table", "runs", "--table", "mentions"]],
        ),
        ("newslake replay --reason too_sl", ["replay", "--reason", "too_slow"]),
        ('newslake query "SELECT tit', ["query", "SELECT title"]),
        ("newslake query 'SELECT title FROM artic", ["query", "SELECT title FROM articles"]),
        (
            "newslake query 'SELECT count(*) FROM mentions WHERE killed_mi",
            ["query", "SELECT count(*) FROM mentions WHERE killed_min"],
        ),
        (
            "newslake feeds remove feeds.txt https://a",
            ["feeds", "remove", "feeds.txt", "https://a.example/feed"],
        ),
        ("newslake backfill se", ["backfill", "seeds/"]),
        ("newslake zzz", ["zzz"]),
    ],
)
def test_tab_completes_the_word(bash, line, arguments):
    quote = next((one for one in "\"'" if one in line), "")
    typed = f"{line}\t{quote}\n"
    found = re.findall("<([^>]*)>", bash.type(typed, "<end>"))[:-1]
    assert [one.strip() for one in found] == arguments


def test_two_tabs_list_the_possible_words(bash):
    assert "follow" in (printed := bash.type("newslake fo\t\t", "forget"))
    assert "backfill" not in printed
    bash.type("\x15echo cleared\n", "cleared\r\n")


def completions(folder, line, shell="bash"):
    """Return the words that newslake prints for the shell, and its CPU seconds."""
    file = folder / "completions"
    environment = {
        **os.environ,
        "_ARGCOMPLETE": "1",
        "_ARGCOMPLETE_SHELL": shell,
        "_ARGCOMPLETE_COMP_WORDBREAKS": WORD_BREAKS,
        "_ARGCOMPLETE_STDOUT_FILENAME": str(file),
        "_ARGCOMPLETE_IFS": "\n",
        "COMP_LINE": line,
        "COMP_POINT": str(len(line)),
        "PYTHONPATH": PATH,
    }
    file.touch()
    before = resource.getrusage(resource.RUSAGE_CHILDREN)
    command = [sys.executable, "-m", "newslake"]
    done = subprocess.run(
        command, env=environment, cwd=folder, capture_output=True, text=True, check=False
    )
    after = resource.getrusage(resource.RUSAGE_CHILDREN)
    assert (done.returncode, done.stdout, done.stderr) == (0, "", "")
    seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
    return file.read_text().split("\n"), seconds


LINES = [
    "newslake ",
    "newslake follow --max-",
    "newslake feeds remove feeds.txt ",
    "newslake query 'SELECT ",
    "newslake schema ",
]


@pytest.mark.parametrize("line", LINES)
def test_a_key_costs_little_cpu_time(folder, line):
    assert min(completions(folder, line)[1] for _ in range(3)) <= MAX_CPU_SECONDS


def test_feeds_are_completed_without_their_secrets(folder):
    words, _ = completions(folder, "newslake feeds remove feeds.txt https://")
    assert {"//a.example/feed", "//b.example/feed\\?id=7"} == {*words}


def test_tables_follow_from_and_columns_follow_their_table(folder):
    after_from, _ = completions(folder, "newslake query 'SELECT * FROM ")
    assert "SELECT * FROM articles" in after_from
    assert "SELECT * FROM open_rejects" in after_from
    assert "SELECT * FROM title" not in after_from
    of_runs, _ = completions(folder, "newslake query 'FROM runs SELECT ")
    assert "FROM runs SELECT balanced" in of_runs
    assert "FROM runs SELECT title" not in of_runs


def test_columns_follow_their_view(folder):
    of_coverage, _ = completions(folder, "newslake query 'FROM coverage SELECT ")
    assert "FROM coverage SELECT last_error" in of_coverage
    assert "FROM coverage SELECT title" not in of_coverage


def test_the_columns_of_views_are_those_of_duckdb():
    """If this fails, run `make docs`."""
    view_columns = run_path(str(ROOT / "docs" / "view_columns.py"))["view_columns"]
    assert VIEW_COLUMNS.read_text(encoding="utf-8") == view_columns()


def test_a_wrong_setting_does_not_disturb_completion(folder, monkeypatch):
    monkeypatch.setenv("NEWSLAKE_LAK", "lake")
    assert "follow" in completions(folder, "newslake fo")[0]


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_the_script_has_the_syntax_of_its_shell(shell, capsys):
    assert main(["completion", shell]) == 0
    printed = capsys.readouterr().out
    assert "newslake" in printed
    if program := shutil.which(shell):
        check = "--no-execute" if shell == "fish" else "-n"
        subprocess.run([program, check], input=printed, text=True, check=True, timeout=HANG_SECONDS)
