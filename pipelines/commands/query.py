"""Ask a lake in SQL: DuckDB with one view a table, and `events` over the mentions. It only reads."""

import argparse
import signal
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, NamedTuple, TextIO

import duckdb

from newslake.pipelines.commands import prompt, terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.text_formats import write_csv, write_json_lines
from newslake.pipelines.options import WrongOption, not_negative
from newslake.pipelines.sql.views import ask, check_reads
from newslake.transforms.lake.lake import LakeFolder

EXAMPLES = """\
examples:
  newslake query --lake lake                            how much the tables hold, then a prompt
  newslake query "SELECT title, source FROM articles" --lake lake
  newslake query --file spread.sql --lake lake --format csv > spread.csv
  newslake query "FROM events_plover" --lake lake --format parquet -o events.parquet

Without our command, any engine reads the same:
  duckdb -c "SELECT count(*) FROM 'lake/articles/**/*.parquet'"
"""
FORMATS = ("table", "json", "csv", "parquet")
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
    """Add the arguments of this command alone."""
    parser.add_argument(
        "sql", nargs="?", metavar="SQL", help="the question; default: an overview, then a prompt"
    )
    parser.add_argument("--file", type=Path, metavar="FILE", help="read the question from a file")
    parser.add_argument(
        "--as-of",
        type=not_negative,
        metavar="SEQ",
        help="the lake as it was after that entry of its log; not before the last compact, forget or reprocess",
    )
    parser.add_argument("--format", choices=FORMATS, default="table", help="default: table")
    parser.add_argument(
        "-o", "--output", type=Path, metavar="FILE", help="default: standard output"
    )
    parser.add_argument("--limit", type=not_negative, default=100, metavar="ROWS",
                        help="most rows of a table for people; 0 means all; default 100")  # fmt: skip


def run(arguments: argparse.Namespace) -> int:
    """Answer the question; return the exit code.

    Raises:
        WrongOption: two questions, or SQL that DuckDB refuses.
        NotALake: there is no lake.
    """
    if arguments.sql and arguments.file:
        raise WrongOption("name a question or a file with one, not both")
    check_output(arguments.output, Path(arguments.lake))
    if arguments.format == "parquet" and not arguments.output:
        raise WrongOption("--format parquet needs --output FILE")
    if arguments.format == "table" and arguments.output:
        raise WrongOption("--output FILE needs --format json, csv or parquet")
    LakeFolder(arguments.lake).check()
    signal.signal(signal.SIGINT, signal.SIG_DFL)  # nothing to tidy up, and DuckDB does not listen
    try:
        _answer(_question(arguments), arguments)
    except (duckdb.Error, ValueError) as error:
        raise WrongOption(str(error)) from error
    if not arguments.sql and not arguments.file and prompt.wanted():
        prompt.converse(lambda sql: _answer(sql, arguments), input)
    return 0


def check_output(output: Path | None, lake: Path) -> None:
    """Return if a file may be written there.

    Raises:
        WrongOption: it would lie in the lake, where readers would take it for rows.
    """
    if output and output.resolve().is_relative_to(lake.resolve()):
        raise WrongOption(f"--output {output} lies in the lake; name a place elsewhere")


def _question(arguments: argparse.Namespace) -> str:
    """Return the SQL to answer.

    Raises:
        WrongOption: the file that holds it is not readable.
    """
    if not arguments.file:
        return str(arguments.sql or OVERVIEW)
    try:
        return str(arguments.file.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise WrongOption(f"{arguments.file} is not readable: {error}") from error


class QueryResult(NamedTuple):
    """The answer to a question."""

    columns: list[str]
    rows: list[tuple[Any, ...]]


def _answer(sql: str, arguments: argparse.Namespace) -> None:
    """Answer one question, where and as the user wants it.

    Raises:
        ValueError: it would write, or is none or several.
        duckdb.Error: it is no SQL, or wrong.
        LakeError: the lake was not kept as it was at that entry.
    """
    check_reads(sql)
    lake, as_of, output = Path(arguments.lake), arguments.as_of, arguments.output
    if arguments.format == "parquet":
        ask(lake, lambda lake: lake.sql(sql).write_parquet(str(output), compression="zstd"), as_of)
        return
    if arguments.format == "table":
        limit = arguments.limit
        _show(ask(lake, lambda lake: _answered(lake, sql, limit and limit + 1), as_of), limit)
        return
    answer = ask(lake, lambda lake: _answered(lake, sql), as_of)
    write = {"json": write_json_lines, "csv": write_csv}[arguments.format]
    with opened(output) as file:
        write(answer.columns, answer.rows, file)


def _answered(lake: duckdb.DuckDBPyConnection, sql: str, most: int = 0) -> QueryResult:
    """Return the answer, or its first `most` rows if that is not 0."""
    answer = lake.execute(sql)
    rows = answer.fetchmany(most) if most else answer.fetchall()
    return QueryResult([column[0] for column in answer.description or []], rows)


def _show(answer: QueryResult, limit: int) -> None:
    shown = answer.rows[: limit or None]
    terminal.table(answer.columns, shown)
    if len(shown) < len(answer.rows):
        terminal.say(f"newslake: the first {limit:,} rows; there are more, see --limit")


@contextmanager
def opened(output: Path | None) -> Iterator[TextIO]:
    """Open `output` to write text, or standard output if there is none.

    Raises:
        WrongOption: it cannot be written.
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
