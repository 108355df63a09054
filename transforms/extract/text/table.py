"""Table rows in text: cells between bars."""

import re

_RULE = re.compile(r"\|?\s*:?-{2,}:?\s*(?:\|\s*:?-{2,}:?\s*)*\|?\s*:?-*:?\s*")
_BAR = re.compile(r"\s*(?<!\\)\|\s*")


def tidy_rows(lines: list[str]) -> list[str]:
    """Return `lines` with table rows as `cell | cell`; rules between rows are dropped.

    >>> tidy_rows(["Key Point | Details |", "---|---|", "| Truce |  | agreed |"])
    ['Key Point | Details', 'Truce | agreed']
    """
    tidy = (tidy_row(line) for line in lines if not is_rule(line))
    return [line for line in tidy if line]


def is_rule(line: str) -> bool:
    """Return whether `line` separates a table's head from its body, as `---|---` does."""
    return "|" in line and bool(_RULE.fullmatch(line))


def tidy_row(line: str) -> str:
    """Return a table row with its cells set apart by ` | `, empty ones dropped."""
    if "|" not in line:
        return line
    return " | ".join(cell for cell in _BAR.split(line) if cell)
