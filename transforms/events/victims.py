"""How many an act killed and injured: the numbers of its sentence that are not of another act."""

from collections.abc import Iterable
from typing import Any

from transforms.events.arguments import Match
from transforms.events.casualties import UNKNOWN, Range, Toll
from transforms.events.grammar import Token, chain, children
from transforms.events.lexicon import words


def victims_of(match: Match, tolls: Iterable[Toll], sentence: Any) -> Range:
    """Return the first of the `tolls` of `sentence` that is the act's; unknown if none is."""
    for toll in tolls:
        at = sentence.start_char + toll.at
        deed = sentence.doc.char_span(at, at + 1, alignment_mode="expand")
        if deed is not None and not _is_apart(deed[0], match):
            return toll.persons
    return UNKNOWN


def _is_apart(deed: Token, match: Match) -> bool:
    """Return whether `deed` is told of another time or as background: after Peru had killed ten."""
    act = {token.i for token in chain(match.head)}
    for token in chain(deed):
        if token.i in act:
            return False
        if token.dep_ == "relcl" and token.head.lemma_ not in words("weapon"):
            return True
        link = token.head if token.dep_ == "pcomp" else token
        marks = {link.lower_} | {mark.lower_ for mark in children(token, "mark")}
        if token.dep_ in {"advcl", "pcomp", "prep"} and marks & words("apart"):
            return True
    return False
