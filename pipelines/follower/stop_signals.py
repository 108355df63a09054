"""Ends `newslake follow` after the first signal in order, and after a second one at once."""

import os
import signal
from collections.abc import Callable
from contextlib import suppress
from types import FrameType
from typing import Self

from newslake.pipelines.commands import terminal
from newslake.pipelines.exit_codes import STOPPED
from newslake.pipelines.follower.dashboard import Dashboard

SIGNALS = (signal.SIGINT, signal.SIGTERM)


class StopSignals:
    """Handles SIGINT and SIGTERM; a context manager.

    The second signal ends the process without a further write, like `kill -9`. What is committed
    stays, and a commit that has its log entry is rolled forward by the next command.

    Args:
        stop: Called at the first signal.
        dashboard: It gives the terminal back at the second signal.
    """

    def __init__(self, stop: Callable[[], None], dashboard: Dashboard) -> None:
        self._stop = stop
        self._dashboard = dashboard
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
            self._dashboard.leave()
            os.write(2, b"newslake: stopped at once; committed data is kept\n")
            os._exit(STOPPED)
        self.number = number
        self._stop()
        with suppress(RuntimeError):  # the signal came while another message was written
            terminal.say(
                "newslake: follow commits what has arrived and ends; a second signal ends it at once"
            )
