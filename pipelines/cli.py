"""The program `newslake`: one module per command.

`newslake.pipelines.exit_codes` has the exit codes.
"""

import importlib
import os
import signal
import sys
import time
from collections.abc import Mapping, Sequence
from itertools import pairwise
from types import FrameType
from typing import TYPE_CHECKING

from newslake import __version__
from newslake.pipelines import messages
from newslake.pipelines.exit_codes import DONE, FAILED, STOPPED, WRONG_USE
from newslake.pipelines.suggestions import similar, unknown
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
    from newslake.pipelines.settings import Setting

COMMANDS = {
    "backfill": ("backfill", "ingest files, folders and globs into a lake"),
    "follow": ("follow", "poll feeds continuously and ingest their articles"),
    "replay": ("replay", "try rejected documents again"),
    "feeds": ("commands.feeds", "manage a list of feeds and check them"),
    "query": ("commands.query", "query a lake with SQL"),
    "export": ("commands.export", "write a table as JSON Lines or CSV"),
    "report": ("commands.report", "write a report with plots as one HTML file"),
    "serve": ("serve", "serve a lake to browsers and programs by HTTP"),
    "mcp": ("mcp", "serve a lake to a language model's program by MCP"),
    "compact": ("commands.compact", "merge small files"),
    "reprocess": ("commands.reprocess", "extract events from stored articles again"),
    "forget": ("commands.forget", "delete articles permanently"),
    "migrate": ("commands.migrate", "copy a lake to the current version or to longer partitions"),
    "reindex": ("commands.reindex", "rebuild the index of a lake"),
    "verify": ("commands.verify", "check the integrity of a lake"),
    "explain": ("commands.explain", "explain which events are found in a sentence"),
    "doctor": ("commands.doctor", "check the installation, a lake and its feeds"),
    "schema": ("commands.schema", "print the tables and their columns"),
    "config": ("config", "print the settings and where each one is set"),
    "completion": ("completion", "print a script for completion in a shell"),
}
"""Maps each command to its module (below `pipelines/`) and to a summary for the help text."""


SERVICES = {"follow"}
"""Commands that run until SIGTERM, which is no failure."""

THREADS = 16
"""Number of threads that pyarrow and gRPC may start."""

RESERVE = 2**22
"""Bytes that are free again when a command reports an error, such as too little memory."""


class _Stop:
    """A signal handler. It records the signal, because a runner may raise another error for it."""

    requested = False
    number = 0

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        self.requested, self.number = True, signum
        if not is_debugging():
            import logging

            logging.disable()  # the runner would log the interrupt as a failed bundle
        raise KeyboardInterrupt


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115 the shell closed it
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115
    argv = list(sys.argv[1:] if argv is None else argv)
    name = argv[0] if argv else ""
    if "_ARGCOMPLETE" in os.environ:  # a shell asks for completions
        from newslake.pipelines.completion import complete

        complete({command: summary for command, (_, summary) in COMMANDS.items()})
    _configure_messages(argv)
    if problem := _wrong_environment() or _wrong_command(name, argv[1:]):
        _say(problem)
        return WRONG_USE
    os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")  # without threads, OpenBLAS stops newslake
    stop = _Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    started = time.monotonic()
    try:
        code = _run(name, argv[1:], stop)
        _say_end(name, code, time.monotonic() - started)
        return code
    except KeyboardInterrupt:
        remedy = "committed data is kept. Run the same command again to continue."
        messages.say(f"newslake: stopped; {remedy}", "stopped")
        # End the runner's threads too. The lake is consistent at every moment.
        sys.stdout.flush()
        is_service = name in SERVICES and stop.number == signal.SIGTERM
        os._exit(DONE if is_service else STOPPED)


def _say_end(name: str, code: int, seconds: float) -> None:
    cpu = time.process_time()
    text = f"newslake: {name} ended with exit code {code} after {seconds:.1f} s, {cpu:.1f} s of CPU"
    figures = {"exit_code": code, "seconds": round(seconds, 3), "cpu_seconds": round(cpu, 3)}
    messages.say(text, "command_ended", messages.DEBUG, **figures)


def _configure_messages(argv: Sequence[str]) -> None:
    """Set the format of messages before the command line is parsed: the parser prints errors too."""
    words = argv[: argv.index("--")] if "--" in argv else argv
    pairs = pairwise(words)
    as_json = ("--log-format", "json") in pairs or "--log-format=json" in words
    messages.configure(verbose="--verbose" in words, quiet="--quiet" in words, as_json=as_json)


def _wrong_environment() -> str:
    """Return a message about environment variables that newslake cannot use; empty if there are none."""
    if (value := os.environ.get(DEBUG, "")) not in {"", "0", "1"}:
        return f"the environment variable {DEBUG} is {value!r}; use 1 or 0"
    if any(name.startswith("NEWSLAKE_") and name != DEBUG for name in os.environ):
        from newslake.pipelines.settings import check_environment  # it imports argparse

        try:
            check_environment()
        except WrongUse as error:
            return str(error)
    return ""


def _wrong_command(name: str, rest: Sequence[str]) -> str:
    """Return a message if there is no command `name`; empty if there is one."""
    if name in COMMANDS or (name in ABOUT and not rest):
        return ""
    if not name:
        return "a command is required; see `newslake --help`"
    known = [*COMMANDS, *ABOUT]
    if name.startswith("-") and not (similar(name, known) and not rest):
        return f"{name!r} is not a command; a command must be the first argument; see `newslake --help`"
    return unknown(f"command {name!r}", name, known, "newslake --help")


def _run(name: str, argv: Sequence[str], stop: _Stop) -> int:
    if not is_debugging():  # else, Python prints the errors of destructors
        sys.unraisablehook = lambda _: None
    origins: dict[str, Setting] = {}
    lake, reserve = "", bytes(RESERVE)  # other than a bytearray, it is not written to
    try:
        if name in ABOUT:
            with naming("standard output"):
                sys.stdout.write(ABOUT[name]())
                sys.stdout.flush()
            return DONE
        import logging

        # Beam and other libraries log only errors, unless NEWSLAKE_DEBUG is 1.
        level = logging.DEBUG if is_debugging() else logging.ERROR
        logging.basicConfig(level=level, handlers=[messages.library_handler()])
        logging.captureWarnings(messages.is_json())
        command, summary = command_of(name)
        arguments = command.parse(name, summary, argv)
        if origins := arguments.origins:
            as_json = arguments.log_format == "json"
            messages.configure(verbose=arguments.verbose, quiet=arguments.quiet, as_json=as_json)
        messages.say(f"newslake: {name}", "command_started", messages.DEBUG, command=name)
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
        return FAILED
    except Exception as error:
        if stop.requested:
            raise KeyboardInterrupt from error
        del reserve
        return _report(error, lake, origins)


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


def _report(error: Exception, lake: str, origins: "Mapping[str, Setting]") -> int:
    """Print `error` for the user; return the exit code.

    `origins` are the settings of the command by option. Those that the message names are explained.
    """
    if is_debugging():
        import traceback

        traceback.print_exception(error)
    error.__traceback__ = None  # it holds memory
    try:
        sys.stdout.flush()
    except OSError:
        lake = "standard output"
        _discard_output()
    if isinstance(error, WrongUse):
        say = messages.say_lines if error.keeps_lines else messages.say
        text = str(error)
        if origins:
            from newslake.pipelines.settings import with_origins

            text = with_origins(text, origins)
        say(f"newslake: {text}", "error", messages.ERROR)
        return WRONG_USE
    if message := explanation(error, lake):
        _say(message)
        return FAILED
    _say(f"{type(error).__name__}: {last_line(str(error))}")
    _say(f"this is a bug; set {DEBUG}=1 to print the stack trace")
    return FAILED


def _discard_output() -> None:
    """Discard the rest of standard output: Python would report it again at the exit."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _overview() -> "argparse.ArgumentParser":
    import argparse

    from newslake.pipelines.exit_codes import exit_codes

    parser = argparse.ArgumentParser(
        "newslake",
        description="Ingest news feeds, web pages and archives into a lake of Parquet files.",
        epilog="commands:\n"
        + "\n".join(f"  {name:11} {summary}" for name, (_, summary) in COMMANDS.items())
        + "\n\nexample:\n  newslake backfill seeds --lake lake\n"
        "\nSee `newslake COMMAND --help` for details.\n\n" + exit_codes(""),
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
    messages.say(f"newslake: {message}", "error", messages.ERROR)


if __name__ == "__main__":
    sys.exit(main())
