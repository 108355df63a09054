"""Decompress gzip files, and continue where a previous slice of the same file ended.

A gzip stream can be decompressed only from its start. If each slice started there, the time to read
a file would grow with the number of the file's slices.
"""

import gzip
import os
from collections import deque
from collections.abc import Iterator
from threading import RLock
from typing import NamedTuple

from newslake.schemas.records import FileSlice
from newslake.transforms.read.opening import opened

PIECE = 2**18
"""Maximum number of bytes decompressed in one step."""

KEPT_PIECES = 4
"""Number of pieces that a stream keeps, because the next slice may begin in an earlier piece."""


class _Stream(NamedTuple):
    file: tuple[int, ...]  # device, inode, size and time of the last change
    pieces: deque[tuple[int, bytes]]  # the last pieces, each with its offset
    source: gzip.GzipFile


_idle: list[_Stream] = []
"""The last two streams that were not read to the end: for a header, and for the next slice."""

_lock = RLock()  # the garbage collector may close `decompressed` in a thread that has the lock
os.register_at_fork(after_in_child=_idle.clear)  # processes must not share the position in a file


def decompressed(slice: FileSlice) -> Iterator[bytes]:
    """Yield the bytes of the slice's file from its offset on, in pieces of at most `PIECE` bytes.

    Before it raises an exception, the function yields all bytes that can be decompressed.

    Raises:
        Reject: The file cannot be opened; see `opened`.
        EOFError, gzip.BadGzipFile, zlib.error: The file is damaged.
        OSError: The file cannot be read.
    """
    stream = _stream_at(slice)
    try:
        for begin, piece in _pieces(stream):
            if begin + len(piece) > slice.offset:
                yield piece[max(0, slice.offset - begin) :]
    except GeneratorExit:
        with _lock:
            _idle[:] = [*_idle[-1:], stream]
        raise


def _stream_at(slice: FileSlice) -> _Stream:
    """Return a stream that still has the byte at the slice's offset: an idle or a new stream."""
    file = opened(slice)
    status = os.fstat(file.fileno())
    identity = (status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns)
    with _lock:
        usable = [one for one in _idle if one.file == identity and one.pieces[0][0] <= slice.offset]
        latest = max(usable, key=lambda one: one.pieces[0][0], default=None)
        _idle[:] = [one for one in _idle if one is not latest]
    if latest:
        file.close()
        return latest
    return _Stream(identity, deque(maxlen=KEPT_PIECES), gzip.GzipFile(fileobj=file))


def _pieces(stream: _Stream) -> Iterator[tuple[int, bytes]]:
    """Yield the pieces that the stream has kept, then the later pieces."""
    offset = 0
    for offset, piece in list(stream.pieces):
        yield offset, piece
        offset += len(piece)
    # read() would discard the bytes decompressed before an error; read1() returns them.
    while piece := stream.source.read1(PIECE):
        stream.pieces.append((offset, piece))
        yield offset, piece
        offset += len(piece)
