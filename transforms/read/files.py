"""Documents of input files, and what is no document. Knows of no pipeline."""

from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader
from typing import NamedTuple

from schemas.identity import document_id
from schemas.reasons import Empty, Reject, TooLarge, Unreadable
from schemas.records import Document, FileSlice
from transforms.attempt import MAX_PAYLOAD
from transforms.read.lines import Line, lines
from transforms.read.names import holds_lines, locator, media_type, source
from transforms.read.unpacking import opened, unpacked


class Refused(NamedTuple):
    """An input, or a line of it, that is no document: what is known of it, and why not."""

    document: Document
    error: Exception


def read_slice(slice: FileSlice, max_document_bytes: int) -> Iterator[Document | Refused]:
    """Yield each document of `slice`, in its order, and what had to be refused.

    A file gives one of either; of JSON lines each line that is not blank gives one. Where a file
    breaks off, the rest is one refusal, named after the line in which it happens; a file of which
    nothing could be read is refused as a whole. Never raises `Reject`. Memory is bounded by
    `max_document_bytes`, whatever is packed in the file.

    Args:
        slice: From the listing, or cut from JSON lines.
        max_document_bytes: Largest document, unpacked.
    """
    try:
        with opened(slice) as file:
            kind = media_type(slice.name)
            if holds_lines(slice.name):
                yield from _documents(file, slice, kind, max_document_bytes)
            else:
                payload = _payload(file, slice, max_document_bytes)
                yield _document(slice, payload, kind)
    except Reject as error:
        yield Refused(as_found(slice), error)


def as_found(slice: FileSlice) -> Document:
    """Return a slice's file just as it lies on disk: the input to keep with a refusal.

    Its bytes are there if they can be read. Of a file of over 1 MB it holds one byte more than
    that, which is too much to be kept with a reject; its id is then made of these and the size.
    """
    line = slice.line if slice.offset else None
    try:
        with opened(slice) as file:
            head, size = file.read(MAX_PAYLOAD + 1), file.seek(0, 2)
    except Exception:  # noqa: BLE001 what keeps us from reading it is told in the refusal
        head, size = b"", 0
    return _remains(slice, head, size, line)


def _payload(file: BufferedReader, slice: FileSlice, max_bytes: int) -> bytes:
    """Return the whole file, unpacked.

    Raises:
        TooLarge: it is over `max_bytes`; no more than these were unpacked.
        Empty: there is nothing but white space.
    """
    payload = bytearray()
    for piece in unpacked(file, slice):
        payload += piece
        if len(payload) > max_bytes:
            raise _too_large(max_bytes)
    if not payload or payload.isspace():
        raise _empty(len(payload))
    return bytes(payload)


def _documents(
    file: BufferedReader, slice: FileSlice, kind: str, max_bytes: int
) -> Iterator[Document | Refused]:
    """Yield a document or a refusal for every line of the slice that is not blank.

    Raises:
        Reject: the whole file holds none, for the reason given.
    """
    whole = slice.offset == 0 and slice.lines is None
    keep = max(max_bytes, MAX_PAYLOAD) + len("\r\n") + 1
    next_line, end, documents = slice.line, slice.offset, 0
    for line in lines(unpacked(file, slice), keep, slice.line, slice.offset):
        if slice.lines is not None and line.number >= slice.line + slice.lines:
            break
        next_line, end = line.number + line.how_many, line.offset + line.size
        if line.error and whole and not end:
            raise line.error
        if line.error or not line.blank:
            documents += 1
            yield _judged(line, slice, kind, max_bytes)
        if line.error:
            return
    if whole and not documents:
        raise _empty(end)
    is_short = next_line < slice.line + slice.lines if slice.lines else not (whole or documents)
    if is_short:
        missing = Unreadable("lines are gone that were there when the file was listed")
        yield Refused(_remains(slice, b"", 0, next_line), missing)


def _judged(line: Line, slice: FileSlice, kind: str, max_bytes: int) -> Document | Refused:
    """Return the document that a line is, or why it is none."""
    if line.error is None and len(line.head) <= max_bytes:
        return _document(slice, line.head, kind, line.number)
    error = line.error or _too_large(max_bytes)
    return Refused(_remains(slice, line.head, line.size, line.number), error)


def _remains(slice: FileSlice, head: bytes, size: int, line: int | None) -> Document:
    """Return what is left of something refused: its bytes, or its head if they are too many."""
    if len(head) <= MAX_PAYLOAD:
        return _document(slice, head, "application/octet-stream", line)
    head = head[: MAX_PAYLOAD + 1]
    found = _document(slice, head, "application/octet-stream", line)
    return replace(found, document_id=document_id(found.locator, head + b"%d" % size))


def _document(slice: FileSlice, payload: bytes, kind: str, line: int | None = None) -> Document:
    place = locator(slice.name, line)
    return Document(
        document_id=document_id(place, payload),
        locator=place,
        payload=payload,
        media_type=kind,
        source=source(slice.name, slice.root),
    )


def _too_large(max_bytes: int) -> TooLarge:
    return TooLarge(f"over {max_bytes / 2**20:g} MB unpacked")


def _empty(size: int) -> Empty:
    return Empty(f"{size} bytes of white space" if size else "0 bytes")
