"""The source of a stream crawls in the background, one process at a time, until the stream ends."""

from datetime import timedelta
from functools import partial

import pytest
from lakes import commit
from stream_farm import Paper, running_farm
from waits import wait_until

from newslake.pipelines.follower import stream_crawl, stream_source
from newslake.pipelines.follower.stream_files import StreamFiles
from newslake.pipelines.follower.stream_options import StreamOptions
from newslake.pipelines.follower.stream_source import StreamSource
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.schedule.feed_state import known_states
from newslake.transforms.fetch import fetch_options
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_options import FetchOptions

WINDOW = "20260301T120000.000000Z-news-first"


class Stream:
    """A lake with a stream, whose driver is this process."""

    def __init__(self, folder, feeds):
        self.feeds = list(feeds)
        self.lake = open_lake(folder)
        self.lake.create()
        self.files = StreamFiles(self.lake.storage, "news")
        self.files.create()
        self.driver = self.lake.storage.hold(self.files.driver)
        self.files.start("first")
        self.taken = []
        self.sources = []

    def source(self, start_id="first", clock=None):
        second = timedelta(seconds=1)
        fetching = FetchOptions(allow_private=True)
        options = StreamOptions("news", (), fetching, second, 10 * second, start_id)
        source = StreamSource(
            self.lake, options, lambda: list(map(Listed, self.feeds)), clock or Clock()
        )
        self.sources.append(source)
        return source

    def take(self, source, number):
        """Take what has arrived; return whether it was anything."""
        handed, _ = source.take(number, WINDOW)
        self.taken += handed
        return bool(handed)

    def take_until(self, source, condition, begin=0):
        """Take again and again until `condition()`; return the number of the next call."""
        numbers = iter(range(begin, 10**9))
        wait_until(lambda: self.take(source, next(numbers)) and condition())
        return next(numbers)

    def rows(self, kind):
        return [row for one in self.taken for row in getattr(one, kind)]

    def pages(self):
        return {row.url for row in self.rows("fetches") if row.kind == "page"}

    def polled_feeds(self):
        """Return the feeds whose stored state is that after a poll."""
        states = known_states(self.lake.storage.root)
        return [feed for feed, state in states.items() if state.asked_at]

    def end(self):
        self.files.start("none")
        wait_until(lambda: all(source.has_ended for source in self.sources))


@pytest.fixture
def farm():
    fetch_options.visitor_state.cache_clear()
    with running_farm([Paper("127.0.0.2", 0.5, ready=3), Paper("127.0.0.3", 10**6)]) as farm:
        farm.stop_publishing()
        yield farm


@pytest.fixture
def stream(farm, tmp_path):
    stream = Stream(tmp_path / "lake", farm.feeds())
    yield stream
    stream.lake.storage.release(stream.driver)
    stream.end()


def test_entries_and_pages_are_handed_out_once(stream, farm):
    source = stream.source()
    stream.take_until(source, lambda: len(stream.pages()) == 3)
    assert stream.pages() == farm.pages()
    assert {row.url for row in stream.rows("announcements")} == farm.pages()
    assert {document.url for document in stream.rows("arrived")} == farm.pages()
    assert {row.kind for row in stream.rows("fetches")} == {"page", "feed", "robots", "tdmrep"}


def test_feed_states_are_stored_when_the_lake_holds_the_announcements(stream):
    source = stream.source()
    number = stream.take_until(source, lambda: len(stream.pages()) == 3)
    assert stream.polled_feeds() == []
    rows = [*stream.rows("announcements"), *stream.rows("fetches")]
    commit(stream.lake, *rows, run_id=WINDOW, number=1)
    wait_until(lambda: len(stream.polled_feeds()) == 2)
    assert not stream.take(source, number)


def test_what_the_runner_loses_is_polled_and_fetched_again(stream, farm):
    source = stream.source()
    stream.take_until(source, lambda: len(stream.pages()) == 3)
    stream.taken.clear()
    stream.take_until(source, lambda: len(stream.pages()) == 3)  # again from number 0
    assert {row.url for row in stream.rows("announcements")} == farm.pages()


def test_the_list_of_feeds_is_read_again(stream):
    stream.feeds, feeds = stream.feeds[1:], stream.feeds
    source = stream.source()
    number = stream.take_until(source, lambda: polls(stream) == {feeds[1]})
    stream.feeds = feeds
    stream.take_until(source, lambda: polls(stream) == set(feeds), number)


def test_only_one_source_crawls_at_a_time(stream):
    first = stream.source()
    stream.take_until(first, lambda: len(stream.pages()) == 3)
    stream.files.start("second")
    wait_until(lambda: first.has_ended)
    second = stream.source("second")
    stream.taken.clear()
    stream.take_until(second, lambda: len(stream.pages()) == 3)


def test_a_source_that_must_wait_for_another_one_hands_out_nothing(stream):
    lock = stream.files.hold_crawler()
    source = stream.source()
    assert source.take(0, WINDOW) == ([], False)
    assert stream.files.read_status("first") is None
    stream.files.release(lock)
    stream.take_until(source, lambda: True, 1)


def test_the_end_waits_until_the_lake_holds_everything(stream):
    source = stream.source()
    number = stream.take_until(source, lambda: len(stream.pages()) == 3)
    stream.files.stop("first")

    def is_last():
        nonlocal number
        handed, last = source.take(number, WINDOW)
        stream.taken += handed
        number += 1
        return last

    wait_until(is_last)
    assert not source.is_drained
    assert not stream.files.read_status("first").drained
    rows = [*stream.rows("announcements"), *stream.rows("fetches")]
    commit(stream.lake, *rows, run_id=WINDOW, number=1)
    wait_until(lambda: source.is_drained)
    assert stream.files.read_status("first").drained
    assert not source.must_start_again


def test_the_source_ends_if_the_driver_has_ended(stream, monkeypatch):
    monkeypatch.setattr(stream_source, "CHECK_SECONDS", 0.0)
    source = stream.source()
    stream.lake.storage.release(stream.driver)
    wait_until(lambda: source.is_drained)


def test_a_source_from_which_nothing_is_taken_ends_and_must_start_again(stream, monkeypatch):
    monkeypatch.setattr(stream_source, "IDLE_SECONDS", 0.1)
    source = stream.source()
    wait_until(lambda: source.must_start_again)
    assert not source.is_drained
    lock = stream.files.hold_crawler()
    assert lock is not None
    stream.files.release(lock)


class SetClock(Clock):
    """A clock that somebody sets."""

    wrong = timedelta()

    def now(self):
        return super().now() + self.wrong


def test_if_the_clock_is_set_back_the_feeds_are_polled_all_the_same(stream, farm):
    clock = SetClock()
    source = stream.source(clock=clock)
    number = stream.take_until(source, lambda: len(stream.pages()) == 3)
    stream.taken.clear()
    clock.wrong = timedelta(days=-1)
    stream.take_until(source, lambda: polls(stream) == set(farm.feeds()), number)


def polls(stream):
    return {row.url for row in stream.rows("fetches") if row.kind == "feed"}


def test_if_the_clock_jumps_forward_no_feed_is_overdue(stream, monkeypatch):
    statuses, clock = [], SetClock()
    monkeypatch.setattr(StreamFiles, "write_status", lambda files, status: statuses.append(status))
    source = stream.source(clock=clock)
    number = stream.take_until(source, lambda: len(stream.pages()) == 3)
    stream.taken.clear()
    clock.wrong = timedelta(days=1)
    stream.take_until(source, lambda: len(polls(stream)) == 2, number)
    assert max(status.overdue for status in statuses) < timedelta(hours=1).total_seconds()


def test_an_error_of_the_source_reaches_the_runner(stream):
    stream.feeds = None  # the list cannot be iterated
    source = stream.source()
    wait_until(lambda: source.has_ended)
    with pytest.raises(TypeError):
        source.take(0, WINDOW)
    assert source.must_start_again


def test_if_the_lake_is_slow_no_more_is_taken(stream, monkeypatch):
    monkeypatch.setattr(stream_crawl, "MAX_PAGES", 1)
    source = stream.source()
    number = stream.take_until(source, lambda: len(stream.pages()) == 1)
    waits = partial(stream.take, source)
    assert not any(waits(number + step) for step in range(5))
    wait_until(lambda: stream.files.read_status("first").waiting == 0)
    assert len(stream.pages()) == 1
