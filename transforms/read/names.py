"""Names of input files: how they are written down, and what they tell of the contents.

A file's name is bytes, and may hold any but `/` and NUL. In a `FileSlice` and in a locator it is
*quoted*: printable, unambiguous, the same on every machine, and given back exactly by `unquote`.
"""

import re
from pathlib import PurePosixPath
from urllib.parse import unquote_to_bytes

from newslake.schemas.reasons import BadName, UnknownType

_QUOTED = re.compile(
    "[%#?"
    "\x00-\x1f\x7f-\x9f"  # control characters
    "\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069"  # line ends and changes of direction
    "\ud800-\udfff]"  # bytes that are not UTF-8
)
LINES = ".jsonl"
"""Ending of files of which each line is a document."""
ARCHIVE = ".warc"
"""Ending of web archives."""
_PACKED = ".gz"
_ENDING = re.compile(r"[^/](\.[a-z]+)(?:\.gz)?$")
_MEDIA_TYPES = {
    ".txt": "text/plain",
    ".md": "text/markdown",
    ".html": "text/html",
    ".htm": "text/html",
    ".json": "application/json",
    LINES: "application/json",
    ARCHIVE: "application/warc",
}


def quote(path: str) -> str:
    r"""Return `path`, as the operating system gives it, fit to be stored and shown.

    >>> quote("50% of\nKyiv?.txt")
    '50%25 of%0AKyiv%3F.txt'
    >>> quote("caf\udce9.txt")
    'caf%E9.txt'
    """
    return _QUOTED.sub(lambda found: "".join(f"%{byte:02X}" for byte in _bytes(found[0])), path)


def unquote(quoted: str) -> str:
    """Return the path that `quote` was given."""
    return unquote_to_bytes(quoted).decode("utf-8", "surrogateescape")


def inside(path: str, root: str) -> bool:
    """Tell whether `path` is the folder `root` or lies in it; both absolute, without links."""
    return path == root or path.startswith(root.rstrip("/") + "/")


def relative(path: str, root: str) -> str:
    """Return `path`, which lies inside `root`, as seen from there; `.` for the root itself."""
    return path[len(root) :].lstrip("/") or "."


def locator(name: str, place: int | None = None) -> str:
    """Return where a document lies, from its quoted name relative to the root.

    >>> locator("2026/dump.jsonl", 12)
    'file:2026/dump.jsonl#12'
    """
    return f"file:{name}" if place is None else f"file:{name}#{place}"


def source(name: str, root: str) -> str:
    """Return the own name of the folder that holds the file `name` of `root`, both quoted.

    >>> source("2026/reuters/a.txt", "/data/news"), source("a.txt", "/data/news")
    ('reuters', 'news')
    """
    folder = PurePosixPath(unquote(root), unquote(name)).parent.name or "/"
    return _bytes(folder).decode("utf-8", "backslashreplace")


def media_type(name: str) -> str:
    """Return what the quoted `name` promises of the unpacked contents.

    Raises:
        BadName: it is not UTF-8.
        UnknownType: it has none of the endings that we read.
    """
    try:
        _bytes(unquote(name)).decode("utf-8")
    except UnicodeDecodeError as error:
        raise BadName(f"not UTF-8: {name}") from error
    kind = _MEDIA_TYPES.get(ending(name))
    if kind is None:
        raise UnknownType(
            f"its ending is none of {' '.join(_MEDIA_TYPES)}, with or without {_PACKED}"
        )
    return kind


def is_packed(name: str) -> bool:
    """Tell whether the file is compressed with gzip, by its name."""
    return name.lower().endswith(_PACKED)


def ending(name: str) -> str:
    """Return the ending that tells the type, in lower case and without `.gz`."""
    found = _ENDING.search(name.lower())
    return found[1] if found else ""


def _bytes(path: str) -> bytes:
    return path.encode("utf-8", "surrogateescape")
