"""The program `newslake`: one module per command.

Exit codes: 0 success, 1 failed check or error, 2 wrong use, 130 stop by a signal.
"""

import errno
import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

from newslake import __version__

if TYPE_CHECKING:
    import argparse

    from newslake.pipelines.commands.base import Command

COMMANDS = {
    "backfill": ("backfill", "ingest files, folders and globs into a lake"),
    "follow": ("follow", "poll feeds continuously and ingest their articles"),
    "feeds": ("commands.feeds", "manage a list of feeds and check them"),
    "query": ("commands.query", "query a lake with SQL"),
    "export": ("commands.export", "write a table as JSON Lines or CSV"),
    "compact": ("commands.compact", "merge small files"),
    "reprocess": ("commands.reprocess", "extract events from stored articles again"),
    "forget": ("commands.forget", "delete articles permanently"),
    "migrate": ("commands.migrate", "copy a lake to the current version or to longer partitions"),
    "reindex": ("commands.reindex", "rebuild the index of a lake"),
    "verify": ("commands.verify", "check the integrity of a lake"),
    "schema": ("commands.schema", "print the tables and their columns"),
}
"""Maps each command to its module (below `pipelines/`) and to a summary for the help text."""

DEBUG = "NEWSLAKE_DEBUG"
"""Environment variable. If it is 1, newslake prints errors with their stack traces."""

REMEDIES = {
    errno.EACCES: "change the permissions, run as another user, or choose another path",
    errno.EROFS: "choose a path on a writable file system",
    errno.ENOSPC: "free some space and run the same command again; committed data is kept",
    errno.EDQUOT: "free some space and run the same command again; committed data is kept",
}
"""Maps error numbers of the operating system to advice for the user."""


class _Stop:
    """A signal handler. It records the signal, because a runner may raise another error for it."""

    requested = False

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        self.requested = True
        if not _is_debugging():
            import logging

            logging.disable()  # the runner would log the interrupt as a failed bundle
        raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115 the shell closed it
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115
    argv = list(sys.argv[1:] if argv is None else argv)
    if problem := _wrong_environment():
        _say(problem)
        return 2
    name = argv[0] if argv else ""
    if name not in COMMANDS:
        parser = _overview()
        if len(argv) > 1:
            parser.error(f"{name!r} is not a command; a command must be the first argument")
        if name in {"-h", "--help"}:
            parser.print_help()
            return 0
        if name == "--version":
            sys.stdout.write(f"newslake {__version__}\n")
            return 0
        problem = f"unknown command {name!r}" if name else "a command is required"
        parser.error(f"{problem}; see `newslake --help`")
    stop = _Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        return _run(name, argv[1:], stop)
    except KeyboardInterrupt:
        _say("stopped; committed data is kept. Run the same command again to continue.")
        # End the runner's threads too. The lake is consistent at every moment.
        sys.stdout.flush()
        os._exit(130)


def _is_debugging() -> bool:
    return os.environ.get(DEBUG) == "1"


def _wrong_environment() -> str:
    """Return a message about environment variables that newslake cannot use; empty if there are none."""
    for name, value in os.environ.items():
        if name.startswith("NEWSLAKE_") and name != DEBUG:
            return f"unknown environment variable {name}; newslake uses only {DEBUG}"
        if name == DEBUG and value not in {"", "0", "1"}:
            return f"the environment variable {DEBUG} is {value!r}; use 1 or 0"
    return ""


def _run(name: str, argv: Sequence[str], stop: _Stop) -> int:
    import logging

    # Beam and other libraries log only errors, unless NEWSLAKE_DEBUG is 1.
    logging.basicConfig(level=logging.DEBUG if _is_debugging() else logging.ERROR)
    command, summary = command_of(name)
    try:
        arguments = command.parse(name, summary, argv)
        code = command.run(arguments)
        if stop.requested:  # a library swallowed the interrupt
            raise KeyboardInterrupt
        return code
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if stop.requested:
            raise KeyboardInterrupt from error
        return _report(error)


def command_of(name: str) -> "tuple[Command, str]":
    """Import and return the command `name`, and its summary for the help text."""
    module, summary = COMMANDS[name]
    return importlib.import_module(f"newslake.pipelines.{module}").COMMAND, summary


def _report(error: Exception) -> int:
    """Print `error` for the user; return the exit code."""
    import traceback

    from newslake.pipelines.options import WrongOption
    from newslake.pipelines.runners.failure import RunnerFailed
    from newslake.transforms.lake.errors import LakeError, NoSuchState, NotALake, WrongPartition
    from newslake.transforms.read.listing import NoSuchInput
    from newslake.transforms.text import last_line

    if isinstance(error, NoSuchInput | WrongOption | NotALake | NoSuchState | WrongPartition):
        _say(str(error))
        return 2
    if _is_debugging():
        traceback.print_exception(error)
    is_expected = isinstance(error, LakeError | OSError | RunnerFailed)
    if isinstance(error, OSError):
        _say(_describe(error))
    else:
        _say(str(error) if is_expected else f"{type(error).__name__}: {last_line(str(error))}")
    if not is_expected:
        _say(f"this is a bug; set {DEBUG}=1 to print the stack trace")
    return 1


def _describe(error: OSError) -> str:
    """Return the file, the error message and the remedy."""
    name = str(error.filename) if error.filename else ""
    remedy = REMEDIES.get(error.errno or 0, "")
    return ": ".join(filter(None, [name, error.strerror or str(error), remedy]))


def _overview() -> "argparse.ArgumentParser":
    import argparse

    parser = argparse.ArgumentParser(
        "newslake",
        description="Ingest news feeds, web pages and archives into a lake of Parquet files.",
        epilog="commands:\n"
        + "\n".join(f"  {name:10}{summary}" for name, (_, summary) in COMMANDS.items())
        + "\n\nexample:\n  newslake backfill seeds --lake lake\n"
        "\nSee `newslake COMMAND --help` for details.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS)
    parser.add_argument("--version", action="store_true", help="print the version")
    return parser


def _say(message: str) -> None:
    from newslake.pipelines.commands.terminal import say

    say(f"newslake: {message}")


if __name__ == "__main__":
    sys.exit(main())
