"""Decode HTTP bodies in WARC records: chunked transfer encoding and content encodings."""

import re

from newslake.schemas.reasons import BadEncoding
from newslake.transforms.web.content_encodings import ContentDecoder, is_known

_SIZE = re.compile(rb"[ \t]*+([0-9a-fA-F]++)[ \t]*+(?:;[^\r\n]*+)?(\r?\n)")
_TRAILER = re.compile(rb"(?>[^\r\n:]++:[^\r\n]*+\r?\n)*+\s*+\Z")
_LAST_CHUNK = re.compile(rb"\r\n0+\r\n\s*\Z")
_LAST_BYTES = 64
"""Number of bytes at the end of a body in which `_LAST_CHUNK` is searched."""
_LONG_LINE = re.compile(rb"[^\r\n]{40}")
"""The beginning of a line that is text: the line with the size of a chunk is shorter."""
_BEFORE_MARKUP = b" \t\r\n\0\xef\xbb\xbf\xfe\xff"
"""White space and byte order marks, also of UTF-16."""


def dechunked(body: bytes, encodings: str = "") -> bytes:
    r"""Decode a chunked body (RFC 9112, section 7.1); `encodings` is as in `uncompressed`.

    Some crawlers store the decoded body together with the original header `Transfer-Encoding`.
    Therefore a body without chunks is returned unchanged if it is compressed, or begins with markup
    or a long line.

    >>> dechunked(b"5\r\nTruce\r\n0\r\n\r\n"), dechunked(b"<p>Truce")
    (b'Truce', b'<p>Truce')
    >>> dechunked(b"9\r\n<p>Truce")
    Traceback (most recent call last):
    newslake.schemas.reasons.BadEncoding: chunk 1 of the body is broken or cut off

    Raises:
        BadEncoding: The size of a chunk is wrong, the last chunk is missing, or bytes follow it.
    """
    chunks: list[bytes] = []
    at = 0
    while found := _SIZE.match(body, at):
        begin, size, line_end = found.end(), int(found[1], 16), found[2]
        if size == 0 and _TRAILER.match(body, begin):
            return b"".join(chunks)
        end = begin + min(size, len(body))
        if size == 0 or not body.startswith(line_end, end):
            break
        chunks.append(body[begin:end])
        at = end + len(line_end)
    if chunks or found or not _is_decoded(body, encodings):
        raise BadEncoding(f"chunk {len(chunks) + 1} of the body is broken or cut off")
    return body


def _is_decoded(body: bytes, encodings: str) -> bool:
    """Return whether a body that does not begin with a chunk was stored without chunks."""
    is_markup = body.lstrip(_BEFORE_MARKUP).startswith(b"<")
    if not body.strip() or (not is_markup and any(map(_is_compression, encodings.split(",")))):
        return True  # an empty body is no page; a damaged stream cannot be decompressed
    is_text = is_markup or _LONG_LINE.match(body) is not None
    return is_text and not _LAST_CHUNK.search(body[-_LAST_BYTES:])


def _is_compression(encoding: str) -> bool:
    return is_known(encoding) and encoding.strip().lower() not in {"", "identity"}


def uncompressed(body: bytes, encodings: str, max_bytes: int) -> bytes:
    """Decompress `body`; `encodings` are the values of `Content-Encoding` and `Transfer-Encoding`.

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
