"""Prints pipelines/options.json: the options and arguments of all commands.

python docs/options_json.py > pipelines/options.json
"""

import argparse
import json
import sys
from functools import partial
from typing import Any

from newslake.pipelines.cli import COMMANDS, command_of
from newslake.pipelines.declared import Declared
from newslake.pipelines.parser import Parser

PATHS = {"DIR", "FILE", "FEEDS", "PATH", "OLD", "NEW", "LIST"}
"""The metavars of options and arguments that are paths of files or folders."""


def options_json() -> str:
    """Return the JSON object, with one option per line."""
    commands = []
    for name in COMMANDS:
        command, summary = command_of(name)
        commands += map(_command, command.parser(name, summary).of_commands())
    return "{" + ",".join(commands) + "\n}\n"


def _command(parser: Parser) -> str:
    """Return the member of the JSON object for a command, or for an action such as `feeds list`."""
    actions = [one for one in parser._actions if not isinstance(one, argparse._HelpAction)]
    lines = ["\n  " + json.dumps(_fields(action)) for action in actions]
    return f"\n {json.dumps(parser.command)}: [{','.join(lines)}]"


def _fields(action: argparse.Action) -> dict[str, Any]:
    """Return the fields of `Declared` that differ from their defaults."""
    flags = tuple(action.option_strings)
    name = next((flag[2:] for flag in flags if flag.startswith("--")), action.dest)
    found = Declared(
        name=name.replace("-", "_"),
        kind=_kind(action),
        help=str(action.help).replace("%%", "%"),
        flags=flags,
        nargs="append" if isinstance(action, argparse._AppendAction) else action.nargs,
        choices=tuple(action.choices or ()),
        metavar=action.metavar,
        default=_default(action),
    )
    needed = {"name": found.name, "kind": found.kind, "help": found.help}
    defaults = vars(Declared("", "", ""))
    others = {one: value for one, value in vars(found).items() if value != defaults[one]}
    return needed | others


def _default(action: argparse.Action) -> str:
    if action.nargs == 0:
        return "true" if action.default else "false"
    return "" if action.default is None else str(action.default)


def _kind(action: argparse.Action) -> str:
    if action.nargs == 0:
        return "flag"
    if action.metavar in PATHS:
        return "path"
    convert = action.type
    if isinstance(convert, partial):
        kind = convert.args[0]
    else:
        kind = getattr(convert, "__annotations__", {}).get("return")
    return kind.__name__ if kind in (int, float) else "text"


if __name__ == "__main__":
    sys.stdout.write(options_json())
