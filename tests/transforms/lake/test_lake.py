import contextlib
import json
import sqlite3
from dataclasses import replace

import duckdb
import pytest
from lakes import (
    SETTINGS,
    article,
    commit,
    duplicate,
    hexadecimal,
    let_die,
    mention,
    rejected,
    revision,
    transaction_of,
    with_staging,
)

from newslake.pipelines.commands.forget import forget
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.index import Index
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import Failure
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import (
    Damaged,
    NoSpace,
    NotALake,
    Stale,
    Unbalanced,
    UnknownFormat,
)
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.storage import Storage


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    return lake


def rows(lake, table, column="*"):
    glob = f"{lake.storage.root}/{table}/**/*.parquet"
    return duckdb.sql(f"SELECT {column} FROM '{glob}' ORDER BY ALL").fetchall()


def titles(lake):
    return [title for (title,) in rows(lake, "articles", "title")]


def test_committed_rows_are_visible(lake):
    one = article("one")
    outcome = commit(lake, one, duplicate("copy", "one"), mention(one), rejected("bad"))

    assert outcome.seq == 1
    assert outcome.counts == {
        "read": 3,
        "already_ingested": 0,
        "articles": 1,
        "duplicates": 1,
        "revisions": 0,
        "mentions": 1,
        "rejects": 1,
    }
    assert outcome.rejects_by_reason == {"no_text": 1}
    assert titles(lake) == ["one"]
    assert len(rows(lake, "mentions")) == 1


def test_an_empty_lake_can_be_queried(lake):
    assert titles(lake) == []


def test_a_transaction_that_is_committed_twice_changes_nothing(lake):
    transaction = transaction_of(lake, [article("one"), rejected("bad")])
    with lake.committer() as committer:
        first = committer.commit(transaction)
        again = committer.commit(transaction)
    assert again == first
    assert titles(lake) == ["one"]


def test_a_zombie_whose_staging_directory_was_swept_changes_nothing(lake):
    one = article("one")
    zombie = with_staging(transaction_of(lake, [one, mention(one)]), "_tmp/w-swept")
    commit(lake, one, mention(one), number=1)

    with lake.committer() as committer:
        outcome = committer.commit(zombie)

    assert (outcome.seq, outcome.counts["already_ingested"]) == (None, 1)
    assert titles(lake) == ["one"]


def test_documents_committed_meanwhile_are_dropped_with_all_their_rows(lake):
    one, two = article("one"), article("two")
    late = transaction_of(lake, [one, two, mention(one), mention(two)], "late")
    commit(lake, one, mention(one), number=1)
    with lake.committer() as committer:
        outcome = committer.commit(late)

    assert outcome.counts["already_ingested"] == 1
    assert outcome.counts["articles"] == 1
    assert titles(lake) == ["one", "two"]
    assert len(rows(lake, "mentions")) == 2


def test_a_reject_is_stored_once_per_settings(lake):
    bad = rejected("bad", "old"), rejected("bad", "new")
    for number, (row, seq) in enumerate([(bad[0], 1), (bad[0], None), (bad[1], 2), (bad[1], None)]):
        assert commit(lake, row, number=number, settings=row.settings).seq == seq
    assert len(rows(lake, "rejects")) == 2


def test_a_document_that_another_run_stored_meanwhile_is_not_rejected(lake):
    late = transaction_of(lake, [rejected("one", "old"), rejected("bad", "old")], "late")
    commit(lake, article("one"), number=1, settings="new")
    with lake.committer() as committer:
        outcome = committer.commit(late)
    assert (outcome.counts["already_ingested"], outcome.counts["rejects"]) == (1, 1)


def test_a_document_that_another_run_rejected_meanwhile_is_stored_with_other_settings(lake):
    late = transaction_of(lake, [article("one")], "late", settings="new")
    commit(lake, rejected("one", "old"), number=1, settings="old")
    with lake.committer() as committer:
        assert committer.commit(late).counts["articles"] == 1
        ids = [hexadecimal("d-one")]
        assert committer.conflicts.ingested_documents(ids, "any") == set(ids)


@pytest.mark.parametrize(
    "late",
    [
        pytest.param([article("one", document_id=hexadecimal("other"))], id="same article"),
        pytest.param([article("two", text="The text of one.")], id="same text"),
        pytest.param([revision("late", "one", 1)], id="same version number"),
        pytest.param([revision("late", "one", 2, "The text of v1.")], id="same version"),
        pytest.param([duplicate("copy", "gone")], id="copy of what is not there"),
    ],
)
def test_a_stale_transaction_is_refused(lake, late):
    commit(lake, article("one"), revision("v1", "one", 1))
    transaction = transaction_of(lake, late, "late")
    with lake.committer() as committer, pytest.raises(Stale):
        committer.commit(transaction)
    assert titles(lake) == ["one"]


@pytest.mark.parametrize(
    "late",
    [
        pytest.param(article("one", text="Another text."), id="the same article"),
        pytest.param(article("two", text="The text of one."), id="the same text"),
        pytest.param(revision("late", "old", 1, "The text of one."), id="a version with the text"),
    ],
)
def test_what_was_forgotten_after_it_was_staged_is_refused(lake, late):
    commit(lake, article("one"), article("old"))
    late = replace(late, document_id=hexadecimal("late"))
    transaction = transaction_of(lake, [late], "late", as_of=1)
    forget(lake, [hexadecimal("one")])
    with lake.committer() as committer, pytest.raises(Stale, match="`newslake forget` has deleted"):
        committer.commit(transaction)
    assert titles(lake) == ["old"]


def test_a_transaction_that_lost_a_document_is_refused(lake):
    transaction = transaction_of(lake, [article("one")])
    transaction.metrics["read"] = 2
    with lake.committer() as committer, pytest.raises(Unbalanced, match="2 documents were read"):
        committer.commit(transaction)
    assert titles(lake) == []


def test_a_full_disk_is_refused_before_the_log_entry_exists(lake, monkeypatch):
    transaction = transaction_of(lake, [article("one")])
    free = iter([64 * 2**20 - 1, 64 * 2**20])
    monkeypatch.setattr(Storage, "free_bytes", lambda self: next(free))
    with lake.committer() as committer:
        with pytest.raises(NoSpace, match="64 MB free, but a safe commit needs 64 MB"):
            committer.commit(transaction)
        assert lake.log.last() == 0
        assert committer.commit(transaction).seq == 1


def test_a_disk_that_fills_after_the_entry_loses_nothing(lake, monkeypatch):
    transaction = transaction_of(lake, [article("one")])
    link = Storage.link

    def link_no_more(self, name, new_name):
        if new_name.startswith("articles/"):
            raise OSError(28, "No space left on device")
        link(self, name, new_name)

    monkeypatch.setattr(Storage, "link", link_no_more)
    with lake.committer() as committer:
        outcome = committer.commit(transaction)
        let_die(lake, transaction)
        committer.sweep(grace=0)
    assert "not yet published" in outcome.warning
    assert titles(lake) == []

    monkeypatch.undo()
    with lake.committer():
        pass
    assert titles(lake) == ["one"]


def test_the_next_committer_completes_the_commit_of_a_dead_one(lake):
    commit(lake, article("one"))
    shown = next(lake.storage.root.glob("articles/*2026*/*.parquet"))
    entry = lake.log.read(1)
    lake.storage.make_folder(entry.staging)
    shown.rename(
        lake.storage.path(entry.files[0].staged)
    )  # as if the committer had died before it linked the file
    lake.storage.remove(layout.done_name(1))

    with lake.committer():
        pass
    assert titles(lake) == ["one"]


def test_an_entry_is_made_durable_before_its_files_are_published(lake, monkeypatch):
    """The writer may die between the link of the entry and its fsync, before a power cut."""
    commit(lake, article("one"))
    shown = next(lake.storage.root.glob("articles/*2026*/*.parquet"))
    entry = lake.log.read(1)
    lake.storage.make_folder(entry.staging)
    shown.rename(lake.storage.path(entry.files[0].staged))
    lake.storage.remove(layout.done_name(1))

    steps = []
    sync, link = Storage.sync, Storage.link
    monkeypatch.setattr(Storage, "sync", lambda self, n: (steps.append(n), sync(self, n)))
    monkeypatch.setattr(Storage, "link", lambda self, n, m: (steps.append(m), link(self, n, m)))
    with lake.committer():
        pass
    assert steps.index(layout.LOG) < steps.index(entry.files[0].final)


def test_a_version_whose_text_another_run_published_meanwhile_is_refused(lake):
    """Otherwise no order of the two runs would give these rows."""
    commit(lake, article("y"))
    late = transaction_of(lake, [revision("v1", "y", 1, "Shared.")], "late", as_of=1)
    commit(lake, article("z", text="Shared."), number=1)
    with lake.committer() as committer, pytest.raises(Stale, match="has committed the text"):
        committer.commit(late)


def test_a_version_may_have_the_text_of_an_article_that_its_run_knew(lake):
    commit(lake, article("y"), article("z", text="Shared."))
    outcome = commit(lake, revision("v1", "y", 1, "Shared."), number=1, as_of=1)
    assert outcome.counts["revisions"] == 1


def test_a_file_among_the_staging_directories_stops_nothing(lake):
    lake.storage.write("_tmp/w-stray", b"")
    commit(lake, article("one"))
    assert titles(lake) == ["one"]


def test_a_committed_file_that_is_missing_is_reported(lake):
    commit(lake, article("one"))
    next(lake.storage.root.glob("articles/*2026*/*.parquet")).unlink()
    lake.storage.remove_folder(lake.log.read(1).staging)
    lake.storage.remove(layout.done_name(1))
    with pytest.raises(Damaged, match=r"2026-03-01/part-.* is missing, but log entry 1 lists"):
        lake.committer().__enter__()


@pytest.mark.parametrize("harm", ["delete", "garble", "foreign", "older", "other format"])
def test_a_missing_or_wrong_index_is_rebuilt(lake, harm):
    commit(lake, article("one"), duplicate("copy", "one"), rejected("bad"))
    if harm == "older":
        kept = lake.index_path.read_bytes()
    commit(lake, article("two"), revision("late", "one", 1), number=1)

    if harm == "delete":
        lake.index_path.unlink()
    elif harm == "garble":
        lake.index_path.write_bytes(b"not SQLite at all" * 100)
    elif harm == "older":
        lake.index_path.write_bytes(kept)
    elif harm == "other format":
        with sqlite3.connect(lake.index_path) as database:
            database.executescript("DROP TABLE versions; PRAGMA user_version = 1")
    else:
        with sqlite3.connect(lake.index_path) as database:
            database.execute("UPDATE position SET digest = 'of another lake'")
            database.execute("DELETE FROM documents")

    with lake.committer() as committer:
        index = committer.conflicts.index
        ids = {hexadecimal(f"d-{name}") for name in ("one", "copy", "bad", "late")}
        assert index.ingested_documents(ids, SETTINGS) == ids
        assert index.ingested_documents(ids, "others") == ids - {hexadecimal("d-bad")}
        assert [v.revision for v in index.versions(hexadecimal("one"))] == [0, 1]
        assert index.versions(hexadecimal("two"))[0].published_at == article("two").published_at


def test_an_index_that_cannot_be_written_is_reported(lake):
    lake.index_path.unlink()
    lake.index_path.mkdir()
    with pytest.raises(Failure, match="Is a directory; delete it"):
        lake.committer().__enter__()


def test_an_index_newer_than_a_restored_lake_is_discarded(lake):
    commit(lake, article("one"))
    commit(lake, article("two"), number=1)
    for file in lake.storage.root.glob("articles/*2026*/part-00000002*"):
        file.unlink()
    lake.storage.remove(layout.entry_name(2))
    lake.storage.remove(layout.done_name(2))

    with lake.committer() as committer:
        assert committer.last == 1
        assert not committer.conflicts.index.knows(hexadecimal("d-two"), SETTINGS)


def test_an_index_can_be_read_as_of_an_earlier_entry(lake):
    commit(lake, article("one"))
    commit(lake, article("two"), number=1)
    index = Index(lake.index_path)
    assert not index.knows(hexadecimal("d-two"), SETTINGS, as_of=1)
    assert index.knows(hexadecimal("d-two"), SETTINGS, as_of=2)
    assert index.first_with_text(article("two").text_hash, as_of=1) is None
    index.close()


def test_staging_directories_of_dead_runs_are_swept_and_those_of_live_runs_are_not(lake):
    dead = transaction_of(lake, [article("one")], "dead")
    alive = transaction_of(lake, [article("two")], "alive")
    let_die(lake, dead)
    with lake.committer():
        assert not lake.storage.exists(dead.context.staging)
        assert lake.storage.exists(alive.context.staging)


def test_the_staging_directory_of_a_window_is_kept_as_long_as_its_stream_can_be_resumed(lake):
    folder = layout.window_staging_name("stream", "window")
    lake.storage.make_folder(folder)
    with lake.committer() as committer:
        assert lake.storage.exists(folder)
        committer.sweep(lease=0)
        assert not lake.storage.exists(folder)


@pytest.mark.parametrize(
    ("harm", "error", "message"),
    [
        ({"format": 99}, UnknownFormat, "use the version that wrote it"),
        ({"kind": "exchange"}, UnknownFormat, "kind 'exchange'"),
        ({"kind": ["commit"]}, UnknownFormat, "use the version that wrote it"),
    ],
)
def test_an_entry_of_a_newer_version_is_refused_and_not_skipped(lake, harm, error, message):
    commit(lake, article("one"))
    entry = lake.storage.path(layout.entry_name(1))
    entry.write_text(json.dumps({**json.loads(entry.read_text()), **harm}))
    lake.storage.remove(layout.done_name(1))
    with pytest.raises(error, match=message):
        lake.committer().__enter__()


def test_a_torn_entry_is_reported(lake):
    commit(lake, article("one"))
    entry = lake.storage.path(layout.entry_name(1))
    entry.write_bytes(entry.read_bytes()[:100])
    lake.storage.remove(layout.done_name(1))
    with pytest.raises(Damaged, match=r"00000001\.json is damaged"):
        lake.committer().__enter__()


def test_a_folder_with_other_things_is_not_turned_into_a_lake(tmp_path):
    (tmp_path / "thesis.doc").write_text("precious")
    with pytest.raises(NotALake, match=r"thesis\.doc"):
        open_lake(tmp_path).create()
    assert [path.name for path in tmp_path.iterdir()] == ["thesis.doc"]


def test_a_file_is_not_turned_into_a_lake(tmp_path):
    (tmp_path / "lake").write_text("")
    with pytest.raises(NotALake):
        open_lake(tmp_path / "lake").create()


def test_a_lake_of_a_newer_version_is_refused(lake):
    lake.storage.path(layout.MARKER).write_text('{"format": 2, "schema": 7}')
    with pytest.raises(UnknownFormat, match=r"has format 2 and schema 7, but .*: use a newer"):
        check_marker(lake.storage)


@pytest.mark.parametrize("steps", range(9))
def test_an_incomplete_lake_is_completed(tmp_path, monkeypatch, steps):
    lake = open_lake(tmp_path / "lake")
    link, left = Storage.link, iter(range(steps))

    def link_some(self, name, new_name):
        if next(left, None) is None:
            raise KeyboardInterrupt
        link(self, name, new_name)

    with monkeypatch.context() as patched, contextlib.suppress(KeyboardInterrupt):
        patched.setattr(Storage, "link", link_some)
        lake.create()
    lake.create()

    assert titles(lake) == []
    assert all(rows(lake, table) == [] for table in TABLES)
