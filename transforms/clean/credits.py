"""Credits: lines at either end of a text that repeat what its fields hold, by whom it is and when.

A page sets them apart from its story by their place and type alone, which a text has not.
"""

from collections.abc import Collection, Iterable
from datetime import date

from newslake.transforms.clean.day_lines import is_date
from newslake.transforms.extract.fields.byline import names_in
from newslake.transforms.text import folded

HEAD, TAIL = 3, 2
"""Lines at the beginning and at the end of a text among which its credits stand."""

NAMED = 0.45
"""Share of a byline's letters that are its names'; other lines tell of who is named."""


def drop_credits(text: str, authors: Iterable[str], days: Collection[date]) -> str:
    r"""Return `text` without the lines at its ends that are bylines of `authors`, or state one of `days`.

    A text of nothing else is left as it is.

    >>> drop_credits("By Ann Lee\nMarch 1, 2024\nTalks go on.", ["Ann Lee"], [date(2024, 3, 1)])
    'Talks go on.'
    """
    lines, known = text.split("\n"), {folded(author) for author in authors}
    head: list[str] = []
    tail: list[str] = []
    begin, end = 0, len(lines)
    while begin < end and len(head) < HEAD:
        if not _is_credit(lines[begin], known, days):
            head.append(lines[begin])
        begin += 1
    while begin < end and len(tail) < TAIL:
        end -= 1
        # An item of a list at the end is one of several.
        if lines[end].startswith("- ") or not _is_credit(lines[end], known, days):
            tail.append(lines[end])
    return "\n".join([*head, *lines[begin:end], *reversed(tail)]) if head else text


def _is_credit(line: str, authors: set[str], days: Collection[date]) -> bool:
    return is_byline(line, authors) or is_date(line, days)


def is_byline(line: str, authors: set[str]) -> bool:
    """Return whether `line` names some of `authors`, who are folded, and does little else.

    Before a colon, it is who speaks next.

    >>> is_byline("By Ann Lee, Kyiv", {"annlee"}), is_byline("Ann Lee, 40, is free", {"annlee"})
    (True, False)
    """
    if line.endswith((":", "：")):
        return False
    names = [folded(name) for name in names_in([line.lstrip("-• ")])]
    return authors.issuperset(names) and sum(map(len, names)) > NAMED * len(folded(line))
