"""Times as SQLite keeps them: microseconds since 1970, UTC."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def micros(time: datetime | None) -> int | None:
    """Return a time as a number, None for None."""
    return None if time is None else (time - EPOCH) // timedelta(microseconds=1)


def from_micros(number: int | None) -> datetime | None:
    """Return the time that `micros` made a number of."""
    return None if number is None else EPOCH + timedelta(microseconds=number)
