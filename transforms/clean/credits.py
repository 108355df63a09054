"""Credits: lines at either end of a text that repeat what its fields hold, by whom it is and when.

A page sets them apart from its story by their place and type alone, which a text has not.
"""

import re
from collections.abc import Iterable

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


def drop_credits(text: str, authors: Iterable[str]) -> str:
    r"""Return `text` without the lines at its ends that are bylines of `authors`, or dates.

    >>> drop_credits("By Ann Lee\nUpdated March 1, 2024\nTalks go on.\nThe end.", ["Ann Lee"])
    'Talks go on.\nThe end.'
    """
    lines, known = text.split("\n"), {folded(author) for author in authors}
    while fewer := _without(lines, known):
        lines = fewer
    return "\n".join(lines)


def _without(lines: list[str], known: set[str]) -> list[str]:
    """Return `lines` without the credits at their ends; empty if there are none, or nothing else."""
    tail = len(lines) - TAIL
    kept = [
        line
        for number, line in enumerate(lines)
        if not (
            number < HEAD or (number >= tail and not line.startswith("- "))
        )  # an item of a list
        or not (is_byline(line, known) or is_date(line))
    ]
    return kept if len(kept) < len(lines) else []


def is_byline(line: str, authors: set[str]) -> bool:
    """Return whether `line` names some of `authors`, who are folded, and does little else.

    >>> is_byline("By Ann Lee, Kyiv", {"annlee"}), is_byline("Ann Lee, 40, is free", {"annlee"})
    (True, False)
    """
    names = [folded(name) for name in names_in([line.lstrip("-• ")])]
    return authors.issuperset(names) and sum(map(len, names)) > NAMED * len(folded(line))


def is_date(line: str) -> bool:
    """Return whether `line` states a day and, but for an hour and a few words, nothing else.

    Rows of tables and signatures of posts do not.

    >>> is_date("Published: March 1, 2024, 10:30"), is_date("On March 1, 2024 both sides met")
    (True, False)
    """
    if " | " in line or "@" in line or is_sentence(line):
        return False
    rest, days = _DAY.subn(" ", line)
    words = re.findall(r"\w+", _HOUR.sub(" ", rest))
    return bool(days) and len(words) <= MAX_BESIDE
