"""Credits: lines at the start or end of a text that repeat the authors or dates of the metadata.

A page marks credits by position and typography. Plain text has neither, so the words are compared.
"""

from collections.abc import Collection, Iterable
from datetime import date

from newslake.transforms.clean.day_lines import is_date
from newslake.transforms.extract.fields.byline import names_in
from newslake.transforms.text import folded

HEAD_LINES, TAIL_LINES = 3, 2
"""The search for credits stops after this number of story lines, at the start and at the end."""

MIN_NAME_SHARE = 0.45
"""Minimum share of a byline's letters and digits that names contain; other lines are story text."""


def drop_credits(text: str, authors: Iterable[str], days: Collection[date]) -> str:
    r"""Remove bylines of `authors` and lines with one of `days` at the start and end of `text`.

    A text that consists of credits only is returned unchanged.

    >>> drop_credits("By Ann Lee\nMarch 1, 2024\nTalks go on.", ["Ann Lee"], [date(2024, 3, 1)])
    'Talks go on.'
    """
    lines, folded_authors = text.split("\n"), {folded(author) for author in authors}
    head: list[str] = []
    tail: list[str] = []
    begin, end = 0, len(lines)
    while begin < end and len(head) < HEAD_LINES:
        if not _is_credit(lines[begin], folded_authors, days):
            head.append(lines[begin])
        begin += 1
    while begin < end and len(tail) < TAIL_LINES:
        end -= 1
        # A list item at the end belongs to the list.
        if lines[end].startswith("- ") or not _is_credit(lines[end], folded_authors, days):
            tail.append(lines[end])
    return "\n".join([*head, *lines[begin:end], *reversed(tail)]) if head else text


def _is_credit(line: str, authors: set[str], days: Collection[date]) -> bool:
    return is_byline(line, authors) or is_date(line, days)


def is_byline(line: str, authors: set[str]) -> bool:
    """Return whether `line` consists mainly of names in `authors` (folded names).

    A line that ends with a colon names the next speaker and is not a byline.

    >>> is_byline("By Ann Lee, Kyiv", {"annlee"}), is_byline("Ann Lee, 40, is free", {"annlee"})
    (True, False)
    """
    if line.endswith((":", "：")):
        return False
    names = [folded(name) for name in names_in([line.lstrip("-• ")])]
    return authors.issuperset(names) and sum(map(len, names)) > MIN_NAME_SHARE * len(folded(line))
