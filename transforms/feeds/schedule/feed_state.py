"""What is known of a feed, what a poll came to, and the store of it: one SQLite file beside a lake."""

import json
import sqlite3
import types
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, Self, get_args, get_type_hints

from newslake.transforms.feeds.parse.feed import Hints
from newslake.transforms.web.urls import web_address

SUSPECT = 10
"""Failures in a row from which a person should look."""

FIRST = timedelta(minutes=30)
"""Time between two polls of a feed that little is known of."""


@dataclass(frozen=True)
class FeedState:
    """What is known of a feed between two polls; all of it may be lost at the cost of a poll."""

    feed: str
    """The address that the user gave; without its secrets, the feed's name in the lake."""
    address: str
    """Where it is polled."""
    next_at: datetime
    """Not to be polled before."""
    rate: float = timedelta(days=1) / FIRST / 2
    """Entries a day, the mean of about the last week."""
    asked_at: datetime | None = None
    """The last poll."""
    answered_at: datetime | None = None
    """The last poll that succeeded: 200 with a feed, or 304."""
    read_at: datetime | None = None
    """The last poll that brought a whole document."""
    etag: str = ""
    """Validator of that document, verbatim."""
    last_modified: str = ""
    """The other one."""
    body_hash: str = ""
    """Of that document."""
    distrusted_until: datetime | None = None
    """No validators are sent before."""
    failures: int = 0
    """In a row."""
    fault: str = ""
    """What the last one was; empty if the last poll succeeded."""
    moved_to: str = ""
    """Where it was sent on for good when last asked; empty if it was not."""
    moved_since: datetime | None = None
    """The first of those sightings."""
    moved_sightings: int = 0
    """How many in a row."""
    gone_since: datetime | None = None
    """The first 410 in a row."""
    hints: Hints = field(default_factory=Hints)
    """What that document asks of those who poll it."""
    by_link: bool = False
    """Its guids are not to be believed; see `newslake.transforms.feeds.entries.keys`."""

    @property
    def suspect(self) -> bool:
        """True if a person should look at it."""
        return self.failures >= SUSPECT or self.gone_since is not None


@dataclass(frozen=True)
class PollResult:
    """What a poll came to."""

    at: datetime
    """When it was asked."""
    status: int = 0
    """HTTP status of the last hop; 0 if there was no answer."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the last hop, names in lower case."""
    conditional: bool = False
    """True if validators had been sent."""
    moved_to: str = ""
    """Where it was sent on, if all redirects on the way were permanent (301, 308)."""
    fault: str = ""
    """Why no feed came of it: a reason of `newslake.schemas.reasons`; empty if one did."""
    body_hash: str = ""
    """Of the document."""
    entries: int = 0
    """In the document."""
    new: int = 0
    """Those that had not been announced."""
    oldest_new: datetime | None = None
    """The earliest time that a new entry gives; None if none gives a believable one."""
    hints: Hints | None = None
    """What the document asks for; None if there is none."""
    by_link: bool = False
    """As `newslake.transforms.feeds.entries.keys` says of the document."""

    @property
    def failure(self) -> str:
        """Why no feed came of it, by the status where there is no better reason; empty if one did."""
        return self.fault or ("" if self.status in {200, 304} else f"http_{self.status}")


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
