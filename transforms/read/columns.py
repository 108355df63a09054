"""Rows of a table as JSON objects, for formats whose files have columns."""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress


def column_names(names: Sequence[str]) -> list[str]:
    """Return the names of the columns. If a name is empty or repeated, it gets a number.

    >>> column_names(["title", "", "title"])
    ['title', 'column_2', 'title_3']
    """
    unique: dict[str, None] = {}
    for number, name in enumerate(names, 1):
        name = name or f"column_{number}"
        while name in unique:
            name = f"{name}_{number}"
        unique[name] = None
    return list(unique)


def spreadsheet_name(name: str) -> str:
    """Return the field name for a column heading of a spreadsheet.

    >>> spreadsheet_name(" Published at"), spreadsheet_name("URL"), spreadsheet_name("datePublished")
    ('published_at', 'url', 'datePublished')
    """
    name = name.strip()
    is_heading = " " in name or name.istitle() or name.isupper()
    return name.lower().replace(" ", "_") if is_heading else name


def cell_value(cell: str) -> object:
    """Return the value of a cell: a JSON object, a JSON list of texts or objects, or the text itself.

    >>> cell_value('["Ann Lee", "Bo"]'), cell_value("[2024]"), cell_value("7")
    (['Ann Lee', 'Bo'], '[2024]', '7')
    """
    if cell.startswith(("[", "{")):
        with suppress(ValueError, RecursionError):
            value = json.loads(cell)
            if value and all(isinstance(one, str | dict) for one in value):
                return value
    return cell


def json_object(names: Iterable[str], values: Iterable[object]) -> bytes:
    """Return a row as a JSON object in UTF-8. Values without a name are left out."""
    row = dict(zip(names, values, strict=False))
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")
