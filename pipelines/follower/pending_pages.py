"""Query a lake for pending pages (announced, but without an outcome) and new announcements."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import duckdb

from newslake.pipelines.sql import read_sql
from newslake.pipelines.sql.views import run_query
from newslake.schemas.records import PageRequest
from newslake.schemas.rows import Announcement
from newslake.transforms.fetch.fetch_page import site
from newslake.transforms.fetch.visitor import Rest

_VERSIONS = """
SELECT feed, entry_id, list(version) FROM announcements
WHERE entry_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY feed, entry_id
"""

_FINISHED = """
SELECT DISTINCT canonical_url FROM fetches
WHERE kind = 'page' AND outcome <> 'waiting' AND canonical_url IN (SELECT unnest(?::VARCHAR[]))
"""

_STORED = """
SELECT announcement_id FROM announcements WHERE announcement_id IN (SELECT unnest(?::VARCHAR[]))
"""

_OF_OTHER_FEEDS = "DELETE FROM pending WHERE feed NOT IN (SELECT unnest(?::VARCHAR[]))"
_DUE = "SELECT origin, count(*), min(due_since) FROM pending WHERE due_since <= ? GROUP BY origin"
_WAITING = "SELECT count(*), min(due_since) FILTER (due_since > ?) FROM pending"

Rests = Callable[[Iterable[str]], Mapping[str, Rest]]
"""Returns how long hosts must be left alone, by origin, without the hosts that have the usual pace."""

MAX_VERSIONS = 25
"""Maximum number of announced versions per entry."""


def no_rests(origins: Iterable[str]) -> Mapping[str, Rest]:
    """Return that all hosts have the usual pace."""
    return {}


@dataclass(frozen=True)
class PendingPages:
    """The pages that have been announced and have no outcome yet."""

    waiting: int = 0
    """Number of all pending pages."""
    due: int = 0
    """Number of pending pages that may be fetched now; the others wait for a retry."""
    due_since: Mapping[str, datetime] = field(default_factory=dict)
    """For each origin with due pages, the time since which the first of these pages is due."""
    next_due: datetime | None = None
    """Time when further pages may be fetched: the next retry, or the end of the next pause of a host;
    None if there is neither."""
    next: tuple[PageRequest, ...] = ()
    """Due pages in the order of their turns, up to the limits."""

    def behind(self, now: datetime, backing_off: Collection[str]) -> timedelta:
        """Return the age of the oldest due page, without the pages of the origins `backing_off`."""
        due = (since for origin, since in self.due_since.items() if origin not in backing_off)
        return max(now - min(due, default=now), timedelta())


def pending_pages(
    lake: Path,
    now: datetime,
    per_site: int,
    total: int,
    excluded: Collection[str] = (),
    feeds: Collection[str] | None = None,
    rests: Rests = no_rests,
    period: timedelta = timedelta(),
) -> PendingPages:
    """Return the pending pages of `lake`.

    Args:
        lake: The folder of the lake.
        now: The current time.
        per_site: Maximum number of pages of one site in `PendingPages.next`.
        total: Maximum number of pages in `PendingPages.next`.
        excluded: Canonical URLs of pages that are not in `PendingPages.next`.
        feeds: URLs, without secrets, of the feeds whose pages are returned; None means all feeds.
        rests: Returns how long hosts must be left alone. A host that pauses has no page in
            `PendingPages.next`; a host with a crawl delay has those for which there is time in a period.
        period: Time between two commits.
    """
    pending, next_pages = read_sql("pending_pages"), read_sql("next_pages")
    limits = {"now": now, "excluded": list(excluded), "per_site": per_site, "total": total}

    def query(tables: duckdb.DuckDBPyConnection) -> PendingPages:
        tables.create_function("site_of", site, ["VARCHAR"], "VARCHAR")
        tables.execute(pending)
        if feeds is not None:
            tables.execute(_OF_OTHER_FEEDS, [list(feeds)])
        [(waiting, next_due)] = tables.execute(_WAITING, [now]).fetchall()
        due = tables.execute(_DUE, [now]).fetchall()
        resting = rests([origin for origin, _, _ in due])
        most = {
            origin: 0 if rest.until else max(int(period.total_seconds() / rest.delay), 1)
            for origin, rest in resting.items()
        }
        slow = {"slow": list(most), "most": list(most.values())}
        pages = tables.execute(next_pages, limits | slow).fetchall()
        times = [next_due, *(rest.until for rest in resting.values())]
        return PendingPages(
            waiting,
            sum(count for _, count, _ in due),
            {origin: since for origin, _, since in due},
            min((time for time in times if time), default=None),
            tuple(PageRequest(*page) for page in pages),
        )

    return run_query(lake, query, sql=pending)


def new_announcements(lake: Path, announcements: Sequence[Announcement]) -> list[Announcement]:
    """Return the announcements that `lake` does not contain.

    `revised` is set if the lake contains another version of the entry. If an entry already has
    `MAX_VERSIONS` versions, it is skipped: it probably changes at every poll.
    """
    if not announcements:
        return []
    stored = {
        (feed, entry_id): set(versions)
        for feed, entry_id, versions in _rows(
            lake, _VERSIONS, sorted({one.entry_id for one in announcements})
        )
    }
    new = []
    for announcement in announcements:
        versions = stored.get((announcement.feed, announcement.entry_id), set())
        if announcement.version not in versions and len(versions) < MAX_VERSIONS:
            new.append(replace(announcement, revised=bool(versions)))
    return new


def finished(lake: Path, canonical_urls: Sequence[str]) -> set[str]:
    """Return the URLs whose pages have an outcome in `lake`."""
    if not canonical_urls:
        return set()
    return {url for (url,) in _rows(lake, _FINISHED, list(canonical_urls))}


def stored_announcements(lake: Path, ids: Sequence[str]) -> set[str]:
    """Return those of the announcement `ids` that `lake` contains."""
    if not ids:
        return set()
    return {announcement_id for (announcement_id,) in _rows(lake, _STORED, list(ids))}


def _rows(lake: Path, sql: str, *values: list[str]) -> list[Any]:
    return run_query(lake, lambda tables: tables.execute(sql, values).fetchall(), sql=sql)
