"""Stage Crawl: the source of a stream, an unbounded splittable DoFn.

Polls and fetches go on in the background of the worker that runs it. Every half second, `process`
hands out what has arrived, moves the watermark to the present, and returns. So neither a page that
hangs nor a feed without news delays a window.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import partial
from threading import Lock
from typing import Any

import apache_beam as beam
from apache_beam.io.restriction_trackers import OffsetRange, OffsetRestrictionTracker
from apache_beam.io.watermark_estimators import ManualWatermarkEstimator
from apache_beam.transforms.core import RestrictionProvider
from apache_beam.transforms.window import TimestampedValue, WindowFn
from apache_beam.utils.timestamp import Duration, Timestamp

from newslake.pipelines.commands.feed_lists import listed_feeds
from newslake.pipelines.follower.pending import Handed
from newslake.pipelines.follower.stream_clock import StreamClock
from newslake.pipelines.follower.stream_options import StreamOptions
from newslake.pipelines.follower.stream_source import StreamSource
from newslake.pipelines.windows import SourceOutput, windows_of
from newslake.schemas.records import Document, Metric, RunContext
from newslake.schemas.rows import Announcement, Fetch, Rejected
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.write.write import in_window

PAUSE = Duration(seconds=0.5)
"""Time between two calls of `process`."""
END = 2**62
"""The number of the call that ends the stream."""


@dataclass(eq=False)
class Crawl(beam.PTransform):
    """Poll feeds and fetch the pages that they announce, without end. The output has no windows yet."""

    context: RunContext
    """The context of the stream."""
    options: StreamOptions
    """The feeds, and how to follow them."""

    def expand(self, pipeline: beam.Pipeline) -> SourceOutput:
        arrived = (
            pipeline
            | "Once" >> beam.Impulse()
            | "Follow"
            >> beam.ParDo(_Follow(self.context, self.options)).with_outputs(
                "rejected", "announcements", "fetches", main="kept"
            )
        )
        kinds = {"rejected": Rejected, "announcements": Announcement, "fetches": Fetch}
        for name, kind in (kinds | {"kept": Document}).items():
            arrived[name].element_type = kind
        return SourceOutput(
            kept=arrived.kept | "Spread" >> beam.Reshuffle(),
            rejected=arrived.rejected,
            metrics=arrived.fetches | "CountFetched" >> beam.FlatMap(count_fetched),
            rows={"announcements": arrived.announcements, "fetches": arrived.fetches},
        )


def count_fetched(row: Fetch) -> Iterator[Metric]:
    """Yield the metric that counts a page as fetched."""
    if row.kind == "page":
        yield Metric("fetched", 1)


class _Tracker(OffsetRestrictionTracker):
    """The restriction begins with the number of the next call. Each call claims its number."""

    def try_split(self, fraction: float) -> tuple[OffsetRange, OffsetRange] | None:
        return super().try_split(fraction) if fraction == 0 else None  # calls are never concurrent

    def is_bounded(self) -> bool:
        return False


class _Calls(RestrictionProvider):
    def initial_restriction(self, element: bytes) -> OffsetRange:
        return OffsetRange(0, END)

    def create_tracker(self, restriction: OffsetRange) -> _Tracker:
        return _Tracker(restriction)

    def restriction_size(self, element: bytes, restriction: OffsetRange) -> int:
        return 1


CALLS, WATERMARK = _Calls(), ManualWatermarkEstimator.default_provider()


class _Worker:
    """The source and the clock of a stream in this process."""

    def __init__(self, context: RunContext, options: StreamOptions) -> None:
        clock = Clock()
        read_feeds = partial(listed_feeds, options.feeds)
        self.source = StreamSource(open_lake(context.lake), options, read_feeds, clock)
        self.clock = StreamClock(clock)


_workers: dict[str, _Worker] = {}
"""The workers of this process, by the id of the start of a stream."""
_lock = Lock()


def _worker(context: RunContext, options: StreamOptions) -> _Worker:
    with _lock:
        worker = _workers.get(options.start_id)
        if worker is None or worker.source.must_start_again:
            worker = _workers[options.start_id] = _Worker(context, options)
        return worker


class _Follow(beam.DoFn):
    def __init__(self, context: RunContext, options: StreamOptions) -> None:
        self.context = context
        self.options = options
        self.windows = windows_of(options.window)

    @beam.DoFn.unbounded_per_element()
    def process(
        self,
        _: bytes,
        tracker: Any = beam.DoFn.RestrictionParam(CALLS),
        watermark: Any = beam.DoFn.WatermarkEstimatorParam(WATERMARK),
    ) -> Iterator[Any]:
        number = tracker.current_restriction().start
        worker = _worker(self.context, self.options)
        if worker.source.is_drained:
            tracker.try_claim(END)
            return
        if not tracker.try_claim(number):
            return
        now = worker.clock.now(watermark.current_watermark())
        [window] = self.windows.assign(WindowFn.AssignContext(now))
        handed, is_last = worker.source.take(number, in_window(self.context, window).run_id)
        for one in handed:
            yield from _timestamped(one, now)
        # At the end, the watermark closes the open window at once.
        watermark.set_watermark(max(now, window.end) if is_last else now)
        tracker.defer_remainder(PAUSE)


def _timestamped(handed: Handed, now: Timestamp) -> Iterator[Any]:
    for record in handed.arrived:
        value = TimestampedValue(record, now)
        is_reject = isinstance(record, Rejected)
        yield beam.pvalue.TaggedOutput("rejected", value) if is_reject else value
    for tag, rows in (("announcements", handed.announcements), ("fetches", handed.fetches)):
        for row in rows:
            yield beam.pvalue.TaggedOutput(tag, TimestampedValue(row, now))
