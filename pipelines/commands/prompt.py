"""An interactive prompt for SQL queries."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import duckdb

from newslake.pipelines.messages import INFO, say, say_lines
from newslake.transforms.failure import Failure

FIRST, NEXT = "newslake> ", "     ...> "
HELP = "End a query with `;`. List tables: SHOW TABLES; columns: DESCRIBE articles; exit: Ctrl-D"


def is_interactive() -> bool:
    """Return True if standard input and standard output are terminals."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def run_queries(
    run_query: Callable[[str], None],
    read_line: Callable[[str], str],
    describe: Callable[[Exception, str], str] = lambda error, query: str(error),
) -> None:
    """Read and run queries until the input ends; print errors and continue.

    `run_query` prints the result of a query. `read_line` shows a prompt and returns a line. At the
    end of the input, `read_line` raises EOFError. `describe` returns the message for the error of a
    query.
    """
    with suppress(ImportError):
        import readline  # noqa: F401 adds history and line editing to `input`
    say(HELP, level=INFO)
    for query in _queries(read_line):
        try:
            run_query(query)
        except (duckdb.Error, ValueError, Failure, OSError, MemoryError, RuntimeError) as error:
            say_lines(f"newslake: {describe(error, query)}", "error")


def _queries(read_line: Callable[[str], str]) -> Iterator[str]:
    lines: list[str] = []
    while True:
        try:
            line = read_line(NEXT if lines else FIRST)
        except EOFError:
            return
        if not lines and line.strip(" \t;") in {"exit", "quit"}:
            return
        if lines or line.strip():
            lines.append(line)
        if _is_complete("\n".join(lines)):
            yield "\n".join(lines)
            lines = []


def _is_complete(query: str) -> bool:
    """Return True if `query` ends with a `;` outside of strings, quoted names and comments."""
    if not query.rstrip().endswith(";"):
        return False
    try:
        duckdb.extract_statements(query)
    except duckdb.Error as error:
        return "unterminated" not in str(error)
    return True
