"""The DAG as a stream: one commit per window, with the balance of this window."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from lakes import DAY, announcement, article, commit, fetch, revision, rows_of, whole
from streams import Given, commits, document, run_bounded_stream, run_stream

from newslake.pipelines.ingest import Settings
from newslake.schemas.identity import article_id
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.dedupe.signature import sign
from newslake.transforms.lake.layout import TMP
from newslake.transforms.lake.transaction import accounted_for, make_transaction
from newslake.transforms.write import commit as stage_commit

ATTACK = "Rebels attacked the town of Goma on Monday and killed three soldiers, the army said."


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    return lake


def text_of(number):
    return f"Story number {number} is told here in full, so that it can be read."


def story(number, url=None, text=None):
    return document(url or f"https://example.org/{number}", text or text_of(number))


def page(document, second=0):
    """Return the row of the fetch that brought `document`."""
    time = DAY + timedelta(seconds=second)
    return fetch(document.url, started_at=time, document_id=document.document_id)


def stored(name, url, text, **fields):
    """Return an article at `url` as another run stores it."""
    return article(
        name, text, article_id=article_id(url, b""), canonical_url=url, url=url, **fields
    )


@pytest.fixture
def before_commit(monkeypatch):
    """Return a function; what it takes is called once, between the verdicts and the commit."""

    def set(action):
        commit_window, left = stage_commit.commit_window, [action]

        def after_action(*arguments):
            if left:
                left.pop()()
            return commit_window(*arguments)

        monkeypatch.setattr(stage_commit, "commit_window", after_action)

    return set


@pytest.fixture
def after_commit(monkeypatch):
    """The commit of each window is followed by an error, once, so the runner repeats it."""
    commit_window, seen = stage_commit.commit_window, set()

    def with_error(lake, transaction, candidates):
        result = commit_window(lake, transaction, candidates)
        if transaction.context.staging not in seen:
            seen.add(transaction.context.staging)
            raise RuntimeError("the worker was lost after the commit")
        return result

    monkeypatch.setattr(stage_commit, "commit_window", with_error)


def check(lake, **counts):
    """Check the sums of the counts, and the balance of each commit."""
    entries = commits(lake)
    assert all(entry.counts["read"] == accounted_for(entry.counts) for entry in entries)
    rows = rows_of(lake.storage.root)
    assert {name: len(rows[name]) for name in counts} == counts
    assert whole(lake)


def test_each_window_is_a_commit_and_an_empty_window_is_none(lake):
    run_stream(lake, Given(1, [story(1), story(2)]), Given(25, [story(3)]), Given(35, [story(4)]))
    entries = commits(lake)
    assert [entry.counts["articles"] for entry in entries] == [2, 1, 1]
    assert [entry.run_id for entry in entries] == [
        "20260301T000000.000000Z-test",
        "20260301T000020.000000Z-test",
        "20260301T000030.000000Z-test",
    ]
    check(lake, articles=4)


def test_a_document_at_the_edge_belongs_to_the_later_window(lake):
    run_stream(lake, Given(9.999, [story(1)]), Given(10, [story(2)]), Given(20, [story(3)]))
    assert [entry.counts["articles"] for entry in commits(lake)] == [1, 1, 1]
    check(lake, articles=3)


def test_documents_that_the_lake_has_and_rejects_are_counted(lake):
    refused = document("https://example.org/empty", " ")
    run_stream(lake, Given(1, [story(1)]), Given(11, [story(1), story(2), refused]))
    _, second = commits(lake)
    assert (second.counts["already_ingested"], second.counts["rejects"]) == (1, 1)
    check(lake, articles=2, rejects=1)


def test_a_commit_that_is_repeated_changes_nothing(lake, after_commit):
    rows = [announcement("https://example.org/1"), page(story(1))]
    later = [announcement("https://example.org/2")]
    run_stream(lake, Given(1, [story(1), *rows]), Given(11, later))
    assert len(commits(lake)) == 2
    assert lake.storage.list(TMP) == []
    check(lake, articles=1)


def test_a_window_that_is_repeated_after_a_restart_adds_only_what_is_new(lake):
    rows = [announcement("https://example.org/1"), page(story(1))]
    for more in ([], [story(2), page(story(2))]):
        run_stream(lake, Given(1, [story(1), *rows, *more]))
    assert [entry.staging for entry in commits(lake)] == 2 * ["_tmp/s-test-20260301T000000.000000Z"]
    check(lake, articles=2)


def test_a_window_that_is_resumed_with_a_removed_file_adds_what_is_new(lake, monkeypatch):
    """The runner repeats the commit of a window, and the window has another document now."""
    committed = []

    def keep(lake, transaction, candidates):
        committed.append((transaction, candidates))
        return commit_window(lake, transaction, candidates)

    commit_window = stage_commit.commit_window
    monkeypatch.setattr(stage_commit, "commit_window", keep)
    run_stream(lake, Given(1, [story(1), page(story(1)), announcement("https://example.org/1")]))
    monkeypatch.setattr(
        stage_commit, "commit_window", lambda *arguments: committed.append(arguments[1:])
    )
    run_stream(lake, Given(1, [story(2)]))
    (first, one), (second, other) = committed
    metrics = {name: first.metrics[name] + second.metrics[name] for name in second.metrics}
    both = make_transaction(second.context, [*first.files, *second.files], metrics.items())
    commit_window(lake, both, [*one, *other])
    check(lake, articles=2)


def test_two_streams_store_an_entry_once(lake, after_commit):
    for name, number in (("one", 1), ("other", 2)):
        given = [story(1), story(number), announcement("https://example.org/1")]
        run_stream(lake, Given(1, given), name=name)
    check(lake, articles=2)


def test_a_stream_needs_no_index_of_another_process(lake):
    commit(lake, stored("first", "https://example.org/1", text_of(1)))
    lake.index_path.unlink()
    run_stream(lake, Given(1, [story(1), story(2)]))
    check(lake, articles=2, duplicates=1)


# --- a window that is judged on an older lake


def test_windows_that_are_judged_before_all_commits_have_no_copies_among_their_articles(lake):
    given = [
        Given(10 * n, [story(n), story(n, "https://example.org/same", text_of(0))]) for n in (0, 1)
    ]
    run_bounded_stream(lake, *given, Given(20, [story(2), story(1, "https://example.org/last")]))
    assert [entry.as_of for entry in commits(lake)] == [0, 1, 2]
    check(lake, articles=3, duplicates=2)


def test_an_article_whose_text_came_first_becomes_a_copy_without_mentions(lake, before_commit):
    url = "https://other.example/1"
    before_commit(lambda: commit(lake, stored("first", url, ATTACK)))
    given = Given(1, [story(1, text=ATTACK), story(2, text=ATTACK)])
    run_stream(lake, given, settings=Settings())
    check(lake, articles=1, duplicates=2, mentions=0)


def test_mentions_of_an_article_that_stays_are_kept(lake, before_commit):
    before_commit(lambda: commit(lake, stored("first", "https://other.example/1", text_of(1))))
    run_stream(lake, Given(1, [story(1), story(2, text=ATTACK)]), settings=Settings())
    assert commits(lake)[-1].counts["mentions"] > 0
    check(lake, articles=2, duplicates=1)


LONG = " ".join(
    f"In paragraph {n} the report of the commission names {n * n} cases." for n in range(40)
)


def test_an_article_whose_near_copy_came_first_becomes_a_copy(lake, before_commit):
    near = stored("first", "https://other.example/1", LONG, published_at=None, signature=sign(LONG))
    before_commit(lambda: commit(lake, near))
    run_stream(lake, Given(1, [story(1, text=f"{LONG} The end.")]))
    check(lake, articles=1, duplicates=1)


def test_an_article_is_compared_with_days_that_the_index_has_dropped(lake):
    for number, year in enumerate((2020, 2026)):
        url, day = f"https://other.example/{year}", datetime(year, 2, 1, tzinfo=UTC)
        text = f"{LONG} {LONG[::-1] if number else ''}"
        commit(
            lake,
            stored(str(year), url, text, published_at=day, signature=sign(text)),
            number=number,
        )
    lake.index_path.unlink()
    copy = document("https://example.org/1", f"{LONG} The end.", date="2020-02-03")
    run_stream(lake, Given(1, [copy]))
    check(lake, articles=2, duplicates=1)


def test_an_article_whose_url_came_first_becomes_a_later_version(lake, before_commit):
    url = "https://example.org/1"
    before_commit(lambda: commit(lake, stored("first", url, text_of("one"))))
    run_stream(lake, Given(1, [story(1)]))
    [row] = revisions(lake)
    assert row == (1, "“one” → “1”")
    check(lake, articles=1, revisions=1)


def revisions(lake):
    files = f"{lake.storage.root}/revisions/**/*.parquet"
    return duckdb.sql(f"SELECT revision, changes FROM '{files}' ORDER BY ALL").fetchall()


def test_a_later_version_gets_the_next_number_and_its_changes_since_then(lake, before_commit):
    url = "https://example.org/1"
    first = stored("first", url, text_of("one"))
    commit(lake, first)
    other = replace(revision("other", "", 1, text_of("two")), article_id=first.article_id)
    before_commit(lambda: commit(lake, other, number=1, as_of=1))
    run_stream(lake, Given(1, [story(1)]))
    assert revisions(lake)[1] == (2, "“two” → “1”")
    check(lake, articles=1, revisions=2)


def test_what_cannot_be_decided_is_deferred_and_comes_with_a_later_window(lake, before_commit):
    """The later version of an article that becomes a copy has no article any more, nor its copies."""
    url, text = "https://example.org/1", "Nothing of the kind happened, a spokeswoman said today."
    first = document(url, text_of(1), date="2026-02-01")
    version = document(url, text, date="2026-02-02")
    copy = document("https://example.org/2", text, date="2026-02-03")
    rows = [page(first), page(version, second=1)]
    before_commit(lambda: commit(lake, stored("first", "https://other.example/1", text_of(1))))
    run_stream(lake, Given(1, [first, version, copy, *rows]))
    window = commits(lake)[-1]
    assert window.counts["deferred"] == 2
    assert window.counts["duplicates"] == 1
    assert window.counts["fetches"] == 1  # the page of the other document is pending
    check(lake, articles=1, duplicates=1, revisions=0)

    run_stream(lake, Given(11, [version, copy, page(version, second=2)]))
    check(lake, articles=2, duplicates=2, revisions=0)


def test_an_entry_whose_text_is_deferred_is_not_announced(lake, before_commit):
    url = "https://example.org/1"
    version = story(1, url, "Nothing of the kind happened, as a spokeswoman told us today.")
    version = replace(version, feed="https://example.org/feed", entry_id=url)
    rows = [announcement(url, content_source="entry"), announcement("https://example.org/2")]
    before_commit(lambda: commit(lake, stored("first", "https://other.example/1", text_of(1))))
    run_stream(lake, Given(1, [story(1), version, *rows]))
    assert commits(lake)[-1].counts["deferred"] == 1
    assert commits(lake)[-1].counts["announcements"] == 1


def test_staged_files_that_were_swept_are_reported(lake, before_commit):
    def sweep():
        with lake.committer() as committer:
            committer.sweep(lease=0)

    before_commit(sweep)
    with pytest.raises(Exception, match="is missing: a stream can be resumed for 7 days"):
        run_stream(lake, Given(1, [story(1)]))
    assert commits(lake) == []
