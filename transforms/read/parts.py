"""The parts of an input file, as the functions `Format.split` yield them."""

from typing import NamedTuple

from newslake.schemas.reasons import MAX_PAYLOAD, Reject


class Part(NamedTuple):
    """A line, row, element or record of a file that may be a document, or a whole file."""

    number: int
    """Number of the line, row, element or record in the file, from 1. If a slice begins here, it is
    `FileSlice.line` of the slice. The locator ends with it."""
    offset: int
    """`FileSlice.offset` of a slice that begins here."""
    size: int
    """Size in bytes, decompressed; for a file that is one document, its size on disk."""
    head: bytes = b""
    """The document's bytes or, if there is an error, the part's bytes; cut to the number of bytes
    that `bytes_to_keep` returns. Not set for web archives."""
    blank: bool = False
    """True if the part contains only white space."""
    error: Reject | None = None
    """Why the part is not a document; None if the part may be a document."""
    line_count: int = 1
    """Number of lines or rows in this part; the next part has the number `number` + `line_count`."""
    skip: int = 0
    """`FileSlice.skip` of a slice that begins here."""
    raw: bytes | None = None
    """The part's bytes in the file, if they differ from the document's bytes in `head`."""


def bytes_to_keep(max_bytes: int) -> int:
    """Return how many bytes of a part are kept if a document may have at most `max_bytes` bytes.

    One byte more than the limit shows that a part is too large. Rejects store up to `MAX_PAYLOAD`.
    """
    return max(max_bytes, MAX_PAYLOAD) + 1


def detached(error: Reject) -> Reject:
    """Return a copy of `error` without the traceback, whose frames would keep the file open."""
    return type(error)(str(error))
