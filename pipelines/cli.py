"""The command `newslake`: one sub-command a module of this package.

Exit codes: 0 done, 1 done with a failed check or refused by the lake, 2 wrong use, 130 stopped.
"""

import argparse
import errno
import importlib
import logging
import os
import signal
import sys
import traceback
from collections.abc import Sequence
from types import FrameType

COMMANDS = {
    "backfill": ("newslake.pipelines.backfill", "ingest files, folders and globs into a lake"),
    "follow": ("newslake.pipelines.follow", "follow feeds into a lake, for weeks"),
    "feeds": ("newslake.pipelines.commands.feeds", "keep a list of feeds, and check them"),
    "query": ("newslake.pipelines.commands.query", "ask a lake in SQL"),
    "export": ("newslake.pipelines.commands.export", "write a table as JSON lines or CSV"),
    "compact": ("newslake.pipelines.commands.compact", "merge small files"),
    "reprocess": ("newslake.pipelines.commands.reprocess", "make events anew for stored articles"),
    "forget": ("newslake.pipelines.commands.forget", "remove articles for good"),
    "migrate": ("newslake.pipelines.commands.migrate", "copy a lake of an older version"),
    "reindex": ("newslake.pipelines.commands.reindex", "make the index of a lake anew"),
    "verify": ("newslake.pipelines.commands.verify", "check that a lake is whole"),
    "schema": ("newslake.pipelines.commands.schema", "print the tables and their columns"),
}
"""Name: (module with a `COMMAND`, what it does)."""

DEBUG = "NEWSLAKE_DEBUG"
"""Environment variable; if set, errors come with their stack trace."""


ADVICE = {
    errno.EACCES: "your user may not; run this as one who may, or name another place",
    errno.EROFS: "that disk can only be read; name a place on another",
    errno.ENOSPC: "make room and run the same command again; what was committed stays",
    errno.EDQUOT: "make room and run the same command again; what was committed stays",
}
"""What to do if the system refuses, by its number of the error."""


class _Stop:
    """A signal handler that remembers: the runner may wrap the interrupt into errors of its own."""

    asked = False

    def __call__(self, signum: int, frame: FrameType | None) -> None:
        self.asked = True
        if not os.environ.get(DEBUG):
            logging.disable()  # the runner logs all that ends a bundle, this too
        raise KeyboardInterrupt


def main(words: Sequence[str] | None = None) -> int:
    """Run one command and return its exit code."""
    sys.stdout = sys.stdout or open(os.devnull, "w")  # noqa: PTH123, SIM115 closed by the shell
    sys.stderr = sys.stderr or open(os.devnull, "w")  # noqa: PTH123, SIM115
    _quiet_libraries()
    words = list(sys.argv[1:] if words is None else words)
    name = words[0] if words else ""
    if name not in COMMANDS:
        parser = _overview()
        if name in {"-h", "--help"}:
            parser.print_help()
            return 0
        if name == "--version":
            from newslake.transforms.lake.parquet import code_version

            sys.stdout.write(f"newslake {code_version()}\n")
            return 0
        parser.error(f"no command {name!r}" if name else "name a command")
    stop = _Stop()
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, stop)
    try:
        return _run(name, words[1:], stop)
    except KeyboardInterrupt:
        _say("stopped; what was committed stays. Run the same command again to go on.")
        # Threads of the runner would go on; the lake is right at every moment.
        sys.stdout.flush()
        os._exit(130)


def _run(name: str, words: Sequence[str], stop: _Stop) -> int:
    module_name, summary = COMMANDS[name]
    module = importlib.import_module(module_name)
    from newslake.pipelines.commands.base import Command
    from newslake.pipelines.options import WrongOption
    from newslake.pipelines.runners.engine import RunnerFailed
    from newslake.transforms.lake.errors import LakeError, NotALake
    from newslake.transforms.read.listing import NoSuchInput
    from newslake.transforms.text import last_line

    command: Command = module.COMMAND
    try:
        arguments = command.parse(name, summary, words)
        _check_utf8(getattr(arguments, "lake", None) or "")
        code = command.run(arguments)
        if stop.asked:  # a library swallowed the interrupt
            raise KeyboardInterrupt
        return code
    except (NoSuchInput, WrongOption, NotALake) as error:
        _say(str(error))
        return 2
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 1
    except Exception as error:
        if stop.asked:
            raise KeyboardInterrupt from error
        if os.environ.get(DEBUG):
            traceback.print_exc()
        known = isinstance(error, LakeError | OSError | RunnerFailed)
        if isinstance(error, OSError):
            _say(_refused(error))
        else:
            _say(str(error) if known else f"{type(error).__name__}: {last_line(str(error))}")
        if not known:
            _say(f"this is a bug; run again with {DEBUG}=1 to see where")
        return 1


def _refused(error: OSError) -> str:
    """Return what the system refused, of which file, and what to do."""
    told = [
        str(error.filename) if error.filename else "",
        error.strerror or str(error),
        ADVICE.get(error.errno or 0, ""),
    ]
    return ": ".join(filter(None, told))


def _check_utf8(lake: str) -> None:
    """Return if the name of the lake can be stored; names of inputs may be any bytes.

    Raises:
        WrongOption: it is not UTF-8.
    """
    from newslake.pipelines.options import WrongOption

    if lake.encode(errors="replace") != os.fsencode(lake):
        raise WrongOption(f"--lake {os.fsencode(lake)!r}: the name of a lake must be UTF-8")


def _overview() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "newslake",
        description="News as data: feeds, pages and archives in, a lake of Parquet out.",
        epilog="commands:\n"
        + "\n".join(f"  {name:10}{summary}" for name, (_, summary) in COMMANDS.items())
        + "\n\nexample:\n  newslake backfill seeds --lake lake\n"
        "\n`newslake COMMAND --help` tells more.",
        formatter_class=argparse.RawDescriptionHelpFormatter,
    )
    parser.add_argument("command", metavar="COMMAND", choices=COMMANDS)
    parser.add_argument("--version", action="store_true", help="print the version")
    return parser


def _quiet_libraries() -> None:
    """Keep Beam's and its friends' log lines off the user's terminal."""
    logging.basicConfig(level=logging.DEBUG if os.environ.get(DEBUG) else logging.ERROR)


def _say(message: str) -> None:
    from newslake.pipelines.commands.terminal import say

    say(f"newslake: {message}")


if __name__ == "__main__":
    sys.exit(main())
