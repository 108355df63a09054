"""Reads a phrase: which words describe an actor, and which are its proper name.

A word for a country, office or body inside a longer proper name is a part of this name: Chad
Johnson is not from Chad, and a steak house is no legislature.
"""

import re
from typing import NamedTuple

from newslake.transforms.events.data.name_parts import (
    OWN_NAMES,
    Kind,
    NamePart,
    kind_of,
    runs,
)

# Patterns of the kinds of the parts of a name in capitals.
_ALL_DESCRIBE = re.compile("[^USK]*|(?!.*[NMRC]K)[^US]*")
"""For example `Peruvian Foreign Ministry`, `Russian President Putin`; but not `Chelsea Clinton`."""
_ONLY_PLACES = re.compile("C|[NMRC]{2,}")
"""For example `Jordan Henderson`, since Henderson is a city."""
_TEAM = re.compile("[MRC]T")
"""For example `Ottawa Senators`."""
_NAMED_AFTER = re.compile("(?![AF]).*[NPMRCK][QS]*B")
"""A body with a place in its name: `Ohio State University`."""
_ENDS_IN_ACTOR = re.compile(".*[AF]|.*TQ*K[TB]*")
"""For example `Massachusetts Democrats`, `Even President Putin`."""
_TITLED = re.compile("(.*TQ*)[^TB]*[UNMRC][^TB]*")
"""An office and the name of its holder: `US Senator Ann Lee`."""
_CITIZEN = re.compile("(Q*P)UU+")
"""A people and the name of a person: `Briton Ann Lee`."""
_PARTISAN = re.compile("([^U]*F)UU+")
"""A party and the name of its member: `Republican Ann Lee`."""
_BODY_OF_STATE = re.compile("Q*P[UQ]+B")
"""For example `Ukrainian Azov Brigade`."""
_HOLDER = re.compile("[QNMRC]+(UU+)")
"""What follows an office and `of`: Mayor of `London Ann Lee`."""
_GROUP = re.compile("[UQ]+P")
"""For example `African Americans`."""

_NATIONAL = {"civil_society", "labor"}
"""Sectors whose bodies are of the people in their name: Peruvian Medical Association."""
_LINKS = {"of", "to"}
"""Words between an office and its country, behind which the holder may be named."""


class PhraseReading(NamedTuple):
    """A phrase, read."""

    described: list[NamePart]
    """The parts that describe the actor: country, office, body; in text order."""
    name: str | None
    """The proper name at the end of the phrase, such as that of a person."""
    body: bool
    """Whether the proper name is that of a body or place, not of a person."""


def read(phrase: str) -> PhraseReading:
    """Return the reading of `phrase`.

    >>> read("Peruvian Minister Ann Lee").name
    'Ann Lee'
    >>> [part.text for part in read("Peruvian Minister Ann Lee").described]
    ['Peruvian', 'Minister']
    >>> read("Chad Johnson").described
    []
    """
    described: list[NamePart] = []
    name: list[NamePart] = []
    link = ""
    for run in runs(phrase):
        if run[0].kind is Kind.PLAIN:
            link = run[0].text
            described += run
            name = name if link in _LINKS else []
            continue
        kept, own = _read_run(run)
        if link in _LINKS and (holder := _HOLDER.fullmatch("".join(part.kind for part in own))):
            own = own[holder.start(1) :]
        described += kept if link != "to" else []  # the ambassador to Peru is not from Peru
        name = own or (name if link in _LINKS else [])  # Ann Lee of Nevada
        link = ""
    if len(name) > 1 and kind_of(short := f"{name[0].text} {name[-1].text}") is Kind.ACTOR:
        described, name = [*described, NamePart(Kind.ACTOR, short)], []  # Donald J. Trump
    body = bool(name) and (name[-1].kind in "BSTC" or any(part.text == "of" for part in name))
    return PhraseReading(described, " ".join(part.text for part in name) or None, body)


def _read_run(run: list[NamePart]) -> tuple[list[NamePart], list[NamePart]]:
    """Return the parts of a run that describe, and the parts of the proper name at its end."""
    kinds = "".join(part.kind for part in run)
    texts = [part.text for part in run]
    people = run[:1] if run[0].kind is Kind.PEOPLE else []
    last = run[-1]
    if "of" in texts:  # University of Paris
        head = run[texts.index("of") - 1]
        return people + ([head] if head.kind is Kind.BODY else []), run
    if _ONLY_PLACES.fullmatch(kinds) or (_TEAM.fullmatch(kinds) and last.text.endswith("s")):
        return [], run
    for pattern in (_TITLED, _CITIZEN, _PARTISAN):
        if match := pattern.fullmatch(kinds):
            return _descriptions(run[: match.end(1)]), run[match.end(1) :]
    national = people and (last.sector in _NATIONAL or people[0].text.isupper())
    if _NAMED_AFTER.fullmatch(kinds) and last.sector in OWN_NAMES:
        return (people if national else []) + [last], run
    if _ALL_DESCRIBE.fullmatch(kinds):
        return run, []
    if _ENDS_IN_ACTOR.fullmatch(kinds) or _GROUP.fullmatch(kinds):
        return _descriptions(run), []
    if _BODY_OF_STATE.fullmatch(kinds) and last.sector not in OWN_NAMES:
        return _descriptions(run), []
    if last.kind is Kind.BODY or kinds.endswith("ST"):  # Lebanon County Sheriff
        return (people if national else []) + [last], run
    return people if national else [], run


def _descriptions(run: list[NamePart]) -> list[NamePart]:
    """Return the parts of `run` that are not in a longer name: US, but not Chad in Chad Johnson."""
    after = [*run[1:], None]
    return [
        part
        for part, other in zip(run, after, strict=True)
        if part.kind not in "US" and not (part.kind in "NMRC" and other and other.kind in "US")
    ]
