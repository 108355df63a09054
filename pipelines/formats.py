"""Answers as text for other programs: JSON lines, and CSV that no spreadsheet takes for formulas."""

import csv
import json
import math
from collections.abc import Iterable, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any, TextIO

Row = Sequence[Any]

_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""A cell that begins so is run by spreadsheets. Source: OWASP, "CSV Injection"."""


def write_json_lines(columns: Sequence[str], rows: Iterable[Row], to: TextIO) -> None:
    """Write one JSON object a row; times as ISO 8601, bytes in hex, numbers that JSON lacks as null."""
    for row in rows:
        named = {name: _finite(value) for name, value in zip(columns, row, strict=True)}
        to.write(json.dumps(named, default=_plain, ensure_ascii=False) + "\n")


def write_csv(columns: Sequence[str], rows: Iterable[Row], to: TextIO) -> None:
    """Write CSV by RFC 4180; lists and objects as JSON.

    A text that a spreadsheet would run as a formula gets a `'` before it.
    """
    writer = csv.writer(to, lineterminator="\n")
    writer.writerow([_harmless(column) for column in columns])
    for row in rows:
        writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    if isinstance(value, list | dict):
        value = json.dumps(value, default=_plain, ensure_ascii=False)
    elif isinstance(value, date | datetime | bytes):
        value = _plain(value)
    return _harmless(value) if isinstance(value, str) else value


def _harmless(text: str) -> str:
    return f"'{text}" if text.startswith(_FORMULA) else text


def _finite(value: Any) -> Any:
    """Return None for the numbers that JSON has not."""
    return None if isinstance(value, float) and not math.isfinite(value) else value


def _plain(value: Any) -> Any:
    """Return what JSON has no type for as text."""
    if isinstance(value, date | datetime):
        return value.isoformat()
    if isinstance(value, bytes):
        return value.hex()
    return float(value) if isinstance(value, Decimal) else str(value)
