"""The views `outcomes` and `coverage`, over tables that the tests create."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import duckdb
import pytest
from papers import ADDRESS, NOON

from newslake.pipelines.sql import read_sql
from newslake.pipelines.sql.coverage import complete, silent_feeds
from newslake.transforms.feeds.schedule.poll_schedule import first

TABLES = {
    "announcements": "run_id TEXT, feed TEXT, entry_id TEXT, url TEXT, canonical_url TEXT, seen_at TIMESTAMPTZ, "
    "content_source TEXT",
    "fetches": "run_id TEXT, kind TEXT, feed TEXT, canonical_url TEXT, started_at TIMESTAMPTZ, outcome TEXT, reason TEXT, "
    "wait_until TIMESTAMPTZ, document_id TEXT",
    "articles": "document_id TEXT, article_id TEXT, url TEXT, seen_at TIMESTAMPTZ, published_at TIMESTAMPTZ, "
    "published_at_naive BOOLEAN, published_offset INTEGER, date_confidence DOUBLE, "
    "published_precision TEXT, rejected_id TEXT",
    "duplicates": "document_id TEXT, duplicate_of TEXT, url TEXT, seen_at TIMESTAMPTZ, rejected_id TEXT",
    "revisions": "document_id TEXT, article_id TEXT, seen_at TIMESTAMPTZ, rejected_id TEXT",
    "rejects": "document_id TEXT, locator TEXT, reason TEXT, detail TEXT, run_id TEXT",
    "replacements": "rejected_id TEXT, document_id TEXT, locator TEXT, run_id TEXT",
    "feeds": "feed TEXT, state TEXT, since TIMESTAMPTZ, reason TEXT, last_success_at TIMESTAMPTZ, run_id TEXT",
    "runs": "run_id TEXT, committed_at TIMESTAMPTZ[]",
}
SOON = NOON + timedelta(minutes=10)
HOUR = timedelta(hours=1)


@pytest.fixture
def lake():
    lake = duckdb.connect()
    lake.execute("SET TimeZone = 'UTC'")
    for name, columns in TABLES.items():
        lake.execute(f"CREATE TABLE {name} ({columns})")
    lake.execute(read_sql("open_rejects"))
    lake.execute(read_sql("outcomes"))
    lake.execute(read_sql("coverage"))
    complete(lake, {})
    return lake


def put(lake, table, *row):
    """Insert a row; its last columns may be missing."""
    columns = ", ".join(column.split()[0] for column in TABLES[table].split(", ")[: len(row)])
    values = ", ".join("?" * len(row))
    lake.execute(f"INSERT INTO {table} ({columns}) VALUES ({values})", list(row))


def announce(lake, name, at=NOON, source="page", feed=ADDRESS):
    url = f"https://paper.example.org/{name}"
    put(lake, "announcements", "run", feed, f"guid:{name}", url, url, at, source)
    return url


def fetch(lake, url, outcome, document=None, reason=None, until=None, at=SOON):
    put(lake, "fetches", "run", "page", None, url, at, outcome, reason, until, document)


def reject(lake, name, reason="no_text", detail="", run_id="1"):
    url = f"https://paper.example.org/{name}"
    put(lake, "rejects", f"d-{name}", url, reason, detail, run_id)


def poll(lake, feed, at, outcome="answered", reason=None):
    put(lake, "fetches", "run", "feed", feed, feed, at, outcome, reason, None, None)


def store(
    lake,
    name,
    url,
    seen_at=SOON,
    published_at=None,
    naive=False,
    offset=None,
    sure=0.98,
    to="second",
):
    row = (f"d-{name}", f"a-{name}", url, seen_at, published_at, naive, offset, sure, to)
    put(lake, "articles", *row)


def outcomes(lake):
    rows = lake.execute("SELECT entry_id, state, detail, retry_at FROM outcomes").fetchall()
    return {entry_id.removeprefix("guid:"): tuple(row) for entry_id, *row in rows}


@pytest.fixture
def full(lake):
    """Tables with a feed entry in every state."""
    for name in ("stored", "copy", "later", "refused"):
        fetch(lake, announce(lake, name), "document", f"d-{name}")
    store(lake, "stored", "https://paper.example.org/stored")
    put(lake, "duplicates", "d-copy", "a-stored", "https://paper.example.org/copy", SOON)
    put(lake, "revisions", "d-later", "a-stored", SOON)
    reject(lake, "refused")
    fetch(lake, announce(lake, "busy"), "waiting", None, "server_busy", SOON)
    announce(lake, "new")
    fetch(lake, announce(lake, "erased"), "document", "d-erased")
    whole = announce(lake, "whole", source="entry")
    store(lake, "whole", whole, NOON)
    put(lake, "announcements", "run", ADDRESS, "hash:1", None, None, NOON, "none")
    return lake


def test_every_entry_is_in_exactly_one_state(full):
    assert outcomes(full) == {
        "stored": ("stored", "a-stored", None),
        "copy": ("duplicate", "a-stored", None),
        "later": ("revision", "a-stored", None),
        "refused": ("rejected", "no_text", None),
        "busy": ("waiting", "server_busy", SOON),
        "new": ("waiting", None, None),
        "erased": ("forgotten", None, None),
        "whole": ("stored", "a-whole", None),
        "hash:1": ("no_address", None, None),
    }
    announced = full.execute("SELECT count(DISTINCT entry_id) FROM announcements").fetchone()
    assert len(full.execute("FROM outcomes").fetchall()) == announced[0]


def test_a_reject_that_was_tried_again_is_in_its_last_state(full):
    for name in ("stored", "copy", "later", "refused"):
        reject(full, name, "too_large", run_id="0")
    states = outcomes(full)
    assert states["stored"] == ("stored", "a-stored", None)
    assert states["copy"] == ("duplicate", "a-stored", None)
    assert states["later"] == ("revision", "a-stored", None)
    assert states["refused"] == ("rejected", "no_text", None)
    assert full.execute("SELECT document_id, reason FROM open_rejects").fetchall() == [
        ("d-refused", "no_text")
    ]


def test_a_forgotten_reject_is_forgotten(full):
    fetch(full, announce(full, "cleared"), "document", "d-cleared")
    reject(full, "cleared", detail="forgotten")
    announce(full, "part", source="entry")
    reject(full, "part", detail="forgotten")
    assert outcomes(full)["cleared"] == outcomes(full)["part"] == ("forgotten", None, None)


def test_a_stored_page_is_not_pending_when_it_is_fetched_again(full):
    fetch(full, "https://paper.example.org/stored", "waiting", None, "timeout_total", SOON)
    assert outcomes(full)["stored"] == ("stored", "a-stored", None)


def test_the_counts_of_a_feed(full):
    row = full.execute("FROM coverage").fetchdf().iloc[0]
    counts = ("stored", "duplicates", "revisions", "rejected", "waiting", "others")
    assert [row[name] for name in counts] == [2, 1, 1, 1, 2, 2]
    assert row["entries"] == sum(row[name] for name in counts)


def test_latency_runs_to_the_first_commit_after_the_fetch(full):
    latency = "SELECT latency_p50, latency_p95 FROM coverage"
    assert full.execute(latency).fetchall() == [(None, None)]
    minutes = [NOON + timedelta(minutes=minute) for minute in (5, 15, 25)]
    put(full, "runs", "another", [NOON + timedelta(minutes=11)])
    put(full, "runs", "run", minutes)
    assert full.execute(latency).fetchall() == [(900, 900)]


PUBLISHED = "SELECT dated, publication_latency_p50, publication_latency_p95 FROM coverage"


def test_latency_from_publication_runs_to_the_same_commit(lake):
    for number in range(3):
        url = announce(lake, f"{number}")
        fetch(lake, url, "document", f"d-{number}")
        store(lake, f"{number}", url, published_at=NOON - timedelta(minutes=number + 1), offset=60)
    assert lake.execute(PUBLISHED).fetchall() == [(0, None, None)]
    put(lake, "runs", "run", [NOON + timedelta(minutes=15)])
    assert lake.execute(PUBLISHED).fetchall() == [(3, 17 * 60, pytest.approx(17.9 * 60))]
    assert lake.execute("SELECT latency_p50 FROM coverage").fetchall() == [(15 * 60,)]


MIDNIGHT = NOON.replace(hour=0)


@pytest.mark.parametrize(
    "date",
    [
        {"published_at": None, "sure": None},
        {"published_at": NOON, "sure": 0.8, "offset": 0},
        {"published_at": NOON, "naive": True},
        {"published_at": NOON, "offset": 0, "to": "day"},
        {"published_at": MIDNIGHT, "offset": 0},
        {"published_at": MIDNIGHT - timedelta(hours=1), "offset": 60},
        {"published_at": NOON + timedelta(hours=1), "offset": 0},
    ],
    ids=[
        "unknown",
        "doubtful",
        "no zone",
        "day",
        "midnight",
        "midnight of a zone",
        "after the commit",
    ],
)
def test_a_time_of_publication_that_is_not_believed_has_no_latency(lake, date):
    url = announce(lake, "1")
    fetch(lake, url, "document", "d-1")
    store(lake, "1", url, **date)
    put(lake, "runs", "run", [NOON + timedelta(minutes=15)])
    assert lake.execute(PUBLISHED).fetchall() == [(0, None, None)]


def test_behind_is_the_age_of_the_oldest_entry_that_does_not_wait_by_rule(lake):
    now = datetime.now(UTC)

    def behind():
        return lake.execute("SELECT round(behind / 3600) FROM coverage").fetchall()

    fetch(lake, announce(lake, "retry", now - 9 * HOUR), "waiting", None, "busy", now + HOUR)
    assert behind() == [(0,)]
    announce(lake, "new", now - 2 * HOUR)
    assert behind() == [(2,)]
    fetch(lake, announce(lake, "due", now - 9 * HOUR), "waiting", None, "busy", now - 3 * HOUR)
    assert behind() == [(3,)]


def test_the_errors_of_a_feed(full):
    for minute, reason in enumerate([None, "http_500", "timeout_total"]):
        outcome = "failed" if reason else "answered"
        poll(full, ADDRESS, NOON + timedelta(minutes=minute), outcome, reason)
    rows = full.execute(
        "SELECT polls, failed_polls, last_success_at, last_error FROM coverage"
    ).fetchall()
    assert rows == [(3, 2, NOON, "timeout_total")]


def test_the_gaps_of_a_feed(lake):
    for hour in (0, 1, 2, 12):
        announce(lake, f"at-{hour}", NOON + timedelta(hours=hour))
    [(median, longest)] = lake.execute("SELECT median_gap, longest_gap FROM coverage").fetchall()
    assert (median, longest) == (timedelta(hours=1), timedelta(hours=10))


def test_a_silent_feed_is_reported_and_one_that_is_down_is_not(lake):
    for feed in (ADDRESS, "https://other.example.org/"):
        for hour in range(21 * 24):
            announce(lake, f"{hour}", NOON + timedelta(hours=hour), feed=feed)
    last = NOON + timedelta(hours=21 * 24 - 1)
    poll(lake, ADDRESS, last + timedelta(hours=8))
    poll(lake, "https://other.example.org/", last)
    [(feed, quiet)] = silent_feeds(lake)
    assert (feed, quiet.since) == (ADDRESS, last)
    assert 7 <= quiet.missed <= 9


def feed_rows(lake, columns):
    rows = lake.execute(f"SELECT {columns} FROM coverage ORDER BY feed").fetchall()
    return {feed.removeprefix("https://").partition(".")[0]: row for feed, *row in rows}


def test_a_feed_without_entries_has_a_row_by_plain_sql(lake):
    dead, gone, old = (f"https://{name}.example.org/" for name in ("dead", "gone", "old"))
    poll(lake, dead, NOON, "failed", "http_500")
    put(lake, "feeds", dead, "failing", NOON, "http_500", None, "1")
    put(lake, "feeds", dead, "dead", SOON, "http_500", None, "2")
    put(lake, "feeds", gone, "removed", NOON, None, NOON, "1")
    poll(lake, old, NOON)
    columns = "feed, state, state_since, last_success_at, last_error, entries, polls, next_poll_at"
    assert feed_rows(lake, columns) == {
        "dead": ["dead", SOON, None, "http_500", 0, 1, None],
        "gone": ["removed", NOON, NOON, None, 0, 0, None],
        "old": ["ok", None, NOON, None, 0, 1, None],
    }


def test_the_time_of_the_next_poll_is_that_of_the_last_request(lake):
    for at, until in ((SOON, SOON + HOUR), (NOON, SOON)):
        put(lake, "fetches", "run", "feed", ADDRESS, ADDRESS, at, "answered", None, until)
    assert feed_rows(lake, "feed, next_poll_at") == {"paper": [SOON + HOUR]}
    put(lake, "feeds", ADDRESS, "paused", SOON, None, NOON, "1")
    assert feed_rows(lake, "feed, next_poll_at") == {"paper": [None]}


def test_the_present_state_of_a_feed_is_newer_than_its_rows(lake):
    put(lake, "feeds", ADDRESS, "failing", NOON, "http_500", None, "1")
    poll(lake, ADDRESS, NOON, "failed", "http_500")
    present = replace(first(ADDRESS, SOON), answered_at=SOON, asked_at=SOON, condition="ok")
    new = first("https://new.example.org/", NOON)
    lake.remove_function("feed_silence")
    lake.remove_function("present_feeds")
    complete(lake, {state.feed: state for state in (present, new)})
    columns = "feed, state, state_since, last_success_at, last_error, next_poll_at"
    assert feed_rows(lake, columns) == {
        "new": ["new", NOON, None, None, NOON],
        "paper": ["ok", SOON, SOON, None, SOON],
    }
