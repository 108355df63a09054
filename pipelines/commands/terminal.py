"""Print tables, progress bars and messages, without control characters from ingested texts.

The functions import rich on first use. To load rich takes longer than the rest of `newslake export`.
"""

import sys
from collections.abc import Iterator, Sequence
from functools import cache
from typing import TYPE_CHECKING, TypeVar

from newslake.pipelines.commands.tables import table
from newslake.pipelines.messages import printable, say

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import Progress

__all__ = [
    "err",
    "out",
    "print_json",
    "print_line",
    "printable",
    "progress",
    "say",
    "table",
    "track",
]

WIDE_HELP = "on a terminal, print a table even if it is wider than the terminal; default: records"
"""Help text of `--wide`."""

T = TypeVar("T")


@cache
def out() -> "Console":
    """Return the console that prints tables to standard output."""
    from rich.console import Console

    return Console(highlight=False, emoji=False, soft_wrap=True)


@cache
def err() -> "Console":
    """Return the console that prints messages and progress bars to standard error."""
    from rich.console import Console

    return Console(stderr=True, highlight=False, emoji=False, soft_wrap=True)


def print_line(text: str) -> None:
    """Print one line to standard output."""
    sys.stdout.write(f"{text}\n")


def print_json(value: object) -> None:
    """Print `value` as one line of JSON to standard output."""
    import json

    print_line(json.dumps(value))


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
