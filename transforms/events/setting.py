"""When and where an act took place, as its own clause tells it."""

from typing import Any, NamedTuple

from schemas.rows import Place
from transforms.events.arguments import Match
from transforms.events.clauses import SPOKEN, STANCES
from transforms.events.grammar import SUBJECTS, VERBAL, Token, chain, children, objects_of
from transforms.events.lexicon import words
from transforms.events.moments import Moment, moments_in
from transforms.events.parties import is_proper, span
from transforms.events.places import Location, locate


class Where(NamedTuple):
    """Words for a place, and what the tables know of it."""

    start: int
    end: int
    location: Location | None

    def place(self, text: str) -> Place:
        """Return the row's field; `text` is what the offsets are of."""
        words = text[self.start : self.end]
        if self.location is None:
            return Place(words)
        return Place(words, *self.location)


def moment_of(match: Match, spoken: bool, sentence: Any) -> Moment | None:
    """Return the words for the time that hang on the act; for words `spoken`, on the speech."""
    for moment in sorted(moments_in(sentence.text)):
        start = sentence.start_char + moment.start
        token = sentence.doc.char_span(start, start + 1, alignment_mode="expand")
        if token is not None and _governs(match, spoken, token[0]):
            return moment
    return None


def place_of(
    match: Match, type: str, recipients: list[Token], context: frozenset[str]
) -> Where | None:
    """Return where the act took place: in, at, near ...; what an assault hits, if that is a place.

    Of a stance the places in what it is about are left out; of spoken words, all.
    """
    if match.trigger.sense in SPOKEN:
        return None
    near = {token.i: token for token in (match.head, match.clause, *match.parts)}
    nouns = list(near.values())
    if type not in STANCES:
        nouns += recipients
        nouns += [noun for token in near.values() for noun in children(token, "dobj", *SUBJECTS)]
    links = [
        link
        for token in {noun.i: noun for noun in nouns}.values()
        for link in children(token, "prep")
        if link.lower_ in words("where")
    ]
    found = [_where(noun, context) for noun in objects_of(links)]
    found += [_where(noun, context) for noun in recipients if type == "ASSAULT"]
    named = [where for where, noun in found if where.location]
    sites = [where for where, noun in found if _is_site(noun)]
    return next(iter(named + sites), None)


def _where(noun: Token, context: frozenset[str]) -> tuple[Where, Token]:
    start, end = span(noun)
    text: str = noun.doc.text
    location = locate(text[start:end], context) or (
        locate(noun.text, context) if is_proper(noun) else None
    )
    return Where(start, end, location), noun


def _is_site(noun: Token) -> bool:
    """Return whether the noun is a place that no table knows: a market, the Shevchenko district."""
    return noun.lemma_.lower() in words("site") | words("target")


def _governs(match: Match, spoken: bool, token: Token) -> bool:
    """Return whether the nearest verb or act above `token` is the act itself, or tells it."""
    own = {match.head.i, match.clause.i}
    for above in list(chain(token))[1:]:
        if above.i in own:
            return True
        if above.pos_ in VERBAL:
            return spoken and above.lemma_ in words("report")
        if above.pos_ == "NOUN" and above.lower_ not in words("time"):
            return False
    return False
