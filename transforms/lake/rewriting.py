"""Partitions written anew: the rows of many files sorted into few, files without some rows, or
rows made anew.

DuckDB sorts; the new files have the one shape of all files of a lake (see `parquet.py`).
"""

from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from newslake.schemas.tables import TABLES
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.log import LoggedFile
from newslake.transforms.lake.parquet import stamped_schema, write_parquet
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import StagedPartition

TARGET_BYTES = 512 * 2**20
"""A new file ends when its rows, unpacked in memory, reach this."""

SLICE_BYTES = 128 * 2**20
"""So much, unpacked, is sorted at a time: wide rows need several times their size."""

MEMORY = "1GB"
"""What the sort of a slice may take before it goes to disk."""

_BATCH_ROWS = 1_000


def stage_sorted(
    storage: Storage, staging: str, table: str, partition: str, read: Sequence[LoggedFile]
) -> StagedPartition:
    """Write all rows of the files `read` into a new folder in `staging`, sorted, in few files.

    Args:
        storage: The lake's.
        staging: A living room.
        table: Name of the table.
        partition: Its partition's folder.
        read: Files of that partition, all live.

    Raises:
        FileNotFoundError: one of them is gone: another command has exchanged the partition.
        Damaged: rows were lost on the way; nothing was changed.
    """
    tables = _sorted_rows(storage, staging, table, read)
    staged = _stage(storage, staging, table, partition, read, tables)
    before, after = (sum(file.rows for file in files) for files in (read, staged.new))
    if before != after:
        raise Damaged(
            f"{table}/{partition}: {before} rows were read and {after} written; not compacted"
        )
    return staged


def stage_filtered(
    storage: Storage,
    staging: str,
    table: str,
    partition: str,
    read: Sequence[LoggedFile],
    change: Callable[[pa.Table], pa.Table],
) -> StagedPartition:
    """Write what `change` leaves of each of the files `read` into a new folder in `staging`.

    Args:
        storage: The lake's.
        staging: A living room.
        table: Name of the table.
        partition: Its partition's folder.
        read: Files of that partition, all live.
        change: Takes a file's rows, returns those to keep, in their order.

    Raises:
        FileNotFoundError: as above.
    """
    tables = (change(pq.ParquetFile(storage.path(file.final)).read()) for file in read)
    return _stage(storage, staging, table, partition, read, tables)


def stage_anew(
    storage: Storage,
    staging: str,
    table: str,
    partition: str,
    read: Sequence[LoggedFile],
    rows: pa.Table,
) -> StagedPartition:
    """Write `rows` into a new folder in `staging`, in place of the files `read`.

    Args:
        storage: The lake's.
        staging: A living room.
        table: Name of the table.
        partition: Its partition's folder.
        read: All live files of that partition; none if it has no rows yet.
        rows: The partition's new rows, in the table's order.
    """
    return _stage(storage, staging, table, partition, read, [rows])


def _stage(
    storage: Storage,
    staging: str,
    table: str,
    partition: str,
    read: Sequence[LoggedFile],
    tables: Iterable[pa.Table],
) -> StagedPartition:
    """Write each of `tables` as a file of the new folder."""
    folder = f"{staging}/{table}-{partition}"
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
    storage: Storage, staging: str, table: str, read: Sequence[LoggedFile]
) -> Iterator[pa.Table]:
    """Yield the rows in the table's order, a file's worth at a time; at least one table."""
    schema = stamped_schema(table)
    with duckdb.connect() as database:
        database.execute(f"SET memory_limit = '{MEMORY}'")
        database.execute("SET TimeZone = 'UTC'")
        database.execute(f"SET temp_directory = '{_quoted(storage.path(staging) / 'sort')}'")
        paths = [_quoted(storage.path(file.final).resolve(strict=True)) for file in read]
        names = ", ".join(f"'{layout.literal(Path(path))}'" for path in paths)
        database.execute(
            f"CREATE VIEW rows AS FROM read_parquet([{names}], hive_partitioning = false)"
        )
        gathered: list[pa.RecordBatch] = []
        size = 0
        for batch in _in_slices(database, table, _rows_a_slice(storage, read)):
            gathered.append(batch)
            size += batch.nbytes
            if size >= TARGET_BYTES:
                yield _as_declared(gathered, schema)
                gathered, size = [], 0
        if gathered:
            yield _as_declared(gathered, schema)
        else:
            yield schema.empty_table()


def _rows_a_slice(storage: Storage, read: Sequence[LoggedFile]) -> int:
    """Return how many rows of `read` make up a slice, by their average size."""
    unpacked = sum(
        footer.row_group(number).total_byte_size
        for footer in (pq.read_metadata(storage.path(file.final)) for file in read)
        for number in range(footer.num_row_groups)
    )
    rows = sum(file.rows for file in read)
    return max(1, rows * SLICE_BYTES // max(1, unpacked))


def _in_slices(
    database: duckdb.DuckDBPyConnection, table: str, rows_a_slice: int
) -> Iterator[pa.RecordBatch]:
    """Yield the rows of the view `rows` in the table's order, sorted a slice at a time.

    The slices are cut by the sort key alone, which is small; each then reads just what lies in it.
    """
    key = [column for column in TABLES[table].sort_key if not _all_null(database, column)]
    order = ", ".join(key) or "ALL"
    if not key:  # the table of runs: few and small rows
        yield from database.sql("FROM rows ORDER BY ALL").to_arrow_reader(_BATCH_ROWS)
        return
    cuts: list[tuple[object, ...]] = database.execute(
        f"SELECT {order} FROM (SELECT {order}, row_number() OVER (ORDER BY {order}) AS number "
        f"FROM rows) WHERE number % {rows_a_slice} = 0 ORDER BY number"
    ).fetchall()
    for lower, upper in zip([None, *cuts], [*cuts, None], strict=True):
        bounds = [*_bound(key, ">", lower), *_bound(key, "<=", upper)]
        where = " AND ".join(text for text, _ in bounds) or "true"
        values = [value for _, values in bounds for value in values]
        answer = database.sql(f"FROM rows WHERE {where} ORDER BY {order}", params=values)
        yield from answer.to_arrow_reader(_BATCH_ROWS)


def _all_null(database: duckdb.DuckDBPyConnection, column: str) -> bool:
    """Return True where a partition has no time: its rows then go by id alone."""
    [row] = database.execute(f"SELECT count({column}) FROM rows").fetchall()
    return row[0] == 0


def _bound(
    key: Sequence[str], sign: str, values: tuple[object, ...] | None
) -> Iterator[tuple[str, tuple[object, ...]]]:
    """Yield the conditions for a key beyond (`>`) or up to (`<=`) `values`, with their parameters.

    The first says less than the second; it alone lets DuckDB skip what lies outside.
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


def _as_declared(batches: list[pa.RecordBatch], schema: pa.Schema) -> pa.Table:
    table = pa.Table.from_batches(batches).select(schema.names)
    return pa.Table.from_arrays(
        [column.cast(field.type) for column, field in zip(table.columns, schema, strict=True)],
        schema=schema,
    )


def _quoted(path: Path) -> str:
    return str(path).replace("'", "''")
