"""The progress of long work: counts inside a chunk, rate and time left; the rows do not change."""

import io
import json
import re
import sys
import time
from contextlib import redirect_stderr, suppress

import pytest
from lakes import rows_of
from rich.cells import cell_len

from newslake.pipelines import messages, progress
from newslake.pipelines.cli import main
from newslake.pipelines.progress import Progress
from newslake.pipelines.run_progress import RunProgress
from newslake.transforms import work_done
from newslake.transforms.read.chunks import chunks, expected_size
from newslake.transforms.read.listing import list_inputs
from newslake.transforms.work_done import Shared, count

DOCUMENTS = 60


class Terminal(io.StringIO):
    """Standard error that is a terminal; it keeps what was written."""

    def isatty(self):
        return True


class Clock:
    """A clock that a test sets."""

    seconds = 0.0

    def __call__(self):
        return self.seconds


@pytest.fixture
def terminal():
    messages.configure(verbose=False, quiet=False, as_json=False)
    return Terminal()


@pytest.fixture
def often(monkeypatch):
    """Update counts and lines as often as possible."""
    monkeypatch.setattr(progress, "REFRESH", 0.001)
    monkeypatch.setattr(progress, "PAUSE", 0.0)
    monkeypatch.setattr(work_done, "SECONDS", 0.0)


@pytest.fixture
def documents(tmp_path):
    lines = [
        {
            "url": f"https://paper.example/{n}",
            "title": f"{n}",
            "text": f"The port opened again. {n} ",
        }
        for n in range(DOCUMENTS)
    ]
    path = tmp_path / "documents.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines))
    return path


def counts_of(text):
    """Return the numbers of documents in the lines of progress."""
    found = re.findall(r"ingesting: ([\d,]+) documents", text)
    return [int(one.replace(",", "")) for one in found]


def backfill(documents, lake, *words, to=None):
    with redirect_stderr(to or sys.stderr):
        return main(["backfill", str(documents), "--no-events", "--lake", str(lake), *words])


@pytest.mark.parametrize("workers", ["1", "2"])
def test_documents_are_counted_inside_a_chunk(
    often, terminal, documents, tmp_path, capsys, workers
):
    words = ("--workers", workers, "--json")
    assert backfill(documents, tmp_path / "lake", *words, to=terminal) == 0
    counts = counts_of(terminal.getvalue())
    assert counts == sorted(counts)
    assert any(0 < one < DOCUMENTS for one in counts)
    assert counts[-1] == json.loads(capsys.readouterr().out)["read"] == DOCUMENTS
    assert re.search(r"documents, [\d,.]+/s, about \d+ (s|min) left", terminal.getvalue())


def test_the_last_count_is_what_the_run_read_also_with_rejects_and_known_documents(
    often, terminal, documents, tmp_path, capsys
):
    (tmp_path / "bad.html").write_bytes(b"\x00")
    for _ in range(2):
        words = ("--chunk-documents", "7", "--json")
        assert backfill(tmp_path, tmp_path / "lake", *words, to=terminal) == 0
        read = json.loads(capsys.readouterr().out)["read"]
        assert counts_of(terminal.getvalue())[-1] == read == DOCUMENTS + 1
        terminal.truncate(0)


def test_progress_changes_no_row(often, terminal, documents, tmp_path):
    assert backfill(documents, tmp_path / "shown", to=terminal) == 0
    assert counts_of(terminal.getvalue())
    terminal.truncate(0)
    assert backfill(documents, tmp_path / "quiet", "--quiet", to=terminal) == 0
    assert terminal.getvalue() == ""
    varying = ("run_id", "started_at", "finished_at", "committed_at", "seen_at")
    assert rows_of(tmp_path / "shown", varying) == rows_of(tmp_path / "quiet", varying)


def test_without_a_terminal_progress_is_json_or_a_line_for_each_chunk(
    often, documents, tmp_path, capsys
):
    words = ("--chunk-documents", "30")
    assert backfill(documents, tmp_path / "a", *words) == 0
    said = capsys.readouterr().err
    assert "\r" not in said
    assert f"newslake: {DOCUMENTS} read, {DOCUMENTS} articles" in said.splitlines()[-1]
    assert backfill(documents, tmp_path / "b", *words, "--log-format", "json") == 0
    said = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    events = [one for one in said if one["event"] == "progress"]
    assert {"step", "done", "total", "unit", "per_second", "seconds_left"} <= {*events[-1]}
    assert events[-1]["done"] == DOCUMENTS


@pytest.mark.parametrize(
    ("line", "step"),
    [
        ("compact --idle 0", "compacting: {articles_and_others} of"),
        ("reprocess --events", "finding events: 5 of 5 articles"),
        ("reindex", "indexing: "),
        ("verify", "checking "),
        ("export -o OUT", "exporting: 5 of 5 rows"),
    ],
)
def test_other_long_commands_show_their_progress(often, terminal, lake, tmp_path, line, step):
    words = [str(tmp_path / "out.jsonl") if word == "OUT" else word for word in line.split()]
    with redirect_stderr(terminal):
        assert main([*words, "--lake", str(lake.storage.root)]) == 0
    assert step.partition("{")[0] in terminal.getvalue()
    lines = re.findall(r"newslake: (\w[\w ]+): ([\d,]+) of ([\d,]+) \w+", terminal.getvalue())
    assert all(done == total for _, done, total in lines)
    assert lines or line == "verify"


def test_rows_of_an_export_and_a_line_of_progress_do_not_share_a_terminal(
    often, terminal, lake, monkeypatch, capsys
):
    monkeypatch.setattr(sys.stdout, "isatty", lambda: True)
    with redirect_stderr(terminal):
        assert main(["export", "--lake", str(lake.storage.root)]) == 0
    assert terminal.getvalue() == ""


# --- The line


def shown(terminal, columns, monkeypatch, state, total=None, seconds=60.0):
    monkeypatch.setenv("COLUMNS", str(columns))
    clock = Clock()
    with redirect_stderr(terminal):
        line = Progress("ingesting", "documents", total, lambda: state, clock=clock)
        clock.seconds = seconds
        line.show()
    return re.findall(r"\r([^\r\x1b]*)\x1b\[K", terminal.getvalue())[-1]


@pytest.mark.parametrize(
    ("columns", "line"),
    [
        (100, "ingesting: 1,200 documents, 20/s, about 3 min left, events of 300 articles"),
        (60, "ingesting: 1,200 documents, 20/s, about 3 min left"),
        (40, "ingesting: 1,200 documents, 20/s"),
        (20, "ingesting: 1,200 do"),
    ],
)
def test_the_line_fits_the_terminal(terminal, monkeypatch, columns, line):
    state = (1_200, 0.25, "events of 300 articles")
    assert shown(terminal, columns, monkeypatch, state) == line
    assert cell_len(line) < columns


@pytest.mark.parametrize(
    ("state", "total", "line"),
    [
        ((0, None, ""), None, "ingesting: 0 documents"),
        ((0, 0.0, ""), 9, "ingesting: 0 of 9 documents"),
        ((3, 1 / 3, ""), 9, "ingesting: 3 of 9 documents, 0.1/s, about 2 min left"),
        ((9, 1.0, ""), 9, "ingesting: 9 of 9 documents, 0.1/s"),
        ((90_000, 0.01, ""), None, "ingesting: 90,000 documents, 1,500/s, about 1 h 39 min left"),
    ],
)
def test_rate_and_time_left_follow_from_the_state(terminal, monkeypatch, state, total, line):
    assert shown(terminal, 100, monkeypatch, state, total) == line


def test_a_message_removes_the_line_and_stands_alone(terminal):
    with redirect_stderr(terminal), Progress("ingesting", "documents", 9) as line:
        count(3)
        line.show()
        messages.say("newslake: a message")
    assert "\r\x1b[Knewslake: a message\n" in terminal.getvalue()
    assert re.search(r"newslake: ingesting: 3 of 9 documents, [^\n]*\n$", terminal.getvalue())


def test_failed_work_leaves_no_line(terminal):
    with redirect_stderr(terminal), suppress(ValueError), Progress("ingesting", "rows") as line:
        line.show()
        raise ValueError
    assert terminal.getvalue().endswith("\r\x1b[K")


# --- The counts


def test_the_counts_of_all_processes_are_added(tmp_path, monkeypatch):
    monkeypatch.setattr(work_done, "SECONDS", 0.0)
    shared = Shared(str(tmp_path))
    shared.count(read=2)
    shared.count(read=1, searched=1)
    (tmp_path / f"{work_done.PREFIX}1").write_text(f"{10:20}{5:20}")
    (tmp_path / f"{work_done.PREFIX}2").touch()
    assert shared.counted() == (13, 6)
    other = tmp_path / "other"
    other.mkdir()
    Shared(str(other)).count(read=1)
    assert Shared(str(other)).counted() == (1, 0)


def test_a_removed_directory_does_not_stop_the_work(tmp_path):
    Shared(str(tmp_path / "nowhere")).count(read=1)
    assert Shared(str(tmp_path / "nowhere")).counted() == (0, 0)


def test_the_share_of_a_run_grows_until_it_is_committed(tmp_path, monkeypatch):
    monkeypatch.setattr(work_done, "SECONDS", 0.0)
    run = RunProgress("ingesting", 200, has_events=True)
    run.begin(10, 100)
    run.watch(str(tmp_path))
    Shared(str(tmp_path)).count(read=10, searched=5)
    assert run.state() == (10, pytest.approx(0.375), "events of 5 articles")
    run.end(10)
    assert run.state() == (10, 0.5, "")


def test_the_expected_size_of_files_is_that_of_their_chunks(tmp_path, documents):
    inputs = list_inputs([str(tmp_path)])
    assert expected_size(inputs) == pytest.approx(
        sum(chunk.size for chunk in chunks(inputs, 7)), rel=0.1
    )


def test_counting_costs_less_than_a_hundredth_of_the_work(tmp_path):
    """A document takes at least 3 ms of CPU time; see docs/extraction.md."""
    shared, number = Shared(str(tmp_path)), 20_000
    started = time.process_time()
    for _ in range(number):
        shared.count(read=1)
    assert (time.process_time() - started) / number < 0.01 * 0.003
