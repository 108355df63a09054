"""What waits: addresses that a feed announced and that have no outcome yet. The lake alone tells."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from pipelines.views import ask
from schemas.records import Announced

_WAITING = """
WITH settled AS (
    SELECT canonical_url, max(started_at) AS at FROM fetches
    WHERE outcome <> 'waiting' GROUP BY canonical_url
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
    coalesce(any_value(failed.times), 0), any_value(failed.until)
FROM announcements a
LEFT JOIN settled USING (canonical_url) LEFT JOIN failed USING (canonical_url)
WHERE a.content_source = 'page'
    AND (settled.at IS NULL OR (a.revision > 0 AND settled.at < a.seen_at))
GROUP BY a.canonical_url
ORDER BY min(a.seen_at), a.canonical_url
"""
"""An entry whose words changed is fetched anew; one that another feed has announced is not."""


@dataclass(frozen=True)
class Waiting:
    """An address that waits."""

    announced: Announced
    until: datetime | None
    """Not to be asked for before; None if it may be at once."""


def waiting(lake: Path) -> list[Waiting]:
    """Return what waits in `lake`, the longest announced first."""
    rows = ask(lake, lambda connection: connection.execute(_WAITING).fetchall(), None)
    return [Waiting(Announced(*address), until) for *address, until in rows]


def unknown(lake: Path, announcement_ids: Iterable[str]) -> set[str]:
    """Return which of the announcements `lake` does not hold."""
    wanted = list(announcement_ids)
    found = ask(
        lake,
        lambda connection: connection.execute(
            "SELECT announcement_id FROM announcements WHERE announcement_id IN "
            "(SELECT unnest(?::VARCHAR[]))",
            [wanted],
        ).fetchall(),
        None,
    )
    return set(wanted) - {id for (id,) in found}
