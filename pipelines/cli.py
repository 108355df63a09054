"""The program `newslake`: one module per command.

Exit codes: 0 success, 1 failed check or error, 2 wrong use, 130 stop by a signal.
"""

import importlib
import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import TYPE_CHECKING

from newslake import __version__
from newslake.pipelines.commands.terminal import printable
from newslake.transforms.failure import (
    DEBUG,
    Failure,
    WrongUse,
    explanation,
    is_debugging,
    last_line,
    naming,
)

if TYPE_CHECKING:
    import argparse

    from newslake.pipelines.commands.base import Command

COMMANDS = {
    "backfill": ("backfill", "ingest files, folders and globs into a lake"),
    "follow": ("follow", "poll feeds continuously and ingest their articles"),
    "replay": ("replay", "try rejected documents again"),
    "feeds": ("commands.feeds", "manage a list of feeds and check them"),
    "query": ("commands.query", "query a lake with SQL"),
    "export": ("commands.export", "write a table as JSON Lines or CSV"),
    "compact": ("commands.compact", "merge small files"),
    "reprocess": ("commands.reprocess", "extract events from stored articles again"),
    "forget": ("commands.forget", "delete articles permanently"),
    "migrate": ("commands.migrate", "copy a lake to the current version or to longer partitions"),
    "reindex": ("commands.reindex", "rebuild the index of a lake"),
    "verify": ("commands.verify", "check the integrity of a lake"),
    "explain": ("commands.explain", "explain which events are found in a sentence"),
    "doctor": ("commands.doctor", "check the installation, a lake and its feeds"),
    "schema": ("commands.schema", "print the tables and their columns"),
}
"""Maps each command to its module (below `pipelines/`) and to a summary for the help text."""


THREADS = 16
"""Number of threads that pyarrow and gRPC may start."""

RESERVE = 2**22
"""Bytes that are free again when a command reports an error, such as too little memory."""


class _Stop:
    """A signal handler. It records the signal, because a runner may raise another error for it."""

    requested = False

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        self.requested = True
        if not is_debugging():
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
    if name not in COMMANDS and (name not in ABOUT or argv[1:]):
        parser = _overview()
        if len(argv) > 1:
            parser.error(f"{name!r} is not a command; a command must be the first argument")
        problem = f"unknown command {name!r}" if name else "a command is required"
        parser.error(f"{problem}; see `newslake --help`")
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # without threads, OpenBLAS stops newslake
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


def _wrong_environment() -> str:
    """Return a message about environment variables that newslake cannot use; empty if there are none."""
    for name, value in os.environ.items():
        if name.startswith("NEWSLAKE_") and name != DEBUG:
            return f"unknown environment variable {name}; newslake uses only {DEBUG}"
        if name == DEBUG and value not in {"", "0", "1"}:
            return f"the environment variable {DEBUG} is {value!r}; use 1 or 0"
    return ""


def _run(name: str, argv: Sequence[str], stop: _Stop) -> int:
    if not is_debugging():  # else, Python prints the errors of destructors
        sys.unraisablehook = lambda _: None
    lake, reserve = "", bytes(RESERVE)  # other than a bytearray, it is not written to
    try:
        if name in ABOUT:
            with naming("standard output"):
                sys.stdout.write(ABOUT[name]())
                sys.stdout.flush()
            return 0
        import logging

        # Beam and other libraries log only errors, unless NEWSLAKE_DEBUG is 1.
        logging.basicConfig(level=logging.DEBUG if is_debugging() else logging.ERROR)
        command, summary = command_of(name)
        arguments = command.parse(name, summary, argv)
        lake = str(getattr(arguments, "lake", None) or getattr(arguments, "old", ""))
        if "pyarrow" in sys.modules:
            _check_threads()
        code = command.run(arguments)
        with naming("standard output"):  # the buffer may be empty after the error
            sys.stdout.flush()
        if stop.requested:  # a library swallowed the interrupt
            raise KeyboardInterrupt
        return code
    except BrokenPipeError:
        _discard_output()
        return 1
    except Exception as error:
        if stop.requested:
            raise KeyboardInterrupt from error
        del reserve
        return _report(error, lake)


def _check_threads() -> None:
    """Start `THREADS` threads at once: pyarrow and gRPC end the process if they cannot start theirs.

    Raises:
        RuntimeError: the operating system allows no more threads.
    """
    import threading

    done = threading.Event()
    try:
        for _ in range(THREADS):
            threading.Thread(target=done.wait).start()
    finally:
        done.set()


def command_of(name: str) -> "tuple[Command, str]":
    """Import and return the command `name`, and its summary for the help text.

    Raises:
        Failure: a library cannot be loaded.
    """
    module, summary = COMMANDS[name]
    try:
        return importlib.import_module(f"newslake.pipelines.{module}").COMMAND, summary
    except Exception as error:
        raise Failure(
            f"cannot load the libraries of newslake ({type(error).__name__}: {last_line(str(error))}); "
            "free some memory, raise the limit of open files (`ulimit -n`), or install newslake again"
        ) from error


def _report(error: Exception, lake: str) -> int:
    """Print `error` for the user; return the exit code."""
    if is_debugging():
        import traceback

        traceback.print_exception(error)
    error.__traceback__ = None  # it holds memory
    try:
        sys.stdout.flush()
    except OSError:
        lake = "standard output"
        _discard_output()
    if message := explanation(error, lake):
        _say(message)
        return 2 if isinstance(error, WrongUse) else 1
    _say(f"{type(error).__name__}: {last_line(str(error))}")
    _say(f"this is a bug; set {DEBUG}=1 to print the stack trace")
    return 1


def _discard_output() -> None:
    """Discard the rest of standard output: Python would report it again at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


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


def _version() -> str:
    return f"newslake {__version__}\n"


def _help() -> str:
    return _overview().format_help()


ABOUT = {"-h": _help, "--help": _help, "--version": _version}
"""Maps options in place of a command to the text that they print."""


def _say(message: str) -> None:
    sys.stderr.write(printable(f"newslake: {message}") + "\n")  # needs neither memory nor a file


if __name__ == "__main__":
    sys.exit(main())
