"""Messages for errors in SQL: DuckDB's lines with the caret, and a suggestion for a misspelt name."""

import re
import shutil
from contextlib import suppress
from pathlib import Path

import duckdb

from newslake.pipelines.commands.table_output import columns_of
from newslake.pipelines.sql.statements import VIEWS
from newslake.pipelines.sql.views import run_query
from newslake.pipelines.suggestions import similar
from newslake.schemas.tables import TABLES
from newslake.transforms.failure import Failure, WrongUse

NAMES = (*TABLES, *(name for names in VIEWS.values() for name in names))
"""The names of all tables, views and macros of a lake."""

_COLUMN = re.compile(r'column (?:named )?"([^"]+)"|Could not find key "([^"]+)"')
_NAME = re.compile(r"with name \"?(\w+)\"? does not exist")
_CANDIDATES = re.compile(r"Candidate \w+: (.*)")
_GUESS = re.compile(r"\nDid you mean .*")
_COLUMNS = "SELECT DISTINCT column_name FROM duckdb_columns() WHERE schema_name = 'main'"


class WrongSql(WrongUse):
    """The SQL is wrong; the message has several lines."""

    keeps_lines = True


def sql_message(error: Exception, lake: Path) -> str:
    """Return the lines of DuckDB's message, with a suggestion and without empty lines at the end."""
    text = str(error).strip()
    if isinstance(error, duckdb.CatalogException) and (found := _NAME.search(text)):
        if name := similar(found[1], NAMES):
            text = _with_guess(_GUESS.sub("", text), name)
        elif "Table with name" in text and "Did you mean" not in text:
            text = _with_line(text, f"The tables and views are {', '.join(_relations())}.")
    elif found := _COLUMN.search(text):
        listed = _CANDIDATES.search(text)
        known = re.findall(r'"([^"]+)"', listed[1]) if listed else _columns(lake)
        if name := similar(found[1] or found[2], known):
            text = _with_guess(text, name)
    return _fitted(text, shutil.get_terminal_size().columns)


def _relations() -> list[str]:
    return [name for name in NAMES if name not in VIEWS["macros"]]


def _columns(lake: Path) -> list[str]:
    """Return the names of the columns of all tables and views; none if the lake is damaged."""
    with suppress(duckdb.Error, Failure, OSError):
        rows = run_query(lake, lambda database: database.execute(_COLUMNS).fetchall())
        return [name for (name,) in rows]
    return []


def _with_guess(text: str, name: str) -> str:
    return _with_line(text, f'Did you mean "{name}"?')


def _with_line(text: str, line: str) -> str:
    """Return DuckDB's message with one line more, before the line of the SQL."""
    message, gap, place = text.partition("\n\n")
    return f"{message}\n{line}{gap}{place}"


def _fitted(text: str, width: int) -> str:
    """Shorten the line of the SQL so that the caret below it stays in place on a narrow terminal."""
    *head, sql, carets = ["", *text.splitlines()]
    start = len(carets) - len(carets.lstrip())
    if not re.fullmatch(r" +\^+", carets) or columns_of(sql) <= width:
        return text
    label, _, rest = sql.partition(": ")
    place = next(n for n in range(len(sql) + 1) if columns_of(sql[:n]) >= start) - len(label) - 2
    length = (width - len(f"{label}: ......")) * len(sql) // columns_of(sql)
    first = max(0, min(place - length // 2, len(rest) - length))
    begin = f"{label}: {'...' if first else ''}"
    end = "..." if first + length < len(rest) else ""
    shift = columns_of(begin + rest[first:place])
    marks = min(carets.count("^"), max(width - shift, 1))
    sql = f"{begin}{rest[first : first + length]}{end}"
    return "\n".join([*head[1:], sql, " " * shift + "^" * marks])
