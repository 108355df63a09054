"""The committer with a fake index, which decides what conflicts."""

from dataclasses import replace

import pytest
from lakes import article, rejected, rows_of, transaction_of

from newslake.schemas.tables import TABLES
from newslake.transforms.lake.errors import Damaged, Stale
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import Log
from newslake.transforms.lake.parquet import to_arrow
from newslake.transforms.lake.rewriting import Rewrite, stage_tables
from newslake.transforms.lake.transaction import Change


class Fake:
    """An index that knows the given documents and raises the given conflict."""

    def __init__(self, known=(), conflict=None):
        self.known, self.conflict = set(known), conflict
        self.calls = []

    def __call__(self, storage, log):
        self.calls.append("open")
        return self

    def last(self):
        self.calls.append("last")

    def sync(self, last):
        self.calls.append(f"sync {last}")

    def ingested_documents(self, ids, settings):
        return self.known & set(ids)

    def check(self, transaction):
        if self.conflict:
            raise Stale(self.conflict)

    def close(self):
        self.calls.append("close")


@pytest.fixture
def lake(tmp_path):
    lake = LakeFolder(tmp_path / "lake", Fake())
    lake.create()
    return lake


def commit(lake, fake, *rows):
    other = LakeFolder(lake.storage, fake)
    transaction = transaction_of(lake, rows)
    with other.committer() as committer:
        return committer.commit(transaction)


def test_the_empty_files_of_a_new_lake_are_those_of_the_first_entry(lake):
    names = [path.name for path in lake.storage.root.rglob("*1970-01-01/*.parquet")]
    assert len(names) == len(TABLES)
    assert all(name.startswith("part-00000000-") for name in names)


def test_the_index_is_synced_with_the_log(lake):
    fake = Fake()
    commit(lake, fake, article("one"))
    assert fake.calls == ["open", "last", "sync 0", "sync 1", "close"]


def test_a_conflicting_transaction_is_not_committed(lake):
    with pytest.raises(Stale, match="another run was faster"):
        commit(lake, Fake(conflict="another run was faster"), article("one"))
    assert rows_of(lake.storage.root)["articles"] == []


def test_documents_already_ingested_are_dropped_with_their_rows(lake):
    one, two = article("one"), article("two")
    outcome = commit(lake, Fake(known=[one.document_id]), one, two, rejected("bad"))
    assert outcome.counts["already_ingested"] == 1
    rows = rows_of(lake.storage.root)
    [row] = rows["articles"]
    assert two.document_id in row
    assert len(rows["rejects"]) == 1


def change_of(lake, *rows):
    """Stage a new partition with a file for each row."""
    lake.storage.make_folder("_tmp/w-change")
    new = Rewrite(lake.storage, "_tmp/w-change", "articles", "published_date=2026-05-01", [])
    staged = stage_tables(new, [to_arrow("articles", [row], "run") for row in rows])
    return Change("reprocess", "run", "_tmp/w-change", lake.log.last(), [staged])


def test_a_change_may_add_the_first_rows_of_a_partition(lake):
    one, two = article("one"), article("two")
    with LakeFolder(lake.storage, Fake()).committer() as committer:
        committer.change(change_of(lake, one, two))
    stored = rows_of(lake.storage.root)["articles"]
    assert [row.document_id in str(stored) for row in (one, two)] == [True, True]


def test_a_change_that_loses_one_of_its_files_is_not_published(lake, monkeypatch):
    append = Log.append

    def append_and_lose(self, entry):
        [swap] = entry.swaps
        lake.storage.remove(f"{swap.staged}/{swap.new_names[0]}")
        return append(self, entry)

    monkeypatch.setattr(Log, "append", append_and_lose)
    with LakeFolder(lake.storage, Fake()).committer() as committer:
        change = change_of(lake, article("one"), article("two"))
        with pytest.raises(Damaged, match="neither published nor staged"):
            committer.change(change)


@pytest.mark.parametrize("kind", ["forget", "reprocess", "compact"])
def test_only_compact_may_use_what_it_has_read_before_another_commit(lake, kind):
    late = Change(kind, "run", "_tmp/w-change", as_of=0, partitions=[])
    commit(lake, Fake(), article("one"))
    lake.storage.make_folder("_tmp/w-change")
    with LakeFolder(lake.storage, Fake()).committer() as committer:
        if kind == "compact":
            assert committer.change(late).seq == 2
            return
        with pytest.raises(Stale, match="another run has committed"):
            committer.change(late)
        assert committer.change(replace(late, as_of=1)).seq == 2
