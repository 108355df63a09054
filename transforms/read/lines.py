"""Split a stream of bytes into lines with line numbers and offsets, in bounded memory."""

import re
from collections.abc import Iterable, Iterator

from newslake.schemas.reasons import Reject
from newslake.schemas.records import FileSlice
from newslake.transforms.read.opening import InputFile
from newslake.transforms.read.parts import Part, bytes_to_keep, detached
from newslake.transforms.read.unpacking import unpacked

_SEGMENT = re.compile(rb"\s*\n|[^\n]*\n|[^\n]+")
"""A series of blank lines, one line, or a part of a line."""


def split(file: InputFile, slice: FileSlice, max_bytes: int) -> Iterator[Part]:
    """Yield the lines of a JSON Lines file; see `Format.split`."""
    keep = bytes_to_keep(max_bytes) + len("\r\n")
    return lines(unpacked(file, slice), keep, slice.line, slice.offset)


def lines(pieces: Iterable[bytes], keep: int, number: int = 1, offset: int = 0) -> Iterator[Part]:
    r"""Yield each line, or each series of blank lines, in `pieces` as a part.

    Lines end with LF or CR LF. `Part.size` includes the line end; `Part.head` does not.

    If `pieces` raises `Reject` after the first byte, the last line has this error.

    The pieces may end anywhere. Memory is bounded by the size of one piece and `keep`, the maximum
    size of `Part.head` in bytes. `number` and `offset` are those of the first line.

    Raises:
        Reject: The exception of `pieces`, if the first byte of the stream cannot be read.

    >>> [(line.number, line.offset, line.head) for line in lines([b"{}\r", b"\n[1", b"]"], 9)]
    [(1, 0, b'{}'), (2, 4, b'[1]')]
    """
    head, size, blank, error = bytearray(), 0, True, None
    segments = _segments(pieces)
    while True:
        try:
            segment = next(segments, b"")
        except Reject as reject:
            if not (offset or size):
                raise
            segment, error = b"", detached(reject)
        head += segment[: keep - len(head)]
        size += len(segment)
        blank = blank and (not segment or segment.isspace())
        if segment.endswith(b"\n") or error or (size and not segment):
            count = max(1, segment.count(b"\n"))
            yield Part(number, offset, size, _without_end(bytes(head)), blank, error, count)
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
