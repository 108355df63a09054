"""Document times: the sort key of originals, and the integers that SQLite stores."""

from datetime import UTC, datetime, timedelta

_LATEST = datetime.max.replace(tzinfo=UTC)

Order = tuple[datetime, datetime, str]


def order(published_at: datetime | None, seen_at: datetime | None, id: str) -> Order:
    """Return a sort key: publication time, then fetch time, then id; unknown times are last."""
    return published_at or _LATEST, seen_at or _LATEST, id


EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(time: datetime | None) -> int | None:
    """Return a time in microseconds since 1970; None for None."""
    return None if time is None else (time - EPOCH) // timedelta(microseconds=1)


def from_micros(number: int | None) -> datetime | None:
    """Return the time `number` microseconds after the start of 1970; the inverse of `micros`."""
    return None if number is None else EPOCH + timedelta(microseconds=number)
