"""Finds the state or country in which a place is, in the words after its name: Paris, Texas."""

import re
from typing import NamedTuple

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.data.places import is_whole
from newslake.transforms.events.parse.grammar import SUBJECTS
from newslake.transforms.events.parse.tokens import Token

_WORD = r"[A-Z][\w.-]*"
_OUTER = re.compile(
    r"(?P<link>,\s(?:in\s)?(?:(?:an?|the)\s(?:[A-Z][a-z]+\s)?[^,.;:A-Z]*\b(?P<kind>\w+)\s(?:in|of|on|near)\s)?(?:the\s)?"
    r"(?:(?:north|south|east|west|central|upstate|occupied)[a-z-]*\s)?|\s\(|\sin\s(?:[a-z]+\s){0,2})"
    rf"(?P<name>{_WORD}(?:\s(?:(?:of|and)\s)?{_WORD})*)(?P<own>[’']s)?"
)
"""What follows the name of a place: `, Texas`, ` (Texas)`, ` in northern Texas`, `, a town in Texas`."""
_NEXT = re.compile(r",\s(?:(?:and|or)\s)?[A-Z]")
_ITEMS = {"conj", "poss", "compound"}
"""Labels of a state or country that may be a second place, or belong to the next words."""
_AHEAD = 12
"""Number of tokens after the name of a place in which its state or country is searched."""


class Outer(NamedTuple):
    """What a text says about where a place is."""

    name: str
    """A state or country."""
    unsure: bool
    """Whether it only says where the place is if the tables know this place."""
    goes_on: bool = False
    """Whether more names follow, as in `Delaware, Ohio, Maine and Texas`."""


def outer_after(noun: Token) -> Outer | None:
    """Return the state or country that the words after the name of a place say it is in.

    None if they name none: `In Oslo, Peru praised Chile` does not say that Oslo is in Peru.
    """
    rest = noun.doc[noun.i : noun.i + _AHEAD].text[len(noun.text) :]
    position = 0
    while match := _OUTER.match(rest, position):
        name, link, kind = match["name"], match["link"], match["kind"]
        if kind and not (kind in words("site") or kind in words("target")):
            return None
        forms = (name, name.removesuffix("."), name.split(" ")[0])
        outer = next(filter(is_whole, forms), None)
        if match["own"]:  # in Russia’s Tatarstan region
            return Outer(name, False) if outer == name and "in " in link else None
        if outer is None:
            if not link.startswith(","):
                return None
            position = match.end()  # Springfield, Greene County, Missouri
            continue
        after = name[len(outer) :].strip(" .").split(" ")[0].lower()
        following = rest[match.start("name") + len(outer) :]
        if (after and after not in words("date")) or following.startswith("-"):
            return None
        closed = not following.strip(" ") or following.lstrip(" .")[:1] in {"", ",", ")", ";"}
        role = _role_of(noun, outer)
        if not closed and (role in SUBJECTS or link.endswith("the ")):
            return None
        unsure = link.startswith(" in") or (not closed and role in _ITEMS)
        return Outer(outer, unsure, bool(_NEXT.match(following)))
    return None


def _role_of(noun: Token, outer: str) -> str:
    """Return the label of the last word of `outer` in the parse, behind `noun`."""
    last = outer.split(" ")[-1].rstrip(".")
    ahead = noun.doc[noun.i + 1 : noun.i + _AHEAD]
    return next((token.dep_ for token in ahead if token.text.rstrip(".") == last), "")
