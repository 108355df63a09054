"""The command line, made of the stages: an option is a field, its help the string below it."""

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
    """An option that cannot be; its message is for the user."""


def flag(name: str) -> str:
    """Return the option for the field `name`."""
    return "--" + name.replace("_", "-")


def add_options(parser: argparse.ArgumentParser, stages: Sequence[type]) -> None:
    """Add an option for every field of `stages`, grouped by stage.

    Raises:
        argparse.ArgumentError: two stages have a field of the same name.
    """
    for stage in stages:
        hints, docs = get_type_hints(stage), field_docs(stage)
        group = parser.add_argument_group(f"options of {stage.__name__}")
        for field in fields(stage):
            kind = hints[field.name]
            if isinstance(kind, types.UnionType):
                kind = next(part for part in get_args(kind) if part is not types.NoneType)
            group.add_argument(
                flag(field.name),
                default=None if field.default is MISSING else field.default,
                help=docs[field.name].replace("%", "%%"),
                **_parsing(kind),
            )


def _parsing(kind: type) -> dict[str, Any]:
    """Return how argparse reads a value of that type: counts are positive, fractions are shares."""
    if kind is bool:
        return {"action": argparse.BooleanOptionalAction}
    parse = {int: positive, float: share}.get(kind, kind)
    return {"type": parse, "metavar": kind.__name__.upper()}


def configured(stage: type[T], arguments: argparse.Namespace) -> T:
    """Return `stage` with the values that the user gave, or its defaults."""
    return stage(**{field.name: getattr(arguments, field.name) for field in fields(stage)})  # type: ignore[arg-type]


def configuration(stages: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """Return every option of every stage with its value, by name of the stage."""
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
        argparse.ArgumentTypeError: it is none, or no time at all.
    """
    found = _DURATION.fullmatch(text)
    units = {name: int(number) for name, number in found.groupdict("0").items()} if found else {}
    time = timedelta(**units)
    if not time:
        raise argparse.ArgumentTypeError(f"{text!r} is no time such as 90s, 10m, 1h30m or 7d")
    return time


_DURATION = re.compile(
    r"(?:(?P<days>\d{1,5})d)?(?:(?P<hours>\d{1,5})h)?(?:(?P<minutes>\d{1,5})m)?(?:(?P<seconds>\d{1,5})s)?"
)


def _parse(kind: type[N], text: str, least: float, most: float) -> N:
    """Parse a number within bounds.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    with suppress(ValueError):
        number = kind(text)
        if least <= number <= most:
            return number
    what = "whole number" if kind is int else "number"
    bounds = f"from {least} to {most}" if most <= 1 else f"of at least {least}"
    raise argparse.ArgumentTypeError(f"{text!r} is no {what} {bounds}")
