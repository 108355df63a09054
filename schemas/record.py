"""The decorator that makes a class a record, and the reader of a record's field documentation."""

import ast
import inspect
from dataclasses import dataclass
from functools import cache
from typing import TypeVar, dataclass_transform

from apache_beam.coders import registry
from apache_beam.typehints.row_type import _BEAM_SCHEMA_ID

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make `cls` a frozen dataclass that Beam encodes as a row: compact, and typed at run time.

    Rows travel with the id of their schema. Beam would draw it at random in each process, and a
    worker process would decode to nameless tuples (Beam 2.77), so it is the class's own name here.
    """
    setattr(cls, _BEAM_SCHEMA_ID, f"{cls.__module__}.{cls.__qualname__}")
    registry.register_row(dataclass(frozen=True)(cls))
    return cls


@cache
def field_docs(cls: type) -> dict[str, str]:
    """Return the string below each field of `cls`, as one line: the field's only documentation.

    Columns of tables, options of stages and the generated docs/ all speak through it.
    """
    body = ast.parse(inspect.cleandoc("\n" + inspect.getsource(cls))).body[0]
    assert isinstance(body, ast.ClassDef)
    docs: dict[str, str] = {}
    for statement, following in zip(body.body, body.body[1:], strict=False):
        if (
            isinstance(statement, ast.AnnAssign)
            and isinstance(statement.target, ast.Name)
            and isinstance(following, ast.Expr)
            and isinstance(following.value, ast.Constant)
            and isinstance(following.value.value, str)
        ):
            docs[statement.target.id] = " ".join(following.value.value.split())
    return docs
