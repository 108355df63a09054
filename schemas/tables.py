"""The lake's tables: the record type of each table, and the fingerprint of all their columns."""

import dataclasses
import json
import typing
from dataclasses import dataclass
from datetime import UTC, date, datetime
from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from newslake.schemas import rows
from newslake.schemas.column import Column, Field, fields
from newslake.schemas.partitions import NO_DATE, first_day

if TYPE_CHECKING:
    from newslake.schemas.records import RunContext

SCHEMA_VERSION = 3
"""Version of the tables below. newslake rejects a lake with another schema version."""

RUN_ID = Field(
    "run_id", str, False, dataclasses.MISSING, Column(99, "Write"), "The run that wrote the row."
)
"""The last column of every table. The stage Write adds it."""

TYPES: dict[Any, str] = {
    str: "string",
    bytes: "binary",
    bool: "bool",
    int: "int64",
    float: "double",
    date: "date32[day]",
    datetime: "timestamp[us, tz=UTC]",
}
"""Maps each Python type to Arrow's name of the type that stores its values."""


@dataclass(frozen=True)
class Table:
    """One table of the lake.

    Attributes:
        name: Name of the table and of its directory.
        record: Record type of its rows. Its docstring says what a row is.
        id_columns: Columns that identify a row or are used to look up rows.
        unique: Columns whose combined values are unique in the whole table.
        partition_key: `published_date`, or `run_date` for tables about runs.
        accounts: True if each row belongs to a document. A row is dropped together with its document.
        forget_by: The column with the ids by which `newslake forget` finds rows; None if not used.
    """

    name: str
    record: type
    id_columns: tuple[str, ...]
    unique: tuple[str, ...]
    partition_key: str = "published_date"
    accounts: bool = True
    forget_by: str | None = "document_id"

    @property
    def is_kept(self) -> bool:
        """Whether `newslake forget` keeps the rows and clears their protected columns.

        If the document or entry occurs again, newslake then recognises it.
        """
        return self.partition_key == "run_date"

    @property
    def columns(self) -> tuple[Field, ...]:
        """The columns in their order in the files."""
        return (*fields(self.record), RUN_ID)

    @property
    def sort_key(self) -> tuple[str, ...]:
        """The columns by which the rows of a file are sorted: time, then id.

        Columns of `unique` that may be null are left out, because they cannot bound a part of the rows.
        """
        time = {"published_date": "published_at", "run_date": "started_at"}[self.partition_key]
        nullable = {column.name: column.nullable for column in self.columns}
        first = (time,) if time in nullable else ()
        return first + tuple(one for one in self.unique if one not in first and not nullable[one])

    def partition(self, row: Any, context: "RunContext") -> str:
        """Return the partition of `row`, a record of the table, such as `published_date=2026-03-01`."""
        if self.partition_key == "run_date":
            day = date.fromisoformat(context.run_date)
        else:
            day = row.published_at.astimezone(UTC).date() if row.published_at else NO_DATE
        return f"{self.partition_key}={first_day(day, context.partition_unit)}"


# fmt: off
_ALL = (
    Table("articles", rows.Article, id_columns=("article_id", "document_id"),
          unique=("article_id",), forget_by="article_id"),
    Table("duplicates", rows.Duplicate, id_columns=("document_id", "duplicate_of"),
          unique=("document_id",)),
    Table("revisions", rows.Revision, id_columns=("document_id", "article_id"),
          unique=("article_id", "revision")),
    Table("mentions", rows.Mention, id_columns=("mention_id", "article_id"),
          unique=("mention_id",), forget_by="article_id"),
    Table("rejects", rows.Rejected, id_columns=("document_id",),
          unique=("document_id", "settings"), partition_key="run_date"),
    Table("replacements", rows.Replacement, id_columns=("rejected_id",),
          unique=(), partition_key="run_date", accounts=False, forget_by=None),
    Table("announcements", rows.Announcement, id_columns=("announcement_id", "canonical_url"),
          unique=("announcement_id",), partition_key="run_date", accounts=False,
          forget_by="canonical_url"),
    Table("fetches", rows.Fetch, id_columns=("canonical_url",),
          unique=("canonical_url", "started_at"), partition_key="run_date", accounts=False,
          forget_by="canonical_url"),
    Table("feeds", rows.FeedCondition, id_columns=("feed",),
          unique=(), partition_key="run_date", accounts=False, forget_by=None),
    Table("runs", rows.Run, id_columns=(),
          unique=(), partition_key="run_date", accounts=False, forget_by=None),
)
# fmt: on
TABLES = {table.name: table for table in _ALL}
"""The tables of the lake, by name."""


def type_name(kind: Any) -> str:
    """Return the name of the Arrow type that stores values of `kind`, such as `list<int64>`."""
    if typing.get_origin(kind) is list:
        return f"list<{type_name(typing.get_args(kind)[0])}>"
    if kind in TYPES:
        return TYPES[kind]
    return f"struct<{', '.join(f'{one.name}: {type_name(one.type)}' for one in fields(kind))}>"


def described(columns: tuple[Field, ...]) -> list[dict[str, Any]]:
    """Return each column's name, type, nullability and id as JSON values; for structs, fields."""
    return [
        {
            "name": one.name,
            "type": type_name(one.type),
            "nullable": one.nullable,
            "id": one.column.id,
        }
        | ({"fields": described(fields(record))} if (record := record_in(one.type)) else {})
        for one in columns
    ]


def record_in(kind: Any) -> type | None:
    """Return the record class of a column's values or list elements; None if there is none."""
    item = typing.get_args(kind)[0] if typing.get_origin(kind) is list else kind
    return item if isinstance(item, type) and dataclasses.is_dataclass(item) else None


@cache
def fingerprint(tables: tuple[Table, ...] = _ALL) -> str:
    """Return 16 hex digits that change with the names, types, nullability and ids of the columns.

    They also change with the partition keys, but not with documentation.
    """
    shape = [[one.name, one.partition_key, described(one.columns)] for one in tables]
    return sha256(json.dumps(shape).encode()).hexdigest()[:16]
