"""The work of a stream's source: crawl, put what has arrived, store the states of feeds."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field, replace

from newslake.pipelines.follower.in_flight import InFlight
from newslake.pipelines.follower.intake import Intake
from newslake.pipelines.follower.pending import Pending
from newslake.pipelines.follower.pending_pages import no_rests
from newslake.pipelines.follower.stream_files import Status, StreamFiles
from newslake.pipelines.follower.stream_options import StreamOptions
from newslake.transforms.failure import Failure, explanation
from newslake.transforms.feeds.crawler import Crawler
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.schedule.feed_state import FeedStates
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.lake.lake import LakeFolder

STEP_SECONDS = 0.5
"""Maximum time between two looks at what has arrived, in seconds."""
MAX_PAGES = 10_000
"""If this number of pages was fetched and is not in the lake yet, no more results are taken."""


@dataclass
class StreamCrawl:
    """Crawls for a stream; all methods are called by one thread."""

    lake: LakeFolder
    options: StreamOptions
    in_flight: InFlight
    """Gets what has arrived."""
    read_feeds: Callable[[], list[Listed]]
    """Returns the list of feeds as it is now."""
    clock: Clock
    _status: Status = field(init=False)
    _due_since: float = field(init=False)
    """Since when a feed has been due without the end of a poll, by the monotonic clock."""

    def __post_init__(self) -> None:
        self._files = StreamFiles(self.lake.storage, self.options.name)
        self._status = Status(self.options.start_id)
        self._due_since = time.monotonic()

    def open(self, states: FeedStates) -> None:
        """Read the state of the lake. Call this first."""
        archive, options = self.options.fetch_options.archive, self.options.fetch_options
        self._pending = Pending(
            self.lake,
            states,
            self.read_feeds(),
            self.clock.now(),
            archive.write_entries if archive else list,
            options.pages_per_site,
            MAX_PAGES,
            only_own_pages=True,
            follower=self.options.name,
            period=self.options.window,
        )

    def crawl(self, must_end: Callable[[], bool]) -> None:
        """Crawl until `must_end()`, and put what has arrived."""
        with Crawler(self.options.fetch_options, self.clock) as crawler:
            intake = Intake(self._pending, crawler, self.clock, self.read_feeds)
            next_poll = next_period = self.clock.now()
            while not must_end():
                now = self.clock.now()
                # The times stay near if the clock is set back.
                next_poll = min(next_poll, now + self.options.every)
                next_period = min(next_period, now + self.options.window)
                if next_poll <= now:
                    intake.poll()
                    next_poll = now + self.options.every
                if next_period <= now:
                    intake.begin_period()
                    next_period = now + self.options.window
                self._put(intake)
                self._status = self._new_status(intake)
                self.write_status()
                crawler.wait(STEP_SECONDS)
                self._settle()
            self._put(intake)
            self._pending.rests = no_rests  # the crawler ends
        if archive := self.options.fetch_options.archive:
            archive.close()

    def wait_for_lake(self, must_end: Callable[[], bool]) -> None:
        """Wait until the lake holds all that was put, or until `must_end()`."""
        while self.in_flight and not must_end():
            time.sleep(STEP_SECONDS)
            self.write_status()
            self._settle()

    def write_status(self, drained: bool = False) -> None:
        """Write the status for the driver."""
        self._files.write_status(replace(self._status, at=time.time(), drained=drained))

    def _put(self, intake: Intake) -> None:
        intake.gather()
        handed = self._pending.hand_over()
        handed = replace(handed, fetches=[*handed.fetches, *intake.requests])
        intake.requests.clear()
        if handed:
            if archive := self.options.fetch_options.archive:
                archive.sync()
            self.in_flight.put(handed)

    def _settle(self) -> None:
        """Store the feed states of what the lake holds now."""
        landed = self.in_flight.landed()
        if landed is None:
            self._pending.start_again(self.clock.now())
        elif landed:
            self._pending.settle(landed, self.clock.now())

    def _new_status(self, intake: Intake) -> Status:
        pending, now, problem = self._pending, self.clock.now(), intake.problem
        try:
            pending.raise_failure()
        except Failure as failure:
            problem = explanation(failure) or str(failure)
        next_at, at = pending.feeds.next_at(), time.monotonic()
        is_due = next_at is not None and next_at <= now and not pending.is_full
        if not is_due or intake.counts["polled"] > self._status.polls:
            self._due_since = at
        crawler = intake.crawler_state()
        return Status(
            self.options.start_id,
            polls=intake.counts["polled"],
            counts=dict(intake.counts),
            waiting=pending.pages.waiting,
            behind=crawler.behind,
            queue=dict(crawler.queue),
            feeds=dict(crawler.feeds),
            fetches=dict(crawler.fetches),
            next_at=next_at,
            problem=problem,
            overdue=at - self._due_since,
        )
