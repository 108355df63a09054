"""Parse the values of options. Each function returns the value, or raises ArgumentTypeError."""

import argparse
import re
from collections.abc import Callable
from contextlib import suppress
from datetime import date, timedelta
from pathlib import Path
from typing import TypeVar

from newslake.transforms.local_path import local_folder, local_path
from newslake.transforms.option import LARGEST

N = TypeVar("N", int, float)

MAX_WORKERS = 1_000
"""Maximum number of worker processes."""


def given_text(text: str) -> str:
    """Return `text`, which must not be empty: an empty text may come from an unset variable."""
    if not text.strip():
        raise argparse.ArgumentTypeError("the value is empty")
    return text


def folder(text: str) -> str:
    """Return the local path `text`. It must not be empty, a URL or a file."""
    return checked(local_folder, text)


def file(text: str) -> Path:
    """Return the local path `text` as a Path. It must not be empty, a URL or `-`."""
    if text == "-":
        raise argparse.ArgumentTypeError("- is not a file; for a file of this name, use ./-")
    return Path(checked(local_path, text))


def checked(check: Callable[[str], str], text: str) -> str:
    """Return `check(text)`.

    Raises:
        argparse.ArgumentTypeError: `check` refuses the text.
    """
    try:
        return check(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def day(text: str) -> date:
    """Parse a day such as `2026-03-01`."""
    with suppress(ValueError):
        return date.fromisoformat(text)
    raise argparse.ArgumentTypeError(f"{text!r} is not a day such as 2026-03-01")


def not_negative(text: str) -> int:
    """Parse a whole number of at least 0."""
    return number(int, text, 0, LARGEST)


def amount(text: str) -> float:
    """Parse a number of at least 0."""
    return number(float, text, 0, LARGEST)


def share(text: str) -> float:
    """Parse a number from 0 to 1."""
    return number(float, text, 0, 1)


def duration(text: str) -> timedelta:
    """Parse a time such as `90s`, `10m`, `1h30m` or `7d`.

    >>> duration("1h30m")
    datetime.timedelta(seconds=5400)

    Raises:
        argparse.ArgumentTypeError: the text is not a duration, or the duration is 0.
    """
    found = _DURATION.fullmatch(text)
    units = {name: int(number) for name, number in found.groupdict("0").items()} if found else {}
    time = timedelta(**units)
    if not time:
        raise argparse.ArgumentTypeError(
            f"{text!r} is not a duration such as 90s, 10m, 1h30m or 7d"
        )
    return time


_DURATION = re.compile(
    r"(?:(?P<days>\d{1,5})d)?(?:(?P<hours>\d{1,5})h)?(?:(?P<minutes>\d{1,5})m)?(?:(?P<seconds>\d{1,5})s)?"
)


def number(kind: type[N], text: str, minimum: float, maximum: float) -> N:
    """Parse a number from `minimum` to `maximum`, both included.

    Raises:
        argparse.ArgumentTypeError: the text is not a number, or the number is out of range.
    """
    with suppress(ValueError):
        number = kind(text)
        if minimum <= number <= maximum:
            return number
    what = "whole number" if kind is int else "number"
    raise argparse.ArgumentTypeError(f"{text!r} is not a {what} from {minimum} to {maximum}")


def workers(text: str) -> int:
    """Parse the value of `--workers`."""
    return number(int, text, minimum=1, maximum=MAX_WORKERS)
