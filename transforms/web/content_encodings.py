"""HTTP content encodings: decompress a body piece by piece, up to a maximum size."""

import zlib
from collections.abc import Callable
from typing import Protocol

import brotli
from backports import zstd

from newslake.schemas.reasons import BadEncoding, TooLarge

ACCEPTED = "gzip, deflate, br, zstd"
"""Value of the header Accept-Encoding."""

MAX_STREAMS = 10_000
"""Maximum number of concatenated streams in a body. Real streams hold thousands of characters."""

_AUTO_DETECT = zlib.MAX_WBITS | 32  # zlib detects the header of gzip or zlib
_GZIP = b"\x1f\x8b"
_ZSTD = b"\x28\xb5\x2f\xfd"
_CHUNK_BYTES = 2**16  # bytes per call to a stream, which copies the bytes that it does not consume


class _Decoder(Protocol):
    """Decompresses one body."""

    @property
    def done(self) -> bool:
        """True if the current stream is complete."""

    def feed(self, piece: bytes, max_bytes: int) -> bytes:
        """Return `piece` decompressed; stop when the output exceeds `max_bytes` bytes."""


class _Stream(Protocol):
    """A decompressor of one gzip, zlib or zstd stream."""

    @property
    def eof(self) -> bool: ...

    @property
    def unused_data(self) -> bytes: ...

    def decompress(self, data: bytes, max_length: int) -> bytes: ...


class _Plain:
    done = True

    def feed(self, piece: bytes, max_bytes: int) -> bytes:
        return piece


class _Streams:
    """Concatenated streams. gzip (RFC 1952) and zstd (RFC 8878) allow these.

    Bytes after the last stream are ignored, as in browsers.

    Args:
        new_stream: Returns a new decompressor.
        magic: The first bytes of each further stream; empty if the format allows only one stream.
    """

    def __init__(self, new_stream: Callable[[], _Stream], magic: bytes = b"") -> None:
        self._new_stream, self._magic = new_stream, magic
        self._stream = new_stream()
        self._streams = 1
        self._unread = b""

    @property
    def done(self) -> bool:
        return self._stream.eof

    def feed(self, piece: bytes, max_bytes: int) -> bytes:
        decoded = bytearray()
        for start in range(0, len(piece), _CHUNK_BYTES):
            data = self._unread + piece[start : start + _CHUNK_BYTES]
            while len(decoded) <= max_bytes and self._has_more(data):
                decoded += self._stream.decompress(data, max_bytes + 1 - len(decoded))
                data = self._stream.unused_data
            # The end of `data` may be the first bytes of the next stream.
            self._unread = data[: len(self._magic)] if self.done else b""
        return bytes(decoded)

    def _has_more(self, data: bytes) -> bool:
        """Return whether `data` continues the current stream or begins a new one.

        Raises:
            BadEncoding: The body has more than `MAX_STREAMS` streams.
        """
        if not self.done:
            return bool(data)
        if not self._magic or not data.startswith(self._magic):
            return False
        if self._streams == MAX_STREAMS:
            raise BadEncoding(f"more than {MAX_STREAMS} streams in one body")
        self._stream, self._streams = self._new_stream(), self._streams + 1
        return True


class _Deflate(_Streams):
    """`deflate` with or without a zlib header: servers send both."""

    def __init__(self) -> None:
        super().__init__(lambda: zlib.decompressobj(_AUTO_DETECT))
        self._started = False

    def feed(self, piece: bytes, max_bytes: int) -> bytes:
        if not self._started and piece:
            self._started = True
            if piece[0] != _GZIP[0] and piece[0] & 0x0F != zlib.DEFLATED:
                self._stream = zlib.decompressobj(-zlib.MAX_WBITS)
        return super().feed(piece, max_bytes)


class _Brotli:
    def __init__(self) -> None:
        self._brotli = brotli.Decompressor()

    @property
    def done(self) -> bool:
        return bool(self._brotli.is_finished())

    def feed(self, piece: bytes, max_bytes: int) -> bytes:
        if self.done:
            return b""
        return bytes(self._brotli.process(piece, output_buffer_limit=max_bytes + 1))


def _gzip() -> _Streams:
    return _Streams(lambda: zlib.decompressobj(_AUTO_DETECT), _GZIP)


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
    """Return whether `encoding`, a value of the header Content-Encoding, is supported.

    >>> is_known("X-GZIP"), is_known("utf-8")
    (True, False)
    """
    return encoding.strip().lower() in _DECODERS


class ContentDecoder:
    """Decompresses a body that is received in pieces.

    Args:
        encoding: The value of the header Content-Encoding; empty if there is no such header.
        max_bytes: Maximum size of the body as received, and of the decompressed body, in bytes.

    Raises:
        BadEncoding: The encoding is unknown, or there are several encodings.
    """

    def __init__(self, encoding: str, max_bytes: int) -> None:
        new_decoder = _DECODERS.get(encoding.strip().lower())
        if new_decoder is None:
            raise BadEncoding(f"Content-Encoding {encoding[:60]!r}")
        self._decoder: _Decoder = new_decoder()
        self._max_bytes = max_bytes
        self.raw = bytearray()
        """The body as received."""
        self.body = bytearray()
        """The body, decompressed."""

    def feed(self, piece: bytes) -> None:
        """Add a received piece.

        Raises:
            TooLarge: The body exceeds the limit. Memory use exceeds it by one piece at most.
            BadEncoding: The bytes are not valid in this encoding.
        """
        self.raw += piece
        try:
            self.body += self._decoder.feed(piece, self._max_bytes - len(self.body))
        except (zlib.error, brotli.error, zstd.ZstdError) as error:
            raise BadEncoding(f"body is not valid for its Content-Encoding: {error}") from error
        if max(len(self.body), len(self.raw)) > self._max_bytes:
            raise TooLarge(f"more than {self._max_bytes / 1e6:g} MB")

    @property
    def is_complete(self) -> bool:
        """True if the body is empty or its last stream is complete."""
        return not self.raw or self._decoder.done
