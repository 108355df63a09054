"""HTTP bodies as they were sent: chunks joined and compression undone, within a limit of bytes."""

import re
import zlib
from collections.abc import Callable
from io import BytesIO

from fastwarc.stream_io import BrotliReader, ZstdReader

from schemas.reasons import BadEncoding
from transforms.read.found import too_large

_CHUNK = re.compile(rb"(?:\r?\n)?[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


def dechunked(body: bytes) -> bytes:
    r"""Return a body that was sent in chunks; as it is if it does not begin like one.

    Crawlers keep the header `Transfer-Encoding` with bodies whose chunks they have joined.

    >>> dechunked(b"5\r\nTruce\r\n0\r\n\r\n"), dechunked(b"<p>Truce")
    (b'Truce', b'<p>Truce')

    Raises:
        BadEncoding: it breaks off, or a chunk has another length than it says.
    """
    chunks, at = [], 0
    while found := _CHUNK.match(body, at):
        at = found.end() + int(found[1], 16)
        if at > len(body):
            break
        chunks.append(body[found.end() : at])
        if at == found.end():
            return b"".join(chunks)
    if not chunks:
        return body
    raise BadEncoding(f"chunk {len(chunks) + 1} of the body is broken")


def uncompressed(body: bytes, encodings: str, max_bytes: int) -> bytes:
    """Return `body` without the compression that the header `Content-Encoding` names.

    A page that is none the less sent plain is returned as it is, and so is a body in an encoding
    that nobody knows.

    Raises:
        TooLarge: it is over `max_bytes`; not much more than these were unpacked.
        BadEncoding: it breaks off, or is damaged.
    """
    for encoding in reversed(encodings.lower().split(",")):
        decode = _DECODERS.get(encoding.strip())
        if decode is None or body.lstrip()[:1] == b"<":
            continue
        try:
            body = decode(body, max_bytes + 1)
        except (OSError, zlib.error) as error:
            raise BadEncoding(f"{encoding.strip()}: {error}") from error
        if len(body) > max_bytes:
            raise too_large(max_bytes)
    return body


def _inflated(body: bytes, size: int) -> bytes:
    """Return at most `size` bytes of a stream of gzip, zlib or bare deflate.

    Raises:
        zlib.error: it is none, or damaged.
        OSError: it breaks off.
    """
    try:
        return _unpacked(zlib.decompressobj(zlib.MAX_WBITS | 32), body, size)
    except zlib.error:
        if body.startswith(b"\x1f\x8b"):
            raise
        return _unpacked(zlib.decompressobj(-zlib.MAX_WBITS), body, size)


def _unpacked(unpacker: "zlib._Decompress", body: bytes, size: int) -> bytes:
    found = unpacker.decompress(body, size)
    if not unpacker.eof and len(found) < size:
        raise OSError("the stream ends before its end")
    return found


_DECODERS: dict[str, Callable[[bytes, int], bytes]] = {
    "gzip": _inflated,
    "x-gzip": _inflated,
    "deflate": _inflated,
    "br": lambda body, size: BrotliReader(BytesIO(body)).read(size),
    "zstd": lambda body, size: ZstdReader(BytesIO(body)).read(size),
}
