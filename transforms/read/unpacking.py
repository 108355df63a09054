"""Decompress input files piece by piece, in bounded memory."""

import codecs
import zlib
from collections.abc import Iterator
from dataclasses import replace

from newslake.schemas.reasons import BadGzip, TruncatedGzip
from newslake.schemas.records import FileSlice
from newslake.transforms.read.gzip_streams import PIECE, decompressed
from newslake.transforms.read.names import is_packed, unquote
from newslake.transforms.read.opening import InputFile, unreadable
from newslake.transforms.web.charset import wide_charset


def unpacked(file: InputFile, slice: FileSlice) -> Iterator[bytes]:
    """Yield the decompressed content of `file` from the slice's offset on, in bounded pieces.

    Before it raises an exception, the function yields all bytes that can be decompressed. Bytes that
    follow the last gzip member are left out; `file.has_trailing_bytes` is then true.

    Raises:
        TruncatedGzip: The gzip stream is truncated.
        BadGzip: The file is not in gzip format, or its checksum is wrong.
        Unreadable: An I/O error occurred.
    """
    try:
        if is_packed(slice.name):
            file.has_trailing_bytes = yield from decompressed(slice)
            return
        file.seek(slice.offset)
        while piece := file.read1(PIECE):
            yield piece
    except EOFError as error:
        raise TruncatedGzip("the gzip stream is truncated") from error
    except zlib.error as error:
        raise BadGzip(str(error)) from error
    except OSError as error:
        raise unreadable(unquote(slice.path), error) from error


def unpacked_text(file: InputFile, slice: FileSlice) -> Iterator[bytes]:
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
