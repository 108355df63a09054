"""Read a Parquet file batch by batch. These functions run in a sandbox and do not load Beam."""

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import NamedTuple

import pyarrow as pa
import pyarrow.parquet as pq

from newslake.schemas.reasons import BadParquet
from newslake.transforms.read.arrow_values import Row, json_rows

BATCH_ROWS, BATCH_BYTES = 200, 8 * 2**20
"""Maximum number of rows in a batch, and of bytes if its rows are as large as the group's average."""

Source = tuple[str, int, int, int, int]
"""A file, identified by its path, device, inode, size in bytes and time of change."""


class _Reader(NamedTuple):
    """A reader of a row group, and the last batch that this reader has read."""

    group: tuple[Source, int]
    first: int  # number of the batch's first row in the row group, from 0
    batch: pa.RecordBatch
    batches: Iterator[pa.RecordBatch]  # the batches after `batch`


_readers: list[_Reader] = []
"""The last two readers: a process may cut a file and read it. Each continues where it ended."""


def prepare() -> None:
    """Let pyarrow use as few threads as possible; each reserves memory."""
    pa.set_cpu_count(1)
    pa.set_io_thread_count(1)


def row_counts(source: Source) -> list[int]:
    """Return the number of rows of each row group.

    Raises:
        BadParquet: The footer is damaged, or the file is encrypted.
    """
    with _errors_as_rejects():
        metadata = _opened(source).metadata
        return [max(0, metadata.row_group(n).num_rows) for n in range(metadata.num_row_groups)]


def read_rows(source: Source, group: int, row: int, keep: int) -> list[Row]:
    """Return the rows of a row group from `row` (counted from 0) to the end of a batch.

    Raises:
        BadParquet: The rows cannot be decoded.
    """
    with _errors_as_rejects():
        usable = [one for one in _readers if one.group == (source, group) and one.first <= row]
        last = max(usable, key=lambda one: one.first, default=None)
        reader = last or _Reader((source, group), 0, pa.record_batch({}), _batches(source, group))
        _readers[:] = [one for one in _readers if one is not last][-1:]  # an error ends a reader
        while row >= (end := reader.first + reader.batch.num_rows):
            reader = reader._replace(first=end, batch=next(reader.batches))
        _readers.append(reader)
        return json_rows(reader.batch, row - reader.first, keep)


def _batches(source: Source, group: int) -> Iterator[pa.RecordBatch]:
    file = _opened(source)
    whole = file.metadata.row_group(group)
    rows = min(BATCH_ROWS, BATCH_BYTES * whole.num_rows // max(1, whole.total_byte_size))
    yield from file.iter_batches(max(1, rows), row_groups=[group], use_threads=False)
    raise BadParquet("the row group has fewer rows than the footer states")


def _opened(source: Source) -> pq.ParquetFile:
    file = os.fdopen(os.open(source[0], os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK), "rb")
    if source_of(source[0], file.fileno()) != source:
        raise BadParquet("the file has changed since it was opened")
    return pq.ParquetFile(
        file,
        buffer_size=2**20,  # read pages, not whole columns
        pre_buffer=False,
        coerce_int96_timestamp_unit="us",
        page_checksum_verification=True,
    )


def source_of(path: str, descriptor: int) -> Source:
    """Return the source at `path`, which is open as `descriptor`."""
    status = os.fstat(descriptor)
    return path, status.st_dev, status.st_ino, status.st_size, status.st_mtime_ns


@contextmanager
def _errors_as_rejects() -> Iterator[None]:
    try:
        yield
    except (pa.ArrowException, OSError, ValueError) as error:
        raise error if isinstance(error, MemoryError) else BadParquet(str(error)) from None
