"""Following feeds: rounds of polls, and between them bounded runs that fetch, ingest and commit."""

import asyncio
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from newslake.pipelines.follower.pending import MOST_PAGES, News, Pending
from newslake.pipelines.ingest import Settings
from newslake.pipelines.runners.bounded_run import run_bounded
from newslake.pipelines.runners.engine import Engine
from newslake.schemas.rows import Fetch
from newslake.transforms.feeds.poll import Polled, poll
from newslake.transforms.feeds.schedule.feed_state import FeedState
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.crawl import site
from newslake.transforms.fetch.fetch import FetchPages, OpenVisitor
from newslake.transforms.fetch.site_scheduler import Budget, visits
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult

POLLS = Budget(visits=200, seconds=60.0)
"""Of one site in one round: its other feeds are polled in the next."""


@dataclass(frozen=True)
class Schedule:
    """How often."""

    every: timedelta
    """From one look for feeds that are due to the next."""
    flush: timedelta
    """From one commit to the next."""


class FollowLoop:
    """Feeds that are followed into a lake.

    Args:
        lake: Where to.
        gathering: The feeds, and what they have brought.
        open_visitor: Gives the visitor that gets feeds and pages.
        budget: Of one site in one run.
        settings: The DAG's knobs.
        engine: What runs the DAG.
        clock: What tells the time.
    """

    def __init__(
        self,
        lake: LakeFolder,
        gathering: Pending,
        open_visitor: OpenVisitor,
        budget: Budget,
        settings: Settings,
        engine: Engine,
        clock: Clock,
    ) -> None:
        self._lake = lake
        self._gathering = gathering
        self._open_visitor = open_visitor
        self._fetch = FetchPages(open_visitor, budget, clock)
        self._settings = settings
        self._engine = engine
        self._clock = clock
        self.counts: Counter[str] = Counter()
        """Of the polls since the last commit: due, polled, not_modified, failed."""
        self.requests: list[Fetch] = []
        """For feeds, and on the way for robots.txt, until the caller takes them."""

    def follow(
        self,
        schedule: Schedule,
        until: datetime | None,
        look: Callable[[], None],
        commit: Callable[[], None],
    ) -> None:
        """Poll and commit in turns until the time is over.

        Args:
            schedule: How often.
            until: When to end, after a last commit; None means never.
            look: Called after each round of polls.
            commit: Called when it is time to.
        """
        next_flush = self._clock.now()
        while True:
            self.poll()
            look()
            now = self._clock.now()
            over = until is not None and now >= until
            if over or now >= next_flush or len(self._gathering.announcements) >= MOST_PAGES:
                commit()
                next_flush = now + schedule.flush
            if over:
                return
            wake = min(now + schedule.every, next_flush, until or next_flush)
            pause = (wake - self._clock.now()).total_seconds()
            asyncio.run(self._clock.sleep(max(pause, 0.0)))

    def poll(self) -> None:
        """Poll the feeds that are due, and take in what is new."""
        due = self._gathering.due(self._clock.now())
        polled = asyncio.run(self._polled(due)) if due else []
        self._gathering.take(polled)
        self.counts["due"] += len(due)
        self.counts["polled"] += len(polled)
        for one in polled:
            self.counts["failed"] += bool(one.answer.failure)
            self.counts["not_modified"] += one.answer.status == 304 or (
                one.answer.status == 200 and one.answer.body_hash == one.state.body_hash
            )

    async def _polled(self, due: list[FeedState]) -> list[Polled]:
        sites: dict[str, list[FeedState]] = {}
        for state in due:
            sites.setdefault(site(state.address), []).append(state)
        async with self._open_visitor(self._clock) as visitor:

            async def visit(state: FeedState) -> Polled:
                return await poll(state, visitor, self._clock)

            found = visits(sites, visit, self._clock, POLLS)
            polled = [one async for _, one in found if one is not None]
            self.requests += [one.row for one in polled] + visitor.robots_fetches
            return polled

    def commit(self, run_id: str, number: int) -> CommitResult:
        """Fetch what is due, ingest and commit it with all announcements, and then remember the feeds.

        Args:
            run_id: The run that this commit is a part of.
            number: Which part.

        Raises:
            LakeError: the lake refuses; nothing is lost, the next commit takes all of it.
        """
        now = self._clock.now()
        gathered = self._gathering
        addresses = gathered.addresses(now)
        if not (gathered.announcements or addresses):
            gathered.remember()
            return CommitResult()
        source = News(
            list(gathered.announcements.values()),
            list(gathered.documents),
            addresses,
            self._fetch,
        )
        outcome = run_bounded(self._lake, source, self._settings, self._engine, run_id, number, now)
        gathered.committed()
        return outcome
