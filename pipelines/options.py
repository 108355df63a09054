"""Builds command-line options from the fields of the stages that have an `Option`."""

import argparse
import json
from collections.abc import Collection, Iterable, Sequence
from dataclasses import fields
from functools import partial
from typing import Any, get_type_hints

from newslake.pipelines.values import checked, number
from newslake.schemas.column import without_none
from newslake.schemas.partitions import MAX_PARTITIONS, UNITS
from newslake.schemas.reasons import REJECTS_VERSION
from newslake.transforms.failure import WrongUse
from newslake.transforms.option import Option


class WrongOption(WrongUse):
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

    The default `needs` maps an option to the option without which it has no effect.

    Raises:
        argparse.ArgumentError: two stages have a field of the same name.
    """
    needs = {}
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
                if option.needs:
                    needs[name] = option.needs
    parser.set_defaults(needs=needs)


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
        check = partial(checked, option.check)
        return {"type": check, "metavar": option.metavar or "TEXT"}
    parse = partial(number, kind, minimum=option.minimum, maximum=option.maximum)
    return {"type": parse, "metavar": option.metavar or "N"}


def configured(stages: Sequence[type], arguments: argparse.Namespace) -> list[Any]:
    """Return an instance of each of `stages` with the values from the command line."""
    return [
        stage(**{name: getattr(arguments, name) for name in options_of(stage)}) for stage in stages
    ]


def refuse_given(arguments: argparse.Namespace, names: Iterable[str], reason: str) -> None:
    """Refuse options that would have no effect.

    Raises:
        WrongOption: one of the options `names` was given; the message ends with `reason`.
    """
    for name in names:
        if name in arguments.given:
            raise WrongOption(f"{arguments.given[name]} has no effect {reason}")


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
