"""Read the documents and rejects of an input file. Does not import Beam."""

from collections.abc import Iterator
from io import BufferedReader

from newslake.schemas.reasons import Reject, Unreadable
from newslake.schemas.records import Document, FileSlice
from newslake.transforms.beam.dead_letter import MAX_PAYLOAD
from newslake.transforms.read.found import (
    ReadResult,
    RejectedInput,
    document,
    empty,
    rejected_document,
    too_large,
)
from newslake.transforms.read.lines import Line, lines
from newslake.transforms.read.names import ARCHIVE, LINES, ending, media_type
from newslake.transforms.read.unpacking import opened, unpacked
from newslake.transforms.read.warc.responses import read_pages


def read_slice(slice: FileSlice, max_document_bytes: int) -> Iterator[ReadResult]:
    """Yield the documents and rejects of `slice` in order.

    - A JSON Lines file yields one document or reject per non-blank line.
    - A WARC file yields one document or reject per page, then the number of skipped records.
    - Any other file yields one document or reject.
    - If a file is truncated, the incomplete line or record becomes one reject. If nothing can be
      read, the whole file becomes one reject.

    The function never raises `Reject`. Its memory is bounded by `max_document_bytes`, even for
    decompression bombs.

    Args:
        slice: A whole file from the listing, or a part of a JSON Lines or WARC file.
        max_document_bytes: Maximum size of a document in bytes, after decompression.
    """
    try:
        with opened(slice) as file:
            media_type(slice.name)
            reader = READERS.get(ending(slice.name), _read_whole)
            yield from reader(file, slice, max_document_bytes)
    except Reject as error:
        yield RejectedInput(rejected_file(slice), error)


def rejected_file(slice: FileSlice) -> Document:
    """Return a slice's file on disk as a document, to store with a reject.

    The payload is empty if the file cannot be read. If the file is larger than `MAX_PAYLOAD`, the
    payload is one byte longer than `MAX_PAYLOAD`, so that the reject stores none; the
    document's id is then a hash of the payload and the file size.
    """
    line = slice.line if slice.offset else None
    try:
        with opened(slice) as file:
            head, size = file.read(MAX_PAYLOAD + 1), file.seek(0, 2)
    except Exception:  # noqa: BLE001 the reject's error already says why the file is unreadable
        head, size = b"", 0
    return rejected_document(slice, head, size, line)


def _read_whole(file: BufferedReader, slice: FileSlice, max_bytes: int) -> Iterator[ReadResult]:
    """Yield the whole file, decompressed, as one document.

    Raises:
        TooLarge: The file is larger than `max_bytes`; decompression stops at this size.
        Empty: The file contains only white space.
    """
    payload = bytearray()
    for piece in unpacked(file, slice):
        payload += piece
        if len(payload) > max_bytes:
            raise too_large(max_bytes)
    if not payload or payload.isspace():
        raise empty(len(payload))
    yield document(slice, bytes(payload), media_type(slice.name))


def _read_lines(file: BufferedReader, slice: FileSlice, max_bytes: int) -> Iterator[ReadResult]:
    """Yield a document or a reject for each non-blank line of the slice.

    Raises:
        Reject: No line of the file can be read.
    """
    whole = slice.offset == 0 and slice.lines is None
    keep = max(max_bytes, MAX_PAYLOAD) + len("\r\n") + 1
    next_line, end, documents = slice.line, slice.offset, 0
    for line in lines(unpacked(file, slice), keep, slice.line, slice.offset):
        if slice.lines is not None and line.number >= slice.line + slice.lines:
            break
        next_line, end = line.number + line.line_count, line.offset + line.size
        if line.error and whole and not end:
            raise line.error
        if line.error or not line.blank:
            documents += 1
            yield _from_line(line, slice, max_bytes)
        if line.error:
            return
    if whole and not documents:
        raise empty(end)
    is_short = next_line < slice.line + slice.lines if slice.lines else not (whole or documents)
    if is_short:
        missing = Unreadable("the file has fewer lines than when it was listed")
        yield RejectedInput(rejected_document(slice, b"", 0, next_line), missing)


def _from_line(line: Line, slice: FileSlice, max_bytes: int) -> Document | RejectedInput:
    """Return the document in a line, or a reject if the line is too large or incomplete."""
    if line.error is None and len(line.head) <= max_bytes:
        return document(slice, line.head, media_type(slice.name), line.number)
    error = line.error or too_large(max_bytes)
    return RejectedInput(rejected_document(slice, line.head, line.size, line.number), error)


READERS = {LINES: _read_lines, ARCHIVE: read_pages}
"""Readers of files with many documents, by file extension."""
