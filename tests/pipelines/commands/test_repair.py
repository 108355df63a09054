"""`verify --repair` mends what can be mended, takes no row from readers, and names the rest."""

import json
import os
import shlex
import shutil
import sqlite3
import subprocess
from contextlib import closing

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from lakes import (
    FOLDER,
    article,
    commit,
    let_all_die,
    mention,
    rejected,
    rows_of,
    transaction_of,
    whole,
)
from states import empty, folder, garbage, missing

from newslake.pipelines.cli import main
from newslake.pipelines.commands.forget import forget
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import Failure
from newslake.transforms.lake import committer, layout

INDEX = layout.INDEX
LAST = "_log/00000006.json"
DONE = LAST.replace("json", "done")
PART = f"{FOLDER}/part-00000001-*.parquet"


@pytest.fixture
def lake(lake):
    """The common lake, with a reject as the last commit."""
    commit(lake, rejected("bad"), number=5)
    let_all_die(lake)
    return lake


def one(lake, name):
    [path] = lake.storage.root.glob(name)
    return path


def folder_a_file(lake, name):
    shutil.rmtree(lake.storage.path(name))
    lake.storage.path(name).write_text("x")


def change_index(sql):
    def harm(lake):
        with closing(sqlite3.connect(lake.index_path)) as index, index:
            index.execute(sql)

    return harm


def with_file(name, content):
    def harm(lake):
        path = lake.storage.path(name)
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)

    return harm


def on(harm, name):
    return lambda lake: harm(one(lake, name))


def parquet(**columns):
    buffer = pa.BufferOutputStream()
    pq.write_table(pa.table(columns), buffer)
    return buffer.getvalue().to_pybytes()


def copy_of_a_part(lake):
    shutil.copy(one(lake, PART), lake.storage.path(f"{FOLDER}/mine.parquet"))


def part_under_another_name(lake):
    one(lake, PART).rename(lake.storage.path(f"{FOLDER}/renamed.parquet"))


def renamed_partition(lake):
    lake.storage.path(FOLDER).rename(lake.storage.path("articles/day=1"))


def unfinished(lake, *lost):
    """Leave a commit whose entry exists and that is not published; lose the staged files `lost`."""
    story = article("new")
    transaction = transaction_of(lake, [story, mention(story)], number=9, as_of=6)
    with pytest.MonkeyPatch.context() as patch, lake.committer() as writer:
        patch.setattr(committer, "publish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            writer.commit(transaction)
    let_all_die(lake)
    for table in lost:
        one(lake, f"{transaction.context.staging}/{table}-*.parquet").unlink()


def half_published(lake):
    unfinished(lake)
    entry = lake.log.read(7)
    lake.storage.make_folder(entry.files[0].folder)
    lake.storage.link(entry.files[0].staged, entry.files[0].final)
    lake.storage.remove(entry.files[1].staged)


def test_a_new_lake_whose_seeds_are_lost_gets_them_again(tmp_path, capsys):
    new = open_lake(tmp_path / "new")
    new.create()
    new.storage.remove(layout.done_name(0))
    shutil.rmtree(new.storage.path("articles"))
    shutil.rmtree(new.storage.path("mentions"))
    assert main(["verify", "--repair", "--lake", str(new.storage.root)]) == 0
    assert duckdb.sql(f"SELECT count(*) FROM '{new.storage.root}/mentions/**/*.parquet'").fetchall()
    assert whole(new)


def lost_swap(lake):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(committer, "publish", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            forget(lake, ["https://example.org/one"])
    shutil.rmtree(lake.storage.path(lake.log.read(7).staging))


def old_log(lake):
    lake.storage.remove(LAST)
    lake.storage.remove(DONE)


def moved_and_linked(name):
    """Move a folder or file out of the lake, and leave a symbolic link to it."""

    def harm(lake):
        path, target = lake.storage.path(name), lake.storage.root.parent / "elsewhere"
        path.rename(target)
        path.symlink_to(target)

    return harm


def dangling_link(name):
    def harm(lake):
        path = lake.storage.path(name)
        if path.is_dir():
            shutil.rmtree(path)
        path.symlink_to("/nowhere/at all")

    return harm


def other_ids(lake):
    """Add a file with the documents of another file, as articles with other ids."""
    table = pq.ParquetFile(one(lake, PART)).read()
    ids = pa.array([f"other {number}" for number in range(table.num_rows)])
    table = table.set_column(table.column_names.index("article_id"), "article_id", ids)
    pq.write_table(table, lake.storage.path(f"{FOLDER}/mine.parquet"))


def named_pipe(lake):
    os.mkfifo(lake.storage.path(f"{FOLDER}/pipe"))


def only_duckdb_reads(path):
    """Damage the name of the program in the footer; pyarrow refuses such a file."""
    content = path.read_bytes()
    at = content.rindex(b"parquet-cpp-arrow")
    path.write_bytes(content[:at] + b"\xff" + content[at + 1 :])


def change_entry(entry_name, **changes):
    """Change fields of the first file in a log entry."""

    def harm(lake):
        path = lake.storage.path(entry_name)
        entry = json.loads(path.read_text())
        entry["files"][0] |= changes
        path.write_text(json.dumps(entry))

    return harm


def log_lost(lake):
    shutil.rmtree(lake.storage.path("_log"))


MENDED = {
    "index missing": on(missing, INDEX),
    "index empty": on(empty, INDEX),
    "index garbage": on(garbage, INDEX),
    "index a folder": on(folder, INDEX),
    "folder of the index a file": lambda lake: folder_a_file(lake, "_index"),
    "index without documents": change_index("DELETE FROM documents"),
    "index without rejects": change_index("DELETE FROM rejected"),
    "index of another log": change_index("UPDATE position SET digest = 'x'"),
    "index ahead of the log": change_index("UPDATE position SET seq = 99"),
    "staging left over": with_file("_tmp/w-dead/articles-1.parquet", b"x"),
    "unknown folder of temporary files": with_file("_tmp/mine/a.txt", b"x"),
    "foreign text": with_file(f"{FOLDER}/notes.txt", b"x"),
    "foreign garbage": with_file(f"{FOLDER}/a.parquet", b"x"),
    "foreign schema": with_file(f"{FOLDER}/a.parquet", parquet(x=[1])),
    "foreign copy": copy_of_a_part,
    "foreign link to nothing": dangling_link(f"{FOLDER}/a.parquet"),
    "foreign named pipe": named_pipe,
    "partition a link": moved_and_linked(FOLDER),
    "folder of temporary files a link to nothing": dangling_link("_tmp"),
    "folder of temporary files a file": lambda lake: folder_a_file(lake, "_tmp"),
    "folder for what is set aside a file": with_file("_aside", b"x"),
    "folder of the index a link to nothing": dangling_link("_index"),
    "foreign folder": with_file("articles/mine/notes.txt", b"x"),
    "foreign file beside the partitions": with_file("articles/notes.txt", b"x"),
    "part under another name": part_under_another_name,
    "partition under another name": renamed_partition,
    "folder of temporary files lost": lambda lake: shutil.rmtree(lake.storage.path("_tmp")),
    "seed lost": on(missing, "rejects/*1970*/*.parquet"),
    "last mark missing": on(missing, DONE),
    "earlier mark missing": on(missing, "_log/00000002.done"),
    "mark without entry": with_file("_log/00000031.done", b""),
    "unpublished commit": unfinished,
    "unpublished commit without files": lambda lake: unfinished(lake, "articles", "mentions"),
    "unpublished commit without articles": lambda lake: unfinished(lake, "articles"),
    "unpublished commit without mentions of a published article": half_published,
    "unpublished swap without files": lost_swap,
}
"""Damage after whose repair `verify` finds no problem, except of `REMAINING`."""

REMAINING = {"unpublished swap without files": "was forgotten but still exists"}

NAMED = {
    "part lost": on(missing, PART),
    "part empty": on(empty, PART),
    "part garbage": on(garbage, PART),
    "part a folder": on(folder, PART),
    "entry lost": on(missing, "_log/00000002.json"),
    "entry garbage": on(garbage, "_log/00000002.json"),
    "last entry garbage": on(garbage, LAST),
    "log older than the tables": old_log,
    "log lost": log_lost,
    "entry with a path out of the lake": change_entry(LAST, name="../../../stolen.parquet"),
    "entry with another partition": change_entry(LAST, partition="../day=1"),
    "part that only DuckDB reads": on(only_duckdb_reads, PART),
    "foreign articles with the documents of the lake": other_ids,
    "table a file": lambda lake: folder_a_file(lake, "mentions"),
}
"""Damage of which something remains that only a person can mend."""


def seen(lake):
    """Return the rows that plain globs see, as a set per table; None if the glob cannot be read."""
    found = {}
    for table in TABLES:
        try:
            glob = f"'{lake.storage.root}/{table}/**/*.parquet', hive_partitioning = false"
            rows = duckdb.connect().sql(f"FROM read_parquet({glob})").fetchall()
        except duckdb.Error:
            rows = None
        found[table] = None if rows is None else set(map(repr, rows))
    return found


@pytest.fixture
def repair(lake, capsys):
    """Run `verify --repair`; return its result."""

    def repair():
        capsys.readouterr()
        code = main(["verify", "--repair", "--json", "--lake", str(lake.storage.root)])
        found = json.loads(capsys.readouterr().out)
        assert code == (1 if found["problems"] else 0)
        return found

    return repair


@pytest.mark.parametrize("name", [*MENDED, *NAMED])
def test_a_repair_takes_no_row_from_readers_and_a_second_one_finds_nothing(lake, repair, name):
    (MENDED | NAMED)[name](lake)
    before = seen(lake)
    first = repair()
    assert first["repairs"] or name in {"part lost", "entry lost", "entry garbage"} | {
        "last entry garbage",
        "log older than the tables",
        "log lost",
        "entry with a path out of the lake",
        "entry with another partition",
        "part that only DuckDB reads",
        "foreign articles with the documents of the lake",
    }
    after = seen(lake)
    for table, rows in before.items():
        assert rows is None or rows <= after[table]
    second = repair()
    assert second["repairs"] == []
    assert second["problems"] == first["problems"]
    assert seen(lake) == after


def test_a_repair_keeps_the_staged_files_of_a_stream(lake, repair):
    name = f"{layout.window_staging_name('press', '20260301T120000')}/articles-1.parquet"
    with_file(name, b"x")(lake)
    assert repair()["repairs"] == []
    assert lake.storage.exists(name)


@pytest.mark.parametrize("name", MENDED)
def test_a_repaired_lake_has_all_its_rows_and_no_problem(lake, repair, name):
    before = rows_of(lake.storage.root)
    MENDED[name](lake)
    problems = repair()["problems"]
    assert all(REMAINING.get(name, "!") in problem for problem in problems)
    assert bool(problems) == (name in REMAINING)
    after = rows_of(lake.storage.root)
    assert all(
        set(map(repr, rows)) <= set(map(repr, after[table])) for table, rows in before.items()
    )


@pytest.mark.parametrize("name", MENDED)
def test_a_repaired_lake_takes_commits(lake, repair, name):
    MENDED[name](lake)
    repair()
    story = article("new")
    commit(lake, story, mention(story), number=20)
    assert commit(lake, article("one"), number=21).counts["already_ingested"] == 1
    assert main(["verify", "--lake", str(lake.storage.root)]) == (1 if name in REMAINING else 0)


@pytest.mark.parametrize("name", NAMED)
def test_what_cannot_be_repaired_is_named(lake, repair, name):
    NAMED[name](lake)
    assert repair()["problems"]


@pytest.mark.parametrize(
    "name", ["foreign text", "foreign copy", "foreign folder", "part garbage", "index garbage"]
)
def test_the_printed_command_puts_back_what_was_set_aside(lake, repair, name):
    (MENDED | NAMED)[name](lake)
    root = lake.storage.root
    before = {
        path.relative_to(root): path.read_bytes()
        for path in root.rglob("*")
        if path.is_file() and not {"_index", "_tmp"} & {*path.parts}
    }
    undo = [one["undo"] for one in repair()["repairs"] if one["undo"]]
    for command in undo:
        subprocess.run(command, shell=True, check=True)
    assert all((root / path).read_bytes() == content for path, content in before.items())


def test_a_file_of_another_lake_is_named_and_stays(lake, repair, tmp_path):
    """Its rows are in no other file, so the lake may have lost its log entry."""
    other = open_lake(tmp_path / "other")
    other.create()
    commit(other, article("stranger"))
    path = one(other, f"{FOLDER}/*.parquet")
    shutil.copy(path, lake.storage.path(FOLDER))
    found = repair()
    assert found["repairs"] == []
    [problem] = found["problems"]
    assert problem.startswith(f"{FOLDER}/{path.name} is not in the log")


def test_a_lost_file_is_named_with_its_documents_and_the_way_to_get_them(tmp_path, capsys):
    pages, lake = tmp_path / "pages here", tmp_path / "lake"
    pages.mkdir()
    for name in ("one", "two"):
        (pages / f"{name}.txt").write_text(
            f"Title {name}\n\nThe council of {name} met on Monday.\n"
        )
    assert main(["backfill", str(pages), "--lake", str(lake), "--no-events"]) == 0
    ids = [row[1] for row in rows_of(lake)["articles"]]
    [path] = lake.glob("articles/*1900*/*.parquet")
    path.unlink()
    capsys.readouterr()
    assert main(["verify", "--repair", "--lake", str(lake)]) == 1
    said = capsys.readouterr().out
    assert f"{path.relative_to(lake)} is lost, with the documents" in said
    assert all(id in said for id in ids)
    assert f"ingest the inputs into a new lake: `newslake backfill '{pages}' --lake NEW`" in said


def test_an_abandoned_commit_comes_back_with_the_next_run(lake, repair):
    unfinished(lake, "articles")
    [first, *_] = repair()["repairs"]
    assert "log entry 7 could not be completed: it is abandoned for 2 lost files" in first["what"]
    story = article("new")
    assert commit(lake, story, mention(story), number=10, as_of=7).counts["articles"] == 1
    assert whole(lake)


def test_an_index_that_cannot_be_built_again_is_said_to_be_missing(lake, repair, monkeypatch):
    missing(lake.index_path)

    def fail(*_):
        raise Failure("the disk is full")

    monkeypatch.setattr("newslake.transforms.lake.lake.LakeFolder.committer", fail)
    [step] = repair()["repairs"]
    assert step["what"] == "the index was missing; it could not be built again"


def test_a_live_run_keeps_its_staging_directory(lake, repair):
    transaction = transaction_of(lake, [article("new")], number=9, as_of=6)
    assert repair()["repairs"] == []
    with lake.committer() as writer:
        writer.commit(transaction)
    let_all_die(lake)
    assert whole(lake)


def test_a_lake_without_damage_needs_no_repair(lake, repair, capsys):
    found = repair()
    assert (found["repairs"], found["problems"], found["lost"]) == ([], [], [])
    assert not lake.storage.exists(layout.ASIDE)


def test_repairs_are_printed_with_the_command_that_undoes_them(lake, capsys):
    with_file(f"{FOLDER}/notes.txt", b"x")(lake)
    words = ["verify", "--repair", "--lake", str(lake.storage.root)]
    root = lake.storage.root
    assert main(words) == 0
    first, second, *_ = capsys.readouterr().out.splitlines()
    assert first == (
        f"repaired: {FOLDER}/notes.txt was not in the log; it is set aside as _aside/0001/notes.txt"
    )
    aside, place = f"{root}/_aside/0001/notes.txt", f"{root}/{FOLDER}/notes.txt"
    assert second == f"  to put it back: mv {shlex.quote(aside)} {shlex.quote(place)}"
    assert main(words) == 0
    assert capsys.readouterr().out.startswith("nothing to repair\n")


def test_a_folder_that_is_no_lake_is_not_repaired(tmp_path, capsys):
    (tmp_path / "a.txt").touch()
    assert main(["verify", "--repair", "--lake", str(tmp_path)]) == 2
    assert [path.name for path in tmp_path.iterdir()] == ["a.txt"]
