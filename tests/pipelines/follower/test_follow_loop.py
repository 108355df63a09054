"""The follow loop loses no story and stores none twice, whatever fails in between."""

import errno
import json
import re
import sqlite3
from datetime import timedelta

import duckdb
import pytest
from clocks import FakeClock, Names
from hostile import http_response, server_in_a_thread

from newslake.pipelines.commands.forget import forget
from newslake.pipelines.follower import follow_loop, pending
from newslake.pipelines.follower.follow_loop import FollowLoop
from newslake.pipelines.follower.intake import Intake
from newslake.pipelines.follower.pending import Pending
from newslake.pipelines.ingest import Settings
from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners.engine import engine
from newslake.pipelines.sql.views import connect
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.events.find_events import FindEvents
from newslake.transforms.failure import Failure
from newslake.transforms.feeds.crawler import Crawler
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch import fetch_options, fetch_page
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import LakeError

HOUR = timedelta(hours=1)
STORY = (
    "The ferry workers of Port Alder ended strike number {0} on Sunday, their union said. "
    "The company agreed to pay crew {0} for the days that the ships lay in harbour {0}. "
)


class Newsroom:
    """A lake, a server with one feed, and a follow loop; `start` makes a new loop, like a restart."""

    def __init__(self, folder, server, clock):
        self.server, self.clock = server, clock
        self.lake = open_lake(folder / "lake")
        self.lake.create()
        self.entries = {}
        self.commits = 0
        self.crawler = None
        self.start()

    def start(self):
        self.stop()
        fetch_options.visitor_state.cache_clear()
        states = FeedStates(self.lake.storage.path(NAME))
        feed = self.server.url("/feed", "news.example")
        self.pending = Pending(self.lake, states, [Listed(feed)], self.clock.now())
        names = Names(anybody=[["127.0.0.1"]])
        options = FetchOptions(allow_private=True, resolver=names, pages_per_site=4)
        self.crawler = Crawler(options, self.clock)
        self.crawler.__enter__()
        self.loop = FollowLoop(
            self.lake,
            Intake(self.pending, self.crawler, self.clock),
            Settings(find_events=FindEvents(events=False)),
            engine("DirectRunner", 1, []),
        )

    def stop(self):
        if self.crawler:
            self.crawler.__exit__()

    def publish(self, number, text=None, host="news.example", **entry):
        """Put a story on the server and an entry for it into the feed."""
        link = self.server.url(f"/{number}", host)
        page = f"<html><head><title>Strike {number}</title></head><body><article><h1>Strike {number}</h1>"
        page += f"<p>{text or STORY.format(number)}</p></article></body></html>"
        self.server.pages[f"/{number}"] = http_response(page.encode())
        entry = {"guid": f"id-{number}", "title": f"Strike {number}", "link": link} | entry
        self.entries[entry["guid"]] = entry
        self.print_feed()

    def print_feed(self):
        items = "".join(
            "<item>"
            + "".join(f"<{name}>{value}</{name}>" for name, value in entry.items())
            + "</item>"
            for entry in self.entries.values()
        )
        rss = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        self.server.pages["/feed"] = http_response(rss.encode(), Content_Type="application/rss+xml")

    def pass_by(self, time=HOUR):
        self.clock.time += time

    def poll(self):
        self.loop.intake.poll()
        self.settle()

    def settle(self):
        """Let the crawler finish its work."""
        self.loop.intake.gather()
        while not self.crawler.is_idle:
            self.crawler.wait(0)
            self.loop.intake.gather()

    def commit(self):
        self.settle()
        self.commits += 1
        return self.loop.commit(f"run{self.commits}", 0)

    def round(self):
        self.poll()
        return self.commit()

    def query(self, sql):
        for table in ("articles", "revisions", "rejects", "announcements", "fetches", "duplicates"):
            sql = sql.replace(
                f"FROM {table}", f"FROM '{self.lake.storage.root}/{table}/**/*.parquet'"
            )
        return duckdb.sql(sql).fetchall()

    def titles(self):
        return [title for (title,) in self.query("SELECT title FROM articles ORDER BY title")]

    def requested(self, target):
        return self.server.requested().count(target)


@pytest.fixture
def newsroom(tmp_path):
    clock = FakeClock()
    with server_in_a_thread(clock) as server:
        newsroom = Newsroom(tmp_path, server, clock)
        yield newsroom
        newsroom.stop()


def test_each_announced_article_is_in_the_lake_once(newsroom):
    newsroom.publish(1)
    newsroom.publish(2)
    newsroom.round()
    newsroom.pass_by()
    newsroom.publish(3)
    newsroom.round()
    newsroom.pass_by()
    newsroom.round()
    assert newsroom.titles() == ["Strike 1", "Strike 2", "Strike 3"]
    assert [newsroom.requested(f"/{number}") for number in (1, 2, 3)] == [1, 1, 1]
    assert newsroom.requested("/feed") == 3


def test_without_the_feeds_state_polls_are_lost_and_nothing_else(newsroom):
    newsroom.publish(1)
    newsroom.round()
    for path in newsroom.lake.storage.root.glob(f"{NAME}*"):
        path.unlink()
    newsroom.start()
    newsroom.publish(2)
    newsroom.round()
    assert newsroom.titles() == ["Strike 1", "Strike 2"]
    assert newsroom.requested("/1") == 1
    assert newsroom.query("SELECT count(*) FROM announcements") == [(2,)]


def test_a_poll_is_repeated_if_the_process_dies_before_the_commit(newsroom):
    newsroom.publish(1)
    newsroom.poll()
    newsroom.start()
    assert len(newsroom.pending.feeds.due(newsroom.clock.now())) == 1
    newsroom.round()
    assert newsroom.titles() == ["Strike 1"]


def test_a_process_that_dies_after_the_commit_polls_once_more(newsroom, monkeypatch):
    newsroom.publish(1)
    monkeypatch.setattr(newsroom.pending, "committed", lambda now: None)
    newsroom.round()
    newsroom.start()
    assert len(newsroom.pending.feeds.due(newsroom.clock.now())) == 1
    newsroom.round()
    assert newsroom.titles() == ["Strike 1"]
    assert newsroom.requested("/1") == 1
    assert newsroom.query("SELECT count(*) FROM announcements") == [(1,)]


def test_a_state_that_cannot_be_written_doubles_nothing(newsroom, monkeypatch):
    def full(self, states):
        raise sqlite3.OperationalError("disk is full")

    newsroom.publish(1)
    with monkeypatch.context() as patch:
        patch.setattr(FeedStates, "save", full)
        newsroom.round()
    newsroom.publish(2)
    newsroom.pass_by()
    newsroom.round()
    assert newsroom.query("SELECT count(*) FROM announcements") == [(2,)]
    newsroom.start()
    assert newsroom.pending.feeds.due(newsroom.clock.now()) == []


def test_a_page_that_fails_waits_and_comes_later(newsroom):
    newsroom.publish(1)
    newsroom.server.pages["/1"], page = http_response(b"", "503 Busy"), newsroom.server.pages["/1"]
    newsroom.round()
    assert newsroom.titles() == []
    pages = newsroom.pending.pages
    assert (pages.waiting, pages.due) == (1, 0)
    assert pages.next_due > newsroom.clock.now()

    newsroom.server.pages["/1"] = page
    newsroom.start()
    newsroom.commit()
    assert newsroom.titles() == []
    newsroom.pass_by()
    newsroom.commit()
    assert newsroom.titles() == ["Strike 1"]
    assert newsroom.pending.pages.waiting == 0


def test_a_page_that_is_not_there_is_a_reject(newsroom):
    newsroom.publish(1)
    newsroom.publish(2)
    del newsroom.server.pages["/1"]
    newsroom.round()
    outcomes = connect(newsroom.lake.storage.root).execute("SELECT entry_id, state FROM outcomes")
    assert sorted(outcomes.fetchall()) == [("guid:id-1", "rejected"), ("guid:id-2", "stored")]
    assert newsroom.query("SELECT reason FROM rejects") == [("http_error",)]
    assert newsroom.pending.pages.waiting == 0


def test_pages_over_the_budget_come_with_the_next_commit(newsroom):
    for number in range(6):
        newsroom.publish(number)
    newsroom.round()
    assert len(newsroom.titles()) == 4
    newsroom.commit()
    assert len(newsroom.titles()) == 6


def test_a_page_that_hangs_does_not_hold_the_commit_of_others(newsroom):
    newsroom.publish(1, host="slow.example")
    newsroom.server.pages["/1"] = "drip-body"
    newsroom.publish(2)
    newsroom.loop.intake.poll()
    while not newsroom.pending.fetches:
        newsroom.crawler.wait(0)
        newsroom.loop.intake.gather()
    newsroom.loop.commit("run", 0)
    assert newsroom.titles() == ["Strike 2"]
    assert newsroom.requested("/1") == 1
    assert not newsroom.crawler.is_idle
    assert newsroom.pending.pages.waiting == 1


def test_a_failed_commit_keeps_what_has_arrived(newsroom, monkeypatch):
    def fail(*given):
        raise LakeError("the disk is full")

    newsroom.publish(1)
    with monkeypatch.context() as patch:
        patch.setattr(follow_loop, "run_bounded", fail)
        with pytest.raises(LakeError):
            newsroom.round()
    newsroom.commit()
    assert newsroom.titles() == ["Strike 1"]
    assert newsroom.requested("/1") == 1


def test_a_full_disk_fails_a_commit_and_rejects_no_page(newsroom, monkeypatch):
    def fail(response):
        raise OSError(errno.ENOSPC, "No space left on device", "archive")

    newsroom.publish(1)
    with monkeypatch.context() as patch:
        patch.setattr(fetch_page, "check", fail)
        newsroom.poll()
        with pytest.raises(Failure, match="archive: No space left on device; free some space"):
            newsroom.commit()
    newsroom.commit()
    newsroom.commit()
    assert newsroom.query("SELECT count(*) FROM articles") == [(1,)]
    assert newsroom.query("SELECT count(*) FROM rejects") == [(0,)]


def test_results_stay_in_the_crawler_until_there_is_space_for_them(newsroom, monkeypatch):
    monkeypatch.setattr(pending, "MAX_ANNOUNCEMENTS", 2)
    for number in range(4):
        newsroom.publish(number)
    newsroom.loop.intake.poll()
    while not newsroom.pending.is_full:
        newsroom.crawler.wait(0)
        newsroom.loop.intake.gather()
    announced = len(newsroom.pending.announcements)
    newsroom.publish(5)
    newsroom.pass_by()
    newsroom.loop.intake.poll()
    newsroom.loop.intake.gather()
    assert len(newsroom.pending.announcements) == announced
    commits = 0
    while len(newsroom.titles()) < 5:
        if newsroom.pending.is_full or newsroom.crawler.is_idle:
            newsroom.loop.commit("run", commits)
            commits += 1
        newsroom.crawler.wait(0)
        newsroom.loop.intake.gather()


def test_a_retry_that_is_due_is_fetched_before_the_next_commit(newsroom):
    newsroom.publish(1)
    newsroom.server.pages["/1"], page = http_response(b"", "503 Busy"), newsroom.server.pages["/1"]
    newsroom.round()
    newsroom.server.pages["/1"] = page
    newsroom.pass_by()
    newsroom.commit()
    assert newsroom.titles() == ["Strike 1"]
    assert newsroom.loop.intake.behind == timedelta()


def test_an_entry_that_changes_makes_a_revision(newsroom):
    newsroom.publish(1)
    newsroom.round()
    newsroom.pass_by()
    newsroom.publish(1, STORY.format(1) + "The mayor was relieved.", title="Strike 1 is over")
    newsroom.round()
    assert newsroom.titles() == ["Strike 1"]
    [(text,)] = newsroom.query("SELECT text FROM revisions")
    assert text.endswith("The mayor was relieved.")


CHARACTERS = "\0\ud800\u202e\ufeff"
"""NUL, a lone surrogate, a direction override, a byte order mark."""


def hostile_round(newsroom):
    """Ingest an entry whose fields contain paths and invalid characters."""
    path = "/%2e%2e/%2e%2e/CON?" + "x" * 300
    references = "".join(f"&#{ord(character)};" for character in CHARACTERS)
    page = f"<html><head><title>../../outside{references}</title></head><body><article>"
    page += (
        f"<p>{STORY.format(1)}</p><p>The mayor{references} spoke. {STORY.format(2)}</p></article>"
    )
    newsroom.server.pages["/CON?" + "x" * 300] = http_response(page.encode())
    entry = {
        "id": f"../../../../outside{CHARACTERS}" + "y" * 300,
        "url": newsroom.server.url(path, "news.example"),
        "title": f"../../outside{CHARACTERS}",
        "authors": [{"name": f"C:\\outside{CHARACTERS}"}],
        "tags": [f"published_date=../../outside{CHARACTERS}"],
    }
    feed = {"version": "https://jsonfeed.org/version/1.1", "title": "..", "items": [entry]}
    newsroom.server.pages["/feed"] = http_response(
        json.dumps(feed).encode(), Content_Type="application/feed+json"
    )
    newsroom.round()
    assert newsroom.query("SELECT count(*) FROM articles") == [(1,)]


def test_no_name_from_outside_is_a_path_in_the_lake(newsroom, tmp_path):
    hostile_round(newsroom)
    tables = "|".join(TABLES)
    name = re.compile(
        rf"lake/({tables})/(run|published)_date=(\d{{4}}-\d\d-\d\d)/[a-z0-9-]+\.parquet"
    )
    staging = tmp_path / "lake" / layout.TMP
    written = {path for path in tmp_path.rglob("*.parquet") if staging not in path.parents}
    assert len(written) > len(TABLES)
    assert [path for path in written if not name.fullmatch(str(path.relative_to(tmp_path)))] == []
    assert {path.name for path in tmp_path.iterdir()} == {"lake"}


def test_no_broken_character_reaches_the_lake(newsroom):
    hostile_round(newsroom)
    for table in ("articles", "announcements", "fetches"):
        [row] = newsroom.query(f"SELECT * FROM {table} WHERE url LIKE '%CON%'")
        values = "".join(map(str, row))
        assert "outside" in values or table == "fetches"
        assert not set(CHARACTERS) & set(values)


def test_another_guid_for_an_old_story_is_no_new_story(newsroom):
    newsroom.publish(1)
    newsroom.round()
    newsroom.pass_by()
    newsroom.entries.clear()
    newsroom.publish(1, guid="another")
    newsroom.round()
    assert newsroom.requested("/1") == 1
    assert newsroom.titles() == ["Strike 1"]


def test_an_entry_with_the_full_text_is_not_fetched(newsroom):
    text = "".join(STORY.format(number) for number in range(20))
    newsroom.publish(1, description=text)
    newsroom.round()
    assert newsroom.query("SELECT title, content_source FROM articles") == [("Strike 1", "entry")]
    assert newsroom.requested("/1") == 0


def test_the_time_of_the_feed_dates_the_article(newsroom):
    newsroom.publish(1, pubDate="Sat, 28 Feb 2026 09:00:00 GMT")
    newsroom.round()
    [(source, published_at)] = newsroom.query("SELECT date_source, published_at FROM articles")
    assert (source, published_at.isoformat()[:10]) == ("feed", "2026-02-28")


def test_secrets_of_the_feed_and_of_links_are_not_in_the_lake(newsroom):
    link = newsroom.server.url("/1?token=s3cret&amp;page=2", "ann:s3cret@news.example")
    newsroom.publish(1, link=link)
    newsroom.round()
    for path in newsroom.lake.storage.root.rglob("*.parquet"):
        rows = duckdb.sql(f"SELECT * FROM read_parquet('{path}')").fetchall()
        assert "s3cret" not in str(rows)
    assert newsroom.requested("/1?page=2") == 1


def test_an_unchanged_feed_is_detected_by_its_validators(newsroom):
    newsroom.publish(1)
    newsroom.server.pages["/feed"] = newsroom.server.pages["/feed"].replace(
        b"\r\n\r\n", b'\r\nETag: "7"\r\n\r\n', 1
    )
    newsroom.round()
    newsroom.pass_by()
    newsroom.server.pages["/feed"] = http_response(b"", "304 Not Modified")
    newsroom.round()
    polls = [one for one in newsroom.server.requests if one.target == "/feed"]
    assert [one.headers.get("if-none-match") for one in polls] == [None, '"7"']
    assert newsroom.loop.intake.counts["not_modified"] == 1


def test_a_headline_that_is_forgotten_is_forgotten_in_the_announcement_too(newsroom):
    newsroom.publish(1)
    newsroom.publish(2)
    newsroom.round()
    forget(newsroom.lake, [newsroom.server.url("/1", "news.example")])
    assert newsroom.titles() == ["Strike 2"]
    titles = newsroom.query("SELECT title FROM announcements ORDER BY entry_id")
    assert titles == [(None,), ("Strike 2",)]
    newsroom.start()
    newsroom.pass_by()
    newsroom.round()
    assert newsroom.titles() == ["Strike 2"]
    assert newsroom.requested("/1") == 1


def test_the_list_of_feeds_is_read_again_before_each_poll(newsroom):
    feeds = list(newsroom.pending.feeds.states)
    newsroom.loop.intake.read_feeds = lambda: list(map(Listed, feeds))
    newsroom.publish(1)
    newsroom.round()
    feeds.append(newsroom.server.url("/feed?2", "other.example"))
    newsroom.poll()
    assert newsroom.loop.intake.counts["due"] == 2
    assert list(newsroom.pending.feeds.states) == feeds
    del feeds[0]
    newsroom.pass_by(25 * HOUR)
    newsroom.poll()
    assert newsroom.loop.intake.counts["due"] == 3
    assert list(newsroom.pending.feeds.states) == feeds


def test_if_the_list_cannot_be_read_the_feeds_that_it_named_are_polled(newsroom):
    def read_feeds():
        if is_damaged:
            raise WrongOption("feeds.opml is not a list of feeds")
        return list(map(Listed, newsroom.pending.feeds.states))

    is_damaged, intake = True, newsroom.loop.intake
    intake.read_feeds = read_feeds
    newsroom.publish(1)
    newsroom.round()
    assert newsroom.titles() == ["Strike 1"]
    assert intake.problem.startswith("feeds.opml is not a list of feeds. The feeds that it named")
    is_damaged = False
    newsroom.poll()
    assert intake.problem == ""


def test_if_the_clock_is_set_back_feeds_are_polled_and_pages_committed_all_the_same(newsroom):
    clock, day, commits = newsroom.clock, timedelta(days=1), []
    begin = clock.now()

    def commit():
        newsroom.loop.commit(f"run{len(commits)}", 0)
        commits.append(clock.now())
        if len(commits) == 1:
            clock.time -= day
            newsroom.publish(2)
        elif newsroom.titles() == ["Strike 1", "Strike 2"]:
            newsroom.loop.stop()

    newsroom.publish(1)
    newsroom.loop.follow(
        timedelta(minutes=1), timedelta(minutes=10), begin + day, False, lambda: None, commit
    )
    assert newsroom.titles() == ["Strike 1", "Strike 2"]
    assert clock.now() < begin - day + HOUR
