"""Print the settings of all commands, and where each one is set."""

import argparse
import shlex
from collections.abc import Iterator
from dataclasses import asdict, dataclass

from newslake.pipelines.cli import COMMANDS, command_of
from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.table_output import table
from newslake.pipelines.declared import settable
from newslake.pipelines.settings import FILE, PREFIX, settings, without_secrets

EXAMPLES = f"""\
examples:
  newslake config                          the settings in {FILE} and in the environment
  newslake config --config other.toml      those in another file
  {PREFIX}LAKE=lake newslake config --json

An option of the command line wins over an environment variable, which wins over the file, which wins
over the default. The option --max-html-mb is the key max_html_mb in the file, and the variable
{PREFIX}MAX_HTML_MB. Both apply to each command with this option. The table [follow] of the file, and
variables such as {PREFIX}FOLLOW_MAX_HTML_MB, apply to one command. Relative paths in the file are
relative to its folder. FEEDS of `newslake follow` is the key feeds. The result has no passwords and
tokens of URLs.
"""

DEFAULT = "default"
"""The origin of a value that is not set."""


@dataclass(frozen=True)
class Value:
    """The value of an option in some commands."""

    option: str
    value: str | None
    """As on the command line, without secrets; None if the option has no value."""
    origin: str
    commands: list[str]


def run(arguments: argparse.Namespace) -> int:
    """Check the settings of all commands and print them; return the exit code.

    Raises:
        WrongOption: a name or a value is wrong.
    """
    found = values(arguments.config)
    if arguments.json:
        terminal.print_json({"settings": [asdict(one) for one in found]})
        return 0
    takers: dict[str, int] = {}
    for one in found:
        takers[one.option] = takers.get(one.option, 0) + 1
    rows = [
        (
            one.option,
            one.value,
            one.origin,
            "" if takers[one.option] == 1 else ", ".join(one.commands),
        )
        for one in found
    ]
    table(("option", "value", "set in", "only for"), rows)
    return 0


def values(config: str | None) -> list[Value]:
    """Return the values of all options, those that are set first.

    Raises:
        WrongOption: see `run`.
    """
    commands: dict[tuple[str, str | None, str], list[str]] = {}
    for command, name, value, origin in _values(config and str(config)):
        commands.setdefault((name, value, origin), []).append(command)
    found = [Value(*key, commands=names) for key, names in commands.items()]
    return sorted(found, key=lambda one: (one.origin == DEFAULT, one.option))


def _values(config: str | None) -> Iterator[tuple[str, str, str | None, str]]:
    """Yield command, option, value and origin."""
    for name in COMMANDS:
        command, summary = command_of(name)
        for parser in command.parser(name, summary).of_commands():
            found = settings(parser.command, config)
            parser.apply(found.values(), argparse.Namespace(given={}))
            for option in settable()[parser.command].values():
                if one := found.get(option.name):
                    words = [without_secrets(word) for word in one.words]
                    value = words[0] if len(words) == 1 else shlex.join(words)
                    yield parser.command, option.name, value, one.origin
                else:
                    yield parser.command, option.name, option.default or None, DEFAULT


COMMAND = Command(run, EXAMPLES, lake=None)
