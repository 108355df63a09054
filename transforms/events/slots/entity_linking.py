"""Parties as rows: the words of the text, and who they are."""

import re
from typing import Any, NamedTuple

from newslake.schemas.rows import Actor
from newslake.transforms.events.data.actors import Identity, identify
from newslake.transforms.events.data.places import is_country, locate
from newslake.transforms.events.data.tsv import countries
from newslake.transforms.events.parse.grammar import Token
from newslake.transforms.events.rules.parties import Scene, span
from newslake.transforms.events.slots.pronouns import antecedent

_HONORIFIC = re.compile(r"^(?:Mr|Mrs|Ms|Miss|Dr|Sir|Dame|Lord|Lady)\.? ")

LEAD_CHARACTERS = 300
"""A sentence that begins before is the lead, which tells the news of the day."""


STATE = {"government", "military"}
"""Sectors that act for their country."""


class Parsed(NamedTuple):
    """A stretch of an article's text with its parse."""

    start: int
    """Where the stretch begins in `Article.text`."""
    text: str
    """Its characters."""
    doc: Any
    """Its `spacy.tokens.Doc`, whose own `text` is put together anew whenever it is asked for."""

    def is_lead(self, sentence: Any) -> bool:
        """Return whether `sentence` stands at the beginning of the article."""
        return self.start + sentence.start_char < LEAD_CHARACTERS


def party_of(
    stretch: Parsed, token: Token, scene: Scene, year: int | None, hit: bool = False
) -> Actor:
    """Return the party that `token` is the head of.

    Args:
        stretch: What the token is of.
        token: The head of the phrase.
        scene: Tells the full name and title of who is called by the last name alone.
        year: In which offices and powers are looked up; None if unknown.
        hit: Whether it is under attack: a city is then a place, not a government.
    """
    start, end = span(token)
    text = stretch.text[start:end]
    where = locate(text, scene.countries) if hit else None
    if where and not is_country(where):
        known = Identity(where.name, where.country)
    else:
        last = _HONORIFIC.sub("", text)
        known = identify(antecedent(token) or scene.officials.get(last) or last, year)
    return Actor(text, stretch.start + start, stretch.start + end, *known)


def key_of(party: Actor, country: str | None) -> str | None:
    """Return what mentions of one party have in common, however it is called; None if too little.

    Who governs or fights for a country is that country; a crowd without a country is one of the
    `country` where the act took place.
    """
    if party.country and party.sector in STATE:
        return party.country
    land = party.country or country
    if party.name and (party.country is None or party.name != countries()[party.country].names[0]):
        return party.name
    return f"{land} {party.sector}" if land and party.sector else None
