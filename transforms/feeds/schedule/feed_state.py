"""Feed states, poll results, and the SQLite file in the lake that stores the states."""

import json
import sqlite3
import types
from collections.abc import Iterable, Mapping
from contextlib import closing, suppress
from dataclasses import dataclass, field, fields, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any, NamedTuple, Self, get_args, get_origin, get_type_hints

from newslake.transforms.failure import CACHE, Failure, explained, is_damaged
from newslake.transforms.feeds.parse.feed import Hints
from newslake.transforms.web.urls import web_address

SUSPECT = 10
"""Number of consecutive failures after which the user should check the feed."""

FIRST = timedelta(minutes=30)
"""Initial time between two polls of a new feed."""


NEW, OK, EMPTY, FAILING, REFUSED, DEAD, PAUSED, REMOVED = CONDITIONS = (
    *("new", "ok", "empty", "failing", "refused", "dead", "paused", "removed"),
)
"""The conditions of a feed, see the column `state` of the table `feeds`."""
BAD = {FAILING, REFUSED, DEAD}
"""The conditions of feeds whose last poll failed and that are still polled."""

REFUSALS = {
    *("http_401", "http_402", "http_403", "http_407", "http_451"),
    *("robots_disallowed", "blocked_address", "bad_scheme", "opted_out"),
}
"""Reasons of failures that mean that the feed must not be read."""


class Sitemap(NamedTuple):
    """A sitemap that an index lists, after its last poll."""

    parent: str
    """URL of the index that lists it."""
    changed_at: str = ""
    """Time of its last change as stated in the index, unchanged; empty if not stated."""
    etag: str = ""
    last_modified: str = ""
    body_hash: str = ""
    addresses: int = 0
    """Number of its entries."""
    has_failed: bool = False
    """True if its last poll failed."""


@dataclass(frozen=True)
class FeedState:
    """The state of a feed between two polls. If the state is lost, the feed is polled again."""

    feed: str
    """The URL that the user gave. The feed's name in the lake is this URL without secrets."""
    address: str
    """The URL to poll."""
    next_at: datetime
    """Earliest time of the next poll."""
    rate: float = timedelta(days=1) / FIRST / 2
    """Mean number of entries per day in about the last week."""
    asked_at: datetime | None = None
    """Time of the last poll."""
    answered_at: datetime | None = None
    """Time of the last successful poll: status 200 with a feed, or status 304."""
    read_at: datetime | None = None
    """Time of the last poll that returned the feed itself (status 200)."""
    etag: str = ""
    """ETag of the last feed body, unchanged."""
    last_modified: str = ""
    """Last-Modified of the last feed body, unchanged."""
    body_hash: str = ""
    """Hash of the last feed body."""
    distrusted_until: datetime | None = None
    """Until this time, polls send neither ETag nor Last-Modified."""
    failures: int = 0
    """Number of consecutive failures."""
    fault: str = ""
    """Reason of the last failure; empty if the last poll succeeded."""
    moved_to: str = ""
    """Target of the last poll's permanent redirect; empty if there was none."""
    moved_since: datetime | None = None
    """Time of the first of the consecutive redirects to this target."""
    moved_sightings: int = 0
    """Number of consecutive redirects to this target."""
    gone_since: datetime | None = None
    """Time of the first of the consecutive 410 responses."""
    hints: Hints = field(default_factory=Hints)
    """Polling hints of the last feed body."""
    by_link: bool = False
    """True if guids must not be used as keys; see `newslake.transforms.feeds.entries.keys`."""
    is_empty: bool = False
    """True if the last feed body had no entries."""
    sitemaps: dict[str, Sitemap] = field(default_factory=dict)
    """For a sitemap index, the sitemaps below it that have been read, by URL."""
    condition: str = NEW
    """One of `CONDITIONS`."""
    since: datetime | None = None
    """Time when the condition began."""
    follower: str = ""
    """Name of the stream that follows the feed; empty for `newslake follow` without a stream."""

    @property
    def polled_condition(self) -> str:
        """The condition of the feed after its last poll, if it is neither paused nor removed."""
        if self.fault in REFUSALS:
            return REFUSED
        if self.suspect:
            return DEAD
        if self.failures:
            return FAILING
        if self.asked_at is None:
            return NEW
        return EMPTY if self.is_empty else OK

    @property
    def suspect(self) -> bool:
        """True if the user should check the feed."""
        return self.failures >= SUSPECT or self.gone_since is not None


@dataclass(frozen=True)
class PollResult:
    """The result of one poll."""

    at: datetime
    """Time of the request."""
    status: int = 0
    """HTTP status after redirects; 0 if there was no response."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Response headers after redirects, with names in lower case."""
    conditional: bool = False
    """True if the request was conditional (If-None-Match, If-Modified-Since)."""
    moved_to: str = ""
    """The URL after redirects; empty if a redirect was not permanent (301, 308)."""
    fault: str = ""
    """Why the poll failed: a reason of `newslake.schemas.reasons`; empty if there is no reason."""
    body_hash: str = ""
    """Hash of the response body."""
    entries: int = 0
    """Number of entries in the feed."""
    new: int = 0
    """Number of entries that are new."""
    oldest_new: datetime | None = None
    """Earliest publication time of the new entries; None if no new entry has a valid time."""
    hints: Hints | None = None
    """Polling hints of the feed; None if the response contains no feed."""
    sitemaps: dict[str, Sitemap] = field(default_factory=dict)
    """`FeedState.sitemaps`, if the response is a sitemap index."""
    by_link: bool = False
    """`Keys.by_link` of the feed, see `newslake.transforms.feeds.entries.keys`."""

    @property
    def failure(self) -> str:
        """Why the poll failed: `fault`, or `http_` and the status; empty if the poll succeeded."""
        return self.fault or ("" if self.status in {200, 304} else f"http_{self.status}")


NAME = "_feeds.sqlite"
"""File name of the store in the lake's folder."""

BUSY_SECONDS = 30
"""Maximum time in seconds to wait while another process writes to the file."""

_COLUMNS = [field.name for field in fields(FeedState)]
_TYPES = get_type_hints(FeedState)
_LAYOUT = ", ".join(_COLUMNS)
_INTO_FEEDS = f"INTO feeds ({_LAYOUT}) VALUES ({', '.join('?' * len(_COLUMNS))})"


class FeedStates:
    """The store of a lake's feed states; a context manager.

    Args:
        path: The SQLite file. It is created if it is missing; its folder must exist.

    Raises:
        Failure: The file is locked or cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        with explained(path, CACHE):
            self._file = self._opened()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        self._file.close()

    def load(self, feeds: Iterable[str]) -> dict[str, FeedState]:
        """Return the states by the URLs in `feeds`; feeds without a state are left out."""
        known = self.all()
        return {
            feed: replace(state, feed=feed, address=state.address or feed)
            for feed in feeds
            if (state := known.get(web_address(feed) or ""))
        }

    def all(self) -> dict[str, FeedState]:
        """Return all states by the feeds' URLs without secrets."""
        return _states(self._file)

    def set_conditions(self, states: Iterable[FeedState]) -> None:
        """Store the conditions of `states`. Store nothing else of a feed that has a state already.

        Unlike `save`, this may be called at any time: of a new feed, it stores no validators.
        """
        columns = ("condition", "since", "follower")
        changes = ", ".join(f"{name} = excluded.{name}" for name in columns)
        none: dict[str, Any] = {"etag": "", "last_modified": "", "body_hash": "", "sitemaps": {}}
        with self._file:
            sql = f"INSERT {_INTO_FEEDS} ON CONFLICT (feed) DO UPDATE SET {changes}"
            self._file.executemany(sql, (_row(replace(state, **none)) for state in states))

    def save(self, states: Iterable[FeedState]) -> None:
        """Store `states` in one transaction. Call this after the feeds' entries are committed."""
        with self._file:
            self._file.executemany(f"REPLACE {_INTO_FEEDS}", map(_row, states))

    def _opened(self) -> sqlite3.Connection:
        """Return a connection to the file; a damaged file is replaced by an empty one.

        Raises:
            sqlite3.Error: The file is locked, or the folder is not writable.
        """
        try:
            return self._prepared()
        except (sqlite3.Error, ValueError, TypeError) as error:
            if isinstance(error, sqlite3.Error) and not is_damaged(error):
                raise
            for suffix in ("", "-wal", "-shm"):
                Path(f"{self._path}{suffix}").unlink(missing_ok=True)
            return self._prepared()

    def _prepared(self) -> sqlite3.Connection:
        file = sqlite3.connect(self._path, timeout=BUSY_SECONDS)
        try:
            file.execute("PRAGMA journal_mode = WAL")
            with file:
                file.execute("BEGIN IMMEDIATE")
                table_info = file.execute("PRAGMA table_info(feeds)")
                if [row[1] for row in table_info] != _COLUMNS:
                    file.execute("DROP TABLE IF EXISTS feeds")
                    file.execute(f"CREATE TABLE feeds ({_LAYOUT}, PRIMARY KEY (feed))")
            _states(file)  # damage may be anywhere in the file
        except BaseException:
            file.close()
            raise
        return file


def known_states(lake: Path) -> dict[str, FeedState]:
    """Return the states of a lake's feeds by URL without secrets; write nothing.

    The result is empty before the first poll, and if the file is damaged or of another version.

    Raises:
        Failure: The file cannot be opened.
    """
    path = lake / NAME
    if not path.exists():
        return {}
    with suppress(sqlite3.OperationalError):
        return _read(path, "mode=ro")
    with explained(path, CACHE):
        return _read(path, "immutable=1")  # a folder without write permission needs this


def states_of(lake: Path, follower: str) -> list[FeedState]:
    """Return the known states of the feeds of one follower, see `FeedState.follower`.

    The result is empty if the file cannot be read.
    """
    with suppress(Failure):
        return [state for state in known_states(lake).values() if state.follower == follower]
    return []


def _read(path: Path, mode: str) -> dict[str, FeedState]:
    try:
        uri = f"{path.absolute().as_uri()}?{mode}"
        with closing(sqlite3.connect(uri, timeout=BUSY_SECONDS, uri=True)) as file:
            return _states(file)
    except (sqlite3.Error, ValueError, TypeError) as error:
        if isinstance(error, sqlite3.Error) and not is_damaged(error):
            raise
        return {}


def _states(file: sqlite3.Connection) -> dict[str, FeedState]:
    rows = file.execute(f"SELECT {_LAYOUT} FROM feeds ORDER BY feed").fetchall()
    return {row[0]: _state(row) for row in rows}


def _row(state: FeedState) -> tuple[Any, ...]:
    """Return a row of the store, without secrets; `load` gets the secrets from the feed list."""
    state = replace(
        state,
        feed=web_address(state.feed) or "",
        address="" if state.address == state.feed else _without_secrets(state.address),
        moved_to=_without_secrets(state.moved_to),
    )
    return tuple(_sql_value(getattr(state, name)) for name in _COLUMNS)


def _without_secrets(address: str) -> str:
    """Return `address` if it contains no secrets, else an empty string."""
    return address if web_address(address) == address else ""


def _sql_value(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    if isinstance(value, dict):
        return json.dumps(value)
    if isinstance(value, Hints):
        seconds = value.interval.total_seconds() if value.interval else None
        return json.dumps([seconds, sorted(value.skip_hours), sorted(value.skip_days)])
    return value


def _state(row: tuple[Any, ...]) -> FeedState:
    values = zip(_COLUMNS, row, strict=True)
    return FeedState(**{name: _value(_TYPES[name], value) for name, value in values})


def _value(kind: Any, value: Any) -> Any:
    if value is None:
        return None
    if isinstance(kind, types.UnionType):
        kind = get_args(kind)[0]
    if get_origin(kind) is dict:
        return {url: Sitemap(*fields) for url, fields in json.loads(value).items()}
    if kind is Hints:
        seconds, hours, days = json.loads(value)
        interval = timedelta(seconds=seconds) if seconds is not None else None
        return Hints(interval, frozenset(hours), frozenset(days))
    return datetime.fromisoformat(value) if kind is datetime else kind(value)
