"""Read the records of a WARC file (versions 0.17 to 1.1) without trusting their Content-Length.

WARC libraries return truncated records without an error, and stop at the first damage. This module
checks that a record ends where its Content-Length says. Damaged bytes up to the next record header
are one reject, and reading continues after these bytes. All this takes one pass.
"""

import re
from collections.abc import Iterator
from io import BytesIO
from itertools import groupby, islice
from typing import BinaryIO, NamedTuple

from newslake.schemas.reasons import MAX_PAYLOAD, BadRecord, Reject
from newslake.schemas.records import FileSlice
from newslake.transforms.read.found import too_large
from newslake.transforms.read.names import is_packed
from newslake.transforms.read.opening import InputFile
from newslake.transforms.read.parts import Part
from newslake.transforms.read.warc.members import members

MAX_HEAD = 32 * 2**10
"""Maximum size of a record's WARC header in bytes."""

_STEP = 8 * 2**10  # bytes per read while searching for a record
_BEGIN = b"WARC/"
_HEAD = re.compile(rb"WARC/(?:0\.1[78]|1\.[01])[ \t]*+\r?\n(?>(?!WARC/|\r?\n)[^\n]*+\n)++\r?\n")
_LENGTH = re.compile(rb"\nContent-Length[ \t]*:[ \t]*(\d{1,18})[ \t]*\r?\n", re.IGNORECASE)
_BLANK = b"\r\n\0"
_NEXT = re.compile(rb"\n(?=WARC/(?:0\.1|1\.))")


class Record(NamedTuple):
    """A record, or the damaged bytes between two records."""

    offset: int
    """Offset of the record in the file; in a compressed file, offset of its gzip member."""
    end: int
    """Offset after the record; in a compressed file, after its last gzip member."""
    skip: int
    """Number of records before this record in the same gzip member."""
    head: bytes
    """The WARC header, including the blank line after it; empty if the record is damaged."""
    block: bytes
    """The first bytes of the record's block or, if the record is damaged, of the damage."""
    size: int
    """Size of the header and the whole block in bytes."""
    error: Reject | None
    """Why the record is incomplete or damaged; None if it is intact."""


def split(file: InputFile, slice: FileSlice, max_bytes: int) -> Iterator[Part]:
    """Yield the places of all records of an archive; see `Format.split`."""
    for number, record in enumerate(records(file, slice, keep=0), 1):
        yield Part(number, record.offset, record.size, skip=record.skip)


def records(file: InputFile, slice: FileSlice, keep: int) -> Iterator[Record]:
    """Yield the records and the damage of `slice`, in order.

    `keep` is the maximum size of `Record.block` in bytes; a record with a larger block has the error
    `TooLarge`. Memory is bounded by `keep` and `members.MAX_MEMBER`.
    """
    read = _packed if is_packed(slice.name) else _records
    stop = None if slice.lines is None else slice.skip + slice.lines
    return islice(_with_merged_damage(read(file, slice.offset, keep)), slice.skip, stop)


def _packed(file: InputFile, offset: int, keep: int) -> Iterator[Record]:
    for member in members(file, offset, _BEGIN):
        if not member.data:
            file.seek(member.offset)
            size = member.end - member.offset
            raw = file.read(min(size, MAX_PAYLOAD + 1))
            error = member.error or BadRecord("an empty gzip member")
            yield Record(member.offset, member.end, 0, b"", raw, size, error)
        for number, record in enumerate(_records(BytesIO(member.data), 0, keep, member.error)):
            if record.head and record.error and record.error is member.error:
                detail = f"{record.error}; in {_byte_range(member.offset, member.end)}"
                record = record._replace(error=type(record.error)(detail))
            yield record._replace(offset=member.offset, end=member.end, skip=number)


def _with_merged_damage(found: Iterator[Record]) -> Iterator[Record]:
    """Yield the records; damage in consecutive gzip members is merged into one record."""
    for has_no_header, group in groupby(found, _has_no_header):
        if has_no_header:
            yield _merged(group)
        else:
            yield from (one if one.head else _merged(iter([one])) for one in group)


def _has_no_header(record: Record) -> bool:
    """Return whether the record is damage that does not start with a WARC header."""
    return not record.head and _head(record.block) is None


def _merged(pieces: Iterator[Record]) -> Record:
    """Merge consecutive damage into one record, whose error contains the byte range."""
    last = first = next(pieces)
    assert first.error
    block, size = bytearray(first.block), first.size
    for last in pieces:
        block += last.block[: MAX_PAYLOAD + 1 - len(block)]
        size += last.size
    byte_range = _byte_range(first.offset, last.end)
    error = type(first.error)(f"{first.error}; {size:,} bytes of damage, in {byte_range}")
    return first._replace(end=last.end, block=bytes(block), size=size, error=error)


def _byte_range(begin: int, end: int) -> str:
    return f"bytes {begin:,} to {end:,} of the file"


def _records(
    stream: BinaryIO, offset: int, keep: int, error: Reject | None = None
) -> Iterator[Record]:
    """Yield the records of a seekable stream. If `error` is not None, set it on the last record."""
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
    """Return the record at `offset` and the offset of the next record.

    If the stream `is_cut`, the record may be incomplete.

    Raises:
        BadRecord: There is no record at `offset`, or its Content-Length is wrong.
    """
    stream.seek(offset)
    found = _head(stream.read(MAX_HEAD))
    if found is None:
        raise BadRecord("no WARC header with a Content-Length starts here")
    head, size = found
    begin = offset + len(head)
    claim = f"the record's Content-Length is {size}"
    if begin + size > end and not is_cut:
        raise BadRecord(f"{claim}, but only {end - begin} bytes are left")
    if not _ends(stream, begin + size):
        raise BadRecord(f"{claim}, but it does not end after these bytes")
    stream.seek(begin)
    error = too_large(keep) if size > keep else None
    block, whole = stream.read(min(size, keep)), len(head) + size
    record = Record(offset, offset + whole, 0, head, block, whole, error)
    return record, _past_blank(stream, begin + size)


def _head(data: bytes, at: int = 0) -> tuple[bytes, int] | None:
    """Return the WARC header at `at` in `data`, and its Content-Length; None if it is no header."""
    found = _HEAD.match(data, at, at + MAX_HEAD)
    length = _LENGTH.search(found[0]) if found else None
    return (found[0], int(length[1])) if found and length else None


def _ends(stream: BinaryIO, offset: int) -> bool:
    """Return whether blank lines, a record or the end of `stream` follows at `offset`."""
    stream.seek(offset)
    after = stream.read(len(b"\r\n\r\n") + len(_BEGIN))
    text = after.strip(_BLANK)
    return after.startswith((b"\r\n\r\n", b"\n\n")) or not text or text.startswith(_BEGIN)


def _damage(stream: BinaryIO, offset: int, end: int, error: BadRecord) -> tuple[Record, int]:
    """Return the damage from `offset` to the next record (or `end`), and the offset of its end."""
    stop = _next(stream, offset, end)
    stream.seek(offset)
    block = stream.read(min(stop - offset, MAX_PAYLOAD + 1))
    return Record(offset, stop, 0, b"", block, stop - offset, error), stop


def _next(stream: BinaryIO, offset: int, end: int) -> int:
    """Return the offset of the next WARC header after `offset`; `end` if there is none.

    A header ends before the next line that could start a header, so the search takes linear time.
    """
    for base in range(offset, end, MAX_HEAD):
        stream.seek(base)
        window = stream.read(2 * MAX_HEAD)
        for found in _NEXT.finditer(window):
            if found.end() > MAX_HEAD:
                break  # the next window contains this header completely
            if _head(window, found.end()):
                return base + found.end()
    return end


def _past_blank(stream: BinaryIO, offset: int) -> int:
    """Return the offset of the next byte that is not a line end or NUL."""
    stream.seek(offset)
    while piece := stream.read(_STEP):
        if rest := piece.lstrip(_BLANK):
            return stream.tell() - len(rest)
    return stream.tell()
