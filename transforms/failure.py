"""Errors that the machine or a file causes, as sentences with file, cause and remedy.

Each library reports a full disk or a damaged file in its own way, and Beam passes on only the text of
an error in a worker process. `explanation` is the only place that translates these errors.
"""

import errno
import os
import re
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import sqlite3

DEBUG = "NEWSLAKE_DEBUG"
"""Environment variable. If it is 1, newslake prints errors with their stack traces."""

AGAIN = "run the same command again; committed data is kept"
RESTORE = "restore it from a backup, or ingest the inputs into a new lake"
"""The remedy for a lost file of a lake."""
CACHE = "delete it: newslake creates it again"
"""The remedy for a lost file that newslake can create again."""

_ACCESS = "change the permissions, run as another user, or choose another path"
_DISK = f"check the disk or the network file system, then {AGAIN}"
_FILES = f"raise the limit of open files, for example with `ulimit -n 4096`, then {AGAIN}"
_LOCKS = "put the lake on a local disk"
_MEMORY = (
    "free some memory, or use less (`newslake backfill` has --workers, --chunk-documents and "
    f"--chunk-mb), then {AGAIN}"
)
_OTHER_PATH = "choose another path"
_SPACE = f"free some space, then {AGAIN}"
_THREADS = (
    "end other programs, or raise the limits of processes (`ulimit -u`) and memory (`ulimit -v`), "
    f"then {AGAIN}"
)
_WAIT = f"wait until the other process has ended, then {AGAIN}"

_REMEDIES = {
    errno.EACCES: _ACCESS,
    errno.EPERM: _ACCESS,
    errno.EROFS: "choose a path on a writable file system",
    errno.ENOSPC: _SPACE,
    errno.EDQUOT: _SPACE,
    errno.EFBIG: "choose a file system for larger files, or raise the limit (`ulimit -f`)",
    errno.EMFILE: _FILES,
    errno.ENFILE: _FILES,
    errno.ENOMEM: _MEMORY,
    errno.EAGAIN: _THREADS,
    errno.ENOLCK: _LOCKS,
    errno.EADDRINUSE: "stop the program that uses this port, or choose another port",
    errno.EADDRNOTAVAIL: "choose an address of this machine",
    errno.EBUSY: _WAIT,
    errno.ETXTBSY: _WAIT,
    errno.ENAMETOOLONG: _OTHER_PATH,
    errno.ELOOP: _OTHER_PATH,
}
"""Maps error numbers of the operating system to remedies. `_DISK` is the remedy of all others."""

_LOST = {errno.ENOENT, errno.EISDIR, errno.ENOTDIR, errno.EEXIST}
"""Error numbers for a missing file, or for a folder in place of a file, or the reverse."""

_MACHINE = (
    *(errno.EMFILE, errno.ENFILE, errno.ENOMEM, errno.EAGAIN, errno.EIO, errno.ESTALE),
    *(errno.ENOSPC, errno.EDQUOT, errno.EROFS),
)
"""Error numbers that do not depend on the document that is processed."""

_NO_MEMORY = (
    r"MemoryError|OutOfMemory|bad_alloc|out of memory|failed to map segment|"
    r"error return without exception set"
)
_NO_THREAD = r"can't start new (thread|process)|[Tt]hread constructor failed"
_TEXTS = {
    _NO_MEMORY: _MEMORY,
    _NO_THREAD: _THREADS,
    "database or disk is full": _SPACE,
    "disk I/O error": _DISK,
    "attempt to write a readonly database": _ACCESS,
    "database (table )?is locked|locking protocol": f"{_WAIT}. If there is none, {_LOCKS}",
}
"""Maps regular expressions for the class and the text of an error to remedies."""

# These are strings, not compiled patterns: each command imports this module, and few meet an error.
_DAMAGED_DATABASE = "malformed|file is not a database|no such (table|column)"
_NUMBER = r"(?i)\[errno (\d+)\]"
_NUMBERS = {os.strerror(number): number for number in (*_REMEDIES, *_LOST, errno.EIO)}
_NESTED = r'"exception_message":("(?:[^"\\]|\\.)*")'
"""The message of an error in a thread of DuckDB, as JSON."""
_OS_ERROR = r"\[Errno \d+\] (.*?)(?:: '([^']*)'.*)?"
_PATH = r"""['"]/[^'"]+['"]"""
_DETAIL = r"\. Detail: \[errno \d+\] "
_STEP = r"(?s) \[while running .*"
"""The name of the step, which Beam adds to the message of an error."""
_RAISED = r"(?m)^(?:RuntimeError: )?(newslake\.[\w.]+|[\w.]*(?:Error|Exception))(?:: (.*))?$"
"""The class and the first line of the message in an error from a worker process."""
_LIBRARIES = ("sqlite3.", "_duckdb.", "pyarrow.")
_SYSTEM = ("MemoryError", "ImportError", "ModuleNotFoundError", "RuntimeError", "SystemError")

_WRONG_PATH = (
    *(errno.ENOENT, errno.ENOTDIR, errno.EISDIR, errno.EACCES, errno.EPERM),
    *(errno.ENAMETOOLONG, errno.ELOOP, errno.EINVAL),
)
"""Error numbers of a path that the user can correct."""


class Failure(Exception):
    """A command or a run cannot continue. The message names file, cause and remedy."""


class WrongUse(Failure):
    """The command line is wrong."""

    keeps_lines = False
    """True if the lines of the message are printed as lines."""


def is_debugging() -> bool:
    """Return whether the user has set `DEBUG` to 1."""
    return os.environ.get(DEBUG) == "1"


def last_line(text: str) -> str:
    """Return the last line of `text`; in a multi-line error, this line holds the message."""
    return text.strip().rpartition("\n")[2]


def explanation(error: BaseException, place: str | Path = "", lost: str = RESTORE) -> str | None:
    """Return a sentence with file, cause and remedy if the machine or a file caused `error`.

    None means that `error` may be a bug in newslake.

    Args:
        error: An error of this process, or Beam's error for an error in a worker process.
        place: The file or folder to name if the error names none; for DuckDB, the lake.
        lost: The remedy if the file `place` is missing or damaged.
    """
    name, text = _name_and_text(error)
    if name.startswith("newslake."):
        return text if name.rpartition(".")[2] in _names(Failure) else None
    is_system = isinstance(error, OSError | MemoryError) or name.endswith("OSError")
    if not (
        is_system or re.search(_NUMBER, text) or name.startswith(_LIBRARIES) or name in _SYSTEM
    ):
        return None
    for pattern, remedy in _TEXTS.items():
        if re.search(pattern, f"{name}: {text}"):
            cause = "not enough memory" if pattern == _NO_MEMORY and not text else text
            return _sentence(place if name.startswith("sqlite3.") else "", cause, remedy)
    if number := _number(error, text):
        file = ""
        if isinstance(error, OSError) and error.filename:
            file, text = os.fsdecode(error.filename), error.strerror or text
        elif found := re.fullmatch(_OS_ERROR, text):
            text, file = found[1], found[2] or ""
        if file and not Path(place).is_relative_to(file):
            place, lost = file, RESTORE
        return _sentence(place, text, lost if number in _LOST else _REMEDIES.get(number, _DISK))
    if "unable to open database file" in text:
        return _cannot_open(Path(place), text, lost)
    if name.startswith("sqlite3."):
        return _sentence(place, text, lost) if re.search(_DAMAGED_DATABASE, text) else None
    if name.startswith("_duckdb.") or "nanobind" in text:
        verify = f"`newslake verify --lake {place}` names each damaged file; {lost}"
        return _sentence(f"{place} cannot be read", text, verify)
    return _sentence(place, text, _DISK) if is_system else None


def is_damaged(error: "sqlite3.Error") -> bool:
    """Return True if a SQLite file is damaged, or has other tables than newslake creates.

    Locked files, read-only files and full disks return False.
    """
    import sqlite3  # most commands need no SQLite

    damage = (sqlite3.SQLITE_ERROR, sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)
    return getattr(error, "sqlite_errorcode", 0) & 0xFF in damage


def raise_if_of_machine(error: Exception, place: str | Path = "") -> None:
    """Raise `Failure` if the machine caused `error`, so that the document in process may be good.

    `place` is the file to name if the error names none.
    """
    if (
        isinstance(error, Failure | MemoryError)
        or (isinstance(error, OSError) and error.errno in _MACHINE)
        or (isinstance(error, RuntimeError) and re.search(_NO_THREAD, str(error)))
    ):
        raise Failure(explanation(error, place) or str(error)) from error


@contextmanager
def explained(place: str | Path, lost: str = RESTORE) -> Iterator[None]:
    """Raise `Failure` for an error of the block that has an `explanation`; see there."""
    try:
        yield
    except Failure:
        raise
    except Exception as error:
        if text := explanation(error, place, lost):
            raise Failure(text) from error
        raise


def is_wrong_path(error: OSError) -> bool:
    """Return True if another path is the remedy for `error`: the path that the user gave is wrong."""
    return error.errno in _WRONG_PATH


@contextmanager
def naming(place: str | Path) -> Iterator[None]:
    """Add the file `place` to an `OSError` of the block that names no file."""
    try:
        yield
    except OSError as error:
        if error.errno and not error.filename:
            error.filename = str(place)
        raise


def _names(kind: type) -> set[str]:
    """Return the names of the class `kind` and of its subclasses."""
    return {kind.__name__}.union(*map(_names, kind.__subclasses__()))


def _name_and_text(error: BaseException) -> tuple[str, str]:
    """Return the class of `error` with its module, and its message on one line."""
    kind, text = type(error), re.sub(_STEP, "", str(error))
    name = f"{kind.__module__}.{kind.__qualname__}".removeprefix("builtins.")
    if isinstance(error, RuntimeError) and (raised := [*re.finditer(_RAISED, text)]):
        name, text = raised[-1][1], raised[-1][2] or ""
    if nested := re.search(_NESTED, text):
        import json

        text = json.loads(nested[1])
    text = re.sub(_DETAIL, ": ", text.strip().split("\n\n")[0])
    return name, " ".join(text.split())


def _number(error: BaseException, text: str) -> int | None:
    """Return the error number of the operating system; None if the error has none."""
    if isinstance(error, OSError) and error.errno:
        return error.errno
    if found := re.search(_NUMBER, text):
        return int(found[1])
    return next((number for words, number in _NUMBERS.items() if words in text), None)


def _cannot_open(place: Path, text: str, lost: str) -> str:
    """Explain why SQLite cannot open the file `place`; SQLite does not say it."""
    try:
        os.close(os.open(place, os.O_RDWR | os.O_CREAT))
    except OSError as error:
        remedy = lost if error.errno in _LOST else _REMEDIES.get(error.errno or 0, _DISK)
        return _sentence(place, error.strerror, remedy)
    return _sentence(place, text, _FILES)


def _sentence(place: str | Path, cause: str | None, remedy: str) -> str:
    """Return place, cause and remedy; without the place if the cause names a file."""
    cause = cause or "unknown cause"
    named = "" if re.search(_PATH, cause) else str(place)
    return f"{named}: {cause}; {remedy}" if named else f"{cause}; {remedy}"
