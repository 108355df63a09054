"""Times of documents: as a key that sorts them, and as SQLite stores them."""

from datetime import UTC, datetime, timedelta

_LATEST = datetime.max.replace(tzinfo=UTC)

Order = tuple[datetime, datetime, str]


def order(published_at: datetime | None, seen_at: datetime | None, id: str) -> Order:
    """Return a key that sorts by time of publication, then of fetching, then by id; unknown last."""
    return published_at or _LATEST, seen_at or _LATEST, id


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(time: datetime | None) -> int | None:
    """Return a time as a number, None for None."""
    return None if time is None else (time - EPOCH) // timedelta(microseconds=1)


def from_micros(number: int | None) -> datetime | None:
    """Return the time that `micros` made a number of."""
    return None if number is None else EPOCH + timedelta(microseconds=number)
