"""Command-line options built from dataclass fields; the help text is the string below the field."""

import argparse
import math
import re
import sys
import types
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import MISSING, fields
from datetime import timedelta
from typing import Any, TypeVar, get_args, get_type_hints

from newslake.schemas.record import field_docs

T = TypeVar("T")
N = TypeVar("N", int, float)


class WrongOption(ValueError):
    """Wrong use of the command line; the message is shown to the user."""


def flag(name: str) -> str:
    """Return the name of the option for the field `name`."""
    return "--" + name.replace("_", "-")


def add_options(parser: argparse.ArgumentParser, stages: Sequence[type]) -> None:
    """Add one option per field of `stages`, grouped by stage.

    Raises:
        argparse.ArgumentError: two stages have a field of the same name.
    """
    for stage in stages:
        hints, docs = get_type_hints(stage), field_docs(stage)
        group = parser.add_argument_group(f"{stage.__name__.removesuffix('Options')} options")
        for field in fields(stage):
            kind = hints[field.name]
            if isinstance(kind, types.UnionType):
                kind = next(part for part in get_args(kind) if part is not types.NoneType)
            group.add_argument(
                flag(field.name),
                default=None if field.default is MISSING else field.default,
                help=docs[field.name].replace("%", "%%"),
                **_type_arguments(kind),
            )


def _type_arguments(kind: type) -> dict[str, Any]:
    """Return the arguments of `add_argument` for a field of type `kind`.

    An int must be at least 1, and a float must be between 0 and 1.
    """
    if kind is bool:
        return {"action": argparse.BooleanOptionalAction}
    parse = {int: positive, float: share}.get(kind, kind)
    return {"type": parse, "metavar": kind.__name__.upper()}


def configured(stage: type[T], arguments: argparse.Namespace) -> T:
    """Return an instance of `stage` with the values from the command line, or the defaults."""
    return stage(**{field.name: getattr(arguments, field.name) for field in fields(stage)})  # type: ignore[arg-type]


def configuration(stages: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """Return the options of all stages with their values, by stage name."""
    return {
        type(stage).__name__: {field.name: getattr(stage, field.name) for field in fields(stage)}
        for stage in stages
    }


def positive(text: str) -> int:
    """Parse a whole number of at least 1."""
    return _parse(int, text, 1, math.inf)


def not_negative(text: str) -> int:
    """Parse a whole number of at least 0."""
    return _parse(int, text, 0, math.inf)


def amount(text: str) -> float:
    """Parse a number of at least 0."""
    return _parse(float, text, 0, sys.float_info.max)


def share(text: str) -> float:
    """Parse a number from 0 to 1."""
    return _parse(float, text, 0, 1)


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


def _parse(kind: type[N], text: str, minimum: float, maximum: float) -> N:
    """Parse a number from `minimum` to `maximum`, both included.

    Raises:
        argparse.ArgumentTypeError: the text is not a number, or the number is out of range.
    """
    with suppress(ValueError):
        number = kind(text)
        if minimum <= number <= maximum:
            return number
    what = "whole number" if kind is int else "number"
    bounds = f"from {minimum} to {maximum}" if maximum <= 1 else f"of at least {minimum}"
    raise argparse.ArgumentTypeError(f"{text!r} is not a {what} {bounds}")
