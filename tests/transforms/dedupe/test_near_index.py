"""Near copies of articles in the lake, also of unindexed days and after the index is lost."""

import json
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lakes import (
    SETTINGS,
    article,
    commit,
    hexadecimal,
    revision,
    rows_of,
    transaction_of,
)
from wording import text_of

from newslake.pipelines.cli import main
from newslake.transforms.dedupe import near_index
from newslake.transforms.dedupe.index import Index
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.dedupe.near import SignedArticle, near_copy
from newslake.transforms.dedupe.signature import sign
from newslake.transforms.lake.errors import Stale

DAY = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path, unit):
    lake = open_lake(tmp_path / "lake")
    lake.create(unit)
    return lake


def signed(name, blocks, day=0, **fields):
    """Return an article as the DAG writes it."""
    text = text_of(blocks)
    return article(name, text, DAY + timedelta(days=day), signature=sign(text), **fields)


def original(lake, blocks, day=0, as_of=None):
    """Return the title of the article of which a text on that day is a near copy."""
    text = SignedArticle("f" * 32, DAY + timedelta(days=day), None, None, sign(text_of(blocks)))
    with lake.committer() as committer:
        found = near_copy(
            text, [lambda *where: committer.conflicts.index.bucket_articles(*where, as_of)]
        )
    return found and bytes.fromhex(found.article.article_id.rstrip("0")).decode()


def test_a_later_run_finds_what_an_earlier_one_published(lake):
    commit(lake, signed("one", "abc"), signed("two", "xyz"))
    assert original(lake, "abcd") == "one"
    assert original(lake, "abcd", as_of=0) is None
    assert original(lake, "abcd", day=31) is None
    assert original(lake, "pqr") is None


def test_a_rebuilt_index_finds_the_same(lake):
    commit(lake, signed("one", "abc"), signed("late", "abcd", day=2))
    commit(lake, article("plain", published_at=None, signature=sign(text_of("pqr"))), number=1)
    lake.index_path.unlink()
    assert original(lake, "abc", day=9) == "one"
    with lake.committer() as committer:
        timeless = SignedArticle("f" * 32, None, None, None, sign(text_of("pqr")))
        assert near_copy(timeless, [committer.conflicts.index.bucket_articles])


def test_a_transaction_with_a_near_copy_of_a_new_article_is_refused(lake):
    late = transaction_of(lake, [signed("late", "abcd")], "late")
    commit(lake, signed("one", "abc"))
    with lake.committer() as committer, pytest.raises(Stale, match="near copy"):
        committer.commit(late)


def test_a_transaction_is_not_compared_again_if_nothing_was_committed_since_its_run_read_the_lake(
    lake,
):
    commit(lake, signed("one", "abc"))
    late = transaction_of(lake, [signed("late", "abcd")], "late", as_of=1)
    with lake.committer() as committer:
        assert committer.commit(late).seq == 2


def test_a_forgotten_article_has_no_copies(lake):
    commit(lake, signed("one", "abc"))
    assert (
        main(
            [
                "forget",
                hexadecimal("one"),
                "--lake",
                str(lake.storage.root),
                "--grace",
                "0",
                "--yes",
            ]
        )
        == 0
    )
    assert original(lake, "abcd") is None
    with sqlite3.connect(lake.index_path) as database:
        assert database.execute("SELECT count(*) FROM lsh_buckets").fetchone() == (0,)


def test_a_text_of_two_articles_belongs_to_the_earlier_one_in_a_rebuilt_index(lake):
    shared = "The page has moved."
    commit(
        lake, article("late", published_at=DAY), article("early", published_at=DAY - timedelta(1))
    )
    commit(lake, revision("v1", "late", 1, shared), number=1, as_of=1)
    by_early = revision("v2", "early", 1, shared)
    commit(lake, by_early.__class__(**{**vars(by_early), "published_at": DAY - timedelta(1)}),
           number=2, as_of=2)  # fmt: skip
    for _ in range(2):
        with lake.committer() as committer:
            assert committer.conflicts.index.first_with_text(
                by_early.text_hash
            ).article_id == hexadecimal("early")
        lake.index_path.unlink(missing_ok=True)


@pytest.fixture
def forgetful(monkeypatch):
    """Make the index drop a day after two log entries without an article near that day."""
    monkeypatch.setattr(near_index, "KEPT_ENTRIES", 1)


def kept_days(lake):
    with sqlite3.connect(lake.index_path) as database:
        days = database.execute("SELECT DISTINCT day FROM lsh_buckets ORDER BY day").fetchall()
    return [day - (DAY - datetime(1970, 1, 1, tzinfo=UTC)).days for (day,) in days]


def test_signatures_of_inactive_days_are_dropped_and_ids_never(lake, forgetful):
    commit(lake, signed("old", "abc"))
    for number in range(1, 4):
        commit(lake, signed(f"new{number}", f"{number}xy"[:1], day=100), number=number)
    assert kept_days(lake) == [100]
    index = Index(lake.index_path)
    assert index.versions(hexadecimal("old"))
    assert index.first_with_text(signed("old", "abc").text_hash)
    assert index.knows(hexadecimal("d-old"), SETTINGS)
    index.close()


def test_a_run_that_could_not_compare_a_day_is_refused_and_the_day_is_indexed(lake, forgetful):
    commit(lake, signed("old", "abc"))
    for number in range(1, 4):
        commit(lake, signed(f"new{number}", f"{number}", day=100), number=number)
    late = transaction_of(lake, [signed("late", "xyz")], "late", as_of=4)
    day = (DAY - datetime(1970, 1, 1, tzinfo=UTC)).days
    with lake.committer() as committer:
        assert committer.conflicts.index.unindexed([day]) == {day}
        with pytest.raises(Stale, match="could not compare"):
            committer.commit(replace(late, unindexed_days=(day,)))
        assert committer.conflicts.index.unindexed([day]) == set()
        assert committer.commit(late).seq == 5


def test_a_run_that_needs_an_unindexed_day_restores_it(lake, forgetful, tmp_path, capsys):
    def backfill(name, blocks, day):
        fields = {"text": text_of(blocks), "date": (DAY + timedelta(days=day)).isoformat()}
        (tmp_path / f"{name}.json").write_text(json.dumps(fields))
        words = ["backfill", str(tmp_path / f"{name}.json"), "--lake", str(lake.storage.root)]
        assert main([*words, "--json"]) == 0
        return json.loads(capsys.readouterr().out)

    backfill("old", "abc", day=0)
    for number in range(3):
        backfill(f"new{number}", f"{number}", day=100)
    assert kept_days(lake) == [100]
    assert backfill("copy", "abcd", day=20)["duplicates"] == 1
    (copy,) = rows_of(lake.storage.root)["duplicates"]
    assert "near" in copy
