"""Finds the numbers of victims of an event. Victims of other events are excluded."""

from collections.abc import Iterable

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.expressions.casualties import UNKNOWN, Range, Toll
from newslake.transforms.events.parse.grammar import (
    SUBJECTS,
    agents,
    chain,
    children,
    is_passive,
    patients,
)
from newslake.transforms.events.parse.tokens import Token, TokenSpan
from newslake.transforms.events.rules.arguments import Match
from newslake.transforms.events.rules.parties import is_party


def victims_of(match: Match, tolls: Iterable[Toll], sentence: TokenSpan) -> Range:
    """Return the first of the sentence's `tolls` that belongs to the event. Default: `UNKNOWN`.

    If there are other victims without a number, the toll is `UNKNOWN` too.
    """
    for toll in tolls:
        at = sentence.start_char + toll.at
        word = sentence.doc.char_span(at, at + 1, alignment_mode="expand")
        if word is not None and not _is_apart(word[0], match):
            return UNKNOWN if _has_others(word[0], toll, sentence) else toll.persons
    return UNKNOWN


def _has_others(word: Token, toll: Toll, sentence: TokenSpan) -> bool:
    """Return whether the verb `word` has victims besides those of `toll`: `Ann Lee and two guards`."""
    named = [victim for victim in patients(word) if victim.dep_ != "pobj"]  # no examples
    places = [victim.idx - sentence.start_char for victim in named]
    counted = [toll.start <= place < toll.end for place in places]
    return any(counted) and not all(counted)


def _is_apart(word: Token, match: Match) -> bool:
    """Return whether `word` belongs to another event, as in `after Peru had killed ten`."""
    own = {token.i for token in chain(match.head)}
    for token in chain(word):
        if token.i in own:
            return False
        if token.dep_ == "relcl" and not _is_the_event(token.head, match):
            return True
        if token.dep_ == "conj" and children(token, *SUBJECTS) and _has_agent(word):
            return True
        link = token.head if token.dep_ == "pcomp" else token
        marks = {link.lower_} | {mark.lower_ for mark in children(token, "mark")}
        if token.dep_ in {"advcl", "pcomp", "prep"} and marks & words("apart"):
            return True
    return False


def _has_agent(word: Token) -> bool:
    """Return whether `word` is a verb with an object and an agent (but no weapon or attack).

    In `one was killed and two others wounded`, the two others are not agents.
    """
    if word.pos_ != "VERB" or is_passive(word) or not children(word, "dobj"):
        return False
    return any(is_party(agent) and agent.lemma_ not in words("weapon") for agent in agents(word))


def _is_the_event(noun: Token, match: Match) -> bool:
    """Return whether a noun like `attack` is the event, or subject or object of its verb."""
    if noun.lemma_ not in words("weapon"):
        return False
    own = {match.clause.i, match.head.i, *(part.i for part in match.parts)}
    is_prepositional = noun.dep_ == "pobj" and noun.head.lower_ in {"in", "with"}
    link = noun.head if is_prepositional else noun
    placed = is_prepositional or noun.dep_ in SUBJECTS | {"dobj"}
    return noun.i in own or (placed and link.head.i in own)
