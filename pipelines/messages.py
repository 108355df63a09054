"""Messages to the user on standard error: as text, or as JSON with `--log-format json`.

Each message belongs to an event of `EVENTS`, and has a level. `--quiet` hides messages below WARNING,
and `--verbose` shows those of the level DEBUG. Results are printed to standard output instead.
"""

import os
import sys
import unicodedata
from collections.abc import Callable
from threading import RLock
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import logging

DEBUG, INFO, WARNING, ERROR = 10, 20, 30, 40
"""Levels of messages, as in `logging`."""

EVENTS = {
    "command_started": "A command starts; `command` names it (only with `--verbose`)",
    "command_ended": "A command ends; with `exit_code`, `seconds` and `cpu_seconds` (only with `--verbose`)",
    "error": "The command cannot continue; it ends with exit code 1 or 2",
    "failed": "The command ended, but a part of its work failed; it ends with exit code 1",
    "stopped": "The user stopped the command; it ends with exit code 130",
    "progress": "Work goes on; with `step`, `done`, `total`, `unit`, `per_second` and `seconds_left`",
    "chunk_committed": "A part of the input is committed; with the counts of the run so far",
    "check_started": "`verify` starts a check; `check` names it",
    "result_cut": "A table shows only the first rows",
    "note": "Anything else that the user should know",
    "library": "A library reports a problem; `logger` names it",
}
"""Maps the names of events to their meaning; docs/messages.md lists them."""

_LEVELS = {DEBUG: "debug", INFO: "info", WARNING: "warning", ERROR: "error"}
_PREFIXES = ("newslake: ", "note: ")
"""The start of a message as text; the JSON object has no such start."""
_UNSAFE = {"Cc", "Cf", "Cs"}


class _Output:
    """What is printed, and how."""

    level: int = INFO
    as_json: bool = False
    live: Callable[[], None] | None = None
    """Removes the progress line from the terminal before a message; None if there is no line."""


_output = _Output()

LOCK = RLock()
"""Held while a message or a line of progress is written."""


def configure(*, verbose: bool, quiet: bool, as_json: bool) -> None:
    """Set the least level and the format of messages; see the options with these names."""
    _output.level = DEBUG if verbose else WARNING if quiet else INFO
    _output.as_json = as_json


def is_shown(level: int) -> bool:
    """Return whether messages of this level are printed."""
    return level >= _output.level


def is_json() -> bool:
    """Return whether messages are printed as JSON."""
    return _output.as_json


def set_live(remove: Callable[[], None] | None) -> None:
    """Call `remove` before each message: it removes a line that is shown at the moment."""
    _output.live = remove


def printable(value: object) -> str:
    """Return `value` as text; replace characters that could control the terminal or reorder text."""
    text = str(value).replace("\n", " ⏎ ").replace("\t", " ")
    return "".join("�" if unicodedata.category(one) in _UNSAFE else one for one in text)


def say(message: str, event: str = "note", level: int = WARNING, **fields: object) -> None:
    """Print a message to standard error, if its level is shown.

    As text, it is one line. As JSON, it is one object with `time`, `level`, `event`, `message` and
    the `fields`.
    """
    _write([message], event, level, fields)


def say_lines(message: str, event: str, level: int = ERROR) -> None:
    """Print a message that may have several lines, such as an SQL error with a caret."""
    _write(message.splitlines(), event, level, {})


def say_at_once(message: str, event: str, level: int = WARNING) -> None:
    """Print a message like `say`. A handler of a signal may call this while `say` writes."""
    if is_shown(level):
        os.write(2, _text([message], event, level, {}).encode())


def _write(lines: list[str], event: str, level: int, fields: dict[str, object]) -> None:
    if not is_shown(level):
        return
    text = _text(lines, event, level, fields)
    with LOCK:
        if _output.live:
            _output.live()
        sys.stderr.write(text)  # needs neither memory nor a file
        sys.stderr.flush()


def _text(lines: list[str], event: str, level: int, fields: dict[str, object]) -> str:
    """Return a message as it is printed, with the end of the line."""
    text = "\n".join(map(printable, lines)) + "\n"
    if _output.as_json:
        import json  # the text format needs no JSON

        message = "\n".join(lines)
        for prefix in _PREFIXES:
            message = message.removeprefix(prefix)
        from datetime import UTC, datetime

        now = datetime.now(UTC).isoformat(timespec="milliseconds")
        named = {"time": now, "level": _LEVELS[level], "event": event}
        text = json.dumps({**named, "message": message, **fields}, default=str) + "\n"
    return text


def library_handler() -> "logging.Handler":
    """Return a handler that prints the log of libraries as messages of the event `library`."""
    import logging

    class Handler(logging.Handler):
        def emit(self, record: logging.LogRecord) -> None:
            text = f"{record.name}: {self.format(record)}"
            level = max(number for number in _LEVELS if number <= max(record.levelno, DEBUG))
            _write(text.splitlines(), "library", level, {"logger": record.name})

    return Handler()
