"""Write query results as JSON Lines, or as CSV without formulas that a spreadsheet would run."""

import csv
import json
import math
from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

Row = Sequence[Any]

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
"""Spreadsheets run a cell that starts with one of these. Source: OWASP, "CSV Injection"."""


def write_json_lines(columns: Sequence[str], rows: Iterable[Row], to: TextIO) -> None:
    """Write one JSON object per row, with ISO 8601 times, bytes in hex, and null for NaN and infinity.

    Raises:
        ValueError: two columns have the same name.
    """
    duplicates = [name for name, count in Counter(columns).items() if count > 1]
    if duplicates:
        raise ValueError(f"two columns are named {duplicates[0]!r}; rename one with AS")
    to.writelines(to_json(dict(zip(columns, row, strict=True))) + "\n" for row in rows)


def write_csv(columns: Sequence[str], rows: Iterable[Row], to: TextIO) -> None:
    """Write CSV as in RFC 4180; lists and objects are written as JSON.

    If a spreadsheet would run a text as a formula, the text gets the prefix `'`.
    """
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow([_without_formula(column) for column in columns])
    for row in rows:
        writer.writerow([_cell(value) for value in row])


def as_text(value: Any) -> str:
    """Return `value` as a table shows it: NULL is empty; lists and objects are JSON."""
    if value is None:
        return ""
    return to_json(value) if isinstance(value, list | tuple | dict) else str(value)


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple | dict):
        value = to_json(value)
    elif isinstance(value, date | datetime | bytes):
        value = _json_text(value)
    return _without_formula(value) if isinstance(value, str) else value


def _without_formula(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def to_json(value: Any) -> str:
    """Return `value` as JSON, as in `write_json_lines`."""
    return json.dumps(_json_value(value), default=_json_text, ensure_ascii=False)


def _json_value(value: Any) -> Any:
    """Return `value` with None for NaN and infinity, and with keys that JSON allows."""
    if isinstance(value, dict):
        return {_json_text(key): _json_value(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_json_value(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _json_text(value: Any) -> Any:
    """Convert a value that has no JSON type: a Decimal to a float, other values to text."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return float(value) if isinstance(value, Decimal) else str(value)
