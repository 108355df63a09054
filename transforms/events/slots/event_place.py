"""Finds the event place in the clause of the event."""

from collections.abc import Iterable, Iterator
from typing import NamedTuple

from newslake.schemas.ontology import EventType
from newslake.schemas.rows import Place
from newslake.transforms.events.data.lexicon import SPOKEN, words
from newslake.transforms.events.data.place_table import Location
from newslake.transforms.events.data.places import Nearby, kind_of
from newslake.transforms.events.parse.grammar import (
    SUBJECTS,
    chain,
    children,
    distinct,
    is_after_date,
    is_fronted,
    objects_of,
)
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.rules.arguments import Match
from newslake.transforms.events.rules.parties import name_of
from newslake.transforms.events.slots.place_names import is_site, location_of


class EventPlace(NamedTuple):
    """The offsets in the passage of the words for a place, and the place's entry in the tables."""

    start: int
    end: int
    location: Location | None
    is_site: bool
    """Whether the words name a building, a road, a base or the like."""

    def place(self, text: str) -> Place:
        """Return the place as a field of the mention; `text` is the passage's text."""
        return Place(text[self.start : self.end], *(self.location or ()))

    @property
    def precision(self) -> str | None:
        """What the place is: site, city, region or country; None if it is unknown."""
        return "site" if self.is_site else kind_of(self.location) if self.location else None


def place_of(
    match: Match,
    event_type: EventType,
    actors: list[Token],
    recipients: list[Token],
    nearby: Nearby,
) -> EventPlace | None:
    """Return the event place: the object of a preposition (in, at, ...), an attack or a visit.

    A place in the tables is preferred to an unknown place. For a stance, places in its content are
    ignored. For a spoken event, only the place of the speech counts, and only if it is known.
    """
    if match.trigger.sense in SPOKEN:
        verbs = [verb for verb in chain(match.clause) if verb.lemma_ in words("report")]
        return _first(_within(_links(verbs)), nearby)
    near = distinct([match.head, match.clause, *match.parts])
    nouns = list(near)
    if not event_type.stance:
        nouns += actors + recipients
        nouns += [noun for token in near for noun in children(token, "dobj", *SUBJECTS)]
        nouns += [part for noun in nouns[len(near) :] for part in objects_of(_of(noun))]
    links = _links(distinct(nouns)) + _links(_circumstances(near))
    links += [
        link
        for verb in chain(match.clause)
        for link in children(verb, "prep")
        if link.lower_ in words("where") and is_fronted(link, verb, match.clause)
    ]
    places = list(_within(links))
    if match.head.lemma_ in words("travel"):
        places += objects_of(link for token in near for link in _deep(token) if link.lower_ == "to")
    if match.head.lemma_ == "visit":
        places += children(match.clause, "dobj")
    if event_type.hits_places:
        places += recipients
    named = _first(places, nearby)
    sites = (_where(noun, nearby) for noun in places if is_site(noun))
    return named or next(sites, None)


def _first(places: Iterable[Token], nearby: Nearby) -> EventPlace | None:
    """Return the first of `places` that is in the tables."""
    found = (_where(noun, nearby) for noun in places if not is_after_date(noun))
    return next((place for place in found if place.location), None)


def _links(tokens: Iterable[Token]) -> list[Token]:
    """Return prepositions of place that depend on `tokens`, directly or through a preposition."""
    links = [link for token in tokens for link in children(token, "prep")]
    links += [inner for link in links for inner in children(link, "prep")]
    return [link for link in links if link.lower_ in words("where")]


def _within(links: Iterable[Token]) -> Iterator[Token]:
    """Yield each object of `links` and the places that contain it: `at a hotel in Oslo`."""
    for noun in objects_of(links):
        yield noun
        yield from _within(_links([noun]))


def _circumstances(verbs: list[Token]) -> list[Token]:
    """Return nouns after `during`, `amid`, `from`. The places of these nouns are event places."""
    links = [link for verb in verbs for link in children(verb, "prep")]
    return objects_of(link for link in links if link.lower_ in {"during", "amid", "from"})


def _deep(token: Token) -> list[Token]:
    """Return the prepositions of `token` and of its adverbs, such as `to` in `welcomed back to`."""
    near = (token, *children(token, "advmod"))
    return [link for word in near for link in children(word, "prep", "dative")]


def _of(noun: Token) -> list[Token]:
    return [link for link in children(noun, "prep") if link.lower_ == "of"]


def _where(noun: Token, nearby: Nearby) -> EventPlace:
    name = name_of(noun)
    site = (is_site(noun) or noun.lower_ in words("town_site")) and (
        noun.lemma_.lower() not in words("area")
    )
    return EventPlace(name.start_char, name.end_char, location_of(noun, nearby), site)
