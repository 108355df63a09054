"""Rewrites partitions: merges many files into few sorted files, removes rows, or replaces all rows.

DuckDB sorts the rows. The new files have the same layout as all files of a lake, see `parquet.py`.
"""

import glob
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from newslake.schemas.tables import TABLES
from newslake.transforms.failure import RESTORE
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.log import LoggedFile
from newslake.transforms.lake.parquet import reading, stamped_schema, write_parquet
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import StagedPartition
from newslake.transforms.work_done import count

TARGET_BYTES = 512 * 2**20
"""A new file is closed when its rows take this many bytes in memory (uncompressed)."""

SLICE_BYTES = 128 * 2**20
"""Uncompressed bytes per slice to sort. Sorting wide rows takes several times this memory."""

MEMORY = "1GB"
"""DuckDB's memory limit for sorting a slice; above this limit, DuckDB writes temporary files."""

_BATCH_ROWS = 1_000
"""Rows per batch that DuckDB returns."""


@dataclass(frozen=True)
class Rewrite:
    """The files to replace in one partition, and the staging directory for the new files."""

    storage: Storage
    staging: str
    """The staging directory of a live run; the new files go to a new directory in it."""
    table: str
    partition: str
    """Name of the partition's directory."""
    read: Sequence[LoggedFile]
    """Live files of that partition; empty if the partition has no rows yet."""


def stage_sorted(rewrite: Rewrite) -> StagedPartition:
    """Write the rows of all files to a new directory, sorted, in few files.

    Raises:
        FileNotFoundError: a file is missing, because another command has swapped the partition.
        Damaged: the new files have fewer or more rows than the old ones; nothing was changed.
    """
    staged = stage_tables(rewrite, _sorted_rows(rewrite))
    before, after = (sum(file.rows for file in files) for files in (staged.read, staged.new))
    if before != after:
        raise Damaged(
            f"{rewrite.storage.path(rewrite.table)}/{rewrite.partition} is damaged: the log says "
            f"{before} rows, but the files have {after}; {RESTORE}"
        )
    return staged


def stage_tables(rewrite: Rewrite, tables: Iterable[pa.Table]) -> StagedPartition:
    """Write each of the sorted `tables` to a file in a new directory."""
    storage, table, partition = rewrite.storage, rewrite.table, rewrite.partition
    folder = f"{rewrite.staging}/{table}-{partition}"
    storage.make_folder(folder)
    new = []
    for number, rows in enumerate(tables):
        name = f"new-{number}.parquet"
        staged = f"{folder}/{name}"
        digest, size = write_parquet(storage.path(staged), table, rows)
        new.append(LoggedFile(table, partition, staged, name, rows.num_rows, size, digest))
    return StagedPartition(table, partition, folder, list(rewrite.read), new)


def _sorted_rows(rewrite: Rewrite) -> Iterator[pa.Table]:
    """Yield the rows in the table's sort order, one Arrow table per file; at least one table."""
    storage, schema = rewrite.storage, stamped_schema(rewrite.table)
    temporary = str(storage.path(rewrite.staging) / "sort")
    with duckdb.connect(config={"memory_limit": MEMORY, "temp_directory": temporary}) as database:
        database.execute("SET TimeZone = 'UTC'")
        paths = [storage.path(one.final).resolve(strict=True) for one in rewrite.read]
        globs = [glob.escape(str(path)) for path in paths]
        database.read_parquet(globs, hive_partitioning=False).create_view("rows")
        batches: list[pa.RecordBatch] = []
        size = 0
        for batch in _in_slices(database, rewrite.table, _rows_per_slice(rewrite)):
            batches.append(batch)
            count(batch.num_rows)
            size += batch.nbytes
            if size >= TARGET_BYTES:
                yield _table(batches, schema)
                batches, size = [], 0
        yield _table(batches, schema) if batches else schema.empty_table()


def _rows_per_slice(rewrite: Rewrite) -> int:
    """Return the number of rows per slice, computed from the average size of a row."""
    uncompressed = 0
    for path in (rewrite.storage.path(one.final) for one in rewrite.read):
        with reading(path):
            footer = pq.read_metadata(path)
        groups = map(footer.row_group, range(footer.num_row_groups))
        uncompressed += sum(group.total_byte_size for group in groups)
    rows = sum(file.rows for file in rewrite.read)
    return max(1, rows * SLICE_BYTES // max(1, uncompressed))


def _in_slices(
    database: duckdb.DuckDBPyConnection, table: str, rows_per_slice: int
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the view `rows` in the table's sort order, sorting one slice at a time.

    The first query reads only the sort key, which is small, and finds the bounds of the slices.
    Then, one query per slice reads and sorts the rows between two bounds.
    """
    key = [column for column in TABLES[table].sort_key if not _all_null(database, column)]
    if not key:  # the table `runs`, whose rows are few and small
        yield from database.sql("FROM rows ORDER BY ALL").to_arrow_reader(_BATCH_ROWS)
        return
    order = ", ".join(key)
    bounds: list[tuple[object, ...]] = database.execute(
        f"SELECT {order} FROM (SELECT {order}, row_number() OVER (ORDER BY {order}) AS number "
        f"FROM rows) WHERE number % {rows_per_slice} = 0 ORDER BY number"
    ).fetchall()
    for lower, upper in zip([None, *bounds], [*bounds, None], strict=True):
        conditions = [*_conditions(key, ">", lower), *_conditions(key, "<=", upper)]
        where = " AND ".join(text for text, _ in conditions) or "true"
        values = [value for _, values in conditions for value in values]
        result = database.sql(f"FROM rows WHERE {where} ORDER BY {order}", params=values)
        yield from result.to_arrow_reader(_BATCH_ROWS)


def _all_null(database: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Return True if `column` is null in all rows, as in the partition without dates."""
    [row] = database.execute(f"SELECT count({column}) FROM rows").fetchall()
    return row[0] == 0


def _conditions(
    key: Sequence[str], sign: str, values: tuple[object, ...] | None
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield SQL conditions, with parameters, for sort keys above (`>`) or at most (`<=`) `values`.

    The second condition implies the first condition, but DuckDB skips row groups only by the first.
    """
    if values is None:
        return
    yield f"{key[0]} {sign[0]}= ?", values[:1]
    cases: list[str] = []
    parameters: list[object] = []
    for number, column in enumerate(key):
        last = number == len(key) - 1
        equal = [f"{earlier} = ?" for earlier in key[:number]]
        cases.append(" AND ".join([*equal, f"{column} {sign if last else sign[0]} ?"]))
        parameters += values[: number + 1]
    yield f"({' OR '.join(cases)})", tuple(parameters)


def _table(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    return pa.Table.from_batches(batches).select(schema.names).cast(schema)
