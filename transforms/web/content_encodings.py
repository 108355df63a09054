"""Content encodings of HTTP: what a server has packed comes out piece by piece, within a limit of bytes."""

import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
from backports import zstd

from newslake.schemas.reasons import BadEncoding, TooLarge

ACCEPTED = "gzip, deflate, br, zstd"
"""What we tell servers that we can unpack."""

MAX_STREAMS = 10_000
"""Streams one behind the other in a body, at most; a real one is of thousands of characters."""

_ANY_WRAPPING = zlib.MAX_WBITS | 32  # of gzip or of zlib, as it comes
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_STEP = 2**16  # most bytes given to a stream at once: what it leaves is copied


class _Decoder(Protocol):
    """What unpacks a body."""

    @property
    def done(self) -> bool:
        """True where a stream has come to its end."""

    def feed(self, piece: bytes, most: int) -> bytes:
        """Return what `piece` holds, and stop somewhere beyond `most` bytes."""


class _Stream(Protocol):
    """A stream of gzip, zlib or zstd."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Plain:
    done = True

    def feed(self, piece: bytes, most: int) -> bytes:
        return piece


class _Streams:
    """Streams that may stand one behind the other, as those of gzip (RFC 1952) and zstd (RFC 8878) do.

    What follows the last one is not part of the body; browsers pass over it too.

    Args:
        make: Makes a stream.
        magic: What another one behind the first begins with; empty if there is none.
    """

    def __init__(self, make: Callable[[], _Stream], magic: bytes = b"") -> None:
        self._make, self._magic = make, magic
        self._stream = make()
        self._streams = 1
        self._behind = b""

    @property
    def done(self) -> bool:
        return self._stream.eof

    def feed(self, piece: bytes, most: int) -> bytes:
        unpacked = bytearray()
        for at in range(0, len(piece), _STEP):
            data = self._behind + piece[at : at + _STEP]
            while len(unpacked) <= most and self._is_open(data):
                unpacked += self._stream.decompress(data, most + 1 - len(unpacked))
                data = self._stream.unused_data
            self._behind = data[: len(self._magic)] if self.done else b""  # perhaps a beginning
        return bytes(unpacked)

    def _is_open(self, data: bytes) -> bool:
        """Tell whether `data` goes on with the stream, or begins another one.

        Raises:
            BadEncoding: it is one too many.
        """
        if not self.done:
            return bool(data)
        if not self._magic or not data.startswith(self._magic):
            return False
        if self._streams == MAX_STREAMS:
            raise BadEncoding(f"more than {MAX_STREAMS} streams in one body")
        self._stream, self._streams = self._make(), self._streams + 1
        return True


class _Deflate(_Streams):
    """`deflate` with or without a wrapping: servers disagree about what it means."""

    def __init__(self) -> None:
        super().__init__(lambda: zlib.decompressobj(_ANY_WRAPPING))
        self._begun = False

    def feed(self, piece: bytes, most: int) -> bytes:
        if not self._begun and piece:
            self._begun = True
            if piece[0] != _GZIP[0] and piece[0] & 0x0F != zlib.DEFLATED:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return super().feed(piece, most)


class _Brotli:
    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()

    @property
    def done(self) -> bool:
        return bool(self._brotli.is_finished())

    def feed(self, piece: bytes, most: int) -> bytes:
        if self.done:
            return b""
        return bytes(self._brotli.process(piece, output_buffer_limit=most + 1))


def _gzip() -> _Streams:
    return _Streams(lambda: zlib.decompressobj(_ANY_WRAPPING), _GZIP)


_DECODERS: dict[str, Callable[[], _Decoder]] = {
    "": _Plain,
    "identity": _Plain,
    "gzip": _gzip,
    "x-gzip": _gzip,
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": lambda: _Streams(zstd.ZstdDecompressor, _ZSTD),
}


def is_known(encoding: str) -> bool:
    """Tell whether `encoding`, a name out of the header Content-Encoding, is one that we can undo.

    >>> is_known("X-GZIP"), is_known("utf-8")
    (True, False)
    """
    return encoding.strip().lower() in _DECODERS


class Unpacking:
    """A body in the making: what came, and what it holds.

    Args:
        encoding: The header Content-Encoding; empty if there is none.
        max_bytes: Largest body, unpacked.

    Raises:
        BadEncoding: an encoding that nobody knows, or several, one in the other.
    """

    def __init__(self, encoding: str, max_bytes: int) -> None:
        make = _DECODERS.get(encoding.strip().lower())
        if make is None:
            raise BadEncoding(f"Content-Encoding {encoding[:60]!r}")
        self._decoder: _Decoder = make()
        self._max_bytes = max_bytes
        self.raw = bytearray()
        """As received."""
        self.body = bytearray()
        """Unpacked."""

    def feed(self, piece: bytes) -> None:
        """Take in a piece as it came.

        Raises:
            TooLarge: the body would be larger than allowed; no more than one piece over it was held.
            BadEncoding: the bytes are not what the header says.
        """
        self.raw += piece
        try:
            self.body += self._decoder.feed(piece, self._max_bytes - len(self.body))
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise BadEncoding(f"not what its Content-Encoding says: {error}") from error
        if max(len(self.body), len(self.raw)) > self._max_bytes:
            raise TooLarge(f"more than {self._max_bytes / 1e6:g} MB")

    @property
    def is_whole(self) -> bool:
        """True if nothing is missing: no stream was begun, or it has come to its end."""
        return not self.raw or self._decoder.done
