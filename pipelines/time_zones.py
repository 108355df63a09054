"""The time zone in which times are printed, and the option `--tz`."""

import argparse
from datetime import UTC, datetime, tzinfo
from typing import Any
from zoneinfo import ZoneInfo, available_timezones

from newslake.pipelines.suggestions import similar


def add_time_zone(
    parser: argparse.ArgumentParser, times: str = "printed times", note: str = "SQL computes in UTC"
) -> None:
    """Add the option `--tz`. `times` are those that are in this zone."""
    about = f"time zone of the {times}, such as Europe/Paris; {note}"
    parser.add_argument("--tz", type=time_zone, default="UTC", metavar="ZONE", help=about)


def time_zone(text: str) -> tzinfo:
    """Return the time zone with the IANA name `text`.

    Raises:
        argparse.ArgumentTypeError: there is no such zone, or the machine has no list of zones.
    """
    if text == "UTC":
        return UTC
    if text == "localtime":  # DuckDB lacks this name
        raise argparse.ArgumentTypeError(_problem(text))
    try:
        return ZoneInfo(text)
    except (ValueError, OSError, KeyError) as error:  # KeyError: there is no such zone
        raise argparse.ArgumentTypeError(_problem(text)) from error


def _problem(text: str) -> str:
    zones = available_timezones() - {text}
    if not zones:
        return "this machine has no list of time zones; install the package tzdata"
    cities = {name.rpartition("/")[2]: name for name in sorted(zones)}
    city = similar(text, cities)
    name = similar(text, zones) or (cities[city] if city else None)
    guess = f"; did you mean {name}?" if name else ""
    return f"{text!r} is not a time zone such as Europe/Paris{guess}"


def minute(time: datetime | None, zone: tzinfo) -> str | None:
    """Return `time` in `zone`, to the minute and with the name of the zone; None if there is none.

    >>> minute(datetime(2026, 3, 1, 12, tzinfo=UTC), ZoneInfo("Europe/Paris"))
    '2026-03-01 13:00 CET'
    """
    return f"{time.astimezone(zone):%Y-%m-%d %H:%M %Z}" if time else None


def in_zone(value: Any, zone: tzinfo) -> Any:
    """Return `value` with all its times in `zone`; `value` may be a list, a tuple or an object.

    A time without zone is returned as it is.
    """
    if isinstance(value, datetime):
        return value.astimezone(zone) if value.tzinfo else value
    if isinstance(value, list | tuple):
        return [in_zone(one, zone) for one in value]
    if isinstance(value, dict):
        return {in_zone(key, zone): in_zone(one, zone) for key, one in value.items()}
    return value
