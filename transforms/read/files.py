"""Read the documents and rejects of an input file. Does not import Beam."""

from collections.abc import Iterator
from dataclasses import replace

from newslake.schemas.reasons import MAX_PAYLOAD, Reject, Unreadable
from newslake.schemas.records import Document, FileSlice, Metric
from newslake.transforms.failure import Failure
from newslake.transforms.formats import Format, function
from newslake.transforms.read.found import (
    MIN_LIMIT,
    ReadResult,
    RejectedInput,
    document,
    empty,
    rejected_document,
    too_large,
)
from newslake.transforms.read.opening import InputFile, opened
from newslake.transforms.read.parts import Part
from newslake.transforms.read.recognition import recognised
from newslake.transforms.read.unpacking import unpacked

TRAILING_BYTES = "files_with_trailing_bytes"
"""Metric: number of gzip files with bytes that follow the last gzip member and are not read."""


def read_slice(slice: FileSlice, max_document_bytes: int) -> Iterator[ReadResult]:
    """Yield the documents and rejects of `slice` (a file, or a part cut by `chunks`) in order.

    - A file of lines, rows or elements yields one document or reject for each that is not blank.
    - A WARC file yields one document or reject per page, then the number of skipped records.
    - Any other file yields one document or reject.
    - If other bytes follow a gzip stream, the last slice of the file yields a metric.
    - If a file is truncated, the incomplete line or record becomes one reject. If nothing can be
      read, the whole file becomes one reject.

    The function never raises `Reject`. Its memory is bounded by `max_document_bytes`, the maximum
    size of a document after decompression, even for decompression bombs.
    """
    try:
        with opened(slice) as file:
            format = recognised(file, slice)
            yield from function(format.read)(file, slice, max_document_bytes, format)
            if file.has_trailing_bytes and slice.lines is None:
                yield Metric(TRAILING_BYTES, 1)
    except Reject as error:
        yield RejectedInput(rejected_file(slice), error)


def rejected_file(slice: FileSlice) -> Document:
    """Return a slice's file on disk as a document, to store with a reject.

    If the file cannot be read, the payload is empty. If the file is larger than `MAX_PAYLOAD`, the
    payload has one byte more than `MAX_PAYLOAD`, and the reject does not store the payload. The
    document's id is then a hash of the payload and the file size.
    """
    line = slice.line if slice.line > 1 else None
    try:
        with opened(slice) as file:
            head, size = file.read(MAX_PAYLOAD + 1), file.seek(0, 2)
    except Failure:
        raise
    except Exception:  # noqa: BLE001 the reject's error already says why the file is unreadable
        head, size = b"", 0
    return rejected_document(slice, head, size, line)


def read_document(
    file: InputFile, slice: FileSlice, max_bytes: int, format: Format
) -> Iterator[ReadResult]:
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
    found = document(slice, bytes(payload), format.media_type)
    is_small = len(payload) <= MIN_LIMIT
    yield found if is_small else replace(found, rejected_id=rejected_file(slice).document_id)


def read_parts(
    file: InputFile, slice: FileSlice, max_bytes: int, format: Format
) -> Iterator[ReadResult]:
    """Yield a document or a reject for each part of the slice that is not blank.

    Raises:
        Empty: The file contains only white space.
        Reject: No part of the file can be read.
    """
    whole = slice.line == 1 and slice.lines is None
    next_part, end, documents = slice.line, slice.offset, 0
    error: Reject | None = None
    for part in function(format.split)(file, slice, max_bytes):
        if slice.lines is not None and part.number >= slice.line + slice.lines:
            break
        next_part, end, error = part.number + part.line_count, end + part.size, part.error
        if part.error or not part.blank:
            documents += 1
            yield _from_part(part, slice, max_bytes, format)
    if whole and not documents:
        raise empty(end)
    is_short = next_part < slice.line + slice.lines if slice.lines else not (whole or documents)
    if is_short and not error:
        missing = Unreadable("the file has fewer lines than when it was listed")
        yield RejectedInput(rejected_document(slice, b"", 0, next_part), missing)


def _from_part(
    part: Part, slice: FileSlice, max_bytes: int, format: Format
) -> Document | RejectedInput:
    """Return the document in a part, or a reject if the part is too large or has an error."""
    if part.error is None and max(len(part.head), part.size) <= min(MIN_LIMIT, max_bytes):
        return document(slice, part.head, format.media_type, part.number)
    rejected = rejected_document(slice, part.raw or part.head, part.size, part.number)
    if part.error or len(part.head) > max_bytes:
        return RejectedInput(rejected, part.error or too_large(max_bytes))
    found = document(slice, part.head, format.media_type, part.number)
    return replace(found, rejected_id=rejected.document_id)
