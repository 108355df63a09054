"""Members of a gzip file, unpacked one by one: web archives pack each record as a member."""

import zlib
from collections.abc import Iterator
from io import BufferedReader
from typing import NamedTuple

from newslake.schemas.reasons import BadGzip, Reject, TooLarge, TruncatedGzip
from newslake.transforms.read.unpacking import PIECE

MAX_MEMBER = 64 * 2**20
"""Most bytes of a member that are kept."""

MOST_WORK = 1024
"""Bytes that may be read and unpacked in vain for each byte of an archive, however it is made."""

_MAGIC = b"\x1f\x8b\x08"
_GZIP = 31  # zlib's `wbits` for one gzip member
_FIRST_STEP = 2**10  # read at once of a member, more each time: most are small


class Member(NamedTuple):
    """A member, or a stretch of the file that is none."""

    offset: int
    """Of its first byte in the file."""
    end: int
    """Where the next one begins."""
    data: bytes
    """What was unpacked of it."""
    error: Reject | None
    """Why that is not all of it."""


def members(file: BufferedReader, offset: int, begin: bytes) -> Iterator[Member]:
    """Yield the members of `file` from `offset` on; behind damage, from the next whole one.

    Memory is bounded by `MAX_MEMBER`, and time by the file's size: a broken member may run on through
    others behind its break, which are then read for themselves, but for those in the first part of it
    where it was long to unpack, see `MOST_WORK`.

    Args:
        file: Seekable.
        offset: Where a member begins.
        begin: What members hold first: tells them from the same bytes by chance.
    """
    size = file.seek(0, 2)
    while offset < size:
        member, work = _member(file, offset)
        if isinstance(member.error, BadGzip | TruncatedGzip):
            member = member._replace(end=_next(file, offset + 1 + work // MOST_WORK, begin))
        yield member
        offset = member.end


def _member(file: BufferedReader, offset: int) -> tuple[Member, int]:
    """Return the member at `offset`, and how many bytes were read and unpacked for it.

    Where it is broken its end is behind the break.
    """
    file.seek(offset)
    unpacker, data, size = zlib.decompressobj(_GZIP), bytearray(), 0
    error: Reject | None = None
    step = _FIRST_STEP
    try:
        while not unpacker.eof:
            packed = unpacker.unconsumed_tail or file.read(step)
            if not packed:
                raise TruncatedGzip("the gzip stream ends before its end")
            step = min(2 * step, PIECE)
            piece = unpacker.decompress(packed, PIECE)
            size += len(piece)
            data += piece[: MAX_MEMBER - len(data)]
        if size > MAX_MEMBER:
            raise TooLarge(f"a gzip member of over {MAX_MEMBER / 2**20:g} MB unpacked")
    except zlib.error as damage:
        error = BadGzip(str(damage))
    except (TruncatedGzip, TooLarge) as reject:
        error = reject
    end = file.tell() - len(unpacker.unused_data)
    return Member(offset, end, bytes(data), error), end - offset + size


def _next(file: BufferedReader, start: int, begin: bytes) -> int:
    """Return where, from `start` on, a member begins that holds `begin` first; else the file's end."""
    file.seek(start)
    window = b""
    while piece := file.read(PIECE):
        window = window[-len(_MAGIC) + 1 :] + piece
        base, at = file.tell() - len(window), window.find(_MAGIC)
        while at >= 0:
            if _begins(file, base + at, begin):
                return base + at
            at = window.find(_MAGIC, at + 1)
        file.seek(base + len(window))
    return file.tell()


_HEAD = 1024
"""Bytes of a member that are enough to see how it begins; false starts may be many."""


def _begins(file: BufferedReader, offset: int, begin: bytes) -> bool:
    file.seek(offset)
    try:
        return zlib.decompressobj(_GZIP).decompress(file.read(_HEAD), len(begin)) == begin
    except zlib.error:
        return False
