"""What is known of feeds between two polls, in one SQLite file beside a lake.

It is a cache: deleting it costs a poll of each feed, never an entry and no double, since what was
announced stands in the lake. So a file that is damaged, or of another version, is begun anew.
"""

import json
import sqlite3
import types
from collections.abc import Iterable
from dataclasses import fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self, get_args, get_type_hints

from newslake.transforms.feeds.parse.feed import Hints
from newslake.transforms.feeds.schedule.feed_state import FeedState
from newslake.transforms.web.urls import web_address

NAME = "_feeds.sqlite"
"""Its name in the lake's folder."""

BUSY_SECONDS = 30
"""How long to wait for another process that writes."""

_COLUMNS = [field.name for field in fields(FeedState)]
_TYPES = get_type_hints(FeedState)
_LAYOUT = ", ".join(_COLUMNS)


class FeedStates:
    """The states of all feeds of a lake; a context manager.

    Args:
        path: Of the file; made if it is missing, its folder is not.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._file = self._opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def load(self, feeds: Iterable[str]) -> dict[str, FeedState]:
        """Return what is known of `feeds`, by their addresses as they are given."""
        known = self.all()
        return {
            feed: replace(state, feed=feed, address=state.address or feed)
            for feed in feeds
            if (state := known.get(web_address(feed) or ""))
        }

    def all(self) -> dict[str, FeedState]:
        """Return every state by its feed's address without secrets."""
        rows = self._file.execute(f"SELECT {_LAYOUT} FROM feeds ORDER BY feed").fetchall()
        return {row[0]: _state(row) for row in rows}

    def save(self, states: Iterable[FeedState]) -> None:
        """Remember `states` all at once: only after what they stand for is committed."""
        marks = ", ".join("?" * len(_COLUMNS))
        with self._file:
            self._file.executemany(
                f"REPLACE INTO feeds ({_LAYOUT}) VALUES ({marks})", map(_row, states)
            )

    def _opened(self) -> sqlite3.Connection:
        """Return a connection to the file, begun anew if it cannot be used.

        Raises:
            sqlite3.OperationalError: it is locked, or the folder cannot be written to.
        """
        try:
            return self._prepared()
        except sqlite3.OperationalError:
            raise
        except sqlite3.DatabaseError:
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            return self._prepared()

    def _prepared(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
        try:
            file.execute("PRAGMA journal_mode = WAL")
            with file:
                file.execute("BEGIN IMMEDIATE")
                if _columns_of(file) != _COLUMNS:
                    file.execute("DROP TABLE IF EXISTS feeds")
                    file.execute(f"CREATE TABLE feeds ({_LAYOUT}, PRIMARY KEY (feed))")
        except BaseException:
            file.close()
            raise
        return file


def known_states(lake: Path) -> dict[str, FeedState]:
    """Return what is known of the feeds of `lake`, by their addresses without secrets.

    Nothing if none was ever polled.
    """
    path = lake / NAME
    if not path.exists():
        return {}
    with FeedStates(path) as states:
        return states.all()


def _columns_of(file: sqlite3.Connection) -> list[str]:
    return [row[1] for row in file.execute("PRAGMA table_info(feeds)")]


def _row(state: FeedState) -> tuple[Any, ...]:
    """Return the state as it is stored: tokens stay in the user's list of feeds, and in memory."""
    state = replace(
        state,
        feed=web_address(state.feed) or "",
        address="" if state.address == state.feed else _without_secrets(state.address),
        moved_to=_without_secrets(state.moved_to),
    )
    return tuple(_written(getattr(state, name)) for name in _COLUMNS)


def _without_secrets(address: str) -> str:
    """Return `address`, or nothing if it cannot be stored as it is."""
    return address if web_address(address) == address else ""


def _written(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, Hints):
        seconds = value.interval.total_seconds() if value.interval else None
        return json.dumps([seconds, sorted(value.skip_hours), sorted(value.skip_days)])
    return value


def _state(row: tuple[Any, ...]) -> FeedState:
    return FeedState(
        **{name: _value(_TYPES[name], value) for name, value in zip(_COLUMNS, row, strict=True)}
    )


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, types.UnionType):
        kind = get_args(kind)[0]
    if kind is Hints:
        seconds, hours, days = json.loads(value)
        interval = timedelta(seconds=seconds) if seconds is not None else None
        return Hints(interval, frozenset(hours), frozenset(days))
    return datetime.fromisoformat(value) if kind is datetime else kind(value)
