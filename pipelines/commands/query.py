"""Query a lake with SQL: read-only DuckDB, with one view per table and views like `events`."""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TextIO

import duckdb

from newslake.pipelines.commands import prompt, terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.text_formats import Row, write_csv, write_json_lines
from newslake.pipelines.options import WrongOption, not_negative
from newslake.pipelines.sql.views import check_read_only, run_query
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.storage import Storage

EXAMPLES = """\
examples:
  newslake query --lake lake                            row counts, then a prompt
  newslake query "SELECT title, source FROM articles" --lake lake
  newslake query --file spread.sql --lake lake --format csv > spread.csv
  newslake query "FROM events_plover" --lake lake --format parquet -o events.parquet

DuckDB can also read the Parquet files directly:
  duckdb -c "SELECT count(*) FROM 'lake/articles/**/*.parquet'"
"""
FORMATS = ("table", "json", "csv", "parquet")
OVERVIEW = " UNION ALL ".join(
    f"SELECT '{name}' AS name, count(*) AS rows FROM {name}"
    for name in (
        "articles",
        "duplicates",
        "revisions",
        "mentions",
        "events",
        "open_rejects",
        "runs",
    )
)


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    add = parser.add_argument
    about = "the query; default: print row counts, then a prompt"
    add("sql", nargs="?", metavar="SQL", help=about)
    add("--file", type=Path, metavar="FILE", help="read the query from a file")
    add(
        "--as-of",
        type=not_negative,
        metavar="SEQ",
        help="read the state of the lake at this log entry; states before the last compact, forget "
        "or reprocess are not available",
    )
    add("--format", choices=FORMATS, default="table", help="default: table")
    add("-o", "--output", type=Path, metavar="FILE", help="default: standard output")
    parser.add_argument("--limit", type=not_negative, default=100, metavar="ROWS",
                        help="maximum number of rows in a printed table; 0: all; default: 100")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Run the query and print its result; return the exit code.

    Raises:
        WrongOption: options contradict each other, or the SQL is invalid.
        NotALake: the folder is not a lake.
        LakeError: the state of the lake at the entry `--as-of` is not available.
    """
    if arguments.sql and arguments.file:
        raise WrongOption("use SQL or --file FILE, not both")
    check_output(arguments.output, Path(arguments.lake))
    if arguments.format == "parquet" and not arguments.output:
        raise WrongOption("--format parquet needs --output FILE")
    if arguments.format == "table" and arguments.output:
        raise WrongOption("--output FILE needs --format json, csv or parquet")
    check_marker(Storage(arguments.lake))
    # There is nothing to clean up, and DuckDB ignores Python's handler.
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    try:
        _run_query(_sql(arguments), arguments)
    except (duckdb.Error, ValueError) as error:
        raise WrongOption(str(error)) from error
    if not arguments.sql and not arguments.file and prompt.is_interactive():
        prompt.run_queries(lambda sql: _run_query(sql, arguments), input)
    return 0


def check_output(output: Path | None, lake: Path) -> None:
    """Check that the output file is outside the lake; readers read all files in a lake as rows.

    Raises:
        WrongOption: the file is inside the lake.
    """
    if output and output.resolve().is_relative_to(lake.resolve()):
        raise WrongOption(f"--output {output} is inside the lake; choose a path outside")


def _sql(arguments: argparse.Namespace) -> str:
    """Return the SQL to run.

    Raises:
        WrongOption: `--file` cannot be read.
    """
    if not arguments.file:
        return str(arguments.sql or OVERVIEW)
    try:
        return str(arguments.file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongOption(f"{arguments.file} cannot be read: {error}") from error


def _run_query(sql: str, arguments: argparse.Namespace) -> None:
    """Run one query. Write the result in the format `--format` to the file `--output`.

    Raises:
        ValueError: `sql` is not a single read-only SELECT.
        duckdb.Error: DuckDB reports an error.
        LakeError: the state of the lake at `--as-of` is not available.
    """
    lake, as_of, output = Path(arguments.lake), arguments.as_of, arguments.output
    if arguments.format == "parquet":
        path = str(output)

        def write_parquet(lake: duckdb.DuckDBPyConnection) -> None:
            check_read_only(lake, sql)
            lake.sql(sql).write_parquet(path, compression="zstd")

        run_query(lake, write_parquet, as_of, sql=sql)
        return
    limit = arguments.limit if arguments.format == "table" else 0

    def fetch(lake: duckdb.DuckDBPyConnection) -> tuple[list[str], list[Row]]:
        check_read_only(lake, sql)
        cursor = lake.execute(sql)
        # One row more than the limit shows that there are more rows.
        rows = cursor.fetchmany(limit + 1) if limit else cursor.fetchall()
        return [column[0] for column in cursor.description or []], [*rows]

    columns, rows = run_query(lake, fetch, as_of, sql=sql)
    if arguments.format == "table":
        terminal.table(columns, rows[: limit or None])
        if limit and len(rows) > limit:
            more = f"newslake: only the first {limit:,} rows are shown; use --limit to show more"
            terminal.say(more)
        return
    write = {"json": write_json_lines, "csv": write_csv}[arguments.format]
    with open_output(output) as file:
        write(columns, rows, file)


@contextmanager
def open_output(output: Path | None) -> Iterator[TextIO]:
    """Open the file `output` for writing text. If `output` is None, use standard output.

    Raises:
        WrongOption: the file cannot be written.
    """
    if output is None:
        yield sys.stdout
        return
    try:
        file = output.open("w", encoding="utf-8", newline="")
    except OSError as error:
        raise WrongOption(f"--output {output} cannot be written: {error.strerror}") from error
    with file:
        yield file


COMMAND = Command(run, EXAMPLES, add_arguments, json=None)
