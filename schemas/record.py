"""The decorator `record`.

The constructor of a record rejects integers that do not fit into a table's column, so the input is
rejected early. Without this check, newslake would fail when it writes the Parquet file.
"""

from dataclasses import dataclass
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
    # dataclass would compile these methods for each class, and all commands would start later.
    cls.__eq__, cls.__hash__, cls.__repr__ = _is_equal, _hash, _repr  # type: ignore[assignment]
    dataclass(frozen=True, eq=False, repr=False)(cls)
    RECORDS.append(cls)
    return cls


def _check(record: Any) -> None:
    for name, value in vars(record).items():
        if isinstance(value, int) and value not in INTEGERS:
            raise BadField(f"{name} of {type(record).__name__} does not fit into 64 bits")


def _is_equal(one: Any, other: Any) -> bool:
    return vars(one) == vars(other) if type(one) is type(other) else NotImplemented


def _hash(record: Any) -> int:
    return hash(tuple(vars(record).values()))


def _repr(record: Any) -> str:
    values = ", ".join(f"{name}={value!r}" for name, value in vars(record).items())
    return f"{type(record).__qualname__}({values})"
