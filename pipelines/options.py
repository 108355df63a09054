"""The command line, made of the stages: an option is a field, its help the string below it."""

import argparse
import types
from collections.abc import Sequence
from dataclasses import MISSING, fields
from typing import Any, TypeVar, get_args, get_type_hints

from schemas.record import field_docs

T = TypeVar("T")


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
    """Return how argparse reads a value of that type."""
    if kind is bool:
        return {"action": argparse.BooleanOptionalAction}
    return {"type": kind, "metavar": kind.__name__.upper()}


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
    """Parse a whole number of at least 1.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        number = int(text)
    except ValueError:
        number = 0
    if number < 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no whole number of at least 1")
    return number


def share(text: str) -> float:
    """Parse a number from 0 to 1.

    Raises:
        argparse.ArgumentTypeError: it is none.
    """
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if not 0 <= number <= 1:
        raise argparse.ArgumentTypeError(f"{text!r} is no number from 0 to 1")
    return number
