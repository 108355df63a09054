"""The page at `/`: the report of the lake, made again if the lake has changed and a browser asks."""

import json
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from threading import Lock
from typing import NamedTuple

from newslake.pipelines.serving.lake_reader import LakeReader
from newslake.pipelines.serving.query_processes import start_child
from newslake.pipelines.serving.query_request import Problem, QueryError

PAUSE = 10.0
"""Minimum time between two makings of the page, in seconds."""
SHARE = 0.2
"""Maximum share of the time that is spent on the page."""
MAKING_SECONDS = 300.0
"""Maximum time to make the page, in seconds."""

_COMMAND = [sys.executable, "-P", "-m", "newslake.pipelines.serving.report_child"]


class MadePage(NamedTuple):
    """The page, the log entry that it shows, and its content policy."""

    content: bytes
    entry: int
    policy: str


class LivePage:
    """Holds the page that `make` returned last.

    `clock` returns the time in seconds; only differences count.
    """

    def __init__(
        self,
        reader: LakeReader,
        make: Callable[[Path], MadePage],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._reader = reader
        self._make = make
        self._clock = clock
        self._lock = Lock()
        self._page: MadePage | None = None
        self._problem: str | None = None
        self._next = clock()

    def get(self) -> MadePage:
        """Return the page. While a new one is made for one request, the others get the old one.

        Raises:
            QueryError, LakeError: the lake cannot be read.
        """
        page = self._page
        if not self._lock.acquire(blocking=page is None):
            assert page
            return page
        try:
            entry = self._reader.entry()
            is_old = self._page is None or self._page.entry != entry
            if is_old and self._clock() >= self._next:
                self._make_again()
            if self._problem or not self._page:
                raise QueryError(Problem.FAILED, f"no page can be made: {self._problem}")
            return self._page
        finally:
            self._lock.release()

    def _make_again(self) -> None:
        started = self._clock()
        try:
            self._page, self._problem = self._make(self._reader.lake), None
        except QueryError as error:
            self._problem = str(error)
        seconds = self._clock() - started
        self._next = started + max(PAUSE, seconds / SHARE)


class ReportProcess:
    """Makes the report of a lake in a process of its own, one at a time.

    A temporary folder keeps the copy of the lake's tables for the next process.
    """

    def __init__(self) -> None:
        self._folder = tempfile.TemporaryDirectory(prefix="newslake-", ignore_cleanup_errors=True)
        self._process: subprocess.Popen[bytes] | None = None
        self._is_stopped = False

    def make(self, lake: Path) -> MadePage:
        """Return the report of `lake`.

        Raises:
            QueryError: the report cannot be made.
        """
        command = [*_COMMAND, str(lake.resolve()), self._folder.name]
        self._process = start_child(command, subprocess.DEVNULL)  # for Ctrl-C, see `stop`
        with self._process as process:
            if self._is_stopped:
                process.kill()
            try:
                output, _ = process.communicate(timeout=MAKING_SECONDS)
            except subprocess.TimeoutExpired:
                process.kill()
                message = f"the report took more than {MAKING_SECONDS:g} seconds"
                raise QueryError(Problem.FAILED, message) from None
        line, _, content = output.partition(b"\n")
        if process.returncode or not content:
            self._folder.cleanup()  # the copy may be the cause
            Path(self._folder.name).mkdir(mode=0o700, exist_ok=True)
            about = json.loads(line) if line.startswith(b'{"message"') else {}
            ended = f"the process of the report ended (code {process.returncode})"
            raise QueryError(Problem.FAILED, about.get("message", ended))
        about = json.loads(line)
        return MadePage(content, about["entry"], about["policy"])

    def stop(self) -> None:
        """End the process, so that the server can end. A handler of a signal may call this."""
        self._is_stopped = True
        if self._process:
            self._process.kill()

    def close(self) -> None:
        """Delete the copy."""
        self._folder.cleanup()
