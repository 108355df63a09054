"""Rows of a table as JSON objects, for formats whose files have columns."""

import json
from collections.abc import Iterable, Sequence
from contextlib import suppress


def column_names(names: Sequence[str]) -> list[str]:
    """Return the names of the columns, with a number where a name is empty or used before.

    >>> column_names(["title", "", "title"])
    ['title', 'column_2', 'title_3']
    """
    unique: list[str] = []
    for number, name in enumerate(names, 1):
        name = name or f"column_{number}"
        while name in unique:
            name = f"{name}_{number}"
        unique.append(name)
    return unique


def spreadsheet_name(name: str) -> str:
    """Return the field name that a heading in a spreadsheet stands for.

    >>> spreadsheet_name(" Published At"), spreadsheet_name("URL"), spreadsheet_name("datePublished")
    ('published_at', 'url', 'datePublished')
    """
    name = name.strip()
    return name.lower().replace(" ", "_") if name.istitle() or name.isupper() else name


def cell_value(cell: str) -> object:
    """Return the value of a cell: a JSON list or object, or the text itself.

    >>> cell_value('["Ann Lee", "Bo"]'), cell_value("[Paris] Talks go on."), cell_value("7")
    (['Ann Lee', 'Bo'], '[Paris] Talks go on.', '7')
    """
    if cell.startswith(("[", "{")):
        with suppress(ValueError, RecursionError):
            return json.loads(cell)
    return cell


def json_object(names: Iterable[str], values: Iterable[object]) -> bytes:
    """Return a row as a JSON object in UTF-8. Values without a name are left out."""
    row = dict(zip(names, values, strict=False))
    return json.dumps(row, ensure_ascii=False).encode("utf-8", "replace")
