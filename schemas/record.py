"""The decorator `record`, and `field_docs`, which reads the documentation of a record's fields.

The constructor of a record rejects integers that do not fit into a table's column. The input is then
rejected early; without this check, newslake would fail later, when it writes the Parquet file.
"""

import ast
import inspect
from collections.abc import Sequence
from dataclasses import dataclass, fields
from functools import cache
from typing import Any, Self, TypeVar, dataclass_transform, get_type_hints

from apache_beam.coders import registry
from apache_beam.coders.coder_impl import AbstractComponentCoderImpl, CoderImpl
from apache_beam.coders.coders import FastCoder
from apache_beam.typehints.native_type_compatibility import convert_to_beam_type

from newslake.schemas.reasons import BadField

INTEGERS = range(-(2**63), 2**63)
"""The values of an integer column: 64 bits, signed."""

T = TypeVar("T")


class RecordCoder(FastCoder):
    """Encodes records of one class: all fields in order, with the coder of each field's type.

    The serialized coder contains the name of the class, so every process can import the class.
    Beam's serialized `RowCoder` contains a schema instead. Beam 2.77 finds the class of a schema
    only in processes that have imported the class, and worker processes have not imported it.
    """

    def __init__(self, cls: type) -> None:
        self.cls = cls

    @classmethod
    def from_type_hint(cls, type_hint: type, _: object) -> Self:  # type: ignore[override]
        """Return the coder for the class `type_hint`."""
        return cls(type_hint)

    def to_type_hint(self) -> type:
        """Return the class of the records."""
        return self.cls

    def _create_impl(self) -> CoderImpl:
        hints = get_type_hints(self.cls)
        types = [convert_to_beam_type(hints[field.name]) for field in fields(self.cls)]
        return _RecordCoderImpl(self.cls, [registry.get_coder(kind).get_impl() for kind in types])


class _RecordCoderImpl(AbstractComponentCoderImpl):
    def __init__(self, cls: type, field_coders: list[CoderImpl]) -> None:
        super().__init__(field_coders)
        self.cls = cls
        self.names = [field.name for field in fields(cls)]

    def _extract_components(self, value: Any) -> list[Any]:
        return [getattr(value, name) for name in self.names]

    def _construct_from_components(self, components: Sequence[Any]) -> Any:
        return self.cls(*components)


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make `cls` a frozen dataclass that Beam encodes compactly; Beam then checks the field types.

    The constructor raises `BadField` for an integer that does not fit into 64 bits.
    """
    cls.__post_init__ = _check  # type: ignore[attr-defined]
    dataclass(frozen=True)(cls)
    registry.register_coder(cls, RecordCoder)
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
