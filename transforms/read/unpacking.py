"""Open input files safely, and decompress them piece by piece in bounded memory."""

import codecs
import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader
from pathlib import Path

from newslake.schemas.reasons import BadGzip, OutsideRoot, TruncatedGzip, Unreadable
from newslake.schemas.records import FileSlice
from newslake.transforms.read.names import inside, is_packed, unquote
from newslake.transforms.web.charset import wide_charset

PIECE = 2**18
"""Maximum number of bytes decompressed in one step."""


def opened(slice: FileSlice) -> BufferedReader:
    """Open the slice's file for reading from its first byte; the caller closes it.

    The function checks the path again, because it may have become a link after the listing. Between
    this check and the opening, a race remains: if a parent *folder* is replaced by a link, the link
    is followed. The file itself cannot be replaced by a link or a pipe.

    Raises:
        Unreadable: The file is missing, not readable, or not a regular file. Special files are not
            opened, because opening a pipe may block.
        OutsideRoot: A link points to a target outside the slice's root.
    """
    path, root = unquote(slice.path), unquote(slice.root)
    try:
        mode = Path(path).stat().st_mode
        real = os.path.realpath(path, strict=True)
        if not inside(real, root):
            raise OutsideRoot("a symbolic link to a target outside the input folder")
        _refuse_special(mode)
        file = os.open(real, os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC)
        try:
            _refuse_special(os.fstat(file).st_mode)
            return os.fdopen(file, "rb")
        except BaseException:
            os.close(file)
            raise
    except OSError as error:
        raise _unreadable(path, error) from error


def unpacked(file: BufferedReader, slice: FileSlice) -> Iterator[bytes]:
    """Yield the decompressed content of `file` from the slice's offset on, in bounded pieces.

    Before it raises an exception, the function yields all bytes that can be decompressed.

    Raises:
        TruncatedGzip: The gzip stream is truncated.
        BadGzip: The file is not in gzip format, or its checksum is wrong.
        Unreadable: An I/O error occurred.
    """
    file.seek(0)
    stream = gzip.GzipFile(fileobj=file) if is_packed(slice.name) else file
    try:
        stream.seek(slice.offset)
        # read() would discard the bytes decompressed before an error; read1() returns them.
        while piece := stream.read1(PIECE):
            yield piece
    except EOFError as error:
        raise TruncatedGzip("the gzip stream is truncated") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise BadGzip(str(error)) from error
    except OSError as error:
        raise _unreadable(unquote(slice.path), error) from error


def unpacked_text(file: BufferedReader, slice: FileSlice) -> Iterator[bytes]:
    """Like `unpacked`, but text in UTF-16 or UTF-32 is converted to UTF-8.

    The slice's offset then counts bytes of UTF-8.

    Raises:
        Reject: See `unpacked`.
    """
    start = replace(slice, offset=0)
    charset = wide_charset(next(unpacked(file, start), b""))
    if charset is None:
        yield from unpacked(file, slice)
        return
    decoder = codecs.getincrementaldecoder(charset)("replace")
    skip = slice.offset
    for piece in unpacked(file, start):
        text = decoder.decode(piece).encode("utf-8", "replace")
        yield text[skip:]
        skip = max(0, skip - len(text))


def _refuse_special(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise Unreadable("a folder that cannot be listed")
    if not stat.S_ISREG(mode):
        raise Unreadable("a pipe, socket or device")


def _unreadable(path: str, error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError) and Path(path).is_symlink():
        return Unreadable("a broken symbolic link")
    return Unreadable(error.strerror or type(error).__name__)
