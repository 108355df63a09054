"""Bytes of input files: opened with care, unpacked piece by piece, never held whole."""

import gzip
import os
import stat
import zlib
from collections.abc import Iterator
from io import BufferedReader
from pathlib import Path

from newslake.schemas.reasons import BadGzip, OutsideRoot, TruncatedGzip, Unreadable
from newslake.schemas.records import FileSlice
from newslake.transforms.read.names import inside, is_packed, unquote

PIECE = 2**18
"""Most bytes that are unpacked at once."""


def opened(slice: FileSlice) -> BufferedReader:
    """Return the slice's file, open for reading from its first byte; the caller closes it.

    The path is judged again, whatever the listing saw: a link may have come in between. What is
    left is the moment from the judgement to the opening. In it the file cannot become a link or a
    pipe, but a *folder* above it that turns into a link would be followed.

    Raises:
        Unreadable: it is gone, may not be read, or is no regular file (which is never opened:
            a pipe would keep us waiting).
        OutsideRoot: a link leads out of the slice's root.
    """
    path, root = unquote(slice.path), unquote(slice.root)
    try:
        mode = Path(path).stat().st_mode
        real = os.path.realpath(path, strict=True)
        if not inside(real, root):
            raise OutsideRoot("a link that leads out of the folder given")
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
    """Yield what `file` holds from the slice's offset on, unpacked, in pieces of bounded size.

    Raises:
        TruncatedGzip: after all that could be unpacked.
        BadGzip: likewise; a wrong checksum shows only at the end.
        Unreadable: the device fails.
    """
    stream = gzip.GzipFile(fileobj=file) if is_packed(slice.name) else file
    try:
        stream.seek(slice.offset)
        # Not read(): it would lose what was unpacked before an error.
        while piece := stream.read1(PIECE):
            yield piece
    except EOFError as error:
        raise TruncatedGzip("the gzip stream ends before its end") from error
    except (gzip.BadGzipFile, zlib.error) as error:
        raise BadGzip(str(error)) from error
    except OSError as error:
        raise _unreadable(unquote(slice.path), error) from error


def _refuse_special(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise Unreadable("a folder that cannot be listed")
    if not stat.S_ISREG(mode):
        raise Unreadable("a pipe, socket or device")


def _unreadable(path: str, error: OSError) -> Unreadable:
    if isinstance(error, FileNotFoundError) and Path(path).is_symlink():
        return Unreadable("a link that leads nowhere")
    return Unreadable(error.strerror or type(error).__name__)
