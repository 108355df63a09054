"""The values of partitions: the first day of a day, a month or a year, such as `2026-03-01`."""

from datetime import UTC, date, datetime, time

UNITS = ("day", "month", "year")
"""The units by which a lake can be partitioned, from the finest to the coarsest."""

MAX_PARTITIONS = 60
"""If possible, the first commit of a lake fills at most this number of partitions per table."""

NO_DATE = date(1900, 1, 1)
"""Partition value of rows without a date. It is a date, so that every engine can read it."""


def first_day(day: date, unit: str) -> date:
    """Return the first day of the day, month or year (`unit`) that contains `day`."""
    return {"day": day, "month": day.replace(day=1), "year": day.replace(month=1, day=1)}[unit]


def unit_for(days: set[date]) -> str:
    """Return the finest unit of which `days` fill `MAX_PARTITIONS` or fewer; otherwise the year."""
    counts = {unit: len({first_day(day, unit) for day in days}) for unit in UNITS}
    return next((unit for unit in UNITS if counts[unit] <= MAX_PARTITIONS), UNITS[-1])


def coarsened(partition: str, unit: str) -> str:
    """Return the name of the partition of `unit` that contains `partition`.

    >>> coarsened("published_date=2026-03-17", "month")
    'published_date=2026-03-01'
    """
    key, _, day = partition.partition("=")
    return f"{key}={first_day(date.fromisoformat(day), unit)}"


def times_of(first: date, last: date) -> tuple[datetime, datetime]:
    """Return the first and the last microsecond of the days from `first` to `last`, in UTC."""
    return datetime.combine(first, time.min, UTC), datetime.combine(last, time.max, UTC)
