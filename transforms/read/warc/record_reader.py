"""Records of a web archive (WARC 1.0, 1.1), told apart without trust in what they say of themselves.

Libraries return a record that is cut short without a word, and stop at the first damage. Here each
length is held against what stands behind it. Damage is one piece up to the next header, however long,
and found in one pass.
"""

import re
from collections.abc import Iterator
from io import BufferedReader, BytesIO
from itertools import groupby, islice
from typing import BinaryIO, NamedTuple

from newslake.schemas.reasons import BadRecord, Reject
from newslake.schemas.records import FileSlice
from newslake.transforms.beam.dead_letter import MAX_PAYLOAD
from newslake.transforms.read.found import too_large
from newslake.transforms.read.names import is_packed
from newslake.transforms.read.warc.members import members

MAX_HEAD = 32 * 2**10
"""Most bytes of a record's own header."""

_STEP = 8 * 2**10  # read at once in search of a record
_BEGIN = b"WARC/"
_HEAD = re.compile(rb"WARC/1\.[01][ \t]*+\r?\n(?:(?!WARC/|\r?\n)[^\n]*+\n)++\r?\n")
_LENGTH = re.compile(rb"\nContent-Length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
_BLANK = b"\r\n\0"
_NEXT = re.compile(rb"\n(?=WARC/1\.)")


class Record(NamedTuple):
    """A record, or a stretch of damage between two."""

    offset: int
    """Where it begins in the file, in bytes; where it is packed, its gzip member."""
    end: int
    """One past its last byte in the file; where it is packed, past that of its last gzip member."""
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
    return islice(_joined(read(file, slice.offset, keep)), slice.skip, stop)


def _plain(file: BufferedReader, offset: int, keep: int) -> Iterator[Record]:
    return _records(file, offset, None, keep)


def _packed(file: BufferedReader, offset: int, keep: int) -> Iterator[Record]:
    for member in members(file, offset, _BEGIN):
        if not member.data:
            file.seek(member.offset)
            size = member.end - member.offset
            raw = file.read(min(size, MAX_PAYLOAD + 1))
            error = member.error or BadRecord("an empty gzip member")
            yield Record(member.offset, member.end, 0, b"", raw, size, error)
        for number, record in enumerate(_records(BytesIO(member.data), 0, member.error, keep)):
            if record.head and record.error and record.error is member.error:
                told = f"{record.error}; in {_place(member.offset, member.end)}"
                record = record._replace(error=type(record.error)(told))
            yield record._replace(offset=member.offset, end=member.end, skip=number)


def _joined(found: Iterator[Record]) -> Iterator[Record]:
    """Yield the records; damage that many gzip members hold, one behind the other, as one."""
    for is_noise, group in groupby(found, _is_noise):
        if is_noise:
            yield _stretch(group)
        else:
            yield from (one if one.head else _stretch(iter([one])) for one in group)


def _is_noise(record: Record) -> bool:
    """Tell whether it is damage without so much as a header."""
    return not record.head and _head(record.block) is None


def _stretch(pieces: Iterator[Record]) -> Record:
    """Return damage as one, which says how far it reaches."""
    last = first = next(pieces)
    assert first.error
    block, size = bytearray(first.block), first.size
    for last in pieces:
        block += last.block[: MAX_PAYLOAD + 1 - len(block)]
        size += last.size
    place = _place(first.offset, last.end)
    error = type(first.error)(f"{first.error}; {size:,} bytes of damage, in {place}")
    return first._replace(end=last.end, block=bytes(block), size=size, error=error)


def _place(begin: int, end: int) -> str:
    return f"bytes {begin:,} to {end:,} of the file"


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
    found = _head(stream.read(MAX_HEAD))
    if found is None:
        raise BadRecord("no record with a length begins here")
    head, size = found
    begin = offset + len(head)
    if begin + size > end and not is_cut:
        raise BadRecord(f"says that it has {size} bytes, and {end - begin} are left")
    if not _ends(stream, begin + size):
        raise BadRecord(f"says that it has {size} bytes, and does not end behind them")
    stream.seek(begin)
    error = too_large(keep) if size > keep else None
    block, whole = stream.read(min(size, keep)), len(head) + size
    record = Record(offset, offset + whole, 0, head, block, whole, error)
    return record, _past_blank(stream, begin + size)


def _head(data: bytes, at: int = 0) -> tuple[bytes, int] | None:
    """Return the header that begins in `data` there, and the length that it states; None if none does."""
    found = _HEAD.match(data, at, at + MAX_HEAD)
    stated = _LENGTH.search(found[0]) if found else None
    return (found[0], int(stated[1])) if found and stated else None


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
    return Record(offset, stop, 0, b"", block, stop - offset, error), stop


def _next(stream: BinaryIO, offset: int, end: int) -> int:
    """Return where behind `offset` the next header begins; else `end`.

    A header ends before the next line that could begin one, so that no byte is looked at for many.
    """
    for base in range(offset, end, MAX_HEAD):
        stream.seek(base)
        window = stream.read(2 * MAX_HEAD)
        for found in _NEXT.finditer(window):
            if found.end() > MAX_HEAD:
                break  # the next window holds all that may belong to it
            if _head(window, found.end()):
                return base + found.end()
    return end


def _past_blank(stream: BinaryIO, offset: int) -> int:
    """Return where the next byte lies that is no line end."""
    stream.seek(offset)
    while piece := stream.read(_STEP):
        if left := piece.lstrip(_BLANK):
            return stream.tell() - len(left)
    return stream.tell()
