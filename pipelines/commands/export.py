"""Write a table of the lake as JSON Lines or CSV, one day at a time."""

import argparse
import sys
from collections.abc import Iterator
from contextlib import nullcontext
from pathlib import Path

import duckdb

from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.query import (
    ABOUT_ALL,
    check_output,
    check_suffix,
    least_confidence,
    open_output,
)
from newslake.pipelines.commands.text_formats import Row, write_csv, write_json_lines
from newslake.pipelines.options import WrongOption, refuse_given
from newslake.pipelines.parser import add_published
from newslake.pipelines.progress import Progress
from newslake.pipelines.sql import read_sql
from newslake.pipelines.sql.views import columns_of, of_days, run_query
from newslake.pipelines.time_zones import add_time_zone, in_zone
from newslake.pipelines.values import file, not_negative
from newslake.schemas.partitions import NO_DATE
from newslake.schemas.tables import TABLES
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.storage import Storage
from newslake.transforms.work_done import count

EXAMPLES = """\
examples:
  newslake export --lake lake > articles.jsonl
  newslake export --lake lake --published 2026-03-01 2026-03-31 --format csv -o march.csv
  newslake export --lake lake --names news-please > news-please.jsonl

Rows are sorted by day; rows without a date come last. The command reads one day at a time into
memory. For rejects, announcements, fetches and runs, it reads one partition at a time. Therefore a
commit during the export affects only the days that are not yet written.
"""

_ALL: tuple[str, list[object]] = ("true", [])
_UNDATED: tuple[str, list[object]] = ("published_date = ? AND published_at IS NULL", [NO_DATE])
"""SQL conditions, with their parameters, as `of_days` returns them."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    add = parser.add_argument
    add("--table", choices=list(TABLES), default="articles", help="default: articles")
    add("--all", action="store_true", help=f"{ABOUT_ALL}; requires --table mentions")
    add("--format", choices=("jsonl", "csv"), default="jsonl", help="default: jsonl")
    names = ("newslake", "news-please")
    about = "naming convention of the fields; default: newslake"
    add("--names", choices=names, default="newslake", help=about)
    about = (
        "first and last day of publication; default: all. Rejects, announcements, fetches and "
        "runs are selected by the day of the run, or by the month or year that is its partition"
    )
    add_published(parser, about)
    about = "read the state of the lake at this log entry; see `newslake query --help`"
    add("--as-of", type=not_negative, metavar="SEQ", help=about)
    add_time_zone(parser)
    add("-o", "--output", type=file, metavar="FILE", help="default: standard output")


def run(arguments: argparse.Namespace) -> int:
    """Write the rows; return the exit code.

    Raises:
        WrongOption: options are invalid or contradict each other.
        NotALake: the folder is not a lake.
        LakeError: the state of the lake at the entry `--as-of` is not available.
    """
    if arguments.names == "news-please" and arguments.table != "articles":
        raise WrongOption("--names news-please requires --table articles")
    if arguments.names == "news-please":
        refuse_given(arguments, ["tz"], "with --names news-please, whose times are in UTC")
    if arguments.all and arguments.table != "mentions":
        raise WrongOption("--all requires --table mentions")
    lake = Path(arguments.lake)
    check_output(arguments.output, lake)
    check_suffix(arguments.output, arguments.format)
    check_marker(Storage(lake))
    write = {"jsonl": write_json_lines, "csv": write_csv}[arguments.format]
    columns, rows = _rows(lake, arguments)
    with open_output(arguments.output) as file:
        write(columns, (in_zone(row, arguments.tz) for row in rows), file)
    return 0


def _rows(lake: Path, arguments: argparse.Namespace) -> tuple[list[str], Iterator[Row]]:
    """Return the names of the columns, and the rows sorted by day."""
    table, as_of = TABLES[arguments.table], arguments.as_of
    day = "run_date" if table.partition_key == "run_date" else "published_at::DATE"
    query = f"SELECT {columns_of(table.name)} FROM {table.name}"
    if arguments.names == "news-please":
        query = read_sql("news_please")
    least = least_confidence(arguments)
    connection = run_query(lake, lambda lake: lake, as_of, None, query, least)

    def fetch(sql: str, *parameters: object) -> list[Row]:
        def rows(lake: duckdb.DuckDBPyConnection) -> list[Row]:
            return [*lake.execute(sql, parameters).fetchall()]

        return run_query(lake, rows, as_of, connection, query, least)

    def rows() -> Iterator[Row]:
        wanted = of_days(lake, table.name, *arguments.published) if arguments.published else _ALL
        days = fetch(
            f"SELECT DISTINCT {day} FROM {table.name} WHERE {wanted[0]} ORDER BY 1 NULLS LAST",
            *wanted[1],
        )
        order = ", ".join(table.sort_key)
        [(total,)] = fetch(f"SELECT count(*) FROM {table.name} WHERE {wanted[0]}", *wanted[1])
        # Rows and a line of progress cannot share a terminal.
        is_hidden = not arguments.output and sys.stdout.isatty()
        with nullcontext() if is_hidden else Progress("exporting", "rows", total):
            for (value,) in days:
                where, values = of_days(lake, table.name, value, value) if value else _UNDATED
                for row in fetch(f"{query} WHERE {where} ORDER BY {order}", *values):
                    yield row
                    count()

    return [column for column, *_ in fetch(f"DESCRIBE {query}")], rows()


COMMAND = Command(run, EXAMPLES, add_arguments, json=None)
