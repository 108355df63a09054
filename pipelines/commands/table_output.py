"""Print rows as a table. If a terminal is too narrow for the table, print a record for each row."""

import re
import shutil
import sys
import unicodedata
from collections.abc import Iterable, Sequence

from newslake.pipelines.commands.text_formats import as_text
from newslake.pipelines.messages import printable

MIN_WIDTH = 20
"""A terminal counts as at least this wide, in columns."""

_NUMBER = re.compile(r"-?[\d,]+(\.\d+)?")
_RIGHT_TO_LEFT = {"R", "AL", "AN"}
_MARK = "\u200e"
"""The left-to-right mark. It has no width, and keeps a terminal from moving text across a border."""


def table(
    columns: Sequence[str], rows: Iterable[Sequence[object]], title: str = "", wide: bool = False
) -> bool:
    """Print rows to standard output; align columns of numbers to the right.

    On a terminal, a table that is wider than the terminal is printed as records, unless `wide` is
    true. In a file or a pipe, it is always a table, and nothing is cut.

    Returns True if it printed records.
    """
    texts = [[as_text(value) for value in row] for row in rows]
    if title:
        _print(title)
    shown = [[printable(text) for text in row] for row in texts]
    names = [printable(column) for column in columns]
    widths = [max(map(columns_of, column)) for column in zip(names, *shown, strict=True)]
    is_terminal = sys.stdout.isatty()
    if is_terminal and not wide and sum(widths) + 3 * len(widths) + 1 > terminal_width():
        _print_records(names, texts)
        return True
    numeric = [
        any(values) and all(_NUMBER.fullmatch(value) for value in values if value)
        for values in (zip(*shown, strict=True) if shown else [()] * len(names))
    ]

    def line(cells: Sequence[str], border: str) -> str:
        padded = (
            _padded(cell, width, right, is_terminal)
            for cell, width, right in zip(cells, widths, numeric, strict=True)
        )
        return f"{border} {f' {border} '.join(padded)} {border}"

    _print(_rule("┏━┳┓", widths))
    _print(line(names, "┃"))
    _print(_rule("┡━╇┩", widths))
    for cells in shown:
        _print(line(cells, "│"))
    _print(_rule("└─┴┘", widths))
    return False


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")


def _rule(parts: str, widths: Sequence[int]) -> str:
    left, dash, cross, right = [*parts]
    return left + cross.join(dash * (width + 2) for width in widths) + right


def _padded(text: str, width: int, right: bool, is_terminal: bool) -> str:
    space = " " * (width - columns_of(text))
    text = _marked(text) if is_terminal else text
    return space + text if right else text + space


def _marked(text: str) -> str:
    """Return `text` between two marks if it has letters that are written from right to left."""
    if any(unicodedata.bidirectional(one) in _RIGHT_TO_LEFT for one in text):
        return f"{_MARK}{text}{_MARK}"
    return text


def _print_records(names: Sequence[str], rows: Sequence[Sequence[str]]) -> None:
    """Print one field per line; cut long values, and print how many characters are left."""
    width = terminal_width()
    shown = [_cropped(name, width // 2) for name in names]
    indent = max(map(columns_of, shown))
    for number, row in enumerate(rows, 1):
        _print(f"─ record {number:,} ".ljust(width, "─"))
        for name, value in zip(shown, row, strict=True):
            text = _marked(_cut(value, width - indent - 2))
            _print(f"{_padded(name, indent, False, True)}  {text}".rstrip())
    if not rows:
        _print("no rows")


def _cut(text: str, width: int) -> str:
    """Return `text` in at most `width` columns; if it is cut, its end says how much is left."""
    shown = printable(text.replace("\n", "⏎"))  # as many characters as `text`
    if columns_of(shown) <= width:
        return shown
    unit = " characters" if width >= 40 else ""
    kept = _cropped(shown, width - len(f" +{len(text):,}{unit}")).removesuffix("…")
    return f"{kept}… +{len(text) - len(kept):,}{unit}"


def _cropped(text: str, width: int) -> str:
    """Return `text` in at most `width` columns; if it is cropped, it ends in `…`."""
    if columns_of(text) <= width:
        return text
    from rich.cells import set_cell_size

    return f"{set_cell_size(text, max(width - 1, 0)).rstrip()}…"


def terminal_width() -> int:
    """Return the width of the terminal, in columns."""
    return max(shutil.get_terminal_size().columns, MIN_WIDTH)


def columns_of(text: str) -> int:
    """Return the number of columns that `text` takes on a terminal."""
    if text.isascii():
        return len(text)
    from rich.cells import cell_len  # the measure of a library with the tables of Unicode

    return cell_len(text)
