"""A kill or a power cut between any two disk operations: committed rows are never lost."""

import itertools
import os
import shutil

import lakes
import pytest
from lakes import DAY, article, duplicate, hexadecimal, mention, rejected, rows_of
from power import ENDS, Recording, restore
from stories import stage_rows

from newslake.pipelines.commands.compact import merge
from newslake.pipelines.commands.forget import forget
from newslake.pipelines.commands.verify import check_files, check_partitions
from newslake.schemas import partitions
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake import layout
from newslake.transforms.lake.staging import staging

FOLDER = "articles/published_date=2026-03-01"


@pytest.fixture(scope="module")
def begun(tmp_path_factory):
    """A lake of two commits whose files are all synced."""
    lake = open_lake(tmp_path_factory.mktemp("begun") / "lake")
    lake.create()
    for number, name in enumerate(["one", "two"]):
        story = article(name)
        lakes.commit(lake, story, mention(story), duplicate(f"copy-{name}", name), number=number)
    with lake.committer():
        pass
    shutil.rmtree(lake.index_path.parent)
    return lake.storage.root


def commit(lake):
    dated, undated = article("three"), article("four", published_at=None)
    rows = [dated, undated, mention(dated), mention(undated), rejected("bad")]
    where = layout.staging_name("run", 9)
    with lake.committer() as committer, staging(lake.storage, where):
        committer.commit(stage_rows(lake, where, "run", committer.last, rows))


def compact(lake):
    merge(lake, FOLDER)


def erase(lake):
    forget(lake, [hexadecimal("one")])


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """The model of the disk needs no real `fsync`."""
    monkeypatch.setattr(os, "fsync", lambda handle: None)


def cuts_of(change, root, end):
    """Run `change`; return the files that a power cut would leave after each operation."""
    cuts = []
    storage = Recording(root, lambda step: cuts.append((step, storage.disk.survivors(end))))
    change(open_lake(storage))
    return [cut for last, cut in itertools.pairwise([(None, None), *cuts]) if cut[1] != last[1]]


@pytest.mark.parametrize("end", ENDS)
@pytest.mark.parametrize("change", [commit, compact, erase])
def test_after_any_end_the_lake_is_as_before_or_as_after(begun, tmp_path, change, end):
    root, left = tmp_path / "lake", tmp_path / "left"
    shutil.copytree(begun, root)
    before = rows_of(root)
    cuts = cuts_of(change, root, end)
    after = rows_of(root)
    assert len(cuts) >= 4

    committed = False
    for step, files in cuts:
        restore(files, left)
        shown = rows_of(left)
        with open_lake(left).committer():
            pass
        found = rows_of(left)
        assert list(check_files(open_lake(left))) == [], f"{end}, after {step}"
        assert found in (before, after), f"{end}, after {step}"
        assert found == after or not committed, f"committed rows are lost: {step}"
        assert_nothing_else_shows(shown, found, before)
        committed = found == after
        shutil.rmtree(left)
    assert committed


def assert_nothing_else_shows(shown, found, before):
    """Before the next commit, only old rows and rows of the change may be visible."""
    for table, rows in shown.items():
        assert set(map(repr, rows)) <= set(map(repr, found[table] + before[table]))
        assert len(rows) == len(set(map(repr, rows)))


@pytest.mark.parametrize("end", ENDS)
def test_after_any_end_an_incomplete_lake_is_completed(tmp_path, end):
    root, left = tmp_path / "lake", tmp_path / "left"
    root.mkdir()
    for step, files in cuts_of(lambda lake: lake.create(), root, end):
        left.mkdir()
        restore(files, left)
        open_lake(left).create()
        assert rows_of(left) == rows_of(root), f"{end}, after {step}"
        shutil.rmtree(left)


@pytest.mark.parametrize("end", ENDS)
def test_after_any_end_the_first_commit_can_be_repeated(tmp_path, monkeypatch, end):
    """The first commit also writes the unit of the partitions to the marker."""
    monkeypatch.setattr(partitions, "MAX_PARTITIONS", 1)
    rows = [article("one"), article("two", published_at=DAY.replace(day=17))]
    root, left = tmp_path / "lake", tmp_path / "left"
    open_lake(root).create()

    def first_commit(lake):
        where = layout.staging_name("run", 9)
        with lake.committer() as committer, staging(lake.storage, where):
            committer.commit(stage_rows(lake, where, "run", committer.last, rows))

    units = []
    for step, files in cuts_of(first_commit, root, end):
        restore(files, left)
        units.append(open_lake(left).partition_unit)
        first_commit(open_lake(left))
        assert rows_of(left) == rows_of(root), f"{end}, after {step}"
        assert list(check_partitions(open_lake(left))) == []
        shutil.rmtree(left)
    assert list(dict.fromkeys(units)) == ["day", "month"]
