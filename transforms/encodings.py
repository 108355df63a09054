"""Content encodings of HTTP: what a server has packed comes out piece by piece, within a limit of bytes."""

import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
from backports import zstd

from schemas.reasons import BadEncoding, TooLarge

ACCEPTED = "gzip, deflate, br, zstd"
"""What we tell servers that we can unpack."""

_ANY_WRAPPING = zlib.MAX_WBITS | 32  # of gzip or of zlib, as it comes
_GZIP = 0x1F  # the first byte of a stream of gzip


class _Decoder(Protocol):
    """What unpacks a stream."""

    @property
    def done(self) -> bool:
        """True when the stream has come to its end."""

    def feed(self, piece: bytes, most: int) -> bytes:
        """Return what `piece` holds, and stop somewhere beyond `most` bytes."""


class _Plain:
    done = True

    def feed(self, piece: bytes, most: int) -> bytes:
        return piece


class _Zlib:
    def __init__(self, window: int) -> None:
        self._zlib = zlib.decompressobj(window)

    @property
    def done(self) -> bool:
        return self._zlib.eof

    def feed(self, piece: bytes, most: int) -> bytes:
        return self._zlib.decompress(piece, most + 1)


class _Deflate(_Zlib):
    """`deflate` with or without a wrapping: servers disagree about what it means."""

    def __init__(self) -> None:
        super().__init__(_ANY_WRAPPING)
        self._begun = False

    def feed(self, piece: bytes, most: int) -> bytes:
        if not self._begun and piece:
            self._begun = True
            if piece[0] != _GZIP and piece[0] & 0x0F != zlib.DEFLATED:
                self._zlib = zlib.decompressobj(-zlib.MAX_WBITS)
        return super().feed(piece, most)


class _Brotli:
    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()

    @property
    def done(self) -> bool:
        return bool(self._brotli.is_finished())

    def feed(self, piece: bytes, most: int) -> bytes:
        return bytes(self._brotli.process(piece, output_buffer_limit=most + 1))


class _Zstd:
    def __init__(self) -> None:
        self._zstd = zstd.ZstdDecompressor()

    @property
    def done(self) -> bool:
        return self._zstd.eof

    def feed(self, piece: bytes, most: int) -> bytes:
        return self._zstd.decompress(piece, most + 1)


_DECODERS: dict[str, Callable[[], _Decoder]] = {
    "": _Plain,
    "identity": _Plain,
    "gzip": lambda: _Zlib(_ANY_WRAPPING),
    "x-gzip": lambda: _Zlib(_ANY_WRAPPING),
    "deflate": _Deflate,
    "br": _Brotli,
    "zstd": _Zstd,
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
        if self._decoder.done and not isinstance(self._decoder, _Plain):
            return  # what follows a stream's end is not part of it; browsers ignore it too
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
