"""The declaration of a command, and the argument parser built from it."""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newslake.pipelines.options import HelpFormatter, WrongOption
from newslake.pipelines.parser import Parser
from newslake.pipelines.values import folder

CREATED_IF_MISSING = "folder of the lake; created if missing"
"""Help text of `--lake` for commands that ingest."""


@dataclass(frozen=True)
class Command:
    """A command of `newslake`; `newslake.pipelines.cli` defines its name and summary."""

    run: Callable[[argparse.Namespace], int]
    """Runs the command and returns the exit code."""
    examples: str
    """The text at the end of `--help`."""
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None
    """Adds the arguments that are specific to this command."""
    lake: str | None = "folder of the lake"
    """Help text of the required option `--lake`; None if the command has no option `--lake`."""
    json: str | None = "print the result as one JSON object"
    """Help text of `--json`; None if the command has no option `--json`."""
    takes_beam_options: bool = False
    """True if unknown options are passed to Beam, in `arguments.beam_options`."""
    unknown_options: str = ""
    """The reason why options are unknown that other commands have; it ends with `; `."""

    def parse(self, name: str, summary: str, argv: Sequence[str]) -> argparse.Namespace:
        """Parse `argv`, the command line after the command's name.

        Raises:
            WrongOption: an argument is missing, unknown, invalid or without effect.
            SystemExit: the help text was printed.
        """
        arguments, rest = self.parser(name, summary).parse_known_args(argv)
        for word in rest:
            if not word.startswith("-"):
                raise WrongOption(
                    f"unexpected argument {word!r}: write all other arguments before the options"
                    + (", and options of Beam as --name=value" if self.takes_beam_options else "")
                )
            if not (self.takes_beam_options and word.startswith("--")):
                option = word.partition("=")[0]
                raise WrongOption(
                    f"unknown option {option}; {self.unknown_options}see `newslake {name} --help`"
                )
        lake = getattr(arguments, "lake", None) or ""
        if lake.encode(errors="replace") != os.fsencode(lake):  # paths of inputs may have any bytes
            raise WrongOption(
                f"--lake {os.fsencode(lake)!r}: the path of a lake must be valid UTF-8"
            )
        arguments.beam_options = rest
        return arguments

    def parser(self, name: str, summary: str) -> argparse.ArgumentParser:
        """Return the parser with all arguments of this command; see `parse`."""
        parser = Parser(
            f"newslake {name}",
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=self.examples,
            formatter_class=HelpFormatter,
            allow_abbrev=False,
        )
        if self.lake:
            parser.add_argument("--lake", type=folder, required=True, metavar="DIR", help=self.lake)
        self.add_arguments(parser)
        if self.json:
            parser.add_argument("--json", action="store_true", help=self.json)
        return parser
