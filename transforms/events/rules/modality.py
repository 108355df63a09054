"""Modality: the type, status and parties of an event according to the sentence.

An announcement or refusal of an event may be an event of another type: see `EventType`.
"""

from typing import NamedTuple

from newslake.schemas.ontology import EventType
from newslake.transforms.events.data.lexicon import SPOKEN, words
from newslake.transforms.events.parse.grammar import auxiliaries, subjects
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.rules import status
from newslake.transforms.events.rules.arguments import Match, actors_of, recipients_of
from newslake.transforms.events.rules.parties import DocumentContext, is_official, is_party, owners
from newslake.transforms.events.rules.speech import speakers


class Modality(NamedTuple):
    """The type and status of an event according to the report."""

    type: str
    """A type of `newslake.schemas.ontology`. It may differ from the trigger's type."""
    status: str
    """A status of `newslake.schemas.ontology`."""


def modality_of(match: Match, year: int | None) -> Modality:
    """Return the event's type and status; `year` is the year of publication (None if unknown)."""
    type, event_type, clause = match.trigger.type, match.trigger.event_type, match.clause
    if match.trigger.sense in SPOKEN:
        return Modality(type, "asserted")
    negated, future = status.is_negated(clause), status.is_future(clause)
    cannot = any(word.lower_ in {"can", "ca"} for word in auxiliaries(clause))
    if negated and cannot and event_type.when_refused:
        return Modality(event_type.when_refused, "asserted")
    if status.is_hypothetical(clause):
        return Modality(type, "hypothetical")
    verbs = [clause, *(word for word in auxiliaries(clause) if word.lemma_ == "do")]
    present = any(word.tag_ in {"VBP", "VBZ"} for word in verbs)
    if negated and event_type.when_refused and (future or (present and event_type.stance)):
        return Modality(event_type.when_refused, "asserted")
    if negated:
        return Modality(type, "negated")
    if future and event_type.when_announced:
        return Modality(event_type.when_announced, "asserted")
    if future and event_type.can_be_future:
        return Modality(type, "hypothetical" if status.is_conditional(clause) else "future")
    if status.is_historical(clause, match.head, year):
        return Modality(type, "historical")
    return Modality(type, "asserted")


def parties_of(
    match: Match, event_type: EventType, context: DocumentContext
) -> tuple[list[Token], list[Token], list[Token]]:
    """Return the actors, the recipients and the source of the report.

    If a speaker is on the actors' side, the speaker is an actor of the stance too. If a speaker
    reports an event of other parties, the speaker is the source.
    """
    voices = speakers(match.clause)
    if match.trigger.sense in SPOKEN:
        return _spoken(match, [token for token in voices if is_official(token, context)])
    actors, recipients = actors_of(match), recipients_of(match)
    recipients = [token for token in recipients if token.i not in {one.i for one in actors}]
    voices = [token for token in voices if is_party(token)]
    if not event_type.stance or not voices:
        return actors, recipients, voices
    own = words("speaker_pronoun") | {"it", "they", "he", "she"}
    doers = {token.lower_ for token in subjects(match.clause)}
    if doers & own:
        return voices, recipients, []
    if {word.lower_ for word in auxiliaries(match.clause)} & (words("will") | {"would"}):
        return voices + actors, recipients, []
    return actors, recipients, voices


def _spoken(match: Match, voices: list[Token]) -> tuple[list[Token], list[Token], list[Token]]:
    """Return the parties of a duty, pledge, refusal or judgement spoken by `voices`."""
    about = subjects(match.clause)
    if match.trigger.event_type.subject_acts:
        side = [token for token in about if is_party(token) and token.pos_ != "PRON"]
        return voices + side, recipients_of(match), []
    if match.trigger.sense == "m":
        about = recipients_of(match)
    targets = [token for token in about if is_party(token) and token.lower_ not in words("thing")]
    owned = [owner for token in about for owner in owners(token)]
    return voices, targets or owned, []
