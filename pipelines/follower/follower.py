"""The work of `newslake follow`: options of its stages, checks of its arguments, the follower."""

import argparse
import time
from contextlib import suppress
from datetime import timedelta
from functools import partial
from pathlib import Path

from newslake.pipelines import ingest
from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.feed_lists import listed_feeds
from newslake.pipelines.commands.query import check_output
from newslake.pipelines.follower.feed_report import FeedReport
from newslake.pipelines.follower.follow_loop import FollowLoop
from newslake.pipelines.follower.intake import Intake
from newslake.pipelines.follower.pending import Pending
from newslake.pipelines.follower.start_stream import held, run_stream, warn_of_contact
from newslake.pipelines.follower.stop_signals import StopSignals, end_at_once
from newslake.pipelines.follower.upkeep import IDLE_SECONDS, Upkeep
from newslake.pipelines.ingest import Settings
from newslake.pipelines.monitoring.monitor import Monitor, monitored
from newslake.pipelines.options import configuration, configured, refuse_given
from newslake.pipelines.runners.engine import LOCAL, Engine, engine
from newslake.pipelines.runners.run_ids import new_run_id
from newslake.pipelines.runners.streaming import STREAMING
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import Failure, explanation
from newslake.transforms.feeds.crawler import Crawler
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import LakeFolder

STAGES = (FetchOptions, *ingest.STAGES)
"""The classes whose fields are options of this command."""


def run(arguments: argparse.Namespace) -> int:
    """Follow the feeds until the end that the options state, or until a signal; return the exit code.

    Raises:
        NoSuchInput, WrongOption: a feed, a file or an option is invalid.
        LakeError: the lake cannot be opened or created.
    """
    if arguments.once:
        refuse_given(arguments, ("every", "time"), "with --once, which polls only once")
    else:
        refuse_given(arguments, ("strict",), "without --once")
    listed_feeds(arguments.feeds)  # raises the errors before a lake is created
    if arguments.warc:
        check_output(Path(arguments.warc), Path(arguments.lake), "--warc")
    lake = open_lake(Path(arguments.lake).absolute())
    with monitored(arguments.metrics, lake) as monitor:
        return _run(arguments, lake, monitor)


def _run(arguments: argparse.Namespace, lake: LakeFolder, monitor: Monitor) -> int:
    if arguments.runner not in LOCAL:
        return run_stream(arguments, lake, configured(STAGES, arguments), monitor)
    refuse_given(arguments, ["stream"], "without --runner " + " or ".join(STREAMING))
    beam_engine = engine(arguments.runner, arguments.workers, arguments.beam_options)
    lake.create(arguments.partition)
    problem = f"already writes to {arguments.lake}; stop it, or use another lake"
    with (
        held(lake, layout.FOLLOW, problem),
        FeedStates(lake.storage.path(NAME)) as states,
        beam_engine.running(),
    ):
        return Follower(arguments, lake, states, beam_engine, monitor=monitor).run()


class Follower:
    """One execution of `newslake follow`.

    By default, it uses the system clock and the `fetch_options` of the command line. For
    `idle_seconds` (see `IDLE_SECONDS`), it always uses the system clock.
    """

    def __init__(
        self,
        arguments: argparse.Namespace,
        lake: LakeFolder,
        states: FeedStates,
        beam_engine: Engine,
        clock: Clock | None = None,
        fetch_options: FetchOptions | None = None,
        idle_seconds: float = IDLE_SECONDS,
        monitor: Monitor | None = None,
    ) -> None:
        self._arguments = arguments
        self._lake = lake
        self._clock = clock or Clock()
        self._stages = configured(STAGES, arguments)
        configured_fetch_options, *dag = self._stages
        self._fetch_options: FetchOptions = fetch_options or configured_fetch_options
        self._archive = self._fetch_options.archive
        archive_entries = self._archive.write_entries if self._archive else list
        pages_per_site = self._fetch_options.pages_per_site
        read_feeds = partial(listed_feeds, arguments.feeds)
        now = self._clock.now()
        self._pending = Pending(
            lake,
            states,
            read_feeds(),
            now,
            archive_entries,
            pages_per_site,
            period=arguments.flush,
        )
        self._crawler = Crawler(self._fetch_options, self._clock)
        self._intake = Intake(self._pending, self._crawler, self._clock, read_feeds)
        self._loop = FollowLoop(lake, self._intake, Settings(*dag), beam_engine, self._archive)
        self._dashboard = arguments.dashboard
        self._report = FeedReport()
        self._report.start(self._pending.feeds.states.values())
        self._pending.feeds.seen.clear()
        self._upkeep = Upkeep(
            lake,
            arguments.feeds,
            configuration(self._stages),
            self._clock,
            idle_seconds=idle_seconds,
        )
        self._monitor = monitor or Monitor()
        self._begin_run()
        self._problem = ""
        self._is_uncertain = False
        """True from the start of a commit until the result of the commit is known."""
        self._has_failed = False
        """True if the last commit failed."""

    def run(self) -> int:
        """Follow the feeds. At the end or after an error, close the archive and write the run's row.

        The first signal ends the loop after a last commit; a second one ends the process at once.

        Return the exit code. It is 1 if the last commit failed. With `--once`, it is also 1 if every
        due feed failed (with `--strict`, if any did), or if pages that may be fetched wait.
        """
        warn_of_contact(self._arguments)
        every, flush, once = self._arguments.every, self._arguments.flush, self._arguments.once
        until = self._clock.now() + self._arguments.time if self._arguments.time else None
        signals = StopSignals(self._stop, partial(end_at_once, self._dashboard))
        with signals:
            try:
                with self._dashboard, self._crawler:
                    self._loop.follow(every, flush, until, once, self._show_polls, self._commit)
                    behind = self._intake.behind
            finally:
                if self._archive:
                    self._archive.close()
                self._record()
                self._report.end(self._pending.feeds.states.values())
        if signals.exit_code:
            terminal.say("newslake: stopped; run the same command again to continue", "stopped")
        if self._has_failed or (once and not signals.number and self._once_has_failed(behind)):
            return 1
        return signals.exit_code

    def _stop(self) -> None:
        """Let `run` end after a last commit. A handler of a signal calls this."""
        self._loop.stop()
        with suppress(RuntimeError):  # the signal came while another message was written
            terminal.say(
                "newslake: follow commits what has arrived and ends; a second signal ends it at once"
            )

    def _once_has_failed(self, behind: timedelta) -> bool:
        """Return whether `--once` has failed; print why."""
        polls = self._intake.total
        failed = polls["failed"] + polls["due"] - polls["polled"]
        has_failed = failed > 0 if self._arguments.strict else 0 < polls["due"] <= failed
        if has_failed:
            problem = f"newslake: {failed:,} of {polls['due']:,} due feeds failed"
            terminal.say(f"{problem}; `newslake feeds check` reads a feed now", "failed")
        if behind:
            terminal.say(
                f"newslake: some announced pages have no outcome yet; the first of them has been due "
                f"for {behind.total_seconds():.0f} s; run the command again"
            )
        return has_failed or bool(behind)

    def _begin_run(self) -> None:
        self._run_id, self._commits = new_run_id(), 0
        self._upkeep.new_run(self._run_id, self._clock.now())

    def _commit(self) -> None:
        """Commit and print the counts. If the commit fails, the next commit includes these rows."""
        self._is_uncertain, started = True, time.monotonic()
        try:
            result = self._loop.commit(self._run_id, self._commits)
        except Failure as error:  # nothing was committed
            self._is_uncertain = False
            self._monitor.commit_failed()
            if self._arguments.once:
                raise
            self._has_failed = True
            next_try = "start" if self._loop.is_over else "commit"
            cause = explanation(error)
            terminal.say(f"newslake: {cause}. No data is lost, the next {next_try} tries again")
            return
        finally:
            self._commits += 1
        self._upkeep.add(self._run_id, result, self._clock.now())
        self._is_uncertain = self._has_failed = False
        self._monitor.committed(result, time.monotonic() - started)
        if result.warning:
            terminal.say(f"newslake: {result.warning}")
        self._show_commit(result.counts)
        if self._upkeep.is_due:
            self._upkeep.maintain(self._intake.requests)
            self._begin_run()

    def _show_polls(self) -> None:
        """Show the counts of the polls since the last commit, and what has changed about feeds."""
        if self._intake.problem != self._problem:
            self._problem = self._intake.problem
            terminal.say(f"newslake: {self._problem or 'the list of feeds can be read again'}")
        self._report.look(self._pending.feeds.seen)
        self._pending.feeds.seen.clear()
        self._monitor.looked(self._intake.crawler_state)
        counts = self._intake.counts | {"new": len(self._pending.announcements)}
        waiting, next_at = self._pending.pages.waiting, self._pending.feeds.next_at()
        behind, feeds = self._intake.behind, self._pending.feeds.counts
        self._dashboard.looked(counts, waiting, behind, next_at, feeds)

    def _show_commit(self, counts: dict[str, int]) -> None:
        """Show the counts of a commit and of the polls before it."""
        self._monitor.looked(self._intake.crawler_state)
        polls = self._intake.counts
        total = counts | polls | {"new": counts.get("announcements", 0)}
        polls.clear()
        waiting, next_at = self._pending.pages.waiting, self._pending.feeds.next_at()
        behind = self._intake.behind
        self._dashboard.committed(total, waiting, behind, next_at, self._clock.now())

    def _record(self) -> None:
        """Write the row of `runs` and the rows of `fetches`, unless the counts are uncertain."""
        if not self._is_uncertain:
            self._upkeep.record(self._intake.requests)
