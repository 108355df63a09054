"""Entity linking: links the parties of an event to known actors."""

import re
from typing import NamedTuple

from newslake.schemas.rows import Actor
from newslake.transforms.events.data.actors import Identity, identify
from newslake.transforms.events.data.data_files import countries
from newslake.transforms.events.data.places import is_country, locate
from newslake.transforms.events.parse.tokens import Doc, Token, TokenSpan
from newslake.transforms.events.rules.parties import DocumentContext, span
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
    start, end = span(token)
    text = passage.text[start:end]
    location = locate(text, context.countries) if is_target else None
    if location and not is_country(location):
        known = Identity(location.name, location.country)
    else:
        last = _HONORIFIC.sub("", text)
        known = identify(antecedent(token) or context.officials.get(last) or last, year)
    return Actor(text, passage.start + start, passage.start + end, *known)


def key_of(party: Actor, country: str | None) -> str | None:
    """Return a key that is the same for all names of a party; None if too little is known.

    The key of a government or army is its country. If a party has a sector but no country (a
    crowd), the party gets `country`, the country of the event place.
    """
    if party.country and party.sector in STATE:
        return party.country
    land = party.country or country
    if party.name and (party.country is None or party.name != countries()[party.country].names[0]):
        return party.name
    return f"{land} {party.sector}" if land and party.sector else None
