"""How many an act killed and injured: the numbers of its sentence that are not of another act."""

from collections.abc import Iterable
from typing import Any

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.casualties import UNKNOWN, Range, Toll
from newslake.transforms.events.parse.grammar import (
    SUBJECTS,
    Token,
    agents,
    chain,
    children,
    is_passive,
)
from newslake.transforms.events.rules.arguments import Match
from newslake.transforms.events.rules.parties import is_party


def victims_of(match: Match, tolls: Iterable[Toll], sentence: Any) -> Range:
    """Return the first of the `tolls` of `sentence` that is the act's; unknown if none is."""
    for toll in tolls:
        at = sentence.start_char + toll.at
        deed = sentence.doc.char_span(at, at + 1, alignment_mode="expand")
        if deed is not None and not _is_apart(deed[0], match):
            return toll.persons
    return UNKNOWN


def _is_apart(deed: Token, match: Match) -> bool:
    """Return whether `deed` is of another act: after Peru had killed ten, and rebels killed ten."""
    act = {token.i for token in chain(match.head)}
    for token in chain(deed):
        if token.i in act:
            return False
        if token.dep_ == "relcl" and not _is_the_act(token.head, match):
            return True
        if token.dep_ == "conj" and children(token, *SUBJECTS) and _has_doer(deed):
            return True
        link = token.head if token.dep_ == "pcomp" else token
        marks = {link.lower_} | {mark.lower_ for mark in children(token, "mark")}
        if token.dep_ in {"advcl", "pcomp", "prep"} and marks & words("apart"):
            return True
    return False


def _has_doer(deed: Token) -> bool:
    """Return whether it is told who did the deed to whom, other than by a weapon or an attack.

    In `one was killed and two others wounded` the two are no doers.
    """
    if deed.pos_ != "VERB" or is_passive(deed) or not children(deed, "dobj"):
        return False
    return any(is_party(doer) and doer.lemma_ not in words("weapon") for doer in agents(deed))


def _is_the_act(noun: Token, match: Match) -> bool:
    """Return whether a noun such as `attack` is what the act is told by, its subject or its object."""
    if noun.lemma_ not in words("weapon"):
        return False
    own = {match.clause.i, match.head.i, *(part.i for part in match.parts)}
    told_in = noun.dep_ == "pobj" and noun.head.lower_ in {"in", "with"}
    link = noun.head if told_in else noun
    placed = told_in or noun.dep_ in SUBJECTS | {"dobj"}
    return noun.i in own or (placed and link.head.i in own)
