"""Entity linking: links the parties of an event to known actors."""

import re
from typing import NamedTuple

from newslake.schemas.rows import Actor
from newslake.transforms.events.data.actors import Identity, identify
from newslake.transforms.events.data.data_files import countries
from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.data.name_parts import kind_of
from newslake.transforms.events.data.places import is_country, locate, rank
from newslake.transforms.events.parse.grammar import NAMES
from newslake.transforms.events.parse.tokens import Doc, Token, TokenSpan
from newslake.transforms.events.rules.parties import DocumentContext, name_of
from newslake.transforms.events.slots.place_names import location_by_outer, location_of
from newslake.transforms.events.slots.pronouns import antecedent

_HONORIFIC = re.compile(r"^(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Lord|Lady)\.? ")

LEAD_CHARACTERS = 300
"""Length of the lead in characters. A sentence that starts before this offset is in the lead."""

STATE = {"government", "military"}
"""Sectors whose actors represent their country."""


class ParsedPassage(NamedTuple):
    """A passage of an article's text with its parse."""

    start: int
    """Offset of the passage in `Article.text`."""
    text: str
    """The text of the passage; `doc.text` is slower, since spaCy rebuilds it on each access."""
    doc: Doc
    """The parse of the passage, a `spacy.tokens.Doc`."""

    def is_lead(self, sentence: TokenSpan) -> bool:
        """Return whether `sentence` is in the lead of the article."""
        return self.start + sentence.start_char < LEAD_CHARACTERS


def party_of(
    passage: ParsedPassage,
    token: Token,
    context: DocumentContext,
    year: int | None,
    is_target: bool = False,
) -> Actor:
    """Return the party whose phrase has the head `token`.

    Args:
        passage: The passage of the token.
        token: The head of the phrase.
        context: The article's context, with the full names and titles of officials.
        year: The year for which offices are looked up; None if unknown.
        is_target: Whether the party is attacked. If so, a city is a place, not a government.
    """
    phrase = name_of(token)
    start, end = phrase.start_char, phrase.end_char
    text = passage.text[start:end]
    place = location_of(token, context.nearby) if is_target else None
    if place and not is_country(place):
        known = Identity(place.name, place.country)
    elif token.dep_ in {"amod", "compound"} and token.head.lemma_.lower() in words("shop"):
        known = Identity()  # an Irish pub is not Ireland
    else:
        last = _HONORIFIC.sub("", _as_within(text, phrase[0]))
        full = antecedent(token) or context.officials.get(last) or last
        known = _moved(identify(full, year, context.nearby), token, phrase, text, context)
    return Actor(text, passage.start + start, passage.start + end, *known)


def _moved(
    known: Identity, token: Token, phrase: TokenSpan, text: str, context: DocumentContext
) -> Identity:
    """Return `known` in the state that the words after the phrase give: mayor of Paris, Texas."""
    last = phrase[len(phrase) - 1]
    name = text if last.i == token.i else last.text
    if not (last.text[0].isupper() and locate(name)):
        return known
    place = location_by_outer(last, name, context.nearby)
    if place is None or is_country(place):
        return known
    land = countries()[known.country].names[0] if known.country else None
    usual = place.name if known.name in {land, None} else known.name
    return Identity(usual, place.country, None if last.i == token.i else known.sector)


def _as_within(text: str, first: Token) -> str:
    """Return the phrase `text` as within a sentence: `angry Peruvians`, not `Angry Peruvians`."""
    opens = first.i == first.sent.start and first.tag_ not in NAMES
    parts = text.split(" ")
    known = any(kind_of(" ".join(parts[:end])) for end in (1, 2, 3))  # North Korean officials
    return text[:1].lower() + text[1:] if opens and not known else text


def key_of(party: Actor, country: str | None) -> str | None:
    """Return a key that is the same for all names of a party; None if too little is known.

    The key of a government or army is its country, or its region: Texas is not the USA. If a party
    has a sector but no country (a crowd), the party gets `country`, the country of the event place.
    """
    regional = party.name is not None and rank(party.name) == 1
    if party.country and party.sector in STATE and not regional:
        return party.country
    land = party.country or country
    if party.name and (party.country is None or party.name != countries()[party.country].names[0]):
        return party.name
    return f"{land} {party.sector}" if land and party.sector else None
