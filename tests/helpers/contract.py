"""Compatibility of released schemas: a later schema only adds columns that may be null."""

from collections.abc import Iterator
from typing import Any

from newslake.schemas import tables

Columns = dict[str, list[dict[str, Any]]]
"""Name, type, nullability and id of each column, in order, by table."""


def described() -> Columns:
    """Return the current schema in a form that can be stored as JSON and compared."""
    return {name: tables.described(table.columns) for name, table in tables.TABLES.items()}


def broken_promises(old: Columns, new: Columns) -> Iterator[str]:
    """Yield a message for each change from `old` to `new` that breaks queries of users."""
    for table, columns in old.items():
        if table not in new:
            yield f"table {table} was removed"
            continue
        new_columns = {column["name"]: column for column in new[table]}
        for column in columns:
            name = f"{table}.{column['name']}"
            if column["name"] not in new_columns:
                yield f"{name} was removed or renamed"
            elif new_columns[column["name"]]["type"] != column["type"]:
                yield f"{name} was {column['type']}, is {new_columns[column['name']]['type']}"
            elif new_columns[column["name"]]["nullable"] and not column["nullable"]:
                yield f"{name} was required and is now nullable"
            elif new_columns[column["name"]]["id"] != column["id"]:
                yield f"{name} had id {column['id']}, has {new_columns[column['name']]['id']}"
        old_names = {column["name"] for column in columns}
        for column in new[table]:
            if column["name"] not in old_names and not column["nullable"]:
                yield f"{table}.{column['name']} is new and required: older lakes have no values"
