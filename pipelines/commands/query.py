"""Query a lake with SQL: read-only DuckDB, with one view per table and views like `events`."""

import argparse
import os
import re
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from types import FrameType
from typing import TextIO

import duckdb

from newslake.pipelines.commands import prompt, terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.sql_errors import WrongSql, sql_message
from newslake.pipelines.commands.text_formats import Row, write_csv, write_json_lines
from newslake.pipelines.exit_codes import STOPPED
from newslake.pipelines.messages import INFO
from newslake.pipelines.options import WrongOption, refuse_given
from newslake.pipelines.sql.statements import needed
from newslake.pipelines.sql.views import check_read_only, run_query
from newslake.pipelines.time_zones import add_time_zone, in_zone
from newslake.pipelines.values import file, given_text, not_negative
from newslake.schemas.rows import SHOWN_CONFIDENCE
from newslake.transforms.failure import explanation, is_wrong_path, naming
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
_PARQUET = re.compile(r"""[Ff]ile ['"]/|[Pp]arquet file""")
"""Words of DuckDB in messages about a damaged Parquet file."""
_BY_USER = (
    *(duckdb.ProgrammingError, duckdb.DataError, duckdb.NotSupportedError),
    *(duckdb.ConstraintException, duckdb.PermissionException),
)
"""Errors that a query causes."""
PLAN = ["explain_key", "explain_value"]
"""The columns of the result of EXPLAIN."""
LIMIT = 100
"""Maximum number of rows that are printed to a terminal by default."""
_BATCH = 10_000
"""Number of rows that are fetched at a time."""
ABOUT_ALL = f"include mentions with a confidence below {SHOWN_CONFIDENCE}, and their events; see docs/events.md"
FORMATS = ("table", "json", "csv", "parquet")
_SUFFIXES_OF = {
    "json": (".jsonl", ".json"),
    "jsonl": (".jsonl", ".json"),
    "csv": (".csv",),
    "parquet": (".parquet",),
}
"""Maps each format of a file that newslake writes to its suffixes, the usual one first."""
_SUFFIXES = {".gz", ".tsv"}.union(*_SUFFIXES_OF.values())
"""The suffixes from which a reader concludes that a file has a certain format."""
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
    add("sql", nargs="?", type=given_text, metavar="SQL", help=about)
    add("--file", type=file, metavar="FILE", help="read the query from a file")
    add(
        "--as-of",
        type=not_negative,
        metavar="SEQ",
        help="read the state of the lake at this log entry; states before the last compact, forget "
        "or reprocess are not available",
    )
    add("--all", action="store_true", help=ABOUT_ALL)
    add("--format", choices=FORMATS, default="table", help="default: table")
    add("-o", "--output", type=file, metavar="FILE", help="default: standard output")
    about = (
        f"maximum number of rows in a table; 0: all; default: {LIMIT} on a terminal, otherwise all"
    )
    add("--limit", type=not_negative, metavar="ROWS", help=about)
    add_time_zone(parser)
    add("--wide", action="store_true", help=terminal.WIDE_HELP)


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
    if arguments.format == "parquet":
        refuse_given(arguments, ["tz"], "with --format parquet, whose times have no printed zone")
    if arguments.format == "table" and arguments.output:
        raise WrongOption("--output FILE needs --format json, csv or parquet")
    if arguments.format != "table":
        check_suffix(arguments.output, arguments.format)
        refuse_given(arguments, ["limit"], "without --format table; write LIMIT in the SQL")
        refuse_given(arguments, ["wide"], "without --format table")
    check_marker(Storage(arguments.lake))
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, _stop)
    try:
        _run_query(_sql(arguments), arguments)
    except (duckdb.Error, ValueError) as error:
        if is_wrong_sql(error, _sql(arguments), arguments.output):
            raise WrongSql(sql_message(error, Path(arguments.lake))) from error
        raise
    if not arguments.sql and not arguments.file and prompt.is_interactive():
        prompt.run_queries(
            lambda sql: _run_query(sql, arguments),
            input,
            lambda error, sql: _message(error, sql, arguments),
        )
    return 0


def _stop(number: int, frame: FrameType | None) -> None:
    """End the process at once: DuckDB would finish the query, and there is nothing to clean up."""
    try:
        terminal.say("newslake: stopped", "stopped")
    finally:  # the signal may interrupt another message
        os._exit(STOPPED)


def is_wrong_sql(error: Exception, sql: str, output: Path | None = None) -> bool:
    """Return True if the query `sql` caused `error`, not the machine or a file of the lake."""
    message = str(error)
    names = re.findall("""['"]([^'"]+)['"]""", message)
    is_named = any(name in sql or name == str(output) for name in names)
    if isinstance(error, duckdb.IOException):
        return is_named and ("No such file" in message or "No files found" in message)
    if isinstance(error, duckdb.InvalidInputException) and _PARQUET.search(message):
        return is_named
    return isinstance(error, (ValueError, *_BY_USER))


def _message(error: Exception, sql: str, arguments: argparse.Namespace) -> str:
    if is_wrong_sql(error, sql, arguments.output):
        return sql_message(error, Path(arguments.lake))
    return explanation(error, arguments.lake) or str(error)


def check_output(output: Path | None, lake: Path, option: str = "--output") -> None:
    """Check that `output` is outside the lake; readers read all files in a lake as rows.

    Raises:
        WrongOption: `output`, the value of `option`, is inside the lake.
    """
    if output and output.resolve().is_relative_to(lake.resolve()):
        raise WrongOption(f"{option} {output} is inside the lake; choose a path outside")


def check_suffix(output: Path | None, written: str) -> None:
    """Check that no reader expects another format than `written` because of the name of `output`.

    Raises:
        WrongOption: the suffix is that of another format.
    """
    suffix = output.suffix.lower() if output else ""
    if suffix in _SUFFIXES and suffix not in _SUFFIXES_OF[written]:
        raise WrongOption(
            f"--output {output} ends in {suffix}, but newslake writes {written} without "
            f"compression; use a name that ends in {_SUFFIXES_OF[written][0]}"
        )


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
        if isinstance(error, OSError) and not is_wrong_path(error):
            raise
        raise WrongOption(f"{arguments.file} cannot be read: {error}") from error


def _run_query(sql: str, arguments: argparse.Namespace) -> None:
    """Run one query. Write the result in the format `--format` to the file `--output`.

    Raises:
        ValueError: `sql` is not a single read-only SELECT.
        duckdb.Error: DuckDB reports an error.
        LakeError: the state of the lake at `--as-of` is not available.
    """
    lake, as_of, output = Path(arguments.lake), arguments.as_of, arguments.output
    least = least_confidence(arguments)
    if arguments.format == "parquet":
        path = str(output)

        def write_parquet(lake: duckdb.DuckDBPyConnection) -> None:
            check_read_only(lake, sql)
            lake.sql(sql).write_parquet(path, compression="zstd")

        run_query(lake, write_parquet, as_of, sql=sql, min_confidence=least)
        return
    limit = _limit(arguments)

    def fetch(lake: duckdb.DuckDBPyConnection) -> tuple[list[str], list[Row]]:
        check_read_only(lake, sql)
        cursor = lake.execute(sql)
        # One row more than the limit shows that there are more rows.
        rows = cursor.fetchmany(limit + 1) if limit else _all(cursor)
        return [column[0] for column in cursor.description or []], [*rows]

    columns, fetched = run_query(lake, fetch, as_of, sql=sql, min_confidence=least)
    rows = [in_zone(row, arguments.tz) for row in fetched]
    if arguments.format == "table" and columns == PLAN:
        for line in "\n".join(str(plan) for _, plan in rows).splitlines():
            terminal.print_line(terminal.printable(line))
        return
    if arguments.format == "table":
        if terminal.table(columns, rows[: limit or None], wide=arguments.wide):
            hint = "newslake: each row is a record, since the table is too wide; --wide shows the table"
            terminal.say(hint, level=INFO)
        if limit and len(rows) > limit:
            more = f"newslake: only the first {limit:,} rows are shown; use --limit to show more"
            terminal.say(more, "result_cut")
        if least and "mentions" in needed(sql):
            terminal.say(
                f"newslake: mentions with a confidence below {least} are left out; --all includes them",
                level=INFO,
            )
        return
    write = {"json": write_json_lines, "csv": write_csv}[arguments.format]
    with open_output(output) as file:
        write(columns, rows, file)


def _limit(arguments: argparse.Namespace) -> int:
    """Return the maximum number of rows to print; 0 means all."""
    if arguments.format != "table":
        return 0
    if arguments.limit is None:
        return LIMIT if sys.stdout.isatty() else 0
    return int(arguments.limit)


def _all(cursor: duckdb.DuckDBPyConnection) -> Iterator[Row]:
    """Yield all rows. Between two batches, a signal can stop the command."""
    while rows := cursor.fetchmany(_BATCH):
        yield from rows


def least_confidence(arguments: argparse.Namespace) -> float:
    """Return the least confidence of the mentions that a command shows."""
    return 0.0 if arguments.all else SHOWN_CONFIDENCE


@contextmanager
def open_output(output: Path | None) -> Iterator[TextIO]:
    """Open the file `output` for writing text. If `output` is None, use standard output.

    Raises:
        WrongOption: there can be no such file.
    """
    if output is None:
        with naming("standard output"):
            yield sys.stdout
        return
    try:
        file = output.open("w", encoding="utf-8", newline="")
    except OSError as error:
        if not is_wrong_path(error):
            raise
        raise WrongOption(f"--output {output} cannot be written: {error.strerror}") from error
    with naming(output), file:
        yield file


COMMAND = Command(run, EXAMPLES, add_arguments, json=None)
