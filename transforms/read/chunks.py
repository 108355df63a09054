"""Divide the listed files into chunks, one for each bounded run.

The division is deterministic: it depends only on the listing, the file sizes and the parts (lines,
rows, elements or records) of the files.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace

from newslake.schemas.records import FileSlice
from newslake.transforms.formats import formats_with, function
from newslake.transforms.read.names import ending, unquote
from newslake.transforms.read.opening import opened
from newslake.transforms.read.parts import Part
from newslake.transforms.read.recognition import recognised


class InputChunk(list[FileSlice]):
    """The inputs of one bounded run."""

    documents = 0
    """Number of parts that may be documents."""
    size = 0
    """The sum of `Part.size`, in bytes."""


UNPACKED = 4
"""About the number of bytes in one byte of a gzip file."""


def expected_size(slices: Iterable[FileSlice]) -> int:
    """Return about the sum of `InputChunk.size` over all chunks of `slices`, without opening the files."""
    return sum(
        _size(one) * (UNPACKED if one.name.endswith(".gz") and _is_split(one) else 1)
        for one in slices
    )


def _is_split(slice: FileSlice) -> bool:
    return any(format.split for format in formats_with(ending(slice.name)))


def chunks(
    slices: Iterable[FileSlice],
    max_documents: int = 2_000,
    max_bytes: int = 256 * 2**20,
    max_document_bytes: int = 64 * 2**20,
) -> Iterator[InputChunk]:
    """Yield the inputs (whole files), in order, in chunks within both limits.

    The size of a chunk is the sum of `Part.size`. A document that exceeds `max_bytes` is a chunk of
    its own. `max_document_bytes` has the same meaning as in `read_slice`.

    Files with many documents are cut between two documents when a chunk is full. To find the cuts,
    the function reads the file once, in bounded memory. The last slice of a file has `lines=None`:
    it ends at the end of the file.
    """
    chunk = InputChunk()
    for slice in slices:
        rest, in_rest = slice, 0
        for part in _parts(slice, max_document_bytes):
            is_full = chunk.documents >= max_documents or chunk.size + part.size > max_bytes
            if chunk.documents and is_full:
                if in_rest:
                    chunk.append(replace(rest, lines=part.number - rest.line))
                    rest = replace(
                        slice, offset=part.offset, line=part.number, skip=part.skip, lines=None
                    )
                    in_rest = 0
                yield chunk
                chunk = InputChunk()
            chunk.documents, chunk.size = chunk.documents + 1, chunk.size + part.size
            in_rest += 1
        chunk.append(rest)
    if chunk:
        yield chunk


def _parts(slice: FileSlice, max_document_bytes: int) -> Iterator[Part]:
    """Yield the parts of a file that may be documents; if there are no parts, yield the whole file.

    A file without documents becomes one reject.
    """
    empty = True
    if _is_split(slice):
        with suppress(Exception), opened(slice) as file:  # the worker gets the same error
            format = recognised(file, slice)
            parts = function(format.split)(file, slice, max_document_bytes) if format.split else ()
            for part in parts:
                if part.error or not part.blank:
                    empty = False
                    yield part
    if empty:
        yield Part(1, 0, _size(slice))


def _size(slice: FileSlice) -> int:
    try:
        return os.lstat(unquote(slice.path)).st_size
    except OSError:
        return 0
