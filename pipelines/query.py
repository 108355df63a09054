"""Ask a lake in SQL: DuckDB with one view a table, and `events` over the mentions. It only reads."""

import argparse
import csv
import json
import math
import signal
import sys
from collections.abc import Sequence
from datetime import date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

import duckdb

from pipelines import terminal
from pipelines.engine import WrongOption
from pipelines.options import not_negative
from pipelines.views import ask, check_reads
from transforms.write.lake import Lake

EXAMPLES = """\
examples:
  newslake query --lake lake                                   the tables and how much they hold
  newslake query "SELECT title, source FROM articles" --lake lake
  newslake query --file spread.sql --lake lake --format csv > spread.csv

Without our command, any engine reads the same:
  duckdb -c "SELECT count(*) FROM 'lake/articles/**/*.parquet'"
"""
OVERVIEW = """\
SELECT 'articles' AS name, count(*) AS rows FROM articles
UNION ALL SELECT 'duplicates', count(*) FROM duplicates
UNION ALL SELECT 'revisions', count(*) FROM revisions
UNION ALL SELECT 'mentions', count(*) FROM mentions
UNION ALL SELECT 'events', count(*) FROM events
UNION ALL SELECT 'rejects', count(*) FROM rejects
UNION ALL SELECT 'runs', count(*) FROM runs
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.epilog = EXAMPLES
    parser.add_argument("sql", nargs="?", metavar="SQL", help="the question; default: an overview")
    parser.add_argument("--file", type=Path, metavar="FILE", help="read the question from a file")
    parser.add_argument("--lake", required=True, metavar="DIR", help="the lake")
    parser.add_argument(
        "--as-of",
        type=not_negative,
        metavar="SEQ",
        help="the lake as it was after that entry of its log; not before the last compact or forget",
    )
    parser.add_argument(
        "--format", choices=("table", "json", "csv"), default="table", help="default: table"
    )
    parser.add_argument("--limit", type=not_negative, default=100, metavar="ROWS",
                        help="most rows of a table for people; 0 means all; default 100")  # fmt: skip


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Answer the question; return the exit code.

    Raises:
        WrongOption: unknown options, two questions, or SQL that DuckDB refuses.
        NotALake: there is no lake.
    """
    if rest:
        raise WrongOption(f"unknown option {rest[0]}; see newslake query --help")
    if arguments.sql and arguments.file:
        raise WrongOption("name a question or a file with one, not both")
    Lake(arguments.lake).check()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing to tidy up, and DuckDB does not listen
    try:
        sql = _question(arguments)
        answer = ask(Path(arguments.lake), lambda lake: _answer(lake, sql), arguments.as_of)
        _FORMATS[arguments.format](answer, arguments.limit)
    except duckdb.Error as error:
        raise WrongOption(str(error)) from error
    return 0


def _question(arguments: argparse.Namespace) -> str:
    """Return the SQL to answer, one statement that reads.

    Raises:
        WrongOption: it would write, it is not one, or its file is not readable.
        duckdb.Error: it is no SQL.
    """
    sql = arguments.sql or OVERVIEW
    if arguments.file:
        try:
            sql = arguments.file.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise WrongOption(f"{arguments.file} is not readable: {error}") from error
    try:
        check_reads(sql)
    except ValueError as error:
        raise WrongOption(f"{error}; to write the answer to a file: --format csv > FILE") from error
    return sql


class Answer(NamedTuple):
    """The whole answer to a question."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def _answer(lake: duckdb.DuckDBPyConnection, sql: str) -> Answer:
    answer = lake.execute(sql)
    rows = answer.fetchall()
    return Answer([column[0] for column in answer.description or []], rows)


def _as_table(answer: Answer, limit: int) -> None:
    shown = answer.rows[: limit or None]
    terminal.table(answer.columns, shown)
    if len(shown) < len(answer.rows):
        terminal.say(f"newslake: the first {limit} of {len(answer.rows):,} rows; see --limit")


def _as_json(answer: Answer, limit: int) -> None:
    for row in answer.rows:
        named = {name: _finite(value) for name, value in zip(answer.columns, row, strict=True)}
        sys.stdout.write(json.dumps(named, default=_plain, ensure_ascii=False) + "\n")


def _as_csv(answer: Answer, limit: int) -> None:
    writer = csv.writer(sys.stdout, lineterminator="\n")
    writer.writerow(answer.columns)
    for row in answer.rows:
        writer.writerow([_cell(value) for value in row])


def _cell(value: Any) -> Any:
    """Return what goes into a cell: no text that a spreadsheet would take for a formula (OWASP)."""
    if isinstance(value, str) and value.startswith(("=", "+", "-", "@", "\t", "\r")):
        return f"'{value}"
    if isinstance(value, list | dict):
        return json.dumps(value, default=_plain, ensure_ascii=False)
    return _plain(value) if isinstance(value, date | datetime | bytes) else value


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


_FORMATS = {"table": _as_table, "json": _as_json, "csv": _as_csv}
