"""The listing, cut into chunks small enough for one bounded run each.

The cut depends on the listing, the files' sizes and the lines of JSON-lines files, and on nothing
else: the same inputs are cut at the same places, whoever reads them.
"""

import os
from collections.abc import Iterable, Iterator
from dataclasses import replace
from typing import NamedTuple

from schemas.reasons import Reject
from schemas.records import FileSlice
from transforms.read.lines import lines
from transforms.read.names import holds_lines, media_type, unquote
from transforms.read.unpacking import opened, unpacked


class _Unit(NamedTuple):
    """What cannot be cut: a file, or a line that is a document of its own."""

    size: int
    """In bytes: of a line unpacked, of a file as it lies on disk, even if it is packed there."""
    offset: int = 0
    """Where it begins in the unpacked file."""
    line: int = 1
    """Where it begins, in lines."""


def chunks(
    slices: Iterable[FileSlice], max_documents: int = 2_000, max_bytes: int = 256 * 2**20
) -> Iterator[list[FileSlice]]:
    """Yield the inputs in their order, each list within both limits or of one document.

    A JSON-lines file that a chunk has no room for is cut between two documents, and read through
    once for that, in bounded memory. The last stretch has `lines=None`: it goes to the file's end.

    Args:
        slices: Whole files, as listed.
        max_documents: Most documents in a chunk.
        max_bytes: Most bytes in a chunk: JSON lines unpacked, other files as on disk.
    """
    chunk: list[FileSlice] = []
    documents = size = 0
    for slice in slices:
        rest, in_rest = slice, 0
        for unit in _units(slice):
            if documents and (documents >= max_documents or size + unit.size > max_bytes):
                if in_rest:
                    chunk.append(replace(rest, lines=unit.line - rest.line))
                    rest, in_rest = replace(slice, offset=unit.offset, line=unit.line), 0
                yield chunk
                chunk, documents, size = [], 0, 0
            documents, size, in_rest = documents + 1, size + unit.size, in_rest + 1
        chunk.append(rest)
    if chunk:
        yield chunk


def _units(slice: FileSlice) -> Iterator[_Unit]:
    """Yield the units of a file, at least one: what is no document makes a reject."""
    empty = True
    if holds_lines(slice.name):
        for unit in _documents(slice):
            empty = False
            yield unit
    if empty:
        yield _Unit(_size(slice))


def _documents(slice: FileSlice) -> Iterator[_Unit]:
    """Yield the lines that are documents; where the file breaks off, its rest is the last one."""
    try:
        media_type(slice.name)
        with opened(slice) as file:
            for line in lines(unpacked(file, slice), keep=0):
                if line.error or not line.blank:
                    yield _Unit(line.size, line.offset, line.number)
    except Reject:
        return  # the worker meets the same, and says so


def _size(slice: FileSlice) -> int:
    try:
        return os.lstat(unquote(slice.path)).st_size
    except OSError:
        return 0
