"""The follow loop: polls feeds in rounds and commits new entries in bounded runs."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newslake.pipelines.follower.pending import News, Pending
from newslake.pipelines.ingest import Settings
from newslake.pipelines.runners.bounded_run import run_bounded
from newslake.pipelines.runners.engine import Engine
from newslake.schemas.rows import Fetch
from newslake.transforms.feeds.poll import Polled, poll
from newslake.transforms.feeds.schedule.feed_state import FeedState
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.crawl import site
from newslake.transforms.fetch.fetch import FetchPages
from newslake.transforms.fetch.fetch_options import MAX_PAGES, FetchOptions
from newslake.transforms.fetch.site_scheduler import Budget, visits
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult

POLLS = Budget(visits=200, seconds=60.0)
"""Limits of polls per site and round. Feeds over the limit are polled in the next round."""


@dataclass
class FollowLoop:
    """Follows feeds: polls them, fetches new pages and commits the results to a lake."""

    lake: LakeFolder
    """The lake to commit to."""
    pending: Pending
    """The feeds, and their entries since the last commit."""
    fetch_options: FetchOptions
    """Options of the requests for feeds and pages."""
    settings: Settings
    """The settings of the DAG."""
    engine: Engine
    """Runs the DAG."""
    clock: Clock
    """Returns the current time."""
    counts: Counter[str] = field(default_factory=Counter)
    """Counts of polls since the last commit: due, polled, not_modified, failed."""
    requests: list[Fetch] = field(default_factory=list)
    """Rows of `fetches` for requests of feeds, robots.txt and tdmrep.json. The caller removes the rows."""

    def follow(
        self,
        every: timedelta,
        flush: timedelta,
        until: datetime | None,
        look: Callable[[], None],
        commit: Callable[[], None],
    ) -> None:
        """Poll each time that the period `every` ends; commit each time that `flush` ends.

        `look` is called after each round of polls. `commit` is also called at the end. The end is
        the time `until`; None means that the loop never ends.
        """
        next_flush = self.clock.now()
        while True:
            self.poll()
            look()
            now = self.clock.now()
            is_last = until is not None and now >= until
            if is_last or now >= next_flush or len(self.pending.announcements) >= MAX_PAGES:
                commit()
                next_flush = now + flush
            if is_last:
                return
            wake = min(now + every, next_flush, until or next_flush)
            pause = (wake - self.clock.now()).total_seconds()
            asyncio.run(self.clock.sleep(max(pause, 0.0)))

    def poll(self) -> None:
        """Poll the feeds that are due, and add their new entries to the pending ones."""
        due = self.pending.due(self.clock.now())
        polled = asyncio.run(self._polled(due)) if due else []
        self.pending.take(polled)
        self.counts["due"] += len(due)
        self.counts["polled"] += len(polled)
        for one in polled:
            self.counts["failed"] += bool(one.result.failure)
            self.counts["not_modified"] += one.result.status == 304 or (
                one.result.status == 200 and one.result.body_hash == one.state.body_hash
            )

    async def _polled(self, due: list[FeedState]) -> list[Polled]:
        sites: dict[str, list[FeedState]] = {}
        for state in due:
            sites.setdefault(site(state.address), []).append(state)
        async with self.fetch_options.visitor(self.clock) as visitor:

            async def visit(state: FeedState) -> Polled:
                return await poll(state, visitor, self.clock)

            results = visits(sites, visit, self.clock, POLLS)
            polled = [one async for _, one in results if one is not None]
            self.requests += [one.row for one in polled] + visitor.file_fetches
            return polled

    def commit(self, run_id: str, number: int) -> CommitResult:
        """Fetch the due pages, commit them and all announcements, then store the feed states.

        `number` is the number of the commit within the run `run_id`.

        Raises:
            Failure: The commit failed. The announcements stay pending until the next commit.
        """
        now = self.clock.now()
        pending = self.pending
        page_requests = pending.page_requests(now)
        if not (pending.announcements or page_requests):
            pending.store_states()
            return CommitResult()
        announcements, documents = list(pending.announcements.values()), list(pending.documents)
        fetch = FetchPages(self.fetch_options, self.clock)
        source = News(announcements, documents, page_requests, fetch)
        result = run_bounded(self.lake, source, self.settings, self.engine, run_id, number, now)
        pending.committed()
        return result
