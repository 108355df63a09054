"""Rows of Arrow tables as JSON objects."""

import base64
import math
from datetime import date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa

from newslake.transforms.read.columns import column_names, json_object

Row = tuple[int, bytes, str | None]
"""Size and first bytes of a row's JSON object; then the reason if there is no object, or None."""


def json_rows(batch: pa.RecordBatch, start: int, keep: int) -> list[Row]:
    """Return the rows of `batch` from number `start` on, counted from 0, with `keep` bytes each."""
    names = column_names(batch.schema.names)
    rows: list[Row] = []
    for number in range(start, batch.num_rows):
        try:
            row = json_object(names, [json_value(column[number]) for column in batch.columns])
            rows.append((len(row), row[:keep], None))
        except MemoryError:
            raise
        except (pa.ArrowException, ValueError, OverflowError, LookupError) as error:
            rows.append((0, b"", str(error)))
    return rows


def json_value(value: pa.Scalar) -> object:
    """Return the JSON value of `value`: times in ISO 8601 to the microsecond, durations in seconds.

    A binary value becomes text if it is UTF-8, otherwise base64. NaN and infinity become null.

    Raises:
        ValueError, OverflowError, pyarrow.ArrowException: Python has no such value, for example a
            year after 9999 or a text that is not UTF-8.
    """
    if not value.is_valid:
        return None
    match value:
        case pa.DictionaryScalar() | pa.ExtensionScalar():
            return json_value(value.value)
        case pa.MapScalar():
            keys, values = value.values.flatten()
            return {
                str(json_value(key)): json_value(one) for key, one in zip(keys, values, strict=True)
            }
        case pa.StructScalar():
            return {name: json_value(one) for name, one in value.items()}
        case pa.ListScalar() | pa.ListViewScalar():
            return [json_value(one) for one in value.values]
        case pa.TimestampScalar() | pa.Time64Scalar() | pa.DurationScalar():
            value = value.cast(_in_microseconds(value.type), safe=False)
    return _of_python(value.as_py())


def _in_microseconds(kind: pa.DataType) -> pa.DataType:
    """Return the time type with Python's precision for a time type that may have nanoseconds."""
    if pa.types.is_timestamp(kind):
        return pa.timestamp("us", kind.tz)
    return pa.duration("us") if pa.types.is_duration(kind) else pa.time64("us")


def _of_python(value: object) -> object:
    match value:
        case float() if not math.isfinite(value):
            return None
        case bytes():
            try:
                return value.decode()
            except UnicodeDecodeError:
                return base64.b64encode(value).decode()
        case datetime() | date() | time():
            return value.isoformat()
        case timedelta():
            return value.total_seconds()
        case Decimal():
            return int(value) if value == value.to_integral_value() else float(value)
        case str() | int() | float() | None:
            return value
    return str(value)
