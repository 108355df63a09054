"""Decode HTTP bodies in WARC records: chunked transfer encoding and content encodings."""

import re

from newslake.schemas.reasons import BadEncoding
from newslake.transforms.web.content_encodings import ContentDecoder, is_known

_CHUNK = re.compile(rb"(?:\r?\n)?[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


def dechunked(body: bytes) -> bytes:
    r"""Decode a chunked body; return `body` unchanged if it does not start with a chunk.

    Some crawlers store the decoded body together with the original header `Transfer-Encoding`.

    >>> dechunked(b"5\r\nTruce\r\n0\r\n\r\n"), dechunked(b"<p>Truce")
    (b'Truce', b'<p>Truce')
    >>> dechunked(b"9\r\n<p>Truce")
    Traceback (most recent call last):
    newslake.schemas.reasons.BadEncoding: chunk 1 of the body is broken

    Raises:
        BadEncoding: The body is truncated, or a chunk has a wrong length.
    """
    chunks, at = [], 0
    while found := _CHUNK.match(body, at):
        at = found.end() + int(found[1], 16)
        if at > len(body):
            break
        chunks.append(body[found.end() : at])
        if at == found.end():
            return b"".join(chunks)
    is_cut = found and body[found.end() :].lstrip().startswith(b"<")
    if not chunks and not is_cut:
        return body
    raise BadEncoding(f"chunk {len(chunks) + 1} of the body is broken")


def uncompressed(body: bytes, encodings: str, max_bytes: int) -> bytes:
    """Decompress `body`; `encodings` is the value of the header `Content-Encoding`.

    Some crawlers store the decompressed body together with the original header `Content-Encoding`.
    Therefore a body that starts with `<`, or has an unknown encoding, is returned unchanged.

    Raises:
        TooLarge: The decompressed body exceeds `max_bytes`; decompression stops near this size.
        BadEncoding: The body is truncated or damaged.
    """
    for encoding in reversed(encodings.split(",")):
        if not is_known(encoding) or body.lstrip()[:1] == b"<":
            continue
        unpacking = ContentDecoder(encoding, max_bytes)
        unpacking.feed(body)
        if not unpacking.is_complete:
            raise BadEncoding(f"{encoding.strip()}: the stream is truncated")
        body = bytes(unpacking.body)
    return body
