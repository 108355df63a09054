"""Writes and reads records as Parquet files. All files of a lake have this layout:

- The codec is zstd at level 3. Only texts use LZ4, because a text search reads all texts.
- A row group has at most 30,000 rows and 8 MB, so that a filter reads little of the text.
- Files have a page index, and bloom filters on id columns, so that a look-up by id reads one page.
- Only columns whose values repeat have a dictionary: engines are slow with dictionaries of texts
  and ids (`benchmarks/lake_queries.py`).
"""

import dataclasses
import os
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from hashlib import file_digest
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newslake import __version__
from newslake.schemas.arrow import arrow_schema
from newslake.schemas.tables import TABLES
from newslake.transforms.failure import RESTORE, naming, raise_if_of_machine
from newslake.transforms.lake.errors import Damaged

MAX_GROUP_ROWS = 30_000
"""Maximum number of rows in a row group."""
MAX_GROUP_BYTES = 8 * 2**20
"""Maximum size of a row group in memory, in bytes (uncompressed)."""
_FALSE_POSITIVES = 0.01
"""False-positive rate of the bloom filters."""
_ZSTD, _LZ4 = ("zstd", 3), ("lz4", 9)
"""Codecs and their levels. LZ4 at level 9 compresses slowly, and its output is a fifth larger than
the output of zstd. But LZ4 decompresses about twice as fast."""


def stamped_schema(name: str) -> pa.Schema:
    """Return the schema of table `name`, with the version of newslake in its metadata."""
    schema = arrow_schema(name)
    stamp = {b"newslake.version": __version__.encode()}
    return schema.with_metadata({**schema.metadata, **stamp})


def to_arrow(name: str, rows: Sequence[Any], run_id: str) -> pa.Table:
    """Return the records `rows`, in this order, as an Arrow table with the schema of table `name`.

    Raises:
        ValueError: a row has no value in a required column.
    """
    dicts = [dataclasses.asdict(row) | {"run_id": run_id} for row in rows]
    table = pa.Table.from_pylist(dicts, stamped_schema(name))
    for column, values in zip(table.schema, table.columns, strict=True):
        if values.null_count and not column.nullable:
            raise ValueError(f"{name}.{column.name} is null in {values.null_count} rows")
    return table


def write_parquet(path: Path, name: str, table: pa.Table) -> tuple[str, int]:
    """Write `table` as a file of table `name`; return the file's SHA-256 (hex) and size (bytes)."""
    bytes_per_row = max(1, table.nbytes // max(1, table.num_rows))
    ids = TABLES[name].id_columns
    distinct = {one.name for one in TABLES[name].columns if not one.column.repeats}
    codecs = {leaf: _LZ4 if leaf == "text" else _ZSTD for leaf in _columns(name)}
    with naming(path), path.open("x+b") as file:
        pq.write_table(
            table,
            file,
            row_group_size=max(1, min(MAX_GROUP_ROWS, MAX_GROUP_BYTES // bytes_per_row)),
            compression={leaf: codec for leaf, (codec, _) in codecs.items()},
            compression_level={leaf: level for leaf, (_, level) in codecs.items()},
            use_dictionary=list(_columns(name, without=distinct.union(ids))),
            write_page_index=True,
            sorting_columns=[
                pq.SortingColumn(table.schema.get_field_index(column), nulls_first=False)
                for column in TABLES[name].sort_key
            ],
            bloom_filter_options={
                column: {"ndv": max(1, table.num_rows), "fpp": _FALSE_POSITIVES} for column in ids
            },
        )
        size = file.tell()
        file.seek(0)
        return file_digest(file, "sha256").hexdigest(), size


def _columns(name: str, without: Collection[str] = ()) -> Iterator[str]:
    """Yield the Parquet paths of all columns of table `name`, except the columns in `without`."""
    for column in arrow_schema(name):
        if column.name not in without:
            yield from _leaves(column.name, column.type)


def _leaves(path: str, kind: pa.DataType) -> Iterator[str]:
    if pa.types.is_list(kind):
        yield from _leaves(f"{path}.list.element", kind.value_type)
    elif pa.types.is_struct(kind):
        for field in kind:
            yield from _leaves(f"{path}.{field.name}", field.type)
    else:
        yield path


@contextmanager
def reading(path: Path) -> Iterator[None]:
    """Name the file `path` of a lake in the errors of the block, which reads the file.

    Raises:
        FileNotFoundError: the file is missing; another command may have replaced it.
        Damaged: the file is damaged.
    """
    try:
        yield
    except (pa.ArrowException, OSError, ValueError, RuntimeError) as error:
        if isinstance(error, OSError) and error.errno:
            error.filename, error.strerror = str(path), os.strerror(error.errno)
            raise
        raise_if_of_machine(error)
        [cause, *_] = str(error).splitlines() or [type(error).__name__]
        raise Damaged(f"{path} is damaged: {cause.rstrip('.')}; {RESTORE}") from error


def read_table(path: Path, columns: Sequence[str] | None = None) -> pa.Table:
    """Return the rows of one file, with the given columns or with all columns.

    Raises:
        FileNotFoundError, Damaged: see `reading`.
    """
    with reading(path):
        return pq.ParquetFile(path).read(columns=columns and list(columns))


def read_batches(path: Path, columns: Sequence[str], rows: int) -> Iterator[pa.RecordBatch]:
    """Yield the given columns of one file, in batches of at most `rows` rows.

    Raises:
        FileNotFoundError, Damaged: see `reading`.
    """
    with reading(path):
        yield from pq.ParquetFile(path).iter_batches(batch_size=rows, columns=list(columns))


def read_columns(path: Path, columns: Sequence[str]) -> list[dict[str, Any]]:
    """Return the rows of one file as dicts with the given columns.

    Raises:
        FileNotFoundError, Damaged: see `reading`.
    """
    table = read_table(path, columns)
    with reading(path):
        return table.to_pylist()


def prune(source: Path, target: Path, name: str, keep: Sequence[bool]) -> tuple[str, int]:
    """Copy the rows that `keep` marks to the file `target`; return this file's digest and size."""
    table = read_table(source).filter(pa.array(list(keep), pa.bool_()))
    return write_parquet(target, name, table)
