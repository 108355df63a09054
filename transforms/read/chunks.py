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


def chunks(
    slices: Iterable[FileSlice],
    max_documents: int = 2_000,
    max_bytes: int = 256 * 2**20,
    max_document_bytes: int = 64 * 2**20,
) -> Iterator[list[FileSlice]]:
    """Yield the inputs (whole files), in order, in chunks within both limits.

    The size of a chunk is the sum of `Part.size`. A document that exceeds `max_bytes` is a chunk of
    its own. `max_document_bytes` has the same meaning as in `read_slice`.

    Files with many documents are cut between two documents when a chunk is full. To find the cuts,
    the function reads the file once, in bounded memory. The last slice of a file has `lines=None`:
    it ends at the end of the file.
    """
    chunk: list[FileSlice] = []
    documents = size = 0
    for slice in slices:
        rest, in_rest = slice, 0
        for part in _parts(slice, max_document_bytes):
            if documents and (documents >= max_documents or size + part.size > max_bytes):
                if in_rest:
                    chunk.append(replace(rest, lines=part.number - rest.line))
                    rest = replace(
                        slice, offset=part.offset, line=part.number, skip=part.skip, lines=None
                    )
                    in_rest = 0
                yield chunk
                chunk, documents, size = [], 0, 0
            documents, size, in_rest = documents + 1, size + part.size, in_rest + 1
        chunk.append(rest)
    if chunk:
        yield chunk


def _parts(slice: FileSlice, max_document_bytes: int) -> Iterator[Part]:
    """Yield the parts of a file that may be documents; if there are no parts, yield the whole file.

    A file without documents becomes one reject.
    """
    empty = True
    if any(format.split for format in formats_with(ending(slice.name))):
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
