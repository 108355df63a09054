"""Decides by weights which candidates are events, and their type, status and parties."""

from collections.abc import Sequence
from typing import NamedTuple

from newslake.transforms.events.decision.candidates import EventCandidate, EventReading, Sentence
from newslake.transforms.events.decision.event_features import EVENT
from newslake.transforms.events.decision.party_features import PARTY, Party, possible_parties
from newslake.transforms.events.decision.status_features import STATUS
from newslake.transforms.events.decision.weights import CLASSES, ONE, Weights, probability, shares
from newslake.transforms.events.parse.grammar import chain
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.rules.assertion import is_asserted

LOOK = ("lemma", "tag", "governor", "below", "near", "encoded")
"""The features of the first look. They cost little and rule out most candidates."""

REST = tuple(name for name in EVENT.by_name if name not in LOOK)
"""All other features of a candidate."""

MAX_CANDIDATES = 40
"""Maximum number of candidates of a sentence. A sentence with more is skipped, because the time grows
with the square of this number. None of the labelled sentences has more."""


class Event(NamedTuple):
    """A candidate that is an event."""

    reading: EventReading
    of_type: int
    """Estimated probability that the type is right, in parts of `ONE`."""
    status: str
    estimate: int
    """Estimated probability that type and status are right, in parts of `ONE`."""

    @property
    def place(self) -> int:
        """The index of the word."""
        return self.reading.candidate.token.i

    def repeats(self, other: "Event") -> bool:
        """Return whether both tell of one act: `launched` and `strikes` in `launched strikes`.

        Either the phrase of one contains the word of the other, or they have the same type and the
        word of one depends on the word of the other.
        """
        return any(
            two.place in {part.i for part in one.reading.match.parts}
            or (one.reading.type == two.reading.type and one.is_above(two))
            for one, two in ((self, other), (other, self))
        )

    def is_above(self, other: "Event") -> bool:
        """Return whether the word of `other` depends on the word of this event."""
        return any(token.i == self.place for token in chain(other.reading.candidate.token))


def events_in(sentence: Sentence, weights: Weights) -> list[Event]:
    """Return the events in a sentence, in text order."""
    return chosen(sentence.candidates(weights.heads), weights)


def chosen(candidates: Sequence[EventCandidate], weights: Weights) -> list[Event]:
    """Return the events among the candidates of a sentence, in their order.

    Of two events that tell of one act, only the surer one is returned.
    """
    if len(candidates) > MAX_CANDIDATES:
        return []
    found = [event for one in candidates if (event := _event(one, weights))]
    kept: list[Event] = []
    for event in sorted(found, key=lambda one: (-one.estimate, one.place)):
        if not any(event.repeats(other) for other in kept):
            kept.append(event)
    return sorted(kept, key=lambda one: one.place)


def parties_in(
    reading: EventReading, weights: Weights, parties: Sequence[Party] | None = None
) -> tuple[list[Token], list[Token]]:
    """Return the actors and the recipients. A party of both is what it is more surely.

    Args:
        reading: The event.
        weights: The weights.
        parties: The possible parties; if None, all of the sentence.
    """
    if parties is None:
        span = reading.candidate.sentence.span
        parties = [Party(token, reading) for token in possible_parties(span)]
    tokens = [one.token for one in parties]
    features = [PARTY.of(one) for one in parties]
    sums = {role: [weights.sum(role, one) for one in features] for role in ("actor", "recipient")}
    actors, recipients = (_chosen(sums[role], weights, role) for role in sums)
    return (
        [
            tokens[at]
            for at in actors
            if at not in recipients or sums["actor"][at] >= sums["recipient"][at]
        ],
        [
            tokens[at]
            for at in recipients
            if at not in actors or sums["recipient"][at] > sums["actor"][at]
        ],
    )


def _event(candidate: EventCandidate, weights: Weights) -> Event | None:
    """Return the candidate as an event of the most probable type; None if it is improbable."""
    if new := _new_type(candidate, weights):
        return Event(candidate.reading(new), ONE // 2, "asserted", ONE // 2)
    examined = examine(candidate, weights)
    if examined is None or examined[1] < weights.limits["event"]:
        return None
    features, of_event = examined
    type, share = _surest("type", features, weights)
    of_type = of_event * share // ONE
    if of_type < weights.limits["event"]:
        return None
    reading = candidate.reading(type)
    status, share = _surest("status", STATUS.of(reading), weights)
    return Event(reading, of_type, status, of_type * share // ONE)


def examine(candidate: EventCandidate, weights: Weights) -> tuple[list[str], int] | None:
    """Return the features of the candidate, and the probability that it is an event, in parts of `ONE`.

    The result is None if the first look rules the candidate out.
    """
    looked = EVENT.of(candidate, LOOK)
    if weights.sum("look", looked) < weights.limits["look"]:
        return None
    features = looked + EVENT.of(candidate, REST)
    return features, probability(weights.sum("event", features))


def _new_type(candidate: EventCandidate, weights: Weights) -> str | None:
    """Return the type by the rules alone, if it has no weights."""
    if weights.has_all_types:
        return None
    type = candidate.match.trigger.type
    holds = [] in candidate.failing and is_asserted(candidate.match) and candidate.has_parties
    return type if holds and not weights.has_type(type) else None


def _surest(decision: str, features: Sequence[str], weights: Weights) -> tuple[str, int]:
    """Return the class with the largest sum (of equal sums, the first) and its probability."""
    sums = weights.sums(decision, features)
    number = sums.index(max(sums))
    return CLASSES[decision][number], shares(sums)[number]


def _chosen(sums: list[int], weights: Weights, role: str) -> list[int]:
    """Return the places of the surest party and of all other parties that are sure enough."""
    if not sums:
        return []
    first, more = weights.limits[role], weights.limits[f"more {role}s"]
    best = sums.index(max(sums))
    return [at for at, one in enumerate(sums) if one > more or (at == best and one > first)]
