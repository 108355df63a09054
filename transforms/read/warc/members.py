"""Decompress a gzip file member by member: in a `.warc.gz` file each record is a member."""

import zlib
from collections.abc import Iterator
from typing import NamedTuple

from newslake.schemas.reasons import BadGzip, Reject, TooLarge, TruncatedGzip
from newslake.transforms.read.gzip_streams import GZIP, MAGIC, PIECE
from newslake.transforms.read.opening import InputFile

MAX_MEMBER = 64 * 2**20
"""Maximum number of bytes of a decompressed member that are kept in memory."""

MAX_WORK = 1024
"""Maximum number of bytes read and decompressed without result, per byte of the file. This limit
bounds the time for hostile files."""

_BEGIN = MAGIC + b"\x08"
_FIRST_STEP = 2**10
"""Size of a member's first read in bytes: most members are small. Further reads double the size."""


class Member(NamedTuple):
    """A gzip member, or damaged bytes up to the next member."""

    offset: int
    """Offset of the first byte in the file."""
    end: int
    """Offset of the next member."""
    data: bytes
    """The decompressed bytes, at most `MAX_MEMBER`."""
    error: Reject | None
    """Why `data` is incomplete; None if it is complete."""


def members(file: InputFile, offset: int, begin: bytes) -> Iterator[Member]:
    """Yield the members of `file` from `offset` on; after damage, continue at the next member.

    Every decompressed member starts with `begin`: the search for members looks for these bytes.

    Memory is bounded by `MAX_MEMBER`, and time is linear in the size of the file. The decompressor
    may read past the damage in a member into the members after it. The function goes back and reads
    these members again. To limit the time, it skips one byte at the start of the damaged member for
    each `MAX_WORK` bytes that it has read and decompressed.

    Zero bytes after an intact member are padding. If other bytes follow the last member and it is
    intact, `file.has_trailing_bytes` is true.
    """
    size, is_intact = file.seek(0, 2), offset > 0
    while offset < size:
        member, work = _member(file, offset)
        if isinstance(member.error, BadGzip | TruncatedGzip):
            member = member._replace(end=_next(file, offset + 1 + work // MAX_WORK, begin))
            if is_intact and member.end == size and not _has_magic(file, offset):
                file.has_trailing_bytes = True
                return
        yield member
        is_intact = member.error is None
        offset = _past_padding(file, member.end) if is_intact else member.end


def _past_padding(file: InputFile, offset: int) -> int:
    """Return the offset of the first byte at or after `offset` that is not zero."""
    file.seek(offset)
    while (piece := file.peek(1)).startswith(b"\0"):
        file.seek(len(piece) - len(piece.lstrip(b"\0")), 1)
    return file.tell()


def _has_magic(file: InputFile, offset: int) -> bool:
    file.seek(offset)
    return file.read(len(MAGIC)) == MAGIC


def _member(file: InputFile, offset: int) -> tuple[Member, int]:
    """Return the member at `offset`, and the number of bytes read and decompressed for it.

    The end of a damaged member is after the damage.
    """
    file.seek(offset)
    unpacker, data, size = zlib.decompressobj(GZIP), bytearray(), 0
    error: Reject | None = None
    step = _FIRST_STEP
    try:
        while not unpacker.eof:
            packed = unpacker.unconsumed_tail or file.read(step)
            if not packed:
                raise TruncatedGzip("the gzip stream is truncated")
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


def _next(file: InputFile, start: int, begin: bytes) -> int:
    """Return the offset of the first member at or after `start` whose data starts with `begin`.

    If there is no such member, return the end of the file.
    """
    file.seek(start)
    window = b""
    while piece := file.read(PIECE):
        window = window[-len(_BEGIN) + 1 :] + piece
        base, at = file.tell() - len(window), window.find(_BEGIN)
        while at >= 0:
            if _begins(file, base + at, begin):
                return base + at
            at = window.find(_BEGIN, at + 1)
        file.seek(base + len(window))
    return file.tell()


_HEAD = 1024
"""Number of compressed bytes read to check the start of a member."""


def _begins(file: InputFile, offset: int, begin: bytes) -> bool:
    file.seek(offset)
    try:
        return zlib.decompressobj(GZIP).decompress(file.read(_HEAD), len(begin)) == begin
    except zlib.error:
        return False
