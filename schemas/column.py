"""The declaration of a column: `Annotated[type, Column(...), "meaning"]` on a field of a record.

The meaning is one line of Markdown. If the column is nullable, the meaning says when it is null.
"""

import dataclasses
import types
import typing
from functools import cache
from typing import Any, NamedTuple

PERSONAL = "personal"
"""`Column.protected` of a column with personal data."""

TEXT = "text"
"""`Column.protected` of a column with text that belongs to the publisher."""


class Column(NamedTuple):
    """The declaration of a column, or of a field of a record in a column."""

    id: int
    """Parquet field id, unique in its table, from 1 to 98. The id of a column never changes, and no
    other column ever gets this id. For nested fields, see `newslake.schemas.arrow`."""
    step: str = ""
    """The step of the DAG that decides the values, or `publisher` if newslake copies them unchanged.
    Empty if the field belongs to a record that is the value of a column."""
    unit: str = ""
    """Unit, format or code list; empty for free text."""
    schema_org: str = ""
    """The property of NewsArticle (https://schema.org/NewsArticle, version 29) with this meaning."""
    protected: str = ""
    """`PERSONAL` or `TEXT` if `newslake forget` removes the values. Empty for all other columns."""
    forgotten: object = None
    """The value that `newslake forget` writes, if it keeps the row and the column is protected."""
    repeats: bool = True
    """False if values rarely repeat. The files then have no dictionary for the column."""


class Field(NamedTuple):
    """A field of a record, with its declaration."""

    name: str
    type: Any
    """The type of its values, without None: a class such as `str`, or a list such as `list[str]`."""
    nullable: bool
    default: Any
    """The default value of the field, or `dataclasses.MISSING`."""
    column: Column
    doc: str
    """The meaning of the column."""


@cache
def fields(record: type) -> tuple[Field, ...]:
    """Return the fields of `record`, in order.

    Raises:
        TypeError: the annotation of a field lacks its `Column` or the text with its meaning.
    """
    hints = typing.get_type_hints(record, include_extras=True)
    return tuple(_field(one, hints[one.name]) for one in dataclasses.fields(record))


def _field(field: "dataclasses.Field[Any]", hint: Any) -> Field:
    match typing.get_args(hint):
        case (type, Column() as column, str(doc)):
            type, nullable = without_none(type)
        case _:
            raise TypeError(f"the field {field.name} needs an annotation with Column and meaning")
    made = field.default_factory
    default = field.default if made is dataclasses.MISSING else made()
    return Field(field.name, type, nullable, default, column, doc)


def without_none(hint: Any) -> tuple[Any, bool]:
    """Split `X | None` into `(X, True)`."""
    if isinstance(hint, types.UnionType):
        (kind,) = (part for part in typing.get_args(hint) if part is not types.NoneType)
        return kind, True
    return hint, False
