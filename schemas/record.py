"""The decorator `record`.

The constructor of a record rejects integers that do not fit into a table's column. The input is then
rejected early; without this check, newslake would fail later, when it writes the Parquet file.
"""

import ast
import inspect
from dataclasses import dataclass
from functools import cache
from typing import Any, TypeVar, dataclass_transform

from newslake.schemas.reasons import BadField

INTEGERS = range(-(2**63), 2**63)
"""The values of an integer column: 64 bits, signed."""

RECORDS: list[type] = []
"""All record classes. `newslake.transforms.beam.record_coder` registers their coders."""

T = TypeVar("T")


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make `cls` a frozen dataclass that Beam encodes compactly; Beam then checks the field types.

    The constructor raises `BadField` for an integer that does not fit into 64 bits.
    """
    cls.__post_init__ = _check  # type: ignore[attr-defined]
    dataclass(frozen=True)(cls)
    RECORDS.append(cls)
    return cls


def _check(record: Any) -> None:
    for name, value in vars(record).items():
        if isinstance(value, int) and value not in INTEGERS:
            raise BadField(f"{name} of {type(record).__name__} does not fit into 64 bits")


@cache
def field_docs(cls: type) -> dict[str, str]:
    """Return the documentation of each field of `cls`: the string below the field, as one line.

    newslake uses these strings in Parquet schemas, the help of options, and the generated docs.
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
