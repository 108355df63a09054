"""The progress of long work: a line on a terminal, or messages; with rate and time left.

    with Progress("exporting", "rows", total=2_000) as progress:
        ...  # calls `newslake.transforms.work_done.count` for each row

A thread reads the counts twice a second. The work itself only adds numbers.
"""

import shutil
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from threading import Event, Thread
from typing import Self

from newslake.pipelines import messages
from newslake.transforms import work_done

REFRESH = 0.5
"""Seconds between two updates of the line on a terminal."""

PAUSE = 10.0
"""Seconds between two messages if there is no terminal, or with `--log-format json`."""

State = tuple[int, float | None, str]
"""The amount of finished work, the finished share of all work (or None), and a detail."""


class Progress:
    """Shows the progress of a step; a context manager.

    `total` is the whole amount of work, in `unit`; None if it is unknown. If `unit` is empty, only the time
    is shown. `read_state` returns the `State`; by default, it is what this process counts. `keeps_last` is
    true if the last state stays visible; None means that it does if it was visible before. `clock`
    returns seconds.
    """

    def __init__(
        self,
        step: str,
        unit: str,
        total: int | None = None,
        read_state: Callable[[], State] | None = None,
        keeps_last: bool | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._step, self._unit, self._total = step, unit, total
        self._read_state = read_state or self._own_state
        self._keeps_last, self._clock = keeps_last, clock
        self._begin = work_done.counted()
        self._started = self._said = clock()
        self._ended = Event()
        self._thread: Thread | None = None
        self._on_terminal = sys.stderr.isatty() and not messages.is_json()

    def __enter__(self) -> Self:
        if messages.is_shown(messages.INFO):
            if self._on_terminal:
                messages.set_live(self._remove)
            self._thread = Thread(target=self._watch, daemon=True)
            self._thread.start()
        return self

    def __exit__(self, kind: object, *error: object) -> None:
        """Show the last count, unless the work failed."""
        if self._thread is None:
            return
        self._ended.set()
        self._thread.join()
        messages.set_live(None)
        if self._on_terminal:
            self._remove()
        if kind is None and self._keeps_last and (self._on_terminal or messages.is_json()):
            self._say()

    def _own_state(self) -> State:
        done = work_done.counted() - self._begin
        return done, done / self._total if self._total else None, ""

    def _watch(self) -> None:
        while not self._ended.wait(REFRESH):
            self.show()

    def show(self) -> None:
        """Show the current state: on a terminal always, otherwise if the last message is old."""
        if self._keeps_last is None:
            self._keeps_last = True
        if self._on_terminal:
            width = shutil.get_terminal_size().columns - 1
            line = self._line(*self._read_state(), width)
            with messages.LOCK, suppress(OSError, ValueError):  # the terminal is closed
                sys.stderr.write(f"\r{line}\x1b[K")
                sys.stderr.flush()
        elif self._clock() - self._said >= PAUSE:
            self._said = self._clock()
            self._say()

    def _remove(self) -> None:
        with suppress(OSError, ValueError):
            sys.stderr.write("\r\x1b[K")

    def _say(self) -> None:
        done, share, detail = self._read_state()
        rate, left = self._speed(done, share)
        messages.say(
            f"newslake: {self._line(done, share, detail, sys.maxsize)}",
            "progress",
            messages.INFO,
            step=self._step,
            done=done,
            total=self._total,
            unit=self._unit,
            per_second=round(rate, 1),
            seconds_left=None if left is None else round(left),
        )

    def _speed(self, done: int, share: float | None) -> tuple[float, float | None]:
        """Return the work per second, and the seconds left."""
        seconds = max(self._clock() - self._started, 1e-9)
        return done / seconds, seconds * (1 - share) / share if share else None

    def _line(self, done: int, share: float | None, detail: str, width: int) -> str:
        """Return the state as text of at most `width` characters; leave out the least important."""
        rate, left = self._speed(done, share)
        total = f" of {self._total:,}" if self._total is not None else ""
        speed = f"{rate:,.0f}/s" if rate >= 10 else f"{rate:.1f}/s"
        if not self._unit:
            return f"{self._step}, {_duration(self._clock() - self._started)}"[:width]
        parts = [f"{self._step}: {done:,}{total} {self._unit}"] + ([speed] if done else [])
        if left is not None and share and share < 1:
            parts.append(f"about {_duration(left)} left")
        parts += [detail] if detail else []
        line = parts[0][:width]
        for part in parts[1:]:
            if len(line) + 2 + len(part) <= width:
                line += f", {part}"
        return line


def _duration(seconds: float) -> str:
    """Return a time as text.

    >>> _duration(7_800)
    '2 h 10 min'
    """
    whole = max(round(seconds), 1)
    if whole < 100:
        return f"{whole} s"
    hours, minutes = divmod(round(whole / 60), 60)
    return f"{hours} h {minutes} min" if hours else f"{minutes} min"
