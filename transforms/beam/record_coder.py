"""Encodes the records of `newslake.schemas` for Beam, with the coder of each field's type."""

from collections.abc import Sequence
from dataclasses import fields
from typing import Any, Self, get_type_hints

from apache_beam.coders import registry
from apache_beam.coders.coder_impl import AbstractComponentCoderImpl, CoderImpl
from apache_beam.coders.coders import FastCoder
from apache_beam.typehints.native_type_compatibility import convert_to_beam_type

from newslake.schemas import records  # noqa: F401 the import declares all records
from newslake.schemas.record import RECORDS


class RecordCoder(FastCoder):
    """Encodes records of one class: all fields in order, with the coder of each field's type.

    The serialized coder contains the class name, so every process can import the class.
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


for _record in RECORDS:
    registry.register_coder(_record, RecordCoder)
