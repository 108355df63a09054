"""Open input files safely: only regular files inside the input folder."""

import os
import stat
from io import BufferedReader, FileIO
from pathlib import Path

from newslake.schemas.reasons import OutsideRoot, Unreadable
from newslake.schemas.records import FileSlice
from newslake.transforms.read.names import inside, unquote


class InputFile(BufferedReader):
    """An input file that is open for reading."""

    has_trailing_bytes = False
    """True if bytes that are not gzip follow the last gzip member of the file. The functions that
    decompress the file set it when they have read to the end."""


def opened(slice: FileSlice) -> InputFile:
    """Open the slice's file for reading from its first byte; the caller closes it.

    The function checks the path again, because the path may have become a link after the listing. A
    race remains between this check and the opening: if a parent *folder* is replaced by a link, the
    link is followed. The file itself cannot be replaced by a link or a pipe.

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
            return InputFile(FileIO(file))
        except BaseException:
            os.close(file)
            raise
    except OSError as error:
        raise unreadable(path, error) from error


def _refuse_special(mode: int) -> None:
    if stat.S_ISDIR(mode):
        raise Unreadable("a folder that cannot be listed")
    if not stat.S_ISREG(mode):
        raise Unreadable("a pipe, socket or device")


def unreadable(path: str, error: OSError) -> Unreadable:
    """Return the reject for an error of the operating system at `path`."""
    if isinstance(error, FileNotFoundError) and Path(path).is_symlink():
        return Unreadable("a broken symbolic link")
    return Unreadable(error.strerror or type(error).__name__)
