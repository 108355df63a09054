"""Print tables, progress bars and messages, without control characters from ingested texts."""

import json
import re
import sys
import unicodedata
from collections.abc import Iterable, Sequence

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn
from rich.table import Table
from rich.text import Text

_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")

WIDE = 140
"""Width of a table in characters, if the output is a file or a pipe."""

out = Console(
    highlight=False, emoji=False, soft_wrap=True, width=None if sys.stdout.isatty() else WIDE
)
err = Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def printable(value: object) -> str:
    """Return `value` as text; replace characters that could control the terminal or reorder text."""
    text = str(value).replace("\n", " ⏎ ").replace("\t", " ")
    unsafe = {"Cc", "Cf", "Cs"}
    return "".join("�" if unicodedata.category(one) in unsafe else one for one in text)


def say(message: str) -> None:
    """Print one line to standard error."""
    err.print(Text(printable(message)))


def print_json(value: object) -> None:
    """Print `value` as one line of JSON to standard output."""
    sys.stdout.write(json.dumps(value) + "\n")


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print a table to standard output; align columns of numbers to the right."""
    rows = [list(row) for row in rows]
    shown = Table(title=title or None, title_justify="left")
    for number, column in enumerate(columns):
        numeric = rows and all(_NUMBER.fullmatch(str(row[number])) for row in rows)
        shown.add_column(Text(printable(column)), justify="right" if numeric else "left")
    for row in rows:
        shown.add_row(*(Text("" if value is None else printable(value)) for value in row))
    out.print(shown)


def progress(unit: str) -> Progress:
    """Return a progress bar that counts in `unit`; it is shown only if standard error is a terminal."""
    return Progress(
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TextColumn(unit),
        TimeRemainingColumn(),
        console=err,
        disable=not sys.stderr.isatty(),
    )
