"""Runs each query in a process of its own, which is killed at the limits of `QueryLimits`.

A DuckDB query in the server's own process could take all of its memory, and `interrupt()` does not end
every query. The next process is started in advance, so that a query does not wait for the start.
"""

import json
import os
import pickle
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from threading import BoundedSemaphore, Lock
from typing import Any

from newslake.pipelines.serving.query_request import (
    Problem,
    QueryError,
    QueryLimits,
    QueryRequest,
    QueryResult,
)
from newslake.schemas.rows import SHOWN_CONFIDENCE
from newslake.transforms.beam.fork_server import import_path
from newslake.transforms.failure import is_debugging

_COMMAND = [sys.executable, "-P", "-m", "newslake.pipelines.serving.query_child"]
_ENVIRONMENT = {"MALLOC_ARENA_MAX": "2", "OPENBLAS_NUM_THREADS": "1"}
"""Fewer reserved addresses, which count as memory of the query."""
WAITING = 10
"""Maximum number of queries, running or waiting, for each that may run at the same time."""

_KEPT = ("LANG", "LC_ALL", "LD_LIBRARY_PATH", "PATH", "TZ")
"""The environment variables that the process gets. The others may hold secrets."""


class QueryProcesses:
    """Runs queries on one lake; may be used by several threads.

    Args:
        lake: Path of the lake's folder.
        limits: The limits of each query.
    """

    def __init__(self, lake: Path, limits: QueryLimits) -> None:
        self.lake = lake.resolve()
        self.limits = limits
        self._slots = BoundedSemaphore(limits.at_once)
        self._places = BoundedSemaphore(limits.at_once * WAITING)
        self._lock = Lock()
        self._spare: subprocess.Popen[bytes] | None = None
        self._running = set[subprocess.Popen[bytes]]()
        self._is_stopped = False

    def run(
        self,
        sql: str,
        parameters: Mapping[str, Any] | None = None,
        as_of: int | None = None,
        rows: int | None = None,
        min_confidence: float = SHOWN_CONFIDENCE,
    ) -> QueryResult:
        """Return the result of `sql`, whose parameters `$name` are in `parameters`.

        `as_of` is the log entry whose state is read; None means the current state. `rows` is the
        maximum number of rows; it cannot raise the limit. Mentions with a lower confidence than
        `min_confidence` are left out.

        Raises:
            QueryError: the query is invalid, is not allowed, or exceeds a limit.
        """
        most = min(self.limits.rows, self.limits.rows if rows is None else rows)
        request = QueryRequest(
            str(self.lake),
            sql,
            dict(parameters or {}),
            as_of,
            most,
            min_confidence,
            self.limits,
        )
        if not self._places.acquire(blocking=False):
            raise self._busy()
        try:
            if not self._slots.acquire(timeout=self.limits.seconds):
                raise self._busy()
            try:
                return self._result(request)
            finally:
                self._slots.release()
        finally:
            self._places.release()

    def _busy(self) -> QueryError:
        at_once = self.limits.at_once
        message = f"too many queries: {at_once} run at the same time; try again later"
        return QueryError(Problem.BUSY, message)

    def stop(self) -> None:
        """End all queries, so that the server can end. A handler of a signal may call this."""
        self._is_stopped = True
        for process in [*self._running]:
            process.kill()

    def close(self) -> None:
        """End the process that waits for a query."""
        with self._lock:
            if self._spare:
                _end(self._spare)
                self._spare = None

    def _result(self, request: QueryRequest) -> QueryResult:
        process = self._next()
        self._running.add(process)
        try:
            if self._is_stopped:
                process.kill()
            output, _ = process.communicate(pickle.dumps(request), self.limits.seconds)
        except subprocess.TimeoutExpired:
            raise QueryError(
                Problem.TIME, f"the query took more than {self.limits.seconds:g} seconds"
            ) from None
        finally:
            self._running.discard(process)
            _end(process)
        if self._is_stopped:
            raise QueryError(Problem.BUSY, "the server is ending")
        try:
            answer = json.loads(output)
        except ValueError:  # the process was killed: memory ran out, or DuckDB failed
            message = (
                f"the process of the query ended (code {process.returncode}); it may have needed "
                f"more than {self.limits.megabytes:,} MB of memory"
            )
            raise QueryError(Problem.MEMORY, message) from None
        if "problem" in answer:
            raise QueryError(Problem(answer["problem"]), answer["message"])
        names, types = zip(*answer["columns"], strict=True) if answer["columns"] else ((), ())
        return QueryResult([*names], [*types], answer["rows"], answer["more"])

    def _next(self) -> subprocess.Popen[bytes]:
        """Return a process that waits for its query, and start the next one."""
        with self._lock:
            process, self._spare = self._spare, None
            if not process or process.poll() is not None:
                process = start_child(_COMMAND, subprocess.PIPE)
            self._spare = start_child(_COMMAND, subprocess.PIPE)
            return process


def _environment() -> dict[str, str]:
    kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
    return kept | import_path() | _ENVIRONMENT


def start_child(command: Sequence[str], stdin: int) -> subprocess.Popen[bytes]:
    """Start a process that reads the lake; its standard output is a pipe."""
    return subprocess.Popen(
        command,
        stdin=stdin,
        stdout=subprocess.PIPE,
        stderr=None if is_debugging() else subprocess.DEVNULL,
        env=_environment(),
        cwd="/",
        start_new_session=True,  # Ctrl-C in the terminal of the server does not end the process
    )


def _end(process: subprocess.Popen[bytes]) -> None:
    process.kill()
    process.communicate()
