"""Documents of input files, and what is no document. Knows of no pipeline."""

from collections.abc import Callable, Iterator
from io import BufferedReader

from newslake.schemas.reasons import Reject, Unreadable
from newslake.schemas.records import Document, FileSlice
from newslake.transforms.beam.dead_letter import MAX_PAYLOAD
from newslake.transforms.read.found import ReadResult, Refused, document, empty, remains, too_large
from newslake.transforms.read.lines import Line, lines
from newslake.transforms.read.names import ARCHIVE, LINES, ending, media_type
from newslake.transforms.read.unpacking import opened, unpacked
from newslake.transforms.read.warc.responses import read_pages


def read_slice(slice: FileSlice, max_document_bytes: int) -> Iterator[ReadResult]:
    """Yield each document of `slice`, in its order, and what had to be refused.

    A file gives one of either; of JSON lines each line that is not blank gives one, of an archive
    each page, and in the end a count of its records that are no pages. Where a file
    breaks off, the rest is one refusal, named after the line in which it happens; a file of which
    nothing could be read is refused as a whole. Never raises `Reject`. Memory is bounded by
    `max_document_bytes`, whatever is packed in the file.

    Args:
        slice: From the listing, or cut from JSON lines or an archive.
        max_document_bytes: Largest document, unpacked.
    """
    try:
        with opened(slice) as file:
            media_type(slice.name)
            reader = READERS.get(ending(slice.name), _read_whole)
            yield from reader(file, slice, max_document_bytes)
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
    return remains(slice, head, size, line)


def _read_whole(file: BufferedReader, slice: FileSlice, max_bytes: int) -> Iterator[ReadResult]:
    """Yield the whole file, unpacked, as one document.

    Raises:
        TooLarge: it is over `max_bytes`; no more than these were unpacked.
        Empty: there is nothing but white space.
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
            yield _judged(line, slice, max_bytes)
        if line.error:
            return
    if whole and not documents:
        raise empty(end)
    is_short = next_line < slice.line + slice.lines if slice.lines else not (whole or documents)
    if is_short:
        missing = Unreadable("lines are gone that were there when the file was listed")
        yield Refused(remains(slice, b"", 0, next_line), missing)


def _judged(line: Line, slice: FileSlice, max_bytes: int) -> Document | Refused:
    """Return the document that a line is, or why it is none."""
    if line.error is None and len(line.head) <= max_bytes:
        return document(slice, line.head, media_type(slice.name), line.number)
    error = line.error or too_large(max_bytes)
    return Refused(remains(slice, line.head, line.size, line.number), error)


READERS: dict[str, Callable[[BufferedReader, FileSlice, int], Iterator[ReadResult]]] = {
    LINES: _read_lines,
    ARCHIVE: read_pages,
}
"""Who reads files that hold many documents, by the name's ending."""
