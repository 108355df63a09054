"""What a schema that was released promises: a later one only adds columns that may be null."""

from collections.abc import Iterator
from typing import Any

from newslake.schemas.tables import TABLES, arrow_schema

Columns = dict[str, list[dict[str, Any]]]
"""By table: name, type and nullability of each column, in order."""


def described() -> Columns:
    """Return the schema of today in a form that can be kept in a file and compared."""
    return {
        name: [
            {"name": column.name, "type": str(column.type), "nullable": column.nullable}
            for column in arrow_schema(name)
        ]
        for name in TABLES
    }


def broken_promises(old: Columns, new: Columns) -> Iterator[str]:
    """Yield what users of `old` can no longer rely on in `new`."""
    for table, columns in old.items():
        if table not in new:
            yield f"table {table} is gone"
            continue
        there = {column["name"]: column for column in new[table]}
        for column in columns:
            name = f"{table}.{column['name']}"
            if column["name"] not in there:
                yield f"{name} is gone, or has another name"
            elif there[column["name"]]["type"] != column["type"]:
                yield f"{name} was {column['type']}, is {there[column['name']]['type']}"
            elif there[column["name"]]["nullable"] and not column["nullable"]:
                yield f"{name} could not be null, now it can"
        known = {column["name"] for column in columns}
        for column in new[table]:
            if column["name"] not in known and not column["nullable"]:
                yield f"{table}.{column['name']} is new and required: older lakes have no value for it"
