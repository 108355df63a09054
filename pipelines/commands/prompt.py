"""A prompt for questions in SQL."""

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress

import duckdb

from newslake.pipelines.commands import terminal
from newslake.transforms.lake.errors import LakeError

FIRST, NEXT = "newslake> ", "     ...> "
HELP = (
    "A question in SQL ends with `;`. Tables: SHOW TABLES; columns: DESCRIBE articles; end: Ctrl-D"
)


def wanted() -> bool:
    """Return True if a person sits at both ends of the program."""
    return sys.stdin.isatty() and sys.stdout.isatty()


def converse(answer: Callable[[str], None], read_line: Callable[[str], str]) -> None:
    """Read questions until the input ends, and answer each; what is wrong is said and not raised.

    Args:
        answer: Prints the answer to one question; raises ValueError, duckdb.Error, LakeError or OSError.
        read_line: Shows a prompt and returns a line; raises EOFError at the end.
    """
    with suppress(ImportError):
        import readline  # noqa: F401 gives `input` its history and editing
    terminal.say(HELP)
    for question in _questions(read_line):
        try:
            answer(question)
        except (duckdb.Error, ValueError, LakeError, OSError) as error:
            terminal.say(f"newslake: {error}")


def _questions(read_line: Callable[[str], str]) -> Iterator[str]:
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
        if _is_whole("\n".join(lines)):
            yield "\n".join(lines)
            lines = []


def _is_whole(question: str) -> bool:
    """Return True if `question` ends with a `;` that stands in no string, name or comment."""
    if not question.rstrip().endswith(";"):
        return False
    try:
        duckdb.extract_statements(question)
    except duckdb.Error as error:
        return "unterminated" not in str(error)
    return True
