"""What every command declares, and the parser that is made of it."""

import argparse
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newslake.pipelines.options import WrongOption

MADE_IF_MISSING = "the lake; made if missing"
"""Help of `--lake` for commands that ingest."""


@dataclass(frozen=True)
class Command:
    """A command of `newslake`; its name and summary are in `newslake.pipelines.cli`."""

    run: Callable[[argparse.Namespace], int]
    """Carries out the command and returns the exit code."""
    examples: str
    """The end of `--help`."""
    add_arguments: Callable[[argparse.ArgumentParser], None] = lambda parser: None
    """Adds the arguments that only this command has."""
    lake: str | None = "the lake"
    """Help of the required option `--lake`; None if the command has no such option."""
    json: str | None = "print one JSON object, for programs"
    """Help of `--json`; None if the command has no such option."""
    takes_beam_options: bool = False
    """True if options that newslake does not know go to Beam; they are in `arguments.beam_options`."""

    def parse(self, name: str, summary: str, words: Sequence[str]) -> argparse.Namespace:
        """Return the arguments that the user gave.

        Args:
            name: Name of the command.
            summary: What it does, in a few words.
            words: The command line behind the name.

        Raises:
            WrongOption: an option that neither newslake nor, if it may, Beam knows.
            SystemExit: what argparse does with wrong use, and with `--help`.
        """
        parser = argparse.ArgumentParser(
            f"newslake {name}",
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=self.examples,
            formatter_class=argparse.RawDescriptionHelpFormatter,
            allow_abbrev=False,
        )
        self.describe(parser)
        arguments, rest = parser.parse_known_args(words)
        if rest and not self.takes_beam_options:
            raise WrongOption(f"unknown option {rest[0]}; see newslake {name} --help")
        arguments.beam_options = rest
        return arguments

    def describe(self, parser: argparse.ArgumentParser) -> None:
        """Add all arguments of the command to `parser`."""
        if self.lake:
            parser.add_argument("--lake", required=True, metavar="DIR", help=self.lake)
        self.add_arguments(parser)
        if self.json:
            parser.add_argument("--json", action="store_true", help=self.json)
