"""The declaration of a command, and the argument parser built from it."""

import argparse
import os
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from newslake.pipelines.exit_codes import exit_codes
from newslake.pipelines.options import HelpFormatter, WrongOption
from newslake.pipelines.parser import Parser
from newslake.pipelines.settings import FILE
from newslake.pipelines.suggestions import similar
from newslake.pipelines.values import file, folder

CREATED_IF_MISSING = "folder of the lake; created if missing"
"""Help text of `--lake` for commands that ingest."""

MESSAGES = "messages"
"""Title of the group of options that all commands have."""


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
    failures: str = ""
    """What can fail although the command runs to its end (exit code 1), for the help text."""
    has_actions: bool = False
    """True if the parser of each action adds the options of messages and the exit codes."""
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
                arguments.parser.check_known(word, self.unknown_options)
            elif similar(word.partition("=")[0], arguments.parser.option_names()):
                _check_beam(arguments, word)
        lake = getattr(arguments, "lake", None) or ""
        if lake.encode(errors="replace") != os.fsencode(lake):  # paths of inputs may have any bytes
            raise WrongOption(
                f"--lake {os.fsencode(lake)!r}: the path of a lake must be valid UTF-8"
            )
        arguments.beam_options = rest
        return arguments

    def parser(self, name: str, summary: str) -> Parser:
        """Return the parser with all arguments of this command; see `parse`."""
        parser = Parser(
            f"newslake {name}",
            description=f"{summary[0].upper()}{summary[1:]}.",
            epilog=f"{self.examples}\n{exit_codes(self.failures)}",
            formatter_class=HelpFormatter,
            allow_abbrev=False,
        )
        if self.lake:
            parser.add_argument("--lake", type=folder, required=True, metavar="DIR", help=self.lake)
        self.add_arguments(parser)
        if self.json:
            parser.add_argument("--json", action="store_true", help=self.json)
        if not self.has_actions:
            add_common_options(parser)
        return parser


def add_common_options(parser: argparse.ArgumentParser) -> None:
    """Add the options that all commands have: those of settings and of messages."""
    about = f"file with settings; default: {FILE} in the current folder, if there is one"
    parser.add_argument("--config", type=file, metavar="FILE", help=about)
    group = parser.add_argument_group(MESSAGES)
    level = group.add_mutually_exclusive_group()
    about = "print more messages, for example when a commit is done"
    level.add_argument("--verbose", action="store_true", help=about)
    about = "print only results, warnings and errors; show no progress"
    level.add_argument("--quiet", action="store_true", help=about)
    about = "format of messages on standard error: text, or one JSON object per line; default: text"
    group.add_argument("--log-format", choices=("text", "json"), default="text", help=about)


def _check_beam(arguments: argparse.Namespace, word: str) -> None:
    """Check that an option, which resembles one of newslake, is an option of Beam or a job server.

    Raises:
        WrongOption: Beam does not know the option either.
    """
    # Beam takes long to import, and the option is probably misspelt.
    from apache_beam.options.pipeline_options import PipelineOptions

    from newslake.pipelines.runners.beam_flags import MAY_BE_OF_JOB_SERVER, unknown_options

    if arguments.runner not in MAY_BE_OF_JOB_SERVER and unknown_options(PipelineOptions([word])):
        arguments.parser.check_known(word)
