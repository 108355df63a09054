"""HTTP bodies as crawlers keep them: chunks joined and compression undone, unless that was done before."""

import re

from newslake.schemas.reasons import BadEncoding
from newslake.transforms.web.content_encodings import Unpacking, is_known

_CHUNK = re.compile(rb"(?:\r?\n)?[ \t]*([0-9a-fA-F]{1,8})[ \t]*(?:;[^\r\n]*)?\r?\n")


def dechunked(body: bytes) -> bytes:
    r"""Return a body that was sent in chunks; as it is if it does not begin like one.

    Crawlers keep the header `Transfer-Encoding` with bodies whose chunks they have joined.

    >>> dechunked(b"5\r\nTruce\r\n0\r\n\r\n"), dechunked(b"<p>Truce")
    (b'Truce', b'<p>Truce')
    >>> dechunked(b"9\r\n<p>Truce")
    Traceback (most recent call last):
    newslake.schemas.reasons.BadEncoding: chunk 1 of the body is broken

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
    is_cut = found and body[found.end() :].lstrip().startswith(b"<")
    if not chunks and not is_cut:
        return body
    raise BadEncoding(f"chunk {len(chunks) + 1} of the body is broken")


def uncompressed(body: bytes, encodings: str, max_bytes: int) -> bytes:
    """Return `body` without the compression that the header `Content-Encoding` names.

    Crawlers keep the header with bodies that they have unpacked: a page is returned as it is, and so
    is a body in an encoding that nobody knows.

    Raises:
        TooLarge: it is over `max_bytes`; not much more than these were unpacked.
        BadEncoding: it breaks off, or is damaged.
    """
    for encoding in reversed(encodings.split(",")):
        if not is_known(encoding) or body.lstrip()[:1] == b"<":
            continue
        unpacking = Unpacking(encoding, max_bytes)
        unpacking.feed(body)
        if not unpacking.is_whole:
            raise BadEncoding(f"{encoding.strip()}: the stream ends before its end")
        body = bytes(unpacking.body)
    return body
