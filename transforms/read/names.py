"""Names of input files: quoting, locators and file extensions.

A file name may contain all bytes except `/` and NUL. In a `FileSlice` and a locator, it is
*quoted*: printable, unambiguous, and the same on every machine. `unquote` restores the original
name.
"""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes

from newslake.schemas.reasons import BadName

_QUOTED = re.compile(
    "[%#?"
    "\x00-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # line separators and bidirectional controls
    "\ud800-\udfff]"  # bytes that are not UTF-8
)
PACKED = ".gz"
"""Suffix of compressed files."""
_ENDING = re.compile(r"[^/](\.[a-z]+)(?:\.gz)?$")


def quote(path: str) -> str:
    r"""Return a path from the operating system in a form that can be stored and printed.

    >>> quote("50% of\nKyiv?.txt")
    '50%25 of%0AKyiv%3F.txt'
    >>> quote("caf\udce9.txt")
    'caf%E9.txt'
    """
    return _QUOTED.sub(lambda found: "".join(f"%{byte:02X}" for byte in _bytes(found[0])), path)


def unquote(quoted: str) -> str:
    """Return the original path of a quoted path."""
    return unquote_to_bytes(quoted).decode("utf-8", "surrogateescape")


def inside(path: str, root: str) -> bool:
    """Return whether `path` is `root` or inside it; both are absolute, with links resolved."""
    return path == root or path.startswith(root.rstrip("/") + "/")


def relative(path: str, root: str) -> str:
    """Return the part of `path` after `root`; `.` if `path` is the root. `root` contains `path`."""
    return path[len(root) :].lstrip("/") or "."


def locator(name: str, position: int | None = None) -> str:
    """Return the locator of a document, or of the whole file if `position` is None.

    `name` is the file's quoted name, relative to the root. `position` is a line number or offset.

    >>> locator("2026/dump.jsonl", 12)
    'file:2026/dump.jsonl#12'
    """
    return f"file:{name}" if position is None else f"file:{name}#{position}"


def source(name: str, root: str) -> str:
    """Return the name of the folder that contains the file `name`; `name` and `root` are quoted.

    >>> source("2026/reuters/a.txt", "/data/news"), source("a.txt", "/data/news")
    ('reuters', 'news')
    """
    folder = PurePosixPath(unquote(root), unquote(name)).parent.name or "/"
    return _bytes(folder).decode("utf-8", "backslashreplace")


def check_utf8(name: str) -> None:
    """Check that the original name of the quoted `name` is UTF-8.

    Raises:
        BadName: The original name is not UTF-8.
    """
    try:
        _bytes(unquote(name)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadName(f"not UTF-8: {name}") from error


def is_packed(name: str) -> bool:
    """Return whether the file's name says that the file is compressed with gzip."""
    return name.lower().endswith(PACKED)


def ending(name: str) -> str:
    """Return the file extension without `.gz`, in lower case; empty if there is none."""
    found = _ENDING.search(name.lower())
    return found[1] if found else ""


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
