"""When and where an act took place, as its own clause tells it."""

from collections.abc import Iterator
from typing import Any, NamedTuple

from schemas.rows import Place
from transforms.events.arguments import Match
from transforms.events.grammar import (
    SUBJECTS,
    VERBAL,
    Token,
    auxiliaries,
    chain,
    children,
    is_after_date,
    objects_of,
)
from transforms.events.lexicon import SPOKEN, STANCES, triggers, words
from transforms.events.moments import Moment, moments_in
from transforms.events.parties import is_proper, span
from transforms.events.places import Location, is_country, locate
from transforms.events.status import is_ahead

_OF_A_NOUN = {"poss", "compound", "nmod", "amod"}
"""Labels by which a time hangs on what has it: in `Monday’s attack` it is not that of the sentence."""


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
    for moment, head in _times(sentence):
        if _governs(match, spoken, moment, head):
            return moment
    return None


def is_of_the_day(match: Match, sentence: Any) -> bool:
    """Return whether the act is plainly the day's news, if the sentence is the lead.

    That is what a main clause tells, in no past perfect, of a sentence that names no other time.
    """
    if not all(head.dep_ in _OF_A_NOUN or _is_aside(head) for _, head in _times(sentence)):
        return False
    if any(word.lower_ == "had" for word in auxiliaries(match.clause)):
        return False
    for token in chain(match.head):
        marks = {mark.lower_ for mark in children(token, "mark", "advmod")}
        if token.dep_ == "advcl" and marks & words("apart"):
            return False
        if token.dep_ == "prep" and token.lower_ in words("apart"):
            return False
    return not _is_aside(match.head)


def _is_aside(token: Token) -> bool:
    """Return whether `token` stands in a clause that tells more of a noun: the move announced on Monday."""
    return any(above.dep_ in {"relcl", "acl"} for above in chain(token))


def _times(sentence: Any) -> Iterator[tuple[Moment, Token]]:
    """Yield the words for times in the sentence, in order, each with the word that heads them."""
    for moment in sorted(moments_in(sentence.text)):
        start = sentence.start_char
        span = sentence.doc.char_span(
            start + moment.start, start + moment.end, alignment_mode="expand"
        )
        if span is not None:
            yield moment, span.root


def place_of(
    match: Match, type: str, recipients: list[Token], context: frozenset[str]
) -> Where | None:
    """Return where the act took place: in, at, near ...; what is hit or visited, if that is a place.

    Of a stance the places in what it is about are left out; of spoken words, all.
    """
    if match.trigger.sense in SPOKEN:
        return None
    near = {token.i: token for token in (match.head, match.clause, *match.parts)}
    nouns = list(near.values())
    visited = children(match.clause, "dobj") if match.head.lemma_ == "visit" else []
    if type not in STANCES:
        nouns += recipients
        nouns += [noun for token in near.values() for noun in children(token, "dobj", *SUBJECTS)]
    links = [
        link
        for token in {noun.i: noun for noun in nouns}.values()
        for link in children(token, "prep")
        if link.lower_ in words("where")
    ]
    links += [
        link
        for verb in chain(match.clause)
        for link in children(verb, "prep")
        if link.lower_ in words("where") and _is_fronted(link, verb, match.clause)
    ]
    found = [_where(noun, context) for noun in objects_of(links) if not is_after_date(noun)]
    found += [_where(noun, context) for noun in visited]
    found += [_where(noun, context) for noun in recipients if type == "ASSAULT"]
    named = [where for where, noun in found if where.location]
    sites = [where for where, noun in found if _is_site(noun)]
    return next(iter(named + sites), None)


def _where(noun: Token, context: frozenset[str]) -> tuple[Where, Token]:
    start, end = span(noun)
    text: str = noun.doc.text
    context = frozenset(_countries(children(noun, "appos"))) or context
    location = locate(text[start:end], context) or (
        locate(noun.text, context) if is_proper(noun) else None
    )
    return Where(start, end, location), noun


def _countries(named: list[Token]) -> Iterator[str]:
    """Yield the codes of the countries that a place is told to lie in: Springfield, Peru."""
    for name in named:
        country = locate(name.text)
        if country and country.country and is_country(country):
            yield country.country


def _is_site(noun: Token) -> bool:
    """Return whether the noun is a place that no table knows: a market, the Shevchenko district."""
    return noun.lemma_.lower() in words("site") | words("target")


def _governs(match: Match, spoken: bool, moment: Moment, token: Token) -> bool:
    """Return whether the words for a time, headed by `token`, hang on the act or on who tells it.

    What is said of an act to come dates that, not what is said.
    """
    own = set() if spoken and is_ahead(match.clause) else {match.head.i, match.clause.i}
    if match.clause.dep_ == "advcl" and match.clause.tag_ == "VBG":  # blasted Peru, warning Chile
        own.add(match.clause.head.i)
    below = token
    for above in list(chain(token))[1:]:
        if above.i in own or _is_fronted(below, above, match.clause):
            return True
        if above.pos_ in VERBAL and spoken and above.lemma_ in words("report"):
            return True
        if above.lemma_ in words("decision") and match.clause.head.i == above.i:
            return True
        if not _is_undated(above, below, moment):
            return False
        below = above
    return False


def _is_undated(word: Token, below: Token, moment: Moment) -> bool:
    """Return whether a time that hangs on `word` by `below` can only date what `word` hangs on.

    A statement published on Sunday is made on Sunday; a day told after some object is most often that
    of its verb; during his March 3 address is on March 3. An attack has a date of its own.
    """
    if word.pos_ in VERBAL:
        return word.dep_ == "acl" and word.head.lemma_ in words("document")
    if word.pos_ != "NOUN" or word.lower_ in words("time"):
        return True
    if below.dep_ in {"compound", "nmod", "nummod"}:
        return word.head.lower_ in words("meanwhile")
    if word.lemma_ in words("document"):
        return True
    return moment.is_day and below.dep_ != "poss" and word.lemma_ not in triggers()


def _is_fronted(phrase: Token, verb: Token, clause: Token) -> bool:
    """Return whether `phrase` opens a sentence whose first verb `clause` is joined to: they share it."""
    joined = clause.dep_ == "conj" and any(above.i == verb.i for above in chain(clause))
    own = children(verb, *SUBJECTS)
    return joined and bool(own) and phrase.i < own[0].i and phrase.head.i == verb.i
