"""The logs and the columns of lakes that older versions created."""

import json
from contextlib import suppress
from dataclasses import MISSING
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newslake.schemas.arrow import arrow_schema
from newslake.schemas.partitions import NO_DATE, coarsened
from newslake.schemas.tables import TABLES
from newslake.transforms.lake import layout
from newslake.transforms.lake.log import Log, LogEntry, decode, live_files
from newslake.transforms.lake.parquet import reading, stamped_schema
from newslake.transforms.lake.storage import Storage

OLD_FORMATS = (1, 2)
"""The earlier formats, with partitions by day. In format 1, some names in log entries differ."""

_NO_DATE = "__HIVE_DEFAULT_PARTITION__"
"""Partition value of rows without a date in the old formats."""

_LOG_NAMES = {"room": "staging", "exchanges": "swaps"}
"""Renamed keys of a log entry, as `old name: current name`."""

_COUNT_NAMES = {
    "known": "already_ingested",
    "passed_over": "skipped",
    "unread_languages": "unsupported_language",
}
"""Renamed counts of log entries, and renamed columns of `runs`, as `old name: current name`."""


class OldLog(Log):
    """Reads a log of an old format or of the current format; returns the current names."""

    def _decoded(self, content: bytes, name: str) -> LogEntry:
        with suppress(ValueError, AttributeError, RecursionError):  # `decode` reports the error
            fields = json.loads(content)
            if fields.get("format") in OLD_FORMATS:
                fields = _renamed(fields, _LOG_NAMES) | {"format": layout.FORMAT}
                if isinstance(fields.get("counts"), dict):
                    fields["counts"] = _renamed(fields["counts"], _COUNT_NAMES)
                content = json.dumps(fields).encode()
        return decode(content, name)


def _renamed(fields: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in fields.items()}


def current_partition(partition: str, unit: str) -> str:
    """Return the name of the partition of `unit` that gets the rows of the old `partition`."""
    return coarsened(partition.replace(_NO_DATE, str(NO_DATE)), unit)


def obstacles(storage: Storage) -> list[str]:
    """Return why the rows of an old lake do not fit into the current columns; empty if they fit.

    All files of a table have the same columns, so one file of each table is enough.

    Raises:
        LakeError: the log or a file is damaged.
    """
    examples = {file.table: file for file in live_files(OldLog(storage).entries()).values()}
    found = []
    for table, file in examples.items():
        path = storage.path(file.final)
        if table not in TABLES:
            found.append(f"the table {table} was removed")
            continue
        keys = file.partition.partition("=")[0], TABLES[table].partition_key
        if keys[0] != keys[1]:
            found.append(f"{table} was partitioned by {keys[0]}, is partitioned by {keys[1]}")
        with reading(path):
            schema = pq.read_schema(path)
        found += _differences(_with_current_names(schema, table), table)
    return found


def _differences(old: pa.Schema, table: str) -> list[str]:
    current = arrow_schema(table)
    found = [f"{table}.{name} was removed" for name in old.names if name not in current.names]
    for column in TABLES[table].columns:
        name = f"{table}.{column.name}"
        if column.name not in old.names:
            if not column.nullable and column.default is MISSING:
                found.append(f"{name} is new and has no default")
            continue
        before, after = old.field(column.name), current.field(column.name)
        if before.type != after.type:
            found.append(f"{name} was {before.type}, is {after.type}")
        elif before.nullable and not after.nullable:
            found.append(f"{name} could be null, is required")
    return found


def _with_current_names(schema: pa.Schema, table: str) -> pa.Schema:
    names = _COUNT_NAMES if table == "runs" else {}
    return pa.schema([one.with_name(names.get(one.name, one.name)) for one in schema])


def with_current_columns(rows: pa.Table, table: str) -> pa.Table:
    """Return `rows` of an old lake with the current columns; a new column has its default or null.

    Raises:
        ArrowException: the rows do not have the types of the current columns, see `obstacles`.
    """
    old = rows.rename_columns(_with_current_names(rows.schema, table).names)
    schema = stamped_schema(table)
    columns = []
    for column, field in zip(TABLES[table].columns, schema, strict=True):
        if field.name in old.column_names:
            columns.append(old[field.name].cast(field.type))
        else:
            default = None if column.default is MISSING else column.default
            columns.append(pa.array([default] * old.num_rows, field.type))
    fitted = pa.Table.from_arrays(columns, schema=schema)
    fitted.validate(full=True)
    return fitted
