"""The follow loop: hands work to the crawler, takes what has arrived, and commits it."""

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from newslake.pipelines.follower.news import News, spooled
from newslake.pipelines.follower.pending import Pending
from newslake.pipelines.ingest import Settings
from newslake.pipelines.runners.bounded_run import run_bounded
from newslake.pipelines.runners.engine import Engine
from newslake.schemas.rows import Fetch
from newslake.transforms.feeds.crawler import Crawler
from newslake.transforms.feeds.poll import Polled
from newslake.transforms.fetch.archive import Archive
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult

NEVER = datetime.max.replace(tzinfo=UTC)

ONCE = timedelta(minutes=10)
"""Maximum duration of `--once`; the period `--flush`, if it is longer."""


@dataclass
class FollowLoop:
    """Follows feeds: commits what the crawler polls and fetches in the background."""

    lake: LakeFolder
    """The lake to commit to."""
    pending: Pending
    """The feeds, and what has arrived since the last commit."""
    crawler: Crawler
    """Polls feeds and fetches pages; the caller starts and ends it."""
    settings: Settings
    """The settings of the DAG."""
    engine: Engine
    """Runs the DAG."""
    clock: Clock
    """Returns the current time."""
    archive: Archive | None = None
    """The archive of the crawler; it is synced before each commit."""
    counts: Counter[str] = field(default_factory=Counter)
    """Counts of polls since the last commit: due, polled, not_modified, failed."""
    requests: list[Fetch] = field(default_factory=list)
    """Rows of `fetches` for requests of feeds, robots.txt and tdmrep.json. The caller removes the rows."""

    def follow(
        self,
        every: timedelta,
        flush: timedelta,
        until: datetime | None,
        once: bool,
        look: Callable[[], None],
        commit: Callable[[], None],
    ) -> None:
        """Poll each time that the period `every` ends; commit each time that `flush` ends.

        The first commit comes earlier if all feeds are polled and all their pages fetched before.
        `look` is called after new results have arrived. `commit` is also called at the end, which is
        the time `until`; None means that the loop never ends. With `once`, feeds are polled once,
        and the end is when no page may be fetched any longer, at the latest after `ONCE`.
        """
        now = self.clock.now()
        next_poll, next_flush, is_first = now, now + flush, True
        until = now + max(flush, ONCE) if once else until or NEVER
        while True:
            if next_poll <= now < until:
                self.poll()
                next_poll = NEVER if once else now + every
            self.gather()
            look()
            now, is_idle = self.clock.now(), self.crawler.is_idle
            is_last = now >= until or (once and is_idle)
            if is_last or now >= next_flush or self.pending.is_full or (is_first and is_idle):
                commit()
                next_flush, is_first = now + flush, False
            if is_last:
                return
            now = self.clock.now()
            seconds = (min(next_poll, next_flush, until) - now).total_seconds()
            # Until a failed commit succeeds, the results stay in the crawler, which then waits too.
            wait = self.crawler.sleep if self.pending.is_full else self.crawler.wait
            wait(max(seconds, 0.0))
            now = self.clock.now()

    def poll(self) -> None:
        """Let the crawler poll the feeds that are due."""
        self.counts["due"] += self.crawler.add_polls(self.pending.due(self.clock.now()))

    def gather(self) -> None:
        """Take what has arrived, and let the crawler fetch the pages that are next."""
        if not self.pending.is_full:
            arrived = self.crawler.take()
            self._count(arrived.polled)
            self.requests += [one.row for one in arrived.polled] + arrived.file_fetches
            self.pending.take_polled(arrived.polled)
            self.pending.take_fetched(arrived.fetched)
        if self.pending.has_new_pages(self.clock.now()):
            self.crawler.replace_pages(self.pending.next_pages())

    def _count(self, polled: list[Polled]) -> None:
        self.counts["polled"] += len(polled)
        for one in polled:
            self.counts["failed"] += bool(one.result.failure)
            self.counts["not_modified"] += one.result.status == 304 or (
                one.result.status == 200 and one.result.body_hash == one.state.body_hash
            )

    @property
    def behind(self) -> timedelta:
        """The age of the oldest announced page that has no outcome and does not wait by rule."""
        pages = self.pending.pages
        return pages.behind(self.clock.now(), self.crawler.backing_off(pages.due_since))

    def commit(self, run_id: str, number: int) -> CommitResult:
        """Commit what has arrived, then store the feed states.

        The crawler continues in the meantime. `number` is the number of the commit within the run
        `run_id`.

        Raises:
            Failure: The commit failed, or the machine caused the failure of a fetch. The next commit
                includes what has arrived.
        """
        now, pending, result = self.clock.now(), self.pending, CommitResult()
        pending.raise_failure()
        if pending:
            if self.archive:
                self.archive.sync()
            with spooled(self.lake, run_id, pending.arrived) as path:
                news = News(
                    list(pending.announcements.values()),
                    list(pending.fetches),
                    path,
                    [self.crawler.fetch_options],
                )
                result = run_bounded(
                    self.lake, news, self.settings, self.engine, run_id, number, now
                )
        pending.committed(self.clock.now())
        self.crawler.begin_period()
        self.crawler.replace_pages(pending.next_pages())
        return result
