"""Query a lake for pending pages (announced, but without an outcome) and new announcements."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import Any

from newslake.pipelines.sql import read_sql
from newslake.pipelines.sql.views import run_query
from newslake.schemas.records import PageRequest
from newslake.schemas.rows import Announcement

_VERSIONS = """
SELECT feed, entry_id, list(version) FROM announcements
WHERE entry_id IN (SELECT unnest(?::VARCHAR[])) GROUP BY feed, entry_id
"""

_FINISHED = """
SELECT DISTINCT canonical_url FROM fetches
WHERE kind = 'page' AND outcome <> 'waiting' AND canonical_url IN (SELECT unnest(?::VARCHAR[]))
"""

MAX_VERSIONS = 25
"""Maximum number of announced versions per entry."""


@dataclass(frozen=True)
class PendingPage:
    """A page that has been announced and has no outcome yet."""

    page_request: PageRequest
    until: datetime | None
    """Earliest time of the next request; None means immediately."""


def pending_pages(lake: Path) -> list[PendingPage]:
    """Return the pending pages of `lake`, oldest announcement first."""
    rows = _rows(lake, read_sql("pending_pages"))
    return [PendingPage(PageRequest(*address), until) for *address, until in rows]


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


def _rows(lake: Path, sql: str, *values: list[str]) -> list[Any]:
    return run_query(lake, lambda tables: tables.execute(sql, values).fetchall(), sql=sql)
