"""Split a stream of bytes into lines with line numbers and offsets, in bounded memory."""

import re
from collections.abc import Iterable, Iterator
from typing import NamedTuple

from newslake.schemas.reasons import Reject

_SEGMENT = re.compile(rb"\s*\n|[^\n]*\n|[^\n]+")
"""A series of blank lines, one line, or a part of a line."""


class Line(NamedTuple):
    """One line, or a series of blank lines. Lines end with LF or CR LF."""

    number: int
    """Line number, counted from 1; blank lines count."""
    offset: int
    """Offset of the first byte in the decompressed file."""
    size: int
    """Size in bytes, including the line end."""
    head: bytes
    """The first bytes of the line, without the line end."""
    blank: bool
    """True if the line contains only white space."""
    error: Reject | None = None
    """Why the stream ends in this line, or immediately before it; None if there was no error."""
    line_count: int = 1
    """Number of lines in a series of blank lines; else 1."""


def lines(pieces: Iterable[bytes], keep: int, number: int = 1, offset: int = 0) -> Iterator[Line]:
    r"""Yield the lines of `pieces`.

    If `pieces` raises `Reject`, the last line has this error.

    Memory is bounded by the size of one piece and `keep`.

    Args:
        pieces: The stream, in pieces that may end anywhere.
        keep: Maximum size of `Line.head` in bytes.
        number: Number of the first line.
        offset: Offset of the first byte.

    >>> [(line.number, line.offset, line.head) for line in lines([b"{}\r", b"\n[1", b"]"], 9)]
    [(1, 0, b'{}'), (2, 4, b'[1]')]
    """
    head, size, blank, error = bytearray(), 0, True, None
    segments = _segments(pieces)
    while True:
        try:
            segment = next(segments, b"")
        except Reject as reject:
            segment, error = b"", reject
        head += segment[: keep - len(head)]
        size += len(segment)
        blank = blank and (not segment or segment.isspace())
        if segment.endswith(b"\n") or error or (size and not segment):
            count = max(1, segment.count(b"\n"))
            yield Line(number, offset, size, _without_end(bytes(head)), blank, error, count)
            number, offset = number + count, offset + size
            head, size, blank = bytearray(), 0, True
        if not segment:
            return


def _segments(pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield `pieces`, split after each line end, but not within a series of blank lines."""
    at_line_start = True
    for piece in pieces:
        for segment in _SEGMENT.findall(piece):
            if at_line_start or segment.count(b"\n") < 2:
                yield segment
            else:  # the first line end belongs to the previous line
                end = segment.index(b"\n") + 1
                yield segment[:end]
                yield segment[end:]
            at_line_start = segment.endswith(b"\n")


def _without_end(line: bytes) -> bytes:
    return line[:-2] if line.endswith(b"\r\n") else line.removesuffix(b"\n")
