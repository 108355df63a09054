"""What is seen of a `newslake follow`: a line a commit, and a live table if a person looks."""

import json
from collections import Counter
from collections.abc import Mapping
from datetime import datetime
from types import TracebackType
from typing import Self

from rich.console import Console
from rich.live import Live
from rich.table import Table

COUNTS = (
    *("due", "polled", "not_modified", "failed", "new", "fetched"),
    *("articles", "duplicates", "revisions", "rejects", "already_ingested"),
)


class Dashboard:
    """Tells what polls and commits bring; a context manager.

    Args:
        console: Where to; the table shows only if it is a terminal.
        as_json: A JSON object a commit, for programs, and no table.
    """

    def __init__(self, console: Console, as_json: bool) -> None:
        self._console = console
        self._as_json = as_json
        self._last: Mapping[str, int] = {}
        self._all: Counter[str] = Counter()
        is_watched = console.is_terminal and not as_json
        self._live = (
            Live(console=console, auto_refresh=False, transient=True) if is_watched else None
        )

    def __enter__(self) -> Self:
        if self._live:
            self._live.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._live:
            self._live.stop()

    def looked(self, counts: Mapping[str, int], waiting: int, next_at: datetime | None) -> None:
        """Show what polls have brought since the last commit.

        Args:
            counts: By the names of `COUNTS`.
            waiting: How many addresses wait.
            next_at: When the next feed is due; None without feeds.
        """
        if self._live:
            self._live.update(self._table(counts, waiting, next_at), refresh=True)

    def committed(
        self, counts: Mapping[str, int], waiting: int, next_at: datetime | None, now: datetime
    ) -> None:
        """Tell what a commit brought, in a line; the rest as in `looked`."""
        self._last = counts
        self._all.update(counts)
        told: dict[str, object] = {name: counts.get(name, 0) for name in COUNTS}
        told |= {"waiting": waiting, "next": _second(next_at)}
        if self._as_json:
            self._console.print(json.dumps(told), markup=False)
            return
        words = ", ".join(f"{name.replace('_', ' ')} {value}" for name, value in told.items())
        self._console.print(f"{now:%Y-%m-%d %H:%M:%S} {words}", markup=False)
        self.looked({}, waiting, next_at)

    def _table(self, counts: Mapping[str, int], waiting: int, next_at: datetime | None) -> Table:
        table = Table("", caption=f"waiting {waiting:,}, next {_second(next_at)}")
        for column in ("since the last commit", "last commit", "since the start"):
            table.add_column(column, justify="right")
        for name in COUNTS:
            columns = (counts, self._last, self._all)
            values = (f"{column.get(name, 0):,}" for column in columns)
            table.add_row(name.replace("_", " "), *values)
        return table


def _second(time: datetime | None) -> str | None:
    return time.isoformat(timespec="seconds") if time else None
