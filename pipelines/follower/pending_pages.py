"""Queries for pending pages (announced, without an outcome) and for new announcements in a lake."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from newslake.pipelines.sql.views import run_query
from newslake.schemas.records import PageRequest
from newslake.schemas.rows import Announcement

_PENDING = """
WITH settled AS (
    SELECT canonical_url, max(started_at) AS at FROM fetches
    WHERE kind = 'page' AND outcome <> 'waiting' GROUP BY canonical_url
), failed AS (
    SELECT canonical_url, count(*) AS times, max(wait_until) AS until
    FROM fetches LEFT JOIN settled USING (canonical_url)
    WHERE outcome = 'waiting' AND (settled.at IS NULL OR started_at > settled.at)
    GROUP BY canonical_url
)
SELECT
    arg_min(a.url, (a.seen_at, a.announcement_id)), a.canonical_url,
    arg_min(a.feed, (a.seen_at, a.announcement_id)),
    arg_min(a.entry_id, (a.seen_at, a.announcement_id)),
    min(a.published_at),
    coalesce(any_value(failed.times), 0), any_value(failed.until)
FROM announcements a
LEFT JOIN settled USING (canonical_url) LEFT JOIN failed USING (canonical_url)
WHERE a.content_source = 'page'
    AND (settled.at IS NULL OR (a.revised AND settled.at < a.seen_at))
GROUP BY a.canonical_url
ORDER BY min(a.seen_at), a.canonical_url
"""
"""Query for pending pages.

A revised entry makes its page pending again; an announcement by another feed does not.
"""

_VERSIONS = """
SELECT feed, entry_id, list(version) FROM announcements
WHERE entry_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY feed, entry_id
"""

_FINISHED = """
SELECT DISTINCT canonical_url FROM fetches
WHERE kind = 'page' AND outcome <> 'waiting' AND canonical_url IN (SELECT unnest(?::VARCHAR[]))
"""

MAX_VERSIONS = 25
"""Maximum number of versions of an entry that are announced."""


@dataclass(frozen=True)
class PendingPage:
    """A page that has been announced and has no outcome yet."""

    page_request: PageRequest
    until: datetime | None
    """Earliest time of the next request; None means immediately."""


def pending_pages(lake: Path) -> list[PendingPage]:
    """Return the pending pages of `lake`, oldest announcement first."""
    rows = _rows(lake, _PENDING)
    return [PendingPage(PageRequest(*address), until) for *address, until in rows]


def new_announcements(lake: Path, announcements: Sequence[Announcement]) -> list[Announcement]:
    """Return the announcements that `lake` does not contain.

    `revised` is set if the lake contains another version of the entry. An entry with `MAX_VERSIONS`
    versions is skipped: it probably changes at every poll.
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


def _rows(lake: Path, sql: str, *values: list[str]) -> list[Any]:
    return run_query(
        lake,
        lambda connection: connection.execute(sql, values).fetchall(),
        as_of=None,
        tables=("announcements", "fetches"),
    )
