"""The listing, cut into chunks small enough for one bounded run each.

The cut depends on the listing, the files' sizes and the lines or records in them, and on nothing
else: the same inputs are cut at the same places, whoever reads them.
"""

import os
from collections.abc import Callable, Iterable, Iterator
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
    """What cannot be cut: a file, or a line or record that may be a document of its own."""

    size: int
    """In bytes: of a line or record unpacked, of a file as it lies on disk, even if packed there."""
    offset: int = 0
    """Where it begins, as in `FileSlice`."""
    line: int = 1
    """Where it begins, in lines or records."""
    skip: int = 0
    """As in `FileSlice`."""


def chunks(
    slices: Iterable[FileSlice], max_documents: int = 2_000, max_bytes: int = 256 * 2**20
) -> Iterator[list[FileSlice]]:
    """Yield the inputs in their order, each list within both limits or of one document.

    Files of JSON lines and web archives are cut between two documents where a chunk has no room for
    more, and read through once for that, in bounded memory. The last stretch has `lines=None`: it
    goes to the file's end.

    Args:
        slices: Whole files, as listed.
        max_documents: Most documents in a chunk.
        max_bytes: Most bytes in a chunk: lines and records unpacked, other files as on disk.
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
    """Yield the units of a file, at least one: what is no document makes a reject."""
    empty = True
    for unit in _parts(slice):
        empty = False
        yield unit
    if empty:
        yield _Unit(_size(slice))


def _parts(slice: FileSlice) -> Iterator[_Unit]:
    """Yield what may be documents in a file that may hold many."""
    parts = _PARTS.get(ending(slice.name))
    if parts is None:
        return
    try:
        media_type(slice.name)
        with opened(slice) as file:
            yield from parts(file, slice)
    except Reject:
        return  # the worker meets the same, and says so


def _lines(file: BufferedReader, slice: FileSlice) -> Iterator[_Unit]:
    """Yield the lines that are documents; where the file breaks off, its rest is the last one."""
    for line in lines(unpacked(file, slice), keep=0):
        if line.error or not line.blank:
            yield _Unit(line.size, line.offset, line.number)


def _records(file: BufferedReader, slice: FileSlice) -> Iterator[_Unit]:
    for number, record in enumerate(records(file, slice, keep=0), 1):
        yield _Unit(record.size, record.offset, number, record.skip)


_PARTS: dict[str, Callable[[BufferedReader, FileSlice], Iterator[_Unit]]] = {
    LINES: _lines,
    ARCHIVE: _records,
}
"""What files are cut into, by the name's ending."""


def _size(slice: FileSlice) -> int:
    try:
        return os.lstat(unquote(slice.path)).st_size
    except OSError:
        return 0
