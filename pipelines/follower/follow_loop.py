"""The follow loop: hands work to the crawler, takes what has arrived, and commits it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from newslake.pipelines.follower.intake import Intake
from newslake.pipelines.follower.news import News, spooled
from newslake.pipelines.ingest import Settings
from newslake.pipelines.runners.bounded_run import run_bounded
from newslake.pipelines.runners.engine import Engine
from newslake.transforms.fetch.archive import Archive
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
    intake: Intake
    """The feeds, the crawler, and what has arrived since the last commit."""
    settings: Settings
    """The settings of the DAG."""
    engine: Engine
    """Runs the DAG."""
    archive: Archive | None = None
    """The archive of the crawler; it is synced before each commit."""
    is_over: bool = False
    """True from the begin of the last commit on."""
    _is_stopped: bool = False

    def stop(self) -> None:
        """End the loop after a last commit. A handler of a signal may call this."""
        self._is_stopped = True
        self.intake.crawler.stop()

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
        the time `until`; None means that the loop ends only by `stop`. With `once`, feeds are polled
        once, and the end is when no page may be fetched any longer, at the latest after `ONCE`.
        """
        intake, clock = self.intake, self.intake.clock
        now = clock.now()
        next_poll, next_flush, is_first = now, now + flush, True
        until = now + max(flush, ONCE) if once else until or NEVER
        while True:
            if next_poll <= now < until and not self._is_stopped:
                intake.poll()
                next_poll = NEVER if once else now + every
            intake.gather()
            look()
            now, is_idle = clock.now(), intake.crawler.is_idle
            is_last = self.is_over = now >= until or self._is_stopped or (once and is_idle)
            if is_last or now >= next_flush or intake.pending.is_full or (is_first and is_idle):
                commit()
                next_flush, is_first = now + flush, False
            if is_last:
                return
            now = clock.now()
            if not once:  # the times stay near if the clock is set back
                next_poll, next_flush = min(next_poll, now + every), min(next_flush, now + flush)
            seconds = (min(next_poll, next_flush, until) - now).total_seconds()
            # Until a failed commit succeeds, the results stay in the crawler, which then waits too.
            wait = intake.crawler.sleep if intake.pending.is_full else intake.crawler.wait
            wait(max(seconds, 0.0))
            now = clock.now()

    def commit(self, run_id: str, number: int) -> CommitResult:
        """Commit what has arrived, then store the feed states.

        The crawler continues in the meantime. `number` is the number of the commit within the run
        `run_id`.

        Raises:
            Failure: The commit or a worker failed, or the machine caused the failure of a fetch. The
                next commit includes what has arrived.
        """
        now, pending, result = self.intake.clock.now(), self.intake.pending, CommitResult()
        pending.raise_failure()
        if pending:
            if self.archive:
                self.archive.sync()
            with self.lake.input_folder(run_id) as folder:
                news = News(
                    list(pending.announcements.values()),
                    list(pending.fetches),
                    spooled(folder, pending.arrived),
                    self.intake.crawler.fetch_options,
                )
                with self.engine.explained():
                    result = run_bounded(
                        self.lake, news, self.settings, self.engine, run_id, number, now
                    )
        pending.committed(self.intake.clock.now())
        self.intake.begin_period()
        return result
