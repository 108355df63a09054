"""Divide the listed files into chunks, one for each bounded run.

The division is deterministic: it depends only on the listing, the file sizes and the lines or
records in the files.
"""

import os
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import replace
from io import BufferedReader
from typing import NamedTuple

from newslake.schemas.reasons import Reject
from newslake.schemas.records import FileSlice
from newslake.transforms.read.lines import lines
from newslake.transforms.read.names import ARCHIVE, LINES, ending, media_type, unquote
from newslake.transforms.read.unpacking import opened, unpacked
from newslake.transforms.read.warc.record_reader import records


class _Unit(NamedTuple):
    """The smallest part of a chunk: a line or record that may be a document, or a whole file."""

    size: int
    """Size in bytes: the decompressed size of a line or record, or the size of a file on disk."""
    offset: int = 0
    """`FileSlice.offset` of the unit."""
    line: int = 1
    """Number of the line or record."""
    skip: int = 0
    """`FileSlice.skip` of the unit."""


def chunks(
    slices: Iterable[FileSlice], max_documents: int = 2_000, max_bytes: int = 256 * 2**20
) -> Iterator[list[FileSlice]]:
    """Yield the inputs in order, in chunks that exceed neither limit.

    A document that exceeds `max_bytes` is a chunk of its own.

    JSON Lines files and WARC files are cut between two documents when a chunk is full. To find the
    cut, the function reads the file once, in bounded memory. The last slice of a file has
    `lines=None`: it ends at the end of the file.

    Args:
        slices: Whole files, from the listing.
        max_documents: Maximum number of documents in a chunk.
        max_bytes: Maximum size of a chunk in bytes: the decompressed size of lines and records, and
            the size of other files on disk.
    """
    chunk: list[FileSlice] = []
    documents = size = 0
    for slice in slices:
        rest, in_rest = slice, 0
        for unit in _units(slice):
            if documents and (documents >= max_documents or size + unit.size > max_bytes):
                if in_rest:
                    chunk.append(replace(rest, lines=unit.line - rest.line))
                    _, offset, line, skip = unit
                    rest, in_rest = replace(slice, offset=offset, line=line, skip=skip), 0
                yield chunk
                chunk, documents, size = [], 0, 0
            documents, size, in_rest = documents + 1, size + unit.size, in_rest + 1
        chunk.append(rest)
    if chunk:
        yield chunk


def _units(slice: FileSlice) -> Iterator[_Unit]:
    """Yield the lines or records that may be documents; if there are none, the whole file.

    A file without documents becomes one reject.
    """
    empty = True
    if parts := _PARTS.get(ending(slice.name)):
        with suppress(Reject):  # the worker gets the same error and rejects the file
            media_type(slice.name)
            with opened(slice) as file:
                for unit in parts(file, slice):
                    empty = False
                    yield unit
    if empty:
        yield _Unit(_size(slice))


def _lines(file: BufferedReader, slice: FileSlice) -> Iterator[_Unit]:
    """Yield the lines that may be documents. In a truncated file, the last line is incomplete."""
    for line in lines(unpacked(file, slice), keep=0):
        if line.error or not line.blank:
            yield _Unit(line.size, line.offset, line.number)


def _records(file: BufferedReader, slice: FileSlice) -> Iterator[_Unit]:
    for number, record in enumerate(records(file, slice, keep=0), 1):
        yield _Unit(record.size, record.offset, number, record.skip)


_PARTS = {LINES: _lines, ARCHIVE: _records}
"""Functions that yield the units of a file, by file extension."""


def _size(slice: FileSlice) -> int:
    try:
        return os.lstat(unquote(slice.path)).st_size
    except OSError:
        return 0
