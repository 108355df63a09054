"""Print tables and messages, without control characters from ingested texts.

`out` imports rich on first use. To load rich takes longer than the rest of `newslake export`.
"""

import sys
from functools import cache
from typing import TYPE_CHECKING

from newslake.pipelines.commands.table_output import table
from newslake.pipelines.messages import printable, say

if TYPE_CHECKING:
    from rich.console import Console

__all__ = [
    "out",
    "print_json",
    "print_line",
    "printable",
    "say",
    "table",
]

WIDE_HELP = "on a terminal, print a table even if it is wider than the terminal; default: records"
"""Help text of `--wide`."""


@cache
def out() -> "Console":
    """Return the console that prints tables to standard output."""
    from rich.console import Console

    return Console(highlight=False, emoji=False, soft_wrap=True)


def print_line(text: str) -> None:
    """Print one line to standard output."""
    sys.stdout.write(f"{text}\n")


def print_json(value: object) -> None:
    """Print `value` as one line of JSON to standard output."""
    import json

    print_line(json.dumps(value))
