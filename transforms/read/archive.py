"""Records of a web archive (WARC 1.0, 1.1), told apart without trust in what they say of themselves.

Libraries return a record that is cut short without a word, and stop at the first damage. Here each
length is held against what stands behind it, and damage is passed over up to the next record.
"""

import re
from collections.abc import Iterator
from io import BufferedReader, BytesIO
from itertools import islice
from typing import BinaryIO, NamedTuple

from schemas.reasons import BadRecord, Reject
from schemas.records import FileSlice
from transforms.attempt import MAX_PAYLOAD
from transforms.read.found import too_large
from transforms.read.members import members
from transforms.read.names import is_packed

MAX_HEAD = 32 * 2**10
"""Most bytes of a record's own header."""

_STEP = 8 * 2**10  # read at once in search of a record
_BEGIN = b"WARC/"
_HEAD = re.compile(rb"WARC/1\.[01][ \t]*\r?\n.*?\n\r?\n", re.DOTALL)
_LENGTH = re.compile(rb"\nContent-Length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
_BLANK = b"\r\n\0"
_NEXT = b"\nWARC/1."


class Record(NamedTuple):
    """A record, or a stretch of damage between two."""

    offset: int
    """Where it begins in the file, in bytes; where it is packed, its gzip member."""
    skip: int
    """How many lie before it in that member."""
    head: bytes
    """Its header with the blank line; empty for damage."""
    block: bytes
    """The bytes behind, or as much of them as was to be kept; of damage, all bytes."""
    size: int
    """Bytes of header and block together."""
    error: Reject | None
    """Why it is not whole, or no record."""


def records(file: BufferedReader, slice: FileSlice, keep: int) -> Iterator[Record]:
    """Yield the records of `slice` in their order, damage among them.

    Memory is bounded by `keep` and `members.MAX_MEMBER`.

    Args:
        file: The slice's file.
        slice: Of a web archive.
        keep: Most bytes of a block to keep; a larger record comes with `TooLarge`.
    """
    read = _packed if is_packed(slice.name) else _plain
    stop = None if slice.lines is None else slice.skip + slice.lines
    return islice(read(file, slice.offset, keep), slice.skip, stop)


def _plain(file: BufferedReader, offset: int, keep: int) -> Iterator[Record]:
    return _records(file, offset, None, keep)


def _packed(file: BufferedReader, offset: int, keep: int) -> Iterator[Record]:
    for member in members(file, offset, _BEGIN):
        if not member.data:
            file.seek(member.offset)
            size = member.end - member.offset
            raw = file.read(min(size, MAX_PAYLOAD + 1))
            yield Record(member.offset, 0, b"", raw, size, member.error)
        for number, record in enumerate(_records(BytesIO(member.data), 0, member.error, keep)):
            yield record._replace(offset=member.offset, skip=number)


def _records(stream: BinaryIO, offset: int, error: Reject | None, keep: int) -> Iterator[Record]:
    """Yield the records of a seekable stream, whose last one `error` keeps from being whole."""
    end = stream.seek(0, 2)
    begin = _past_blank(stream, offset)
    while begin < end:
        try:
            record, begin = _record(stream, begin, end, keep, is_cut=error is not None)
        except BadRecord as damage:
            record, begin = _damage(stream, begin, end, damage)
        is_last = begin >= end
        yield record._replace(error=error or record.error) if is_last else record


def _record(stream: BinaryIO, offset: int, end: int, keep: int, is_cut: bool) -> tuple[Record, int]:
    """Return the record at `offset`, the beginning of one if the stream `is_cut`, and the next place.

    Raises:
        BadRecord: there is none, or its length is wrong.
    """
    stream.seek(offset)
    found = _HEAD.match(stream.read(MAX_HEAD))
    if found is None:
        raise BadRecord("no record begins here")
    head = found[0]
    stated = _LENGTH.search(head)
    if stated is None:
        raise BadRecord("a record without a length")
    begin, size = offset + len(head), int(stated[1])
    if begin + size > end and not is_cut:
        raise BadRecord(f"says that it has {size} bytes, and {end - begin} are left")
    if not _ends(stream, begin + size):
        raise BadRecord(f"says that it has {size} bytes, and does not end behind them")
    stream.seek(begin)
    error = too_large(keep) if size > keep else None
    record = Record(offset, 0, head, stream.read(min(size, keep)), len(head) + size, error)
    return record, _past_blank(stream, begin + size)


def _ends(stream: BinaryIO, offset: int) -> bool:
    """Tell whether a record can end at `offset`: before blank lines, another one, or the end."""
    stream.seek(offset)
    behind = stream.read(len(b"\r\n\r\n") + len(_BEGIN))
    begun = behind.strip(_BLANK)
    return behind.startswith((b"\r\n\r\n", b"\n\n")) or not begun or begun.startswith(_BEGIN)


def _damage(stream: BinaryIO, offset: int, end: int, error: BadRecord) -> tuple[Record, int]:
    """Return what stands at `offset`, up to the next record or the end, and where that is."""
    stop = _next(stream, offset, end)
    stream.seek(offset)
    block = stream.read(min(stop - offset, MAX_PAYLOAD + 1))
    return Record(offset, 0, b"", block, stop - offset, error), stop


def _next(stream: BinaryIO, offset: int, end: int) -> int:
    """Return where the next line begins that a record could begin with; else `end`."""
    stream.seek(offset)
    window = b""
    while piece := stream.read(_STEP):
        window = window[-len(_NEXT) + 1 :] + piece
        if (at := window.find(_NEXT)) >= 0:
            return stream.tell() - len(window) + at + 1
    return end


def _past_blank(stream: BinaryIO, offset: int) -> int:
    """Return where the next byte lies that is no line end."""
    stream.seek(offset)
    while piece := stream.read(_STEP):
        if left := piece.lstrip(_BLANK):
            return stream.tell() - len(left)
    return stream.tell()
