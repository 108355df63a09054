"""The source hands out what has arrived with its arrival as time, and moves the watermark."""

from datetime import timedelta
from types import SimpleNamespace

import apache_beam as beam
import pytest
from apache_beam.io.restriction_trackers import OffsetRange
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.transforms.window import TimestampedValue
from clocks import FakeClock
from lakes import SETTINGS, announcement, fetch, rejected

from newslake.pipelines.follower import crawl_stage
from newslake.pipelines.follower.crawl_stage import END, _Follow, _Tracker, count_fetched
from newslake.pipelines.follower.pending import Handed
from newslake.pipelines.follower.stream_clock import StreamClock
from newslake.pipelines.follower.stream_options import StreamOptions
from newslake.pipelines.runners.contexts import stream_context
from newslake.transforms.fetch.fetch_options import FetchOptions

WINDOW = timedelta(seconds=10)
ONE = announcement("https://example.org/one")
PART = Handed((ONE,), ("a document", rejected("a")), (fetch("https://example.org/one"),), {}, 0)


class Source:
    """Simulates the source, the runner and the clock of one stream."""

    def __init__(self, lake):
        self.clock, self.seconds = FakeClock(), 0.0
        self.begin = self.clock.now().timestamp()
        self.stream_clock = StreamClock(self.clock, lambda: self.seconds)
        self.ready, self.windows = [], []
        self.is_last = self.is_drained = False
        context = stream_context(lake, "news", SETTINGS)
        self.follow = _Follow(context, StreamOptions("news", (), FetchOptions(), WINDOW, WINDOW))
        self.watermark = ManualWatermarkEstimator(None)

    def take(self, number, window):
        self.windows.append(window)
        return self.ready, self.is_last

    def call(self, seconds=0.5):
        """Call `process` after some seconds; return the times and values, and the tracker."""
        self.seconds += seconds
        self.clock.time += timedelta(seconds=seconds)
        tracker = SimpleNamespace(claimed=[], deferred=[])
        tracker.current_restriction = lambda: OffsetRange(7, END)
        tracker.try_claim = lambda number: not tracker.claimed.append(number)
        tracker.defer_remainder = tracker.deferred.append
        found = [*self.follow.process(b"", tracker, self.watermark)]
        return found, tracker

    def now(self):
        """Return the watermark, in seconds after the begin."""
        return float(self.watermark.current_watermark()) - self.begin


@pytest.fixture
def source(lake, monkeypatch):
    source = Source(lake)
    worker = SimpleNamespace(source=source, clock=source.stream_clock)
    monkeypatch.setattr(crawl_stage, "_worker", lambda context, options: worker)
    return source


def test_all_that_has_arrived_is_handed_out_at_the_time_of_the_call(source):
    source.ready = [PART]
    found, tracker = source.call(3)
    times = {
        float(getattr(one, "value", one).timestamp) - source.begin
        for one in found
        if is_tagged(one)
    }
    assert times == {3}
    assert [one.value for one in found if not is_tagged(one)] == ["a document"]
    tags = [one.tag for one in found if is_tagged(one)]
    assert tags == ["rejected", "announcements", "fetches"]
    assert (tracker.claimed, len(tracker.deferred)) == ([7], 1)


def is_tagged(one):
    return isinstance(one, beam.pvalue.TaggedOutput)


def test_the_watermark_moves_without_news(source):
    for second in (1, 2, 3):
        assert source.call(1)[0] == []
        assert source.now() == second


def test_if_the_clock_is_set_back_nothing_is_before_the_watermark(source):
    source.call(100)
    source.clock.time -= timedelta(hours=1)
    source.ready = [PART]
    [document, *_], _ = source.call(1)
    assert isinstance(document, TimestampedValue)
    assert float(document.timestamp) - source.begin == source.now() == 101


def test_the_runner_commits_what_is_handed_out_in_the_window_of_the_call(source):
    source.call(3)
    source.call(9)
    assert source.windows == ["20260301T120000.000000Z-news", "20260301T120010.000000Z-news"]


def test_at_the_end_the_open_window_is_closed_and_then_the_stream_ends(source):
    source.call(3)
    source.is_last, source.ready = True, [PART]
    found, tracker = source.call(1)
    assert found
    assert source.now() == 10
    assert tracker.deferred
    source.ready, source.is_drained = [], True
    found, tracker = source.call(1)
    assert found == []
    assert (tracker.claimed, tracker.deferred) == ([END], [])


def test_the_runner_can_split_only_after_a_call():
    tracker = _Tracker(OffsetRange(7, END))
    assert not tracker.is_bounded()
    tracker.try_claim(7)
    assert tracker.try_split(0.5) is None
    assert tracker.try_split(0) == (OffsetRange(7, 8), OffsetRange(8, END))
    tracker.check_done()


def test_only_pages_are_counted_as_fetched():
    rows = [fetch("https://example.org/1"), fetch("https://example.org/feed", kind="feed")]
    assert [metric.count for row in rows for metric in count_fetched(row)] == [1]
