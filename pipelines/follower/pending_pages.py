"""What waits: addresses that a feed announced and that have no outcome yet. The lake alone tells."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from newslake.pipelines.sql.views import ask
from newslake.schemas.records import PageRequest
from newslake.schemas.rows import Announcement

_WAITING = """
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
"""An entry whose words changed is fetched anew; one that another feed has announced is not."""


_HELD = """
SELECT feed, entry_id, list(version) FROM announcements
WHERE entry_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY feed, entry_id
"""

_SETTLED = """
SELECT DISTINCT canonical_url FROM fetches
WHERE kind = 'page' AND outcome <> 'waiting' AND canonical_url IN (SELECT unnest(?::VARCHAR[]))
"""

MAX_VERSIONS = 25
"""So often is an entry announced, at most."""


@dataclass(frozen=True)
class PendingPage:
    """An address that waits."""

    page_request: PageRequest
    until: datetime | None
    """Not to be asked for before; None if it may be at once."""


def pending_pages(lake: Path) -> list[PendingPage]:
    """Return what waits in `lake`, the longest announced first."""
    rows = _rows(lake, _WAITING)
    return [PendingPage(PageRequest(*address), until) for *address, until in rows]


def new_announcements(lake: Path, announcements: Sequence[Announcement]) -> list[Announcement]:
    """Return those that `lake` does not hold; of entries that it holds in other versions, as revised.

    An entry that has changed `MAX_VERSIONS` times changes with the time of day: it is left alone.
    """
    if not announcements:
        return []
    held = {
        (feed, entry_id): set(versions)
        for feed, entry_id, versions in _rows(
            lake, _HELD, sorted({one.entry_id for one in announcements})
        )
    }
    found = []
    for one in announcements:
        versions = held.get((one.feed, one.entry_id), set())
        if one.version not in versions and len(versions) < MAX_VERSIONS:
            found.append(replace(one, revised=bool(versions)))
    return found


def finished(lake: Path, canonical_urls: Sequence[str]) -> set[str]:
    """Return which of the addresses have an outcome in `lake`."""
    if not canonical_urls:
        return set()
    return {url for (url,) in _rows(lake, _SETTLED, list(canonical_urls))}


def _rows(lake: Path, sql: str, *values: list[str]) -> list[Any]:
    return ask(
        lake,
        lambda connection: connection.execute(sql, values).fetchall(),
        as_of=None,
        tables=("announcements", "fetches"),
    )
