"""The hourly work of `follow`: rows of `runs`, small files, feeds that need attention."""

from collections.abc import Sequence
from contextlib import suppress
from datetime import datetime, timedelta
from typing import Any

import duckdb

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.compact import merge, worth_merging
from newslake.pipelines.runners.runs import Summary, record_runs, run_row
from newslake.pipelines.sql.coverage import silent_feeds
from newslake.pipelines.sql.views import run_query
from newslake.schemas.rows import FeedCondition, Fetch
from newslake.schemas.tables import TABLES
from newslake.transforms.failure import Failure
from newslake.transforms.feeds.schedule.feed_state import states_of
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.lake.errors import Unsupported
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult
from newslake.transforms.web.urls import web_address

INTERVAL = timedelta(hours=1)
"""Time between two maintenance steps: write `runs` and `fetches`, merge small files, report bad feeds."""

IDLE_SECONDS = 3600.0
"""If a partition gets no new file for this number of seconds, its small files are merged."""

_LAST_CONDITIONS = """
SELECT feed, arg_max(state, (since, run_id)), max(since) FROM feeds GROUP BY feed
"""


class Upkeep:
    """Counts the commits of `follow`, and does its hourly work.

    Args:
        lake: The lake.
        inputs: The feeds on the command line.
        configuration: The options with their values.
        clock: The clock.
        follower: Name of the stream; empty without a stream.
        idle_seconds: See `IDLE_SECONDS`. They always use the system clock.
    """

    def __init__(
        self,
        lake: LakeFolder,
        inputs: Sequence[str],
        configuration: dict[str, Any],
        clock: Clock,
        follower: str = "",
        idle_seconds: float = IDLE_SECONDS,
    ) -> None:
        self._lake = lake
        self._inputs = [web_address(word) or word for word in inputs]
        self._configuration = configuration
        self._clock = clock
        self._follower = follower
        self._idle_seconds = idle_seconds
        self._silent: set[str] = set()
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
        """Write the rows of `runs` and `feeds`, and `requests` as rows of `fetches`; clear `requests`.

        Runs without commits are left out, if there are neither requests nor changed feeds.

        Raises:
            LakeError: The commit failed.
        """
        now, rows, feeds = self._clock.now(), {}, self._changed_feeds()
        for run_id, (summary, started_at) in self._runs.items():
            if summary.commits or requests or feeds:
                summary.seconds = (now - started_at).total_seconds()
                given = (self._inputs, self._configuration)
                rows[run_id] = run_row(summary, "follow", *given, started_at, now)
        if rows:
            record_runs(self._lake, rows, requests, feeds)
            requests.clear()

    def _changed_feeds(self) -> list[FeedCondition]:
        """Return a row for each feed whose stored condition is not the last one in the lake."""
        states = states_of(self._lake.storage.root, self._follower)
        last = dict(run_query(self._lake.storage.root, _last_conditions, sql=_LAST_CONDITIONS))
        return [
            FeedCondition(one.feed, one.condition, one.since, one.fault or None, one.answered_at)
            for one in states
            if one.since and last.get(one.feed) != (one.condition, one.since)
        ]

    def _warn(self) -> None:
        """Print the feeds that have become silent."""
        silent = dict(run_query(self._lake.storage.root, silent_feeds))
        for feed, silence in silent.items():
            if feed not in self._silent:
                terminal.say(
                    f"newslake: {feed} has had no new entry since {silence.since:%Y-%m-%d %H:%M} UTC, "
                    f"{silence.intervals:.1f} times its usual interval at these hours"
                )
        self._silent = set(silent)


def _last_conditions(
    connection: duckdb.DuckDBPyConnection,
) -> list[tuple[str, tuple[str, datetime]]]:
    rows = connection.execute(_LAST_CONDITIONS).fetchall()
    return [(feed, (state, since)) for feed, state, since in rows]
