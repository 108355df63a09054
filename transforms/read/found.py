"""The results of reading an input file: documents, rejects and metrics."""

from dataclasses import replace
from typing import NamedTuple

from newslake.schemas.identity import document_id
from newslake.schemas.reasons import MAX_PAYLOAD, Empty, TooLarge
from newslake.schemas.records import Document, FileSlice, Metric
from newslake.transforms.read.names import locator, source

MIN_LIMIT = 2**20
"""The lowest `--max-document-mb`, in bytes. Documents up to this size are never too large."""


class RejectedInput(NamedTuple):
    """A rejected input (or part of an input) and the reason."""

    document: Document
    error: Exception


ReadResult = Document | RejectedInput | Metric
"""The results that the readers of files yield."""


def document(
    slice: FileSlice, payload: bytes, media_type: str, position: int | None = None
) -> Document:
    """Return a document of the slice's file.

    `position` is the document's line number or offset in the file; None for the whole file.
    """
    where = locator(slice.name, position)
    return Document(
        document_id=document_id(where, payload),
        locator=where,
        payload=payload,
        media_type=media_type,
        source=source(slice.name, slice.root),
    )


def rejected_document(slice: FileSlice, head: bytes, size: int, position: int | None) -> Document:
    """Return a rejected part of a file as a document; `position` is as in `document`.

    `head` has the first of the `size` rejected bytes. If `head` exceeds `MAX_PAYLOAD`, the payload
    is cut to `MAX_PAYLOAD` + 1 bytes, and the id is a hash of the payload and `size`.
    """
    if len(head) <= MAX_PAYLOAD:
        return document(slice, head, "application/octet-stream", position)
    head = head[: MAX_PAYLOAD + 1]
    rejected = document(slice, head, "application/octet-stream", position)
    return replace(rejected, document_id=document_id(rejected.locator, head + b"%d" % size))


def too_large(max_bytes: int) -> TooLarge:
    """Return the exception for a document larger than `max_bytes`."""
    return TooLarge(f"over {max_bytes / 2**20:g} MB unpacked")


def empty(size: int) -> Empty:
    """Return the exception for an input of `size` bytes of white space."""
    return Empty(f"{size} bytes of white space" if size else "0 bytes")
