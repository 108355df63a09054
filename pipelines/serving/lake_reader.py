"""Reads a lake through processes of their own; each result names the log entry that it shows."""

import time
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

from newslake import __version__
from newslake.pipelines.serving.query_processes import QueryProcesses
from newslake.pipelines.serving.query_request import Problem, QueryError, QueryLimits, QueryResult
from newslake.schemas.rows import SHOWN_CONFIDENCE
from newslake.transforms.lake.log import Log
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.storage import Storage

TRIES = 4
"""Maximum number of times that a query runs because a commit or a compaction changed the lake."""

PUBLISHING_SECONDS = 0.1
"""Pause for a commit that is publishing its files."""


class LakeReader:
    """Reads the lake in the folder `lake`; may be used by several threads.

    Raises:
        NotALake, UnknownFormat: `lake` is not a lake that this version of newslake supports.
    """

    def __init__(self, lake: Path, limits: QueryLimits) -> None:
        self._storage = Storage(lake)
        check_marker(self._storage)
        self.lake = lake
        self._log = Log(self._storage)
        self._near: int | None = None
        self._queries = QueryProcesses(lake, limits)

    def entry(self) -> int:
        """Return the number of the last log entry whose files are published.

        Raises:
            LakeError: the log is damaged, or the lake no longer exists.
        """
        found = self._log.last(self._near)
        if found is None:
            check_marker(self._storage)
        last = self._near = found or 0
        while last and not self._log.is_done(last):
            last -= 1
        return last

    def tag(self, entry: int) -> str:
        """Return the number and the beginning of the digest of log entry `entry`, as an ETag.

        The version of newslake is a part of it, because other versions may give other answers.
        """
        return f"{entry}-{(self._log.digest(entry) or '')[:8]}-{__version__}"

    def run(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        as_of: int | None = None,
        rows: int | None = None,
        min_confidence: float = SHOWN_CONFIDENCE,
    ) -> QueryResult:
        """Return the result of `sql`, whose parameters `$name` are in `parameters`.

        `as_of` is the log entry whose state is read; None means the current state. If the lake
        changes during the query, it runs again, so that the result belongs to its log entry.
        Mentions with a lower confidence than `min_confidence` are left out.

        Raises:
            QueryError: see `QueryProcesses.run`. The problem is `GONE` if `as_of` is not available.
            LakeError: the log is damaged.
        """
        for number in range(1, TRIES + 1):
            entry = self.entry()
            past = None if as_of in (None, entry) else as_of
            try:
                result = self._queries.run(sql, parameters, past, rows, min_confidence)
            except QueryError as error:
                if error.problem != Problem.MISSING or number == TRIES:
                    raise
            else:
                shown = entry if past is None else past
                if past is not None or number == TRIES or self.entry() == entry:
                    return replace(result, entry=shown)
            time.sleep(PUBLISHING_SECONDS)
        raise AssertionError("the last try returns or raises")

    def stop(self) -> None:
        """End all queries, so that the server can end. A handler of a signal may call this."""
        self._queries.stop()

    def close(self) -> None:
        """End the process that waits for a query."""
        self._queries.close()
