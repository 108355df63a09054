"""Builds command-line options from the fields of the stages that have an `Option`."""

import argparse
import json
import math
import re
import sys
from collections.abc import Collection, Iterable, Sequence
from contextlib import suppress
from dataclasses import fields
from datetime import timedelta
from functools import partial
from typing import Any, TypeVar, get_type_hints

from newslake.schemas.column import without_none
from newslake.schemas.partitions import MAX_PARTITIONS, UNITS
from newslake.schemas.reasons import REJECTS_VERSION
from newslake.transforms.option import Option

N = TypeVar("N", int, float)


class WrongOption(ValueError):
    """Wrong use of the command line; the message is shown to the user."""


def flag(name: str) -> str:
    """Return the name of the option for the field `name`."""
    return "--" + name.replace("_", "-")


def options_of(stage: type) -> dict[str, tuple[type, Option]]:
    """Return the type and the `Option` of each field of `stage` that is an option."""
    hints = get_type_hints(stage, include_extras=True)
    return {
        field.name: (hints[field.name].__origin__, option)
        for field in fields(stage)
        for option in getattr(hints[field.name], "__metadata__", ())
        if isinstance(option, Option)
    }


def add_options(
    parser: argparse.ArgumentParser, stages: Sequence[type], without: Collection[str] = ()
) -> None:
    """Add the options of `stages`, one group per stage. Skip the fields with names in `without`.

    Raises:
        argparse.ArgumentError: two stages have a field of the same name.
    """
    for stage in stages:
        group = parser.add_argument_group(f"{stage.__name__.removesuffix('Options')} options")
        for name, (kind, option) in options_of(stage).items():
            if name not in without:
                group.add_argument(
                    flag(name),
                    default=getattr(stage, name),
                    help=option.help.replace("%", "%%"),
                    **_type_arguments(kind, option),
                )


def add_partition(parser: argparse.ArgumentParser, default: str | None = None) -> None:
    """Add the option `--partition`, the unit of a new lake's partitions; `default` is for its help."""
    default = default or (
        f"day, but month if the first commit has rows of more than {MAX_PARTITIONS} days, and year "
        f"if it has rows of more than {MAX_PARTITIONS} months"
    )
    about = f"partition a new lake by day, month or year; default: {default}"
    parser.add_argument("--partition", choices=UNITS, metavar="UNIT", help=about)


def _type_arguments(kind: type, option: Option) -> dict[str, Any]:
    """Return the arguments of `add_argument` for the values of an option of type `kind`."""
    kind, _ = without_none(kind)
    if kind is bool:
        return {"action": argparse.BooleanOptionalAction}
    if kind is str:
        return {"metavar": option.metavar or "TEXT"}
    parse = partial(_parse, kind, minimum=option.minimum, maximum=option.maximum)
    return {"type": parse, "metavar": option.metavar or "N"}


def configured(stages: Sequence[type], arguments: argparse.Namespace) -> list[Any]:
    """Return an instance of each of `stages` with the values from the command line."""
    return [
        stage(**{name: getattr(arguments, name) for name in options_of(stage)}) for stage in stages
    ]


def configuration(stages: Sequence[Any]) -> dict[str, dict[str, Any]]:
    """Return the options of all stages with their values, by stage name."""
    return {
        type(stage).__name__: {name: getattr(stage, name) for name in options_of(type(stage))}
        for stage in stages
    }


def reject_settings(stages: Iterable[Any]) -> str:
    """Return the value of `rejects.settings` for a run with these stages, as a JSON object.

    An option with its default is left out. Therefore `follow`, and `backfill` over the archive of
    `follow`, have the same settings, although they read their documents with different stages.
    """
    values = {
        name: value
        for stage in stages
        for name, (_, option) in options_of(type(stage)).items()
        if option.can_reject and (value := getattr(stage, name)) != getattr(type(stage), name)
    }
    return json.dumps({"version": REJECTS_VERSION, **values}, sort_keys=True)


class HelpFormatter(argparse.RawDescriptionHelpFormatter):
    """Adds the default of each option to its help text."""

    def _get_help_string(self, action: argparse.Action) -> str | None:
        default = default_of(action).replace("%", "%%")
        return f"{action.help} (default: {default})" if default else action.help


def default_of(action: argparse.Action) -> str:
    """Return the default of an option as a user types it.

    The result is empty if the option has no default, or if the help text names the default.
    """
    if isinstance(action, argparse.BooleanOptionalAction):
        return action.option_strings[not action.default]
    if action.nargs == 0 or action.default is None or "default:" in (action.help or ""):
        return ""
    return str(action.default)


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
    bounds = (
        f"from {minimum} to {maximum}" if maximum < sys.float_info.max else f"of at least {minimum}"
    )
    raise argparse.ArgumentTypeError(f"{text!r} is not a {what} {bounds}")
