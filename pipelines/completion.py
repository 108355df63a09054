"""Completion of command lines in bash, zsh and fish, by argcomplete.

For each key, the shell starts newslake with the variable `_ARGCOMPLETE`. `complete` then prints the
possible words. It builds its parsers from `newslake.pipelines.declared`, which does not import Beam.
"""

import argparse
import os
import re
from collections.abc import Iterable, Mapping, Sequence
from pathlib import Path
from typing import Any

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.declared import Declared, declared

SHELLS = ("bash", "zsh", "fish")

EXAMPLES = """\
examples:
  eval "$(newslake completion bash)"        in ~/.bashrc
  eval "$(newslake completion zsh)"         in ~/.zshrc, after `autoload -U compinit && compinit`
  newslake completion fish > ~/.config/fish/completions/newslake.fish

Completion knows commands, options and their values, tables, views and columns in the SQL of
`newslake query`, and the feeds in a list, for example for `newslake feeds remove feeds.opml`.
"""

VIEW_COLUMNS = Path(__file__).parent / "sql" / "view_columns.json"
"""The columns of the views, which only DuckDB knows. `make docs` generates the file."""

_FRAGMENT = re.compile(r"[A-Za-z_][A-Za-z_0-9]*$")
_AFTER_TABLE_WORD = re.compile(r"\b(from|join|describe)\s+$", re.IGNORECASE)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    about = f"the shell: {', '.join(SHELLS)}"
    parser.add_argument("shell", choices=SHELLS, metavar="SHELL", help=about)


def run(arguments: argparse.Namespace) -> int:
    """Print the script for the shell; return the exit code."""
    from argcomplete.shell_integration import shellcode  # only for completion

    terminal.print_line(shellcode(["newslake"], shell=arguments.shell).strip())
    return 0


def complete(summaries: Mapping[str, str]) -> None:
    """Print the words that complete the command line in `COMP_LINE`, and end the process.

    `summaries` has the names of the commands with a summary of each one.
    """
    import argcomplete  # only for completion

    words = os.environ.get("COMP_LINE", "").split()
    argcomplete.autocomplete(_parser(summaries, words), exclude=["-h", "--help"])


def _parser(summaries: Mapping[str, str], words: Sequence[str]) -> argparse.ArgumentParser:
    """Return a parser for the command line `words`. Only their command has options."""
    parser = argparse.ArgumentParser("newslake", allow_abbrev=False)
    parser.add_argument("--version", action="store_true", help="print the version")
    commands = parser.add_subparsers(metavar="COMMAND")
    for name, summary in summaries.items():
        command = commands.add_parser(name, help=summary, allow_abbrev=False)
        if name not in words[1:2]:
            continue
        if name in declared():
            _add(command, name, declared()[name])
            continue
        actions = command.add_subparsers(metavar="ACTION")
        for other, options in declared().items():
            if other.startswith(f"{name} "):
                _add(actions.add_parser(other.split()[1], allow_abbrev=False), other, options)
    return parser


def _add(parser: argparse.ArgumentParser, command: str, options: Iterable[Declared]) -> None:
    for one in options:
        arguments: dict[str, Any] = {"help": one.help.replace("%", "%%"), "default": None}
        if one.kind == "flag":
            arguments["action"] = "store_true"
        else:
            arguments |= {"metavar": one.metavar, "choices": one.choices or None}
            arguments |= {"action": "append"} if one.nargs == "append" else {"nargs": one.nargs}
        action: Any = parser.add_argument(*(one.flags or [one.name]), **arguments)
        if completer := _COMPLETERS.get((command, one.name)):
            action.completer = completer


def _tables(**_: Any) -> list[str]:
    from newslake.schemas.tables import TABLES

    return list(TABLES)


def _reasons(**_: Any) -> list[str]:
    from newslake.schemas import reasons

    kinds = [one for one in vars(reasons).values() if isinstance(one, type)]
    return sorted({one.reason for one in kinds if issubclass(one, reasons.Reject)})


def _feeds(parsed_args: argparse.Namespace, **_: Any) -> list[str]:
    """Return the URLs in the list of feeds on the command line."""
    from newslake.transforms.feeds.lists import NotAList, read_list

    try:
        return [feed.shown for feed in read_list(Path(parsed_args.feeds).read_bytes())]
    except (OSError, NotAList):
        return []


def _sql(prefix: str, **_: Any) -> list[str]:
    """Return SQL queries that begin with `prefix` and end with a full name of a table or column."""
    import json

    from newslake.pipelines.sql.statements import VIEWS
    from newslake.schemas.tables import TABLES

    columns_of = {
        name: [*(one.name for one in table.columns), table.partition_key]
        for name, table in TABLES.items()
    } | json.loads(VIEW_COLUMNS.read_text(encoding="utf-8"))

    found = _FRAGMENT.search(prefix)
    before = prefix[: found.start()] if found else prefix
    names = [*TABLES, *(view for views in VIEWS.values() for view in views)]
    if not _AFTER_TABLE_WORD.search(before):
        used = [name for name in columns_of if re.search(rf"\b{name}\b", before)]
        names = [*(column for name in used or columns_of for column in columns_of[name]), *names]
    words = [before + name for name in dict.fromkeys(names)]
    possible = [word for word in words if word.startswith(prefix)]
    if len(possible) == 1:  # bash would add the closing quote, as if the query were complete
        possible += [f"{possible[0]},"]
    return possible


_COMPLETERS = {
    ("schema", "table"): _tables,
    ("replay", "reason"): _reasons,
    ("query", "sql"): _sql,
    ("feeds remove", "words"): _feeds,
    ("feeds pause", "words"): _feeds,
    ("feeds resume", "words"): _feeds,
}
"""Functions that return the possible values of an option or argument, by command and name."""

COMMAND = Command(run, EXAMPLES, add_arguments, lake=None, json=None)
