"""Print tables, progress bars and messages, without control characters from ingested texts.

The functions import rich on first use. To load rich takes longer than the rest of `newslake export`.
"""

import re
import sys
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")

WIDE = 140
"""Width of a table in characters, if the output is a file or a pipe."""

T = TypeVar("T")


@cache
def out() -> "Console":
    """Return the console that prints tables to standard output."""
    from rich.console import Console

    width = None if sys.stdout.isatty() else WIDE
    return Console(highlight=False, emoji=False, soft_wrap=True, width=width)


@cache
def err() -> "Console":
    """Return the console that prints messages and progress bars to standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def printable(value: object) -> str:
    """Return `value` as text; replace characters that could control the terminal or reorder text."""
    text = str(value).replace("\n", " ⏎ ").replace("\t", " ")
    unsafe = {"Cc", "Cf", "Cs"}
    return "".join("�" if unicodedata.category(one) in unsafe else one for one in text)


def say(message: str) -> None:
    """Print one line to standard error."""
    err().print(printable(message), markup=False)


def print_line(text: str) -> None:
    """Print one line to standard output."""
    sys.stdout.write(f"{text}\n")


def print_json(value: object) -> None:
    """Print `value` as one line of JSON to standard output."""
    import json

    print_line(json.dumps(value))


def table(columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "") -> None:
    """Print a table to standard output; align columns of numbers to the right."""
    from rich.table import Table
    from rich.text import Text

    rows = [list(row) for row in rows]
    shown = Table(title=title or None, title_justify="left")
    for number, column in enumerate(columns):
        numeric = rows and all(_NUMBER.fullmatch(str(row[number])) for row in rows)
        shown.add_column(Text(printable(column)), justify="right" if numeric else "left")
    for row in rows:
        shown.add_row(*(Text("" if value is None else printable(value)) for value in row))
    out().print(shown)


def track(items: Sequence[T], description: str, unit: str) -> Iterator[T]:
    """Yield `items`, and show their number on a progress bar; see `progress`."""
    if not sys.stderr.isatty():
        yield from items
        return
    with progress(unit) as bar:
        yield from bar.track(items, description=description)


def progress(unit: str) -> "Progress":
    """Return a progress bar that counts in `unit`. Only a terminal as standard error shows it."""
    from rich import progress

    return progress.Progress(
        progress.TextColumn("{task.description}"),
        progress.BarColumn(),
        progress.MofNCompleteColumn(),
        progress.TextColumn(unit),
        progress.TimeRemainingColumn(),
        console=err(),
        disable=not sys.stderr.isatty(),
    )
