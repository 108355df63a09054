"""Credits: lines at either end of a text that repeat what its fields hold, by whom it is and when.

A page sets them apart from its story by their place and type alone, which a text has not.
"""

import re
from collections.abc import Collection, Iterable
from datetime import date

from transforms.clean.debris import is_sentence
from transforms.extract.byline import names_in
from transforms.extract.dates import DAY_STATED
from transforms.text import folded

HEAD, TAIL = 3, 2
"""Lines at the beginning and at the end of a text among which its credits stand."""

MAX_BESIDE = 3
"""Words beside a day, such as its weekday and `Updated`; a line of more tells of that day."""

NAMED = 0.45
"""Share of a byline's letters that are its names'; other lines tell of who is named."""

_DAY = re.compile(DAY_STATED, re.IGNORECASE)
_HOUR = re.compile(r"\d\d?[:.h]\d\d(?:[:.]\d\d)?")


def drop_credits(text: str, authors: Iterable[str], days: Collection[date]) -> str:
    r"""Return `text` without the lines at its ends that are bylines of `authors`, or state one of `days`.

    >>> drop_credits("By Ann Lee\nMarch 1, 2024\nTalks go on.", ["Ann Lee"], [date(2024, 3, 1)])
    'Talks go on.'
    """
    lines, known = text.split("\n"), {folded(author) for author in authors}
    while fewer := _without(lines, known, days):
        lines = fewer
    return "\n".join(lines)


def _without(lines: list[str], authors: set[str], days: Collection[date]) -> list[str]:
    """Return `lines` without the credits at their ends; empty if there are none, or nothing else.

    An item of a list at the end is one of several.
    """
    tail = len(lines) - TAIL
    kept = [
        line
        for number, line in enumerate(lines)
        if HEAD <= number < tail
        or (number >= HEAD and line.startswith("- "))
        or not (is_byline(line, authors) or is_date(line, days))
    ]
    return kept if len(kept) < len(lines) else []


def is_byline(line: str, authors: set[str]) -> bool:
    """Return whether `line` names some of `authors`, who are folded, and does little else.

    >>> is_byline("By Ann Lee, Kyiv", {"annlee"}), is_byline("Ann Lee, 40, is free", {"annlee"})
    (True, False)
    """
    names = [folded(name) for name in names_in([line.lstrip("-• ")])]
    return authors.issuperset(names) and sum(map(len, names)) > NAMED * len(folded(line))


def is_date(line: str, days: Collection[date]) -> bool:
    """Return whether `line` states one of `days` and, but for an hour and a few words, nothing else.

    Rows of tables and signatures of posts do not.

    >>> day = date(2024, 3, 1)
    >>> is_date("Published: March 1, 2024, 10:30", [day]), is_date("March 4, 2024", [day])
    (True, False)
    """
    stated = _DAY.search(line)
    if not stated or " | " in line or "@" in line or is_sentence(line):
        return False
    numbers = {int(number) for number in re.findall(r"\d+", stated[0])}
    beside = re.findall(r"\w+", _HOUR.sub(" ", _DAY.sub(" ", line)))
    return len(beside) <= MAX_BESIDE and any({day.day, day.year} <= numbers for day in days)
