"""Who was first."""

from datetime import UTC, datetime

_LATEST = datetime.max.replace(tzinfo=UTC)

Order = tuple[datetime, datetime, str]


def order(published_at: datetime | None, seen_at: datetime | None, id: str) -> Order:
    """Return a key that sorts by time of publication, then of fetching, then by id; unknown last."""
    return published_at or _LATEST, seen_at or _LATEST, id
