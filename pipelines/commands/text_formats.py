"""Answers as text for other programs: JSON lines, and CSV that no spreadsheet takes for formulas."""

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
"""A cell that begins so is run by spreadsheets. Source: OWASP, "CSV Injection"."""


def write_json_lines(columns: Sequence[str], rows: Iterable[Row], to: TextIO) -> None:
    """Write one JSON object a row; times as ISO 8601, bytes in hex, numbers that JSON lacks as null.

    Raises:
        ValueError: two columns have one name; an object would hold one of them.
    """
    twice = [name for name, count in Counter(columns).items() if count > 1]
    if twice:
        raise ValueError(f"two columns are named {twice[0]!r}; name one with AS")
    to.writelines(_json(dict(zip(columns, row, strict=True))) + "\n" for row in rows)


def write_csv(columns: Sequence[str], rows: Iterable[Row], to: TextIO) -> None:
    """Write CSV by RFC 4180; lists and objects as JSON.

    A text that a spreadsheet would run as a formula gets a `'` before it.
    """
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow([_harmless(column) for column in columns])
    for row in rows:
        writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    if isinstance(value, list | tuple | dict):
        value = _json(value)
    elif isinstance(value, date | datetime | bytes):
        value = _plain(value)
    return _harmless(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _json(value: Any) -> str:
    return json.dumps(_finite(value), default=_plain, ensure_ascii=False)


def _finite(value: Any) -> Any:
    """Return `value` with None for the numbers that JSON has not, and with keys that it has."""
    if isinstance(value, dict):
        return {_plain(key): _finite(one) for key, one in value.items()}
    if isinstance(value, list | tuple):
        return [_finite(one) for one in value]
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    """Return what JSON has no type for as text."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return float(value) if isinstance(value, Decimal) else str(value)
