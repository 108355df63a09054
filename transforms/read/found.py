"""What is found in an input file: documents, and what is none."""

from dataclasses import replace
from typing import NamedTuple

from newslake.schemas.identity import document_id
from newslake.schemas.reasons import Empty, TooLarge
from newslake.schemas.records import Document, FileSlice, Metric
from newslake.transforms.beam.dead_letter import MAX_PAYLOAD
from newslake.transforms.read.names import locator, source


class Refused(NamedTuple):
    """An input, or a piece of it, that is no document: what is known of it, and why not."""

    document: Document
    error: Exception


ReadResult = Document | Refused | Metric
"""What a reader of files yields."""


def document(slice: FileSlice, payload: bytes, kind: str, place: int | None = None) -> Document:
    """Return a document of the slice's file: the whole file, or what begins at `place` in it."""
    where = locator(slice.name, place)
    return Document(
        document_id=document_id(where, payload),
        locator=where,
        payload=payload,
        media_type=kind,
        source=source(slice.name, slice.root),
    )


def remains(slice: FileSlice, head: bytes, size: int, place: int | None) -> Document:
    """Return what is left of something refused: its bytes, or its head if they are too many."""
    if len(head) <= MAX_PAYLOAD:
        return document(slice, head, "application/octet-stream", place)
    head = head[: MAX_PAYLOAD + 1]
    found = document(slice, head, "application/octet-stream", place)
    return replace(found, document_id=document_id(found.locator, head + b"%d" % size))


def too_large(max_bytes: int) -> TooLarge:
    """Return the refusal of what is over `max_bytes`."""
    return TooLarge(f"over {max_bytes / 2**20:g} MB unpacked")


def empty(size: int) -> Empty:
    """Return the refusal of `size` bytes that hold nothing."""
    return Empty(f"{size} bytes of white space" if size else "0 bytes")
