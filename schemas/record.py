"""The decorator that makes a class a record, and the reader of a record's field documentation.

No record holds an integer that a table cannot: whoever makes one of it refuses its input with that, and no
file fails for it later.
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
"""What a column of integers holds."""

T = TypeVar("T")


class RecordCoder(FastCoder):
    """Encodes the records of one class: their fields in order, each by the coder of its type.

    The coder travels by the class's name, so that any process decodes to the class. Beam's own coder
    of rows travels by a schema, which leads to the class only where that happens to be imported
    (Beam 2.77); in the processes of a worker pool it is not.
    """

    def __init__(self, cls: type) -> None:
        self.cls = cls

    @classmethod
    def from_type_hint(cls, type_hint: type, _: object) -> Self:  # type: ignore[override]
        """Return the coder of that class of records."""
        return cls(type_hint)

    def to_type_hint(self) -> type:
        """Return the class of the records."""
        return self.cls

    def _create_impl(self) -> CoderImpl:
        hints = get_type_hints(self.cls)
        types = [convert_to_beam_type(hints[field.name]) for field in fields(self.cls)]
        return _RecordCoderImpl(self.cls, [registry.get_coder(one).get_impl() for one in types])


class _RecordCoderImpl(AbstractComponentCoderImpl):
    def __init__(self, cls: type, of_fields: list[CoderImpl]) -> None:
        super().__init__(of_fields)
        self.cls = cls
        self.names = [field.name for field in fields(cls)]

    def _extract_components(self, value: Any) -> list[Any]:
        return [getattr(value, name) for name in self.names]

    def _construct_from_components(self, components: Sequence[Any]) -> Any:
        return self.cls(*components)


@dataclass_transform(frozen_default=True)
def record(cls: type[T]) -> type[T]:
    """Make `cls` a frozen dataclass that Beam encodes compactly, and whose types it checks in doing so.

    To make one of an integer beyond 64 bits raises `BadField`.
    """
    cls.__post_init__ = _check  # type: ignore[attr-defined]
    dataclass(frozen=True)(cls)
    registry.register_coder(cls, RecordCoder)
    return cls


def _check(record: Any) -> None:
    for name, value in vars(record).items():
        if isinstance(value, int) and value not in INTEGERS:
            raise BadField(f"{name}, as {type(record).__name__} has it, is beyond 64 bits")


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
