"""Decompress a gzip file member by member: in a `.warc.gz` file each record is a member."""

import zlib
from collections.abc import Iterator
from io import BufferedReader
from typing import NamedTuple

from newslake.schemas.reasons import BadGzip, Reject, TooLarge, TruncatedGzip
from newslake.transforms.read.gzip_streams import PIECE

MAX_MEMBER = 64 * 2**20
"""Maximum number of bytes of a decompressed member that are kept in memory."""

MAX_WORK = 1024
"""Maximum number of bytes read and decompressed without result, per byte of the file. This limit
bounds the time for hostile files."""

_MAGIC = b"\x1f\x8b\x08"
_GZIP = 31  # zlib's `wbits` for one gzip member
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


def members(file: BufferedReader, offset: int, begin: bytes) -> Iterator[Member]:
    """Yield the members of `file` from `offset` on; after damage, continue at the next member.

    Every decompressed member starts with `begin`: the search for members looks for these bytes.

    Memory is bounded by `MAX_MEMBER`, and time is linear in the size of the file. The decompressor
    may read past the damage in a member into the members after it. The function goes back and reads
    these members again. To limit the time, it skips one byte at the start of the damaged member for
    each `MAX_WORK` bytes that it has read and decompressed.
    """
    size = file.seek(0, 2)
    while offset < size:
        member, work = _member(file, offset)
        if isinstance(member.error, BadGzip | TruncatedGzip):
            member = member._replace(end=_next(file, offset + 1 + work // MAX_WORK, begin))
        yield member
        offset = member.end


def _member(file: BufferedReader, offset: int) -> tuple[Member, int]:
    """Return the member at `offset`, and the number of bytes read and decompressed for it.

    The end of a damaged member is after the damage.
    """
    file.seek(offset)
    unpacker, data, size = zlib.decompressobj(_GZIP), bytearray(), 0
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


def _next(file: BufferedReader, start: int, begin: bytes) -> int:
    """Return the offset of the first member at or after `start` whose data starts with `begin`.

    If there is no such member, return the end of the file.
    """
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
"""Number of compressed bytes read to check the start of a member."""


def _begins(file: BufferedReader, offset: int, begin: bytes) -> bool:
    file.seek(offset)
    try:
        return zlib.decompressobj(_GZIP).decompress(file.read(_HEAD), len(begin)) == begin
    except zlib.error:
        return False
