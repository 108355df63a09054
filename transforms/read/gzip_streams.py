"""Decompress gzip files, and continue where a previous slice of the same file ended.

A gzip stream can be decompressed only from its start. If each slice started there, the time to read
a file would grow with the number of the file's slices.
"""

import os
import zlib
from collections import deque
from collections.abc import Generator, Iterator
from io import BufferedReader
from threading import RLock

from newslake.schemas.records import FileSlice
from newslake.transforms.read.opening import opened

GZIP = 31
"""`wbits` of zlib for one gzip member."""

MAGIC = b"\x1f\x8b"
"""The bytes with which a gzip member begins."""

PIECE = 2**18
"""Maximum number of bytes decompressed in one step."""

PACKED_PIECE = 2**14
"""Number of bytes read in one step: zlib copies the rest of them at the end of each member."""

KEPT_PIECES = 4
"""Number of pieces that a stream keeps, because the next slice may begin in an earlier piece."""


class _Stream:
    """A gzip file that is read piece by piece."""

    def __init__(self, file: BufferedReader, identity: tuple[int, ...]) -> None:
        self.identity = identity  # device, inode, size and time of the last change
        self.kept: deque[tuple[int, bytes]] = deque(maxlen=KEPT_PIECES)
        self.has_trailing_bytes = False
        self._source = self._decompressed(file)

    def pieces(self) -> Iterator[tuple[int, bytes]]:
        """Yield the pieces that the stream has kept, then the later pieces, each with its offset."""
        offset = 0
        for offset, piece in list(self.kept):
            yield offset, piece
            offset += len(piece)
        for piece in self._source:
            self.kept.append((offset, piece))
            yield offset, piece
            offset += len(piece)

    def _decompressed(self, file: BufferedReader) -> Iterator[bytes]:
        """Yield the content of all members. Zero bytes after a member are padding."""
        packed = file.read(PACKED_PIECE)
        if packed and not packed.startswith(MAGIC):
            raise zlib.error("the file does not begin with a gzip header")
        while packed.startswith(MAGIC):
            rest = yield from _member(file, packed)
            packed = rest.lstrip(b"\0")
            while len(packed) < len(MAGIC) and (more := file.read(PACKED_PIECE)):
                packed = (packed + more).lstrip(b"\0")
        self.has_trailing_bytes = packed != b""


def _member(file: BufferedReader, packed: bytes) -> Generator[bytes, None, bytes]:
    """Yield the content of a member that begins with `packed`; return the bytes read after it.

    Raises:
        EOFError: The member is truncated.
        zlib.error: The member is damaged, or its checksum is wrong.
    """
    member = zlib.decompressobj(GZIP)
    while not member.eof:
        before = member.copy()
        try:
            piece = member.decompress(packed, PIECE) if packed else member.flush()
        except zlib.error:
            yield from _before_damage(before, packed)
            raise
        if piece:
            yield piece
        if not (packed or member.eof):
            raise EOFError
        packed = member.unconsumed_tail or (b"" if member.eof else file.read(PACKED_PIECE))
    return member.unused_data


def _before_damage(member: "zlib._Decompress", packed: bytes) -> Iterator[bytes]:
    """Yield what `packed` contains before its damage: zlib discards the output of a failed call."""
    content = bytearray()
    for byte in packed:
        try:
            content += member.decompress(bytes([byte]))
        except zlib.error:
            break
        if len(content) > PIECE // 2:
            yield bytes(content)
            content.clear()
    if content:
        yield bytes(content)


_idle: list[_Stream] = []
"""The last two streams that were not read to the end: for a header, and for the next slice."""

_lock = RLock()  # the garbage collector may close `decompressed` in a thread that has the lock
os.register_at_fork(after_in_child=_idle.clear)  # processes must not share the position in a file


def decompressed(slice: FileSlice) -> Generator[bytes, None, bool]:
    """Yield the bytes of the slice's file from its offset on, in pieces of at most `PIECE` bytes.

    Before it raises an exception, the function yields all bytes that can be decompressed. At the end
    it returns whether bytes that are not gzip follow the last member of the file.

    Raises:
        Reject: The file cannot be opened; see `opened`.
        EOFError, zlib.error: The file is damaged.
        OSError: The file cannot be read.
    """
    stream = _stream_at(slice)
    try:
        for begin, piece in stream.pieces():
            if begin + len(piece) > slice.offset:
                yield piece[max(0, slice.offset - begin) :]
    except GeneratorExit:
        with _lock:
            _idle[:] = [*_idle[-1:], stream]
        raise
    return stream.has_trailing_bytes


def _stream_at(slice: FileSlice) -> _Stream:
    """Return a stream that still has the byte at the slice's offset: an idle or a new stream."""
    file = opened(slice)
    status = os.fstat(file.fileno())
    identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    with _lock:
        usable = [
            one for one in _idle if one.identity == identity and one.kept[0][0] <= slice.offset
        ]
        latest = max(usable, key=lambda one: one.kept[0][0], default=None)
        _idle[:] = [one for one in _idle if one is not latest]
    if latest:
        file.close()
        return latest
    return _Stream(file, identity)
