"""The whole DAG, run by `newslake backfill` over a small folder with one file of each kind."""

import json
import os
import shutil
import signal
import subprocess
import sys
from contextlib import redirect_stdout
from io import StringIO
from pathlib import Path
from typing import NamedTuple

import newsroom
import pytest
from lakes import rows_of
from paths import GOLDEN
from wording import text_of

from newslake.pipelines.cli import main
from newslake.pipelines.commands import schema
from newslake.pipelines.commands.base import Command
from newslake.transforms.dedupe import lake_index
from newslake.transforms.dedupe.index import Index
from newslake.transforms.lake.storage import Storage

GOLDEN_ROWS = GOLDEN / "newsroom.json"
UPDATE = "UPDATE_GOLDEN"
"""Environment variable; if set, the golden rows are written again. Read the diff before you commit it."""


@pytest.fixture
def folder(tmp_path):
    return newsroom.fill(tmp_path / "newsroom")


@pytest.fixture
def lake(tmp_path):
    return tmp_path / "lake"


class Run(NamedTuple):
    """The folder, lake, summary and rows of a run; tests must not change them."""

    folder: Path
    lake: Path
    summary: dict
    rows: dict


@pytest.fixture(scope="module")
def whole(tmp_path_factory):
    """One run over the whole folder, to compare other runs with."""
    root = tmp_path_factory.mktemp("whole")
    folder, lake = newsroom.fill(root / "newsroom"), root / "lake"
    with redirect_stdout(StringIO()) as out:
        assert main(["backfill", str(folder), "--lake", str(lake), "--json"]) == 0
    return Run(folder, lake, checked(json.loads(out.getvalue())), rows_of(lake))


def checked(summary):
    """Return `summary` after checking that it balances."""
    ends = ("articles", "duplicates", "revisions", "rejects", "already_ingested")
    assert summary["balanced"] is True
    assert summary["read"] == sum(summary[end] for end in ends)
    return summary


@pytest.fixture
def backfill(capsys):
    """Run the command and return what it prints with --json."""

    def backfill(*words, exit_code=0):
        assert main(["backfill", *map(str, words), "--json"]) == exit_code
        return checked(json.loads(capsys.readouterr().out))

    return backfill


def documents(rows):
    """Return the table of each document, by document_id."""
    columns = {"articles": 1, "duplicates": 0, "revisions": 0, "rejects": 0}
    return {row[columns[table]]: table for table in columns for row in rows[table]}


def test_every_document_ends_in_one_place(whole):
    assert {name: whole.summary[name] for name in newsroom.COUNTS} == newsroom.COUNTS
    assert whole.summary["rejects_by_reason"] == newsroom.REASONS
    assert main(["verify", "--lake", str(whole.lake)]) == 0


def test_the_rows_are_the_golden_rows(whole):
    """Model and library versions are left out; everything else must be equal, including ids."""
    rows = rows_of(whole.lake, without=["run_id", "extractor_version", "signature", "confidence"])
    found = json.loads(json.dumps(rows, default=str))
    if os.environ.get(UPDATE):
        GOLDEN_ROWS.write_text(
            json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )
    is_golden = found == json.loads(GOLDEN_ROWS.read_text(encoding="utf-8"))
    assert is_golden, f"run again with {UPDATE}=1 and review `git diff {GOLDEN_ROWS.name}`"


def test_the_same_folder_again_is_already_ingested(folder, lake, backfill):
    backfill(folder, "--lake", lake)
    before = rows_of(lake)
    again = backfill(folder, "--lake", lake)
    assert (again["read"], again["already_ingested"]) == (11, 11)
    assert rows_of(lake) == before


def test_a_moved_folder_is_the_same_folder(whole, backfill, tmp_path):
    lake = shutil.copytree(whole.lake, tmp_path / "lake")
    elsewhere = shutil.copytree(whole.folder, tmp_path / "elsewhere")
    assert backfill(elsewhere, "--lake", lake)["already_ingested"] == 11


def test_neither_order_nor_overlap_of_the_inputs_matters(whole, backfill, tmp_path):
    folder = whole.folder
    named = [f"{folder}/**/*.gz", f"{folder}/*.jsonl", folder / "page.html", folder]
    backfill(*named, "--lake", tmp_path / "named")
    backfill(*reversed(named), "--lake", tmp_path / "reversed")
    assert rows_of(tmp_path / "named") == rows_of(tmp_path / "reversed") == whole.rows


def test_neither_chunks_nor_workers_matter_to_near_copies(lake, backfill, tmp_path):
    tellings = [("abcd", 1), ("pqr", 2), ("abc", 3), ("pqrs", 4), ("abcde", 5), ("bcd", 6)]
    dump = tmp_path / "dump.jsonl"
    lines = [
        {"url": f"https://e{day}.org/", "text": text_of(blocks), "date": f"2026-03-0{day}"}
        for blocks, day in tellings
    ]
    dump.write_text("\n".join(map(json.dumps, lines)))
    whole = backfill(dump, "--lake", lake)
    assert (whole["articles"], whole["duplicates"]) == (2, 4)
    backfill(dump, "--lake", tmp_path / "chunks", "--chunk-documents", "2")
    backfill(dump, "--lake", tmp_path / "workers", "--workers", "2")
    assert rows_of(tmp_path / "chunks") == rows_of(tmp_path / "workers") == rows_of(lake)
    assert {row[2] for row in rows_of(lake)["duplicates"]} == {"syndicated"}


def test_the_number_of_workers_does_not_matter(folder, lake, backfill, tmp_path):
    backfill(folder, "--lake", lake, "--workers", 1, "--chunk-documents", 6)
    backfill(folder, "--lake", tmp_path / "two", "--workers", 2, "--chunk-documents", 6)
    assert rows_of(tmp_path / "two") == rows_of(lake)


@pytest.mark.parametrize("documents_a_chunk", [1, 4])
def test_chunks_account_for_the_same_documents(whole, lake, backfill, documents_a_chunk):
    summary = backfill(whole.folder, "--lake", lake, "--chunk-documents", documents_a_chunk)
    assert summary["read"] == 11
    assert documents(rows_of(lake)).keys() == documents(whole.rows).keys()
    assert main(["verify", "--lake", str(lake)]) == 0


def test_a_part_of_the_folder_first_changes_only_which_copy_is_the_article(whole, lake, backfill):
    backfill(f"{whole.folder}/sub*/*", "--lake", lake)
    backfill(whole.folder, "--lake", lake)

    in_one_run, in_parts = documents(whole.rows), documents(rows_of(lake))
    changed = {in_one_run[id] for id in in_one_run if in_one_run[id] != in_parts[id]}
    assert in_one_run.keys() == in_parts.keys()
    assert changed <= {"articles", "duplicates"}
    assert len(whole.rows["articles"]) == len(rows_of(lake)["articles"])


def test_one_document_read_twice_in_a_run_is_counted_once(backfill, lake, tmp_path):
    for name in ("a", "b"):
        newsroom.fill(tmp_path / name)
    summary = backfill(tmp_path / "a", tmp_path / "b", "--lake", lake)
    assert (summary["read"], summary["already_ingested"]) == (22, 11)
    assert main(["verify", "--lake", str(lake)]) == 0


def test_a_share_of_rejects_over_the_limit_sets_the_exit_code(folder, lake, backfill):
    summary = backfill(folder, "--lake", lake, "--max-reject-share", "0.2", exit_code=1)
    assert summary["rejects"] == 3


@pytest.mark.parametrize(
    ("words", "message"),
    [
        pytest.param(["nowhere"], "no such file or folder: nowhere", id="no such input"),
        pytest.param([".", "--bogus"], "unknown option --bogus", id="unknown option"),
        pytest.param([".", "--runner", "DaskRunner"], "wrong; use DirectRunner", id="Dask"),
        pytest.param(
            [".", "--runner", "Magic"], "use one of DirectRunner, Pr", id="no such runner"
        ),
    ],
)
def test_wrong_use_is_reported_before_anything_runs(lake, capsys, words, message):
    assert main(["backfill", *words, "--lake", str(lake)]) == 2
    assert message in capsys.readouterr().err
    assert not lake.exists()


def test_a_lake_inside_the_folder_is_no_input(folder, backfill):
    assert backfill(folder, "--lake", folder / "lake")["read"] == 11
    assert backfill(folder, "--lake", folder / "lake")["already_ingested"] == 11


def test_a_folder_of_any_name_is_read(folder, lake, backfill, tmp_path):
    odd = os.fsdecode(os.fsencode(tmp_path) + b"/n\xffn")
    os.rename(folder, odd)  # noqa: PTH104 not UTF-8
    assert backfill(odd, "--lake", lake)["read"] == 11


@pytest.mark.parametrize("swallowed", [True, False], ids=["swallowed", "wrapped"])
def test_a_stop_that_the_runner_swallows_or_wraps_is_a_stop(swallowed, monkeypatch, capsys):
    def run(arguments):
        try:
            signal.raise_signal(signal.SIGINT)
        except KeyboardInterrupt:
            if not swallowed:
                raise RuntimeError("KeyboardInterrupt [while running 'Commit']") from None
        return 0

    exits = []
    monkeypatch.setattr(schema, "COMMAND", Command(run, "", lake=None))
    monkeypatch.setattr(os, "_exit", exits.append)
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    main(["schema"])
    signal.signal(signal.SIGINT, before[0])
    signal.signal(signal.SIGTERM, before[1])
    assert exits == [130]
    assert "committed data is kept" in capsys.readouterr().err


@pytest.mark.parametrize(
    "words",
    [
        [],
        ["--workers", "0"],
        ["--max-reject-share", "2"],
        ["--chunk-documents", "0"],
        ["--max-document-mb", "-1"],
    ],
)
def test_argparse_errors_end_with_2_too(lake, words):
    assert main(["backfill", *words, "--lake", str(lake)]) == 2
    assert not lake.exists()


def test_a_folder_that_is_no_lake_is_left_alone(folder, capsys, tmp_path):
    assert main(["backfill", str(folder), "--lake", str(tmp_path)]) == 2
    assert "is not a lake" in capsys.readouterr().err
    assert sorted(path.name for path in tmp_path.iterdir()) == ["newsroom"]


def test_python_m_is_the_same_command(folder, lake):
    words = [sys.executable, "-m", "newslake.pipelines.backfill", folder, "--lake", lake, "--json"]
    done = subprocess.run(words, capture_output=True, text=True, check=True)
    assert json.loads(done.stdout)["read"] == 11
    assert "WARNING" not in done.stderr


def test_without_json_a_person_gets_tables(folder, lake, capsys):
    main(["backfill", str(folder), "--lake", str(lake)])
    printed = capsys.readouterr()
    assert "unknown_type" in printed.out
    assert "not in English" in printed.err


def test_a_copied_lake_accepts_commits(whole, backfill, tmp_path):
    copy = shutil.copytree(whole.lake, tmp_path / "copy")
    assert backfill(whole.folder, "--lake", copy)["already_ingested"] == 11


def test_a_backfill_takes_the_lock_twice_a_chunk_and_opens_the_index_once_each_time(
    folder, lake, backfill, monkeypatch
):
    locks, opened = [], []
    locked = Storage.locked
    monkeypatch.setattr(Storage, "locked", lambda *one: locks.append(one) or locked(*one))
    monkeypatch.setattr(lake_index, "Index", lambda path: opened.append(path) or Index(path))
    backfill(folder, "--lake", lake, "--workers", "1", "--chunk-documents", "4")

    entries = list((lake / "_log").glob("*.json"))
    chunks = len(entries) - 2  # the first entry creates the lake, the last adds the row of the run
    assert chunks >= 3
    assert len(locks) == 2 * chunks + 2
    assert len(opened) == len(locks)
