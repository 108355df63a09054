"""Builds the Arrow schema of each table from the declarations of the table's columns.

Lists become Arrow lists, and records become structs. Each column and each nested field has a Parquet
field id. The id of a nested field consists of the ids on its path, with two digits for each level.
Example: column 13 is a list of records. Its elements have id 1399. Field 2 of a record has id 1302.
"""

import typing
from datetime import date, datetime
from functools import cache
from typing import Any

import pyarrow as pa

from newslake.schemas.column import Field, fields
from newslake.schemas.tables import SCHEMA_VERSION, TABLES

_ARROW: dict[Any, pa.DataType] = {
    str: pa.string(),
    bytes: pa.binary(),
    bool: pa.bool_(),
    int: pa.int64(),
    float: pa.float64(),
    date: pa.date32(),
    datetime: pa.timestamp("us", tz="UTC"),
}

_ELEMENT = 99
"""The last two digits of the id of a list's elements."""


@cache
def arrow_schema(name: str) -> pa.Schema:
    """Return the Arrow schema of table `name`: types, nullability, field ids and documentation.

    The metadata of the schema contain the name of the table and the schema version.
    """
    columns = [
        _arrow_field(one, one.column.id).with_nullable(one.nullable) for one in TABLES[name].columns
    ]
    return pa.schema(columns, {"newslake.table": name, "newslake.schema": str(SCHEMA_VERSION)})


def _arrow_field(field: Field, id: int) -> pa.Field:
    """Return a nullable field.

    Nested fields stay nullable. Query engines write nulls below a NULL or an empty list. If the
    fields were not nullable, Arrow would reject these nulls.
    """
    metadata = {"PARQUET:field_id": str(id), "doc": field.doc}
    return pa.field(field.name, _arrow_type(field.type, id), metadata=metadata)


def _arrow_type(kind: Any, id: int) -> pa.DataType:
    """Return the type of the field with this id."""
    if typing.get_origin(kind) is list:
        item = _arrow_type(typing.get_args(kind)[0], id)
        element = {"PARQUET:field_id": str(100 * id + _ELEMENT)}
        return pa.list_(pa.field("element", item, metadata=element))
    return _ARROW.get(kind) or pa.struct(
        [_arrow_field(one, 100 * id + one.column.id) for one in fields(kind)]
    )
