"""The driver of a stream: starts the pipeline on a runner, watches it, and ends it.

The driver sends no requests to sites; workers poll and fetch (see `crawl_stage.py`).
"""

import secrets
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta

import apache_beam as beam
from apache_beam.runners.runner import PipelineResult, PipelineState

from newslake.pipelines.commands import terminal
from newslake.pipelines.follower.crawl_stage import Crawl
from newslake.pipelines.follower.dashboard import Dashboard
from newslake.pipelines.follower.feed_report import FeedReport
from newslake.pipelines.follower.stop_signals import StopSignals, interrupt
from newslake.pipelines.follower.stream_files import Status, StreamFiles
from newslake.pipelines.follower.stream_options import StreamOptions
from newslake.pipelines.follower.upkeep import Upkeep
from newslake.pipelines.ingest import Settings, ingest
from newslake.pipelines.monitoring.crawler_state import CrawlerState
from newslake.pipelines.monitoring.monitor import Monitor
from newslake.pipelines.options import reject_settings
from newslake.pipelines.runners.contexts import stream_context
from newslake.pipelines.runners.engine import Engine
from newslake.pipelines.runners.flink import Flink
from newslake.pipelines.runners.stage_use import Usage, since, usage, with_figures
from newslake.pipelines.windows import in_windows
from newslake.transforms.failure import Failure
from newslake.transforms.feeds.schedule.feed_state import FeedState, states_of
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.staging import CommitResult
from newslake.transforms.write.write import WINDOW_FORMAT

STARTS = 3
"""Number of starts of a pipeline that does not begin to poll."""
START_SECONDS = 60.0
"""Maximum time from the first start to the first sign of the crawler, in seconds. The second start has
twice this time, and the third start three times."""
MAX_OVERDUE, MIN_OVERDUE_SECONDS = 3, 180.0
"""If a feed has been due for this number of `--every`, and for this time, without a poll, the stream has
failed."""
SILENT_SECONDS, SILENT_SECONDS_ON_FLINK = 60.0, 180.0
"""If there is no sign of the crawler for this time, the stream has failed. Flink starts a worker again
that has ended; Prism does not."""
LOOK_SECONDS = 0.5
"""Time between two looks at the runner and the lake, in seconds."""
END_SECONDS = 30.0
"""Maximum time from the end of the stream to the end of the runner's job, in seconds."""


class StreamFailed(Failure):
    """A stream does not poll; the message is shown to the user."""


@dataclass
class StreamDriver:
    """Runs one stream until it must end."""

    lake: LakeFolder
    options: StreamOptions
    settings: Settings
    """The settings of the DAG."""
    engine: Engine
    upkeep: Upkeep
    dashboard: Dashboard
    until: datetime | None = None
    """Time when the stream ends; None if it ends only by a signal."""
    monitor: Monitor = field(default_factory=Monitor)
    report: FeedReport = field(default_factory=FeedReport)
    """Names the feeds that fail."""
    resumes: bool = False
    """True if Flink continues from a savepoint or a checkpoint, which must not be removed."""
    _shown: dict[str, int] = field(default_factory=dict)
    _used: Usage = ()
    _last_run: str = ""
    """The last run that `upkeep` counts; empty if there is none."""
    _problem: str = ""
    _has_named: bool = False
    _sign: tuple[float, float] = (0.0, 0.0)
    """Time of the last status, and when it was seen; the second one by the monotonic clock."""

    def __post_init__(self) -> None:
        self._files = StreamFiles(self.lake.storage, self.options.name)
        self._seen = self.lake.log.last() or 0
        self._signals = StopSignals(lambda: None, interrupt)  # `_watch` sees the first signal

    def run(self) -> None:
        """Run the stream until it must end.

        Raises:
            RunnerFailed, StreamFailed: The runner failed, or the stream does not poll.
            LakeError: The lake cannot be used any longer.
        """
        with self._signals, self._recorded(), self.dashboard, self.engine.running():
            for number in range(1, STARTS + 1):
                seconds = number * START_SECONDS
                if self._has_run(seconds):
                    return
                terminal.say(
                    f"newslake: the stream has not polled within {seconds:.0f} s after start "
                    f"{number} of {STARTS}; newslake has cancelled it"
                )
        raise StreamFailed("the stream has never polled; see the log of the runner")

    def _has_run(self, seconds: float) -> bool:
        """Run the pipeline once; return False if it did not poll in time and was cancelled."""
        self.options = replace(self.options, start_id=secrets.token_hex(4))
        self._files.start(self.options.start_id)
        self.engine.cancel_earlier(self._files.job_name)
        if not self.resumes:
            self._files.remove_checkpoints()
        pipeline = beam.Pipeline(self.engine.runner, self.engine.options)
        stages = [self.options.fetch_options, *vars(self.settings).values()]
        name, start_id = self.options.name, self.options.start_id
        settings, roots = reject_settings(stages), self.options.fetch_options.roots
        context = stream_context(self.lake, name, settings, start_id, roots)
        source = pipeline | "Crawl" >> Crawl(context, self.options)
        ingest(in_windows(source, self.options.window), context, self.settings)
        result = pipeline.run()
        self._used = ()
        try:
            has_polled = self._watch(result, seconds)
        except BaseException:
            self.engine.cancel(result)
            raise
        if result.state not in _ENDED:
            self.engine.cancel(result)
        return has_polled

    def _watch(self, result: PipelineResult, seconds: float) -> bool:
        """Wait for the end of the stream.

        Returns:
            False if it has not polled after `seconds`, and must not stop.
        """
        started_at, must_stop = time.monotonic(), False
        while result.state not in _ENDED:
            time.sleep(LOOK_SECONDS)
            check_marker(self.lake.storage)
            if not must_stop and self._must_stop:
                must_stop = True
                self._files.stop(self.options.start_id)
                terminal.say(
                    "newslake: the stream commits what has arrived and ends; a second signal ends it "
                    "at once"
                )
            status = self._files.read_status(self.options.start_id)
            self._show(status, result)
            if status is None and time.monotonic() - started_at > seconds:
                return must_stop
            if status and status.drained:
                self._count_last_use(result)
                self._wait_for_end(result)
                return True
            if status:
                self._check(status)
        result.wait_until_finish()  # raises the error of the runner
        self._show(self._files.read_status(self.options.start_id), result)
        if not must_stop:
            raise StreamFailed("the runner has ended the stream; start it again")
        return True

    @property
    def _must_stop(self) -> bool:
        return bool(self._signals.number or (self.until and datetime.now(UTC) >= self.until))

    def _check(self, status: Status) -> None:
        """Check that the crawler works.

        Raises:
            StreamFailed: it does not.
        """
        limit = max(MAX_OVERDUE * self.options.every.total_seconds(), MIN_OVERDUE_SECONDS)
        if status.overdue > limit:
            raise StreamFailed(
                f"a feed has been due for {status.overdue:.0f} s, but the stream does not poll; start "
                "it again"
            )
        is_on_flink = isinstance(self.engine.runner, Flink)
        limit = SILENT_SECONDS_ON_FLINK if is_on_flink else SILENT_SECONDS
        if status.at != self._sign[0]:
            self._sign = (status.at, time.monotonic())
        if (age := time.monotonic() - self._sign[1]) > limit:
            raise StreamFailed(
                f"the crawler has not worked for {age:.0f} s; start the stream again"
            )

    def _wait_for_end(self, result: PipelineResult) -> None:
        """Wait until Prism has ended the job. Flink does not end it."""
        end = time.monotonic() + END_SECONDS
        while result.state not in _ENDED and time.monotonic() < end:
            if isinstance(self.engine.runner, Flink):
                return
            time.sleep(LOOK_SECONDS)

    @contextmanager
    def _recorded(self) -> Iterator[None]:
        """Write the row of `runs` at the end, but not if the user ends the process at once."""
        try:
            yield
        except Exception:
            self.upkeep.record([])
            raise
        self.upkeep.record([])
        self.report.end(self._states())

    def _show(self, status: Status | None, pipeline: PipelineResult) -> None:
        """Show the new commits of the stream, and its problem."""
        status = status or Status(self.options.start_id)
        if status.problem != self._problem:
            self._problem = status.problem
            if status.problem:
                terminal.say(f"newslake: {status.problem}")
        behind = timedelta(seconds=status.behind)
        last = self.lake.log.last(self._seen) or 0
        for seq in range(self._seen + 1, last + 1):
            entry = self.lake.log.read(seq)
            window, _, run_id = entry.run_id.partition("-")
            if run_id != self.options.run_id:
                continue
            now = datetime.now(UTC)
            start = datetime.strptime(window, WINDOW_FORMAT).replace(tzinfo=UTC)
            self.upkeep.new_run(entry.run_id, start)
            result = CommitResult(seq, entry.counts, entry.rejects_by_reason)
            result = with_figures(self.lake, result, self._used_since_commit(pipeline))
            self.upkeep.add(entry.run_id, result, now)
            self._last_run = entry.run_id
            seconds = (now - start - self.options.window).total_seconds()
            self.monitor.committed(result, max(seconds, 0.0))  # less than 0: the last window
            polls = self._since_commit(status)
            self._shown = dict(status.counts)
            counts = entry.counts | polls | {"new": entry.counts.get("announcements", 0)}
            self.dashboard.committed(counts, status.waiting, behind, status.next_at, now)
            self._name_feeds()
        self._seen = last
        self.monitor.looked(
            lambda: CrawlerState(status.behind, status.queue, status.feeds, status.fetches)
        )
        self.dashboard.looked(self._since_commit(status), status.waiting, behind, status.next_at)
        if self.upkeep.is_due:
            self.upkeep.maintain([])
            self._last_run = ""

    def _count_last_use(self, pipeline: PipelineResult) -> None:
        """Count for the last run what Beam has reported since the last commit."""
        if self._last_run:
            used = CommitResult(stages=self._used_since_commit(pipeline))
            self.upkeep.add(self._last_run, used, datetime.now(UTC))

    def _name_feeds(self) -> None:
        """Name the feeds whose condition has changed, by the states after the last commit."""
        states = self._states()
        if not self._has_named:
            self._has_named = True
            self.report.start(states)
        self.report.look(states)

    def _states(self) -> list[FeedState]:
        return states_of(self.lake.storage.root, self.options.name)

    def _used_since_commit(self, pipeline: PipelineResult) -> Usage:
        """Return what the stages have used since the last commit that was shown."""
        now = usage(pipeline)
        used = since(self._used, now)
        self._used = now or self._used
        return used

    def _since_commit(self, status: Status) -> dict[str, int]:
        """Return the counts of polls since the last commit that was shown."""
        return {name: count - self._shown.get(name, 0) for name, count in status.counts.items()}


_ENDED = {
    PipelineState.DONE,
    PipelineState.FAILED,
    PipelineState.CANCELLED,
}
