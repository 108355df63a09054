"""The lake's tables: the record type of each table, and the Arrow schema made from it.

`_ARROW` maps Python types to Arrow types; lists become Arrow lists, and records become structs. The
string below a field becomes the column's documentation, and the position of the field becomes the
field id. Stage Write adds the column `run_id` to every table.
"""

import types
import typing
from dataclasses import dataclass, fields
from datetime import UTC, date, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from newslake.schemas import rows
from newslake.schemas.record import field_docs
from newslake.schemas.records import RowKeys

SCHEMA_VERSION = 2
"""Version of the tables below; newslake rejects a lake with another schema version."""

NO_DATE = "__HIVE_DEFAULT_PARTITION__"
"""Partition value for rows without a date; readers of Hive partitions treat it as NULL."""

_ARROW: dict[Any, pa.DataType] = {
    str: pa.string(),
    bytes: pa.binary(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}


@dataclass(frozen=True)
class Table:
    """One table of the lake.

    Attributes:
        name: Name of the table and of its directory.
        record: Record type of its rows.
        id_columns: Columns that identify a row or are used to look up rows.
        unique: Columns whose combined values are unique in the whole table.
        partition_key: `published_date`, or `run_date` for tables about runs.
        accounts: True if each row belongs to a document. A row is dropped together with its document.
    """

    name: str
    record: type
    id_columns: tuple[str, ...]
    unique: tuple[str, ...]
    partition_key: str = "published_date"
    accounts: bool = True

    @property
    def sort_key(self) -> tuple[str, ...]:
        """The columns by which the rows of a file are sorted: time, then id."""
        time = {"published_date": "published_at", "run_date": "started_at"}[self.partition_key]
        first = (time,) if time in field_docs(self.record) else ()
        return first + self.unique

    def partition(self, row: Any, run_day: date) -> str:
        """Return the partition of `row`, such as `published_date=2026-03-01`.

        Args:
            row: A record of the table's type.
            run_day: Day of the run, for tables that are partitioned by `run_date`.
        """
        if self.partition_key == "run_date":
            day: date | None = run_day
        else:
            day = row.published_at and row.published_at.astimezone(UTC).date()
        return f"{self.partition_key}={day.isoformat() if day else NO_DATE}"

    def keys(self, row: Any) -> RowKeys:
        """Return the ids of `row` that the commit needs."""
        if not self.accounts:
            return RowKeys(document_id=None, article_id=None, text_hash=None, revision=0)
        return RowKeys(
            document_id=getattr(row, "document_id", None),
            article_id=getattr(row, "article_id", None) or getattr(row, "duplicate_of", None),
            text_hash=getattr(row, "text_hash", None),
            revision=getattr(row, "revision", 0),
        )


_ALL = (
    Table("articles", rows.Article, ("article_id", "document_id"), ("article_id",)),
    Table("duplicates", rows.Duplicate, ("document_id", "duplicate_of"), ("document_id",)),
    Table("revisions", rows.Revision, ("document_id", "article_id"), ("article_id", "revision")),
    Table("mentions", rows.Mention, ("mention_id", "article_id"), ("mention_id",)),
    Table("rejects", rows.Rejected, ("document_id",), ("document_id",), "run_date"),
    Table(
        "announcements",
        rows.Announcement,
        ("announcement_id", "canonical_url"),
        ("announcement_id",),
        "run_date",
        accounts=False,
    ),
    Table(
        "fetches",
        rows.Fetch,
        ("canonical_url",),
        ("canonical_url", "started_at"),
        "run_date",
        accounts=False,
    ),
    Table("runs", rows.Run, (), (), "run_date", accounts=False),
)
TABLES = {table.name: table for table in _ALL}
"""The tables of the lake, by name."""


@cache
def arrow_schema(name: str) -> pa.Schema:
    """Return the Arrow schema of table `name`: types, nullability, field ids and documentation.

    The metadata of the schema contain the name of the table and the schema version.
    """
    table = TABLES[name]
    columns = [*_columns(table.record)]
    columns.append(_documented(pa.field("run_id", pa.string(), nullable=False), len(columns) + 1,
                               "The run that wrote the row."))  # fmt: skip
    return pa.schema(columns, {"newslake.table": name, "newslake.schema": str(SCHEMA_VERSION)})


def _columns(record: type) -> typing.Iterator[pa.Field]:
    hints = typing.get_type_hints(record)
    docs = field_docs(record)
    for number, column in enumerate(fields(record), start=1):
        kind, nullable = _optional(hints[column.name])
        yield _documented(
            pa.field(column.name, _arrow_type(kind), nullable=nullable), number, docs[column.name]
        )


def _documented(column: pa.Field, number: int, doc: str) -> pa.Field:
    return column.with_metadata({"PARQUET:field_id": str(number), "doc": doc})


def _optional(hint: Any) -> tuple[Any, bool]:
    """Split `X | None` into `(X, True)`."""
    if isinstance(hint, types.UnionType):
        (kind,) = (part for part in typing.get_args(hint) if part is not types.NoneType)
        return kind, True
    return hint, False


def _arrow_type(kind: Any) -> pa.DataType:
    if typing.get_origin(kind) is list:
        item, _ = _optional(typing.get_args(kind)[0])
        return pa.list_(pa.field("element", _arrow_type(item)))
    return _ARROW.get(kind) or pa.struct([_bare(field) for field in _columns(kind)])


def _bare(field: pa.Field) -> pa.Field:
    """Return the nested `field`: nullable, and without its id, which a column may have too.

    Query engines write nulls below a NULL or an empty list; Arrow rejects these nulls otherwise.
    """
    return field.with_metadata({"doc": field.metadata[b"doc"]}).with_nullable(True)
