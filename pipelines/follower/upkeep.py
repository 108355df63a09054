"""The hourly work of `follow`: rows of `runs`, small files, feeds that need attention."""

from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.compact import merge, worth_merging
from newslake.pipelines.runners.runs import Summary, record_runs, run_row
from newslake.pipelines.sql.coverage import silent_feeds
from newslake.pipelines.sql.views import run_query
from newslake.schemas.rows import Fetch
from newslake.schemas.tables import TABLES
from newslake.transforms.failure import Failure
from newslake.transforms.feeds.schedule.feed_state import FeedState
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.lake.errors import Unsupported
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult
from newslake.transforms.web.urls import web_address

INTERVAL = timedelta(hours=1)
"""Time between two maintenance steps: write `runs` and `fetches`, merge small files, report bad feeds."""

IDLE_SECONDS = 3600.0
"""If a partition gets no new file for this number of seconds, its small files are merged."""


class Upkeep:
    """Counts the commits of `follow`, and does its hourly work.

    Args:
        lake: The lake.
        inputs: The feeds on the command line.
        configuration: The options with their values.
        clock: The clock.
        states: Returns the states of the feeds.
        idle_seconds: See `IDLE_SECONDS`. They always use the system clock.
    """

    def __init__(
        self,
        lake: LakeFolder,
        inputs: Sequence[str],
        configuration: dict[str, Any],
        clock: Clock,
        states: Callable[[], Iterable[FeedState]],
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._lake = lake
        self._inputs = [web_address(word) or word for word in inputs]
        self._configuration = configuration
        self._clock = clock
        self._states = states
        self._idle_seconds = idle_seconds
        self._begin()

    def _begin(self) -> None:
        self._began_at = self._clock.now()
        self._runs: dict[str, tuple[Summary, datetime]] = {}

    def new_run(self, run_id: str, started_at: datetime) -> None:
        """Begin to count the commits of the run `run_id`, unless it has begun before."""
        self._runs.setdefault(run_id, (Summary(run_id), started_at))

    def add(self, run_id: str, result: CommitResult, at: datetime) -> None:
        """Count a commit of the run `run_id` that was made at the time `at`."""
        self._runs[run_id][0].add(result, at)

    @property
    def is_due(self) -> bool:
        """True if an hour is over."""
        return self._clock.now() - self._began_at >= INTERVAL

    def maintain(self, requests: list[Fetch]) -> None:
        """Do the hourly work. After a failure, `is_due` stays true. For `requests`, see `record`."""
        try:
            self.record(requests)
            self._begin()
            with suppress(Unsupported):
                for folder in list(worth_merging(self._lake, list(TABLES), self._idle_seconds)):
                    merge(self._lake, folder)
        except Failure as error:
            terminal.say(f"newslake: {error}. The next commit tries again")
        self._warn()

    def record(self, requests: list[Fetch]) -> None:
        """Write the rows of `runs`, and `requests` as rows of `fetches`; then clear `requests`.

        Runs without commits are left out, if there are no requests.

        Raises:
            LakeError: The commit failed.
        """
        now, rows = self._clock.now(), {}
        for run_id, (summary, started_at) in self._runs.items():
            if summary.commits or requests:
                summary.seconds = (now - started_at).total_seconds()
                given = (self._inputs, self._configuration)
                rows[run_id] = run_row(summary, "follow", *given, started_at, now)
        if rows:
            record_runs(self._lake, rows, requests)
            requests.clear()

    def _warn(self) -> None:
        """Print the feeds that need attention: silent feeds, and feeds that fail repeatedly."""
        for feed, silence in run_query(self._lake.storage.root, silent_feeds):
            terminal.say(
                f"newslake: {feed} has had no new entry since {silence.since:%Y-%m-%d %H:%M}, "
                f"{silence.intervals:.1f} times its usual interval at these hours"
            )
        for state in self._states():
            if state.suspect:
                terminal.say(
                    f"newslake: {web_address(state.feed)} failed {state.failures} times in a row "
                    f"({state.fault}); run `newslake feeds check`"
                )
