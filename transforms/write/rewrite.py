"""Partitions written anew: all rows of their files, or all but some, in few sorted files.

DuckDB sorts, on disk where memory does not suffice; the new files have the one shape of all files
of a lake (see `parquet.py`).
"""

from collections.abc import Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa

from schemas.tables import TABLES
from transforms.write.change import StagedPartition
from transforms.write.log import LoggedFile
from transforms.write.parquet import stamped_schema, write_parquet
from transforms.write.storage import Storage

TARGET_BYTES = 512 * 2**20
"""A new file ends when its rows, unpacked in memory, reach four times this: about its size on disk."""

MEMORY = "1GB"
"""What the sort may take before it goes to disk."""

_BATCH_ROWS = 10_000
_PACKING = 4


def stage_partition(
    storage: Storage,
    room: str,
    table: str,
    partition: str,
    read: Sequence[LoggedFile],
    where: str = "true",
    select: str = "*",
) -> StagedPartition:
    """Write the rows of the files `read` that fulfil `where` into a new folder in `room`.

    Args:
        storage: The lake's.
        room: A living room.
        table: Name of the table.
        partition: Its partition's folder.
        read: Files of that partition, all live.
        where: A condition in SQL on the table's columns.
        select: The select list; `* REPLACE (…)` changes values.
    """
    folder = f"{room}/{table}-{partition}"
    storage.make_folder(folder)
    new = []
    for number, rows in enumerate(_sorted_rows(storage, room, table, read, where, select)):
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
    storage: Storage,
    room: str,
    table: str,
    read: Sequence[LoggedFile],
    where: str,
    select: str,
) -> Iterator[pa.Table]:
    """Yield the rows in the table's order, a file's worth at a time; at least one table."""
    schema = stamped_schema(table)
    paths = [str(storage.path(file.final)) for file in read]
    order = ", ".join(f"{column} NULLS LAST" for column in TABLES[table].sort_key)
    with duckdb.connect() as database:
        database.execute(f"SET memory_limit = '{MEMORY}'")
        database.execute("SET TimeZone = 'UTC'")
        database.execute(f"SET temp_directory = '{_quoted(storage.path(room) / 'sort')}'")
        answer = database.sql(
            f"SELECT {select} FROM read_parquet(?, hive_partitioning = false) WHERE {where} "
            f"ORDER BY {order or 'ALL'}",
            params=[paths],
        )
        gathered: list[pa.RecordBatch] = []
        for batch in answer.to_arrow_reader(_BATCH_ROWS):
            gathered.append(batch)
            if sum(one.nbytes for one in gathered) >= _PACKING * TARGET_BYTES:
                yield _as_declared(gathered, schema)
                gathered = []
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
