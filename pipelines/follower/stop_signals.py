"""Handles the signals that end `newslake follow`: the first one in order, a second one at once."""

import os
import signal
from collections.abc import Callable
from types import FrameType
from typing import Self

from newslake.pipelines.exit_codes import STOPPED
from newslake.pipelines.follower.dashboard import Dashboard
from newslake.pipelines.messages import say_at_once

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """Handles SIGINT and SIGTERM; a context manager.

    Args:
        first: Called at the first signal.
        second: Called at each further signal.
    """

    def __init__(self, first: Callable[[], None], second: Callable[[], None]) -> None:
        self._first = first
        self._second = second
        self.number = 0
        """The number of the first signal; 0 if there was none."""

    @property
    def exit_code(self) -> int:
        """The exit code of a command that has ended in order."""
        return STOPPED if self.number == signal.SIGINT else 0

    def __enter__(self) -> Self:
        self._before = {number: signal.signal(number, self._handle) for number in SIGNALS}
        return self

    def __exit__(self, *error: object) -> None:
        for number, handler in self._before.items():
            signal.signal(number, handler)

    def _handle(self, number: int, frame: FrameType | None) -> None:
        if self.number:
            self._second()
        else:
            self.number = number
            self._first()


def end_at_once(dashboard: Dashboard) -> None:
    """End the process without a further write, like `kill -9`; `dashboard` gives the terminal back.

    What is committed stays, and a commit that has its log entry is rolled forward by the next command.
    """
    dashboard.leave()
    say_at_once("newslake: stopped at once; committed data is kept", "stopped")
    os._exit(STOPPED)


def interrupt() -> None:
    """Raise KeyboardInterrupt, after which the command cleans up."""
    raise KeyboardInterrupt
