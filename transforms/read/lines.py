"""Lines of a stream of bytes, with their numbers and places, however long they are."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from newslake.schemas.reasons import Reject

_STRETCH = re.compile(rb"\s*\n|[^\n]*\n|[^\n]+")
"""Many blank lines at once, or one line, or what there is of it."""


class Line(NamedTuple):
    """One line, or a run of blank ones; its end is LF or CR LF, that of the last may be missing."""

    number: int
    """Counted from 1, blank lines too."""
    offset: int
    """Of its first byte in the unpacked file."""
    size: int
    """Bytes, with the line end."""
    head: bytes
    """As much of it as was to be kept, without the line end."""
    blank: bool
    """True if it is white space alone."""
    error: Reject | None = None
    """Why the stream breaks off in this line, or right before it; None if it does not."""
    how_many: int = 1
    """How many lines it stands for; 1 unless they are blank."""


def lines(pieces: Iterable[bytes], keep: int, number: int = 1, offset: int = 0) -> Iterator[Line]:
    r"""Yield the lines of `pieces`, and if these end with a `Reject`, the broken line with it.

    Memory is bounded by one piece and `keep`.

    Args:
        pieces: The stream, cut anywhere.
        keep: Most bytes of a line to keep.
        number: Of the first line.
        offset: Of the first byte.

    >>> [(line.number, line.offset, line.head) for line in lines([b"{}\r", b"\n[1", b"]"], 9)]
    [(1, 0, b'{}'), (2, 4, b'[1]')]
    """
    head, size, blank, error = bytearray(), 0, True, None
    stretches = _stretches(pieces)
    while True:
        try:
            stretch = next(stretches, b"")
        except Reject as reject:
            stretch, error = b"", reject
        head += stretch[: keep - len(head)]
        size += len(stretch)
        blank = blank and (not stretch or stretch.isspace())
        if stretch.endswith(b"\n") or error or (size and not stretch):
            count = max(1, stretch.count(b"\n"))
            yield Line(number, offset, size, _without_end(bytes(head)), blank, error, count)
            number, offset = number + count, offset + size
            head, size, blank = bytearray(), 0, True
        if not stretch:
            return


def _stretches(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield `pieces`, cut after every line end but those of a run of blank lines."""
    at_start = True
    for piece in pieces:
        for stretch in _STRETCH.findall(piece):
            if at_start or stretch.count(b"\n") < 2:
                yield stretch
            else:  # the first line end is that of the line before
                end = stretch.index(b"\n") + 1
                yield stretch[:end]
                yield stretch[end:]
            at_start = stretch.endswith(b"\n")


def _without_end(line: bytes) -> bytes:
    return line[:-2] if line.endswith(b"\r\n") else line.removesuffix(b"\n")
