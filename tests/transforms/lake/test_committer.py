"""The committer with a fake index, which decides what conflicts."""

from dataclasses import replace

import pytest
from lakes import article, rejected, rows_of, transaction_of

from newslake.transforms.lake.errors import Stale
from newslake.transforms.lake.lake import LakeFolder
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

    def ingested_documents(self, ids):
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
