"""Partitions written anew: the rows of many files sorted into few, files without some rows, or
rows made anew.

DuckDB sorts; the new files have the one shape of all files of a lake (see `parquet.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from schemas.tables import TABLES
from transforms.write import layout
from transforms.write.change import StagedPartition
from transforms.write.errors import Damaged
from transforms.write.log import LoggedFile
from transforms.write.parquet import stamped_schema, write_parquet
from transforms.write.storage import Storage

TARGET_BYTES = 512 * 2**20
"""A new file ends when its rows, unpacked in memory, reach this."""

MEMORY = "1GB"
"""What the sort may take before it goes to disk."""

_BATCH_ROWS = 1_000


def stage_sorted(
    storage: Storage, room: str, table: str, partition: str, read: Sequence[LoggedFile]
) -> StagedPartition:
    """Write all rows of the files `read` into a new folder in `room`, sorted, in few files.

    Args:
        storage: The lake's.
        room: A living room.
        table: Name of the table.
        partition: Its partition's folder.
        read: Files of that partition, all live.

    Raises:
        FileNotFoundError: one of them is gone: another command has exchanged the partition.
        Damaged: rows were lost on the way; nothing was changed.
        duckdb.OutOfMemoryException: the rows are too large to sort in the memory that is allowed.
    """
    tables = _sorted_rows(storage, room, table, read)
    staged = _stage(storage, room, table, partition, read, tables)
    before, after = (sum(file.rows for file in files) for files in (read, staged.new))
    if before != after:
        raise Damaged(
            f"{table}/{partition}: {before} rows were read and {after} written; not compacted"
        )
    return staged


def stage_filtered(
    storage: Storage,
    room: str,
    table: str,
    partition: str,
    read: Sequence[LoggedFile],
    change: Callable[[pa.Table], pa.Table],
) -> StagedPartition:
    """Write what `change` leaves of each of the files `read` into a new folder in `room`.

    Args:
        storage: The lake's.
        room: A living room.
        table: Name of the table.
        partition: Its partition's folder.
        read: Files of that partition, all live.
        change: Takes a file's rows, returns those to keep, in their order.

    Raises:
        FileNotFoundError: as above.
    """
    tables = (change(pq.ParquetFile(storage.path(file.final)).read()) for file in read)
    return _stage(storage, room, table, partition, read, tables)


def stage_anew(
    storage: Storage,
    room: str,
    table: str,
    partition: str,
    read: Sequence[LoggedFile],
    rows: pa.Table,
) -> StagedPartition:
    """Write `rows` into a new folder in `room`, in place of the files `read`.

    Args:
        storage: The lake's.
        room: A living room.
        table: Name of the table.
        partition: Its partition's folder.
        read: All live files of that partition; none if it has no rows yet.
        rows: The partition's new rows, in the table's order.
    """
    return _stage(storage, room, table, partition, read, [rows])


def _stage(
    storage: Storage,
    room: str,
    table: str,
    partition: str,
    read: Sequence[LoggedFile],
    tables: Iterable[pa.Table],
) -> StagedPartition:
    """Write each of `tables` as a file of the new folder."""
    folder = f"{room}/{table}-{partition}"
    storage.make_folder(folder)
    new = []
    for number, rows in enumerate(tables):
        name = f"new-{number}.parquet"
        digest, size = write_parquet(storage.path(f"{folder}/{name}"), table, rows)
        new.append(
            LoggedFile(
                table=table,
                partition=partition,
                staged=f"{folder}/{name}",
                name=name,
                rows=rows.num_rows,
                size=size,
                digest=digest,
            )
        )
    return StagedPartition(table, partition, folder, list(read), new)


def _sorted_rows(
    storage: Storage, room: str, table: str, read: Sequence[LoggedFile]
) -> Iterator[pa.Table]:
    """Yield the rows in the table's order, a file's worth at a time; at least one table."""
    schema = stamped_schema(table)
    paths = [layout.literal(storage.path(file.final).resolve(strict=True)) for file in read]
    order = ", ".join(f"{column} NULLS LAST" for column in TABLES[table].sort_key)
    with duckdb.connect() as database:
        database.execute(f"SET memory_limit = '{MEMORY}'")
        database.execute("SET TimeZone = 'UTC'")
        database.execute(f"SET temp_directory = '{_quoted(storage.path(room) / 'sort')}'")
        answer = database.sql(
            f"SELECT * FROM read_parquet(?, hive_partitioning = false) ORDER BY {order or 'ALL'}",
            params=[paths],
        )
        gathered: list[pa.RecordBatch] = []
        size = 0
        for batch in answer.to_arrow_reader(_BATCH_ROWS):
            gathered.append(batch)
            size += batch.nbytes
            if size >= TARGET_BYTES:
                yield _as_declared(gathered, schema)
                gathered, size = [], 0
        if gathered:
            yield _as_declared(gathered, schema)
        else:
            yield schema.empty_table()


def _as_declared(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    table = pa.Table.from_batches(batches).select(schema.names)
    return pa.Table.from_arrays(
        [column.cast(field.type) for column, field in zip(table.columns, schema, strict=True)],
        schema=schema,
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
