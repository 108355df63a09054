"""Split a Parquet file into rows, each as a JSON object."""

import os
from collections.abc import Iterator

from newslake.schemas.reasons import BadParquet, Empty, Reject
from newslake.schemas.records import FileSlice
from newslake.transforms.beam.sandbox import Sandbox, sandbox
from newslake.transforms.read import parquet_batches as batches
from newslake.transforms.read.names import unquote
from newslake.transforms.read.opening import InputFile
from newslake.transforms.read.parquet_batches import Source
from newslake.transforms.read.parts import Part, bytes_to_keep

MAX_SECONDS = 60
"""Maximum CPU time to find a batch in its row group and to read the batch, in seconds."""

MEMORY_MB = 512
"""Maximum memory of the sandbox, in MB of 2**20 bytes, in addition to `COPIES` of a document."""

COPIES = 8
"""Number of copies of a document in memory: as Arrow values, Python values, JSON and bytes."""


def split(file: InputFile, slice: FileSlice, max_bytes: int) -> Iterator[Part]:
    """Yield the rows of all row groups; see `Format.split`. Rows have no offset.

    pyarrow runs in a sandbox, because a damaged file can crash pyarrow. If a row group is damaged,
    the rest of its rows are one part with an error.

    Raises:
        Empty: There are no rows.
        BadParquet: The file has no valid footer, or is encrypted.
        TooSlow, OutOfMemory, ParserDied: Reading the footer exceeded a limit or crashed pyarrow.
    """
    reader = sandbox(MAX_SECONDS, MEMORY_MB + COPIES * max_bytes // 2**20, batches.prepare)
    source = batches.source_of(os.path.realpath(unquote(slice.path)), file.fileno())
    counts = reader.call(batches.row_counts, source)
    if not any(counts):
        raise Empty("no rows")
    first = 1
    for group, count in enumerate(counts):
        row = max(0, slice.line - first)
        for part in _rows(reader, source, group, row, count, bytes_to_keep(max_bytes)):
            yield part._replace(number=first + part.number)
        first += count


def _rows(
    reader: Sandbox, source: Source, group: int, row: int, count: int, keep: int
) -> Iterator[Part]:
    """Yield the rows of a row group with `count` rows from `row` on (counted from 0)."""
    while row < count:
        try:
            rows = reader.call(batches.read_rows, source, group, row, keep)
        except Reject as error:
            cause = type(error)(f"{error}; {count - row:,} rows cannot be read")
            yield Part(row, 0, 0, error=cause, line_count=count - row)
            return
        for size, head, problem in rows:
            yield Part(row, 0, size, head, error=BadParquet(problem) if problem else None)
            row += 1
