"""The output of `newslake follow`: one line per commit, and a live table on a terminal."""

import json
import os
from collections import Counter
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Self

from rich.box import HEAVY_HEAD
from rich.console import Console
from rich.live import Live
from rich.table import Table

from newslake.pipelines.commands import terminal
from newslake.pipelines.messages import INFO

COUNTS = (
    *("due", "polled", "not_modified", "failed", "new", "fetched"),
    *("articles", "duplicates", "revisions", "rejects", "already_ingested"),
)
COLUMNS = ("since the last commit", "last commit", "since the start")
NARROW, SHORT_COLUMNS = 70, ("now", "commit", "total")
"""Below this width of the terminal, the table has these columns and no lines."""


class Dashboard:
    """Prints the counts of polls and commits; a context manager.

    `counts` maps the names in `COUNTS` to numbers. `waiting` is the number of pending pages. `behind`
    is the age of the oldest pending page that may be fetched. `next_at` is the time when the next
    feed is due, or None if there are no feeds.

    If `as_json` is true, it prints one JSON object per commit. Otherwise, it shows a table if
    `console` is a terminal. Call `start` first: it needs no library that takes long to load.
    """

    def __init__(self, console: Console, as_json: bool) -> None:
        self._console = console
        self._as_json = as_json
        self._last: Mapping[str, int] = {}
        self._total: Counter[str] = Counter()
        has_table = console.is_terminal and not as_json
        self._about = ""
        self._live = (
            Live(console=console, auto_refresh=False, transient=True) if has_table else None
        )

    def start(self, about: str) -> None:
        """Show the empty table, or print a line if there is no table. `about` says what is followed."""
        self._about = about
        if self._live:
            self._live.start()
            self.looked({}, 0, timedelta(), None)
        else:
            said = f"newslake: follow starts: {about}" if about else "newslake: follow starts"
            terminal.say(said, level=INFO)

    def stop(self) -> None:
        """Remove the table."""
        if self._live:
            self._live.stop()

    def leave(self) -> None:
        """Show the cursor again, which the table hides. A handler of a signal may call this."""
        if self._live:
            os.write(1, b"\x1b[?25h\n")

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(self, *error: object) -> None:
        self.stop()

    def looked(
        self,
        counts: Mapping[str, int],
        waiting: int,
        behind: timedelta,
        next_at: datetime | None,
        feeds: Mapping[str, int] | None = None,
    ) -> None:
        """Update the table after a round of polls.

        `counts` start at the last commit. `feeds` are the numbers of feeds by condition.
        """
        if feeds:
            self._about = ", ".join(f"{name} {number:,}" for name, number in feeds.items())
        if self._live:
            self._live.update(self._table(counts, waiting, behind, next_at), refresh=True)

    def committed(
        self,
        counts: Mapping[str, int],
        waiting: int,
        behind: timedelta,
        next_at: datetime | None,
        now: datetime,
    ) -> None:
        """Print a line after a commit. `counts` are from the commit and the polls before it."""
        self._last = counts
        self._total.update(counts)
        values: dict[str, object] = {name: counts.get(name, 0) for name in COUNTS}
        seconds = round(behind.total_seconds())
        values |= {"waiting": waiting, "behind": seconds}
        if self._as_json:
            iso = next_at.isoformat(timespec="seconds") if next_at else None
            self._console.print(json.dumps({**values, "next": iso}), markup=False)
            return
        values["next"] = _in_utc(next_at)
        line = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in values.items())
        self._console.print(f"{_in_utc(now)} {line}", markup=False)
        self.looked({}, waiting, behind, next_at)

    def _table(
        self, counts: Mapping[str, int], waiting: int, behind: timedelta, next_at: datetime | None
    ) -> Table:
        seconds = round(behind.total_seconds())
        caption = f"waiting {waiting:,}, behind {seconds:,} s, next {_in_utc(next_at)}"
        if self._about:
            caption = f"feeds: {self._about.removesuffix(' feeds')}\n{caption}"
        is_narrow = self._console.width < NARROW
        table = Table("", caption=caption, box=None if is_narrow else HEAVY_HEAD)
        for column in SHORT_COLUMNS if is_narrow else COLUMNS:
            table.add_column(column, justify="right")
        for name in COUNTS:
            columns = (counts, self._last, self._total)
            values = (f"{column.get(name, 0):,}" for column in columns)
            table.add_row(name.replace("_", " "), *values)
        return table


def _in_utc(time: datetime | None) -> str | None:
    return f"{time.astimezone(UTC):%Y-%m-%d %H:%M:%S} UTC" if time else None
