"""How an act is told: what it amounts to, how surely it happened, and who takes part.

A stance on an act to come takes the place of the act: who will meet agrees to, who will not help
refuses.
"""

from typing import NamedTuple

from newslake.transforms.events.data.lexicon import SPOKEN, STANCES, words
from newslake.transforms.events.parse.grammar import Token, auxiliaries, subjects
from newslake.transforms.events.rules.arguments import Match, actors_of, recipients_of
from newslake.transforms.events.rules.parties import Scene, is_official, is_party, owners
from newslake.transforms.events.rules.speech import speakers
from newslake.transforms.events.rules.status import (
    is_ahead,
    is_conditional,
    is_historical,
    is_hypothetical,
    is_negated,
)

_ANNOUNCED = {"CONSULT", "SUPPORT", "CONCEDE", "COOPERATE", "AID", "AGREE"}
"""To say that one will do these is to agree to them; to say that one will not is to refuse."""


class Telling(NamedTuple):
    """What an act amounts to as it is told."""

    type: str
    """See `newslake.schemas.ontology`; not always the trigger's own."""
    status: str
    """Likewise."""


def telling_of(match: Match, year: int | None) -> Telling:
    """Return type and status; `year` is that of publication, None if unknown."""
    type, clause = match.trigger.type, match.clause
    if match.trigger.sense in SPOKEN:
        return Telling(type, "asserted")
    negated, ahead = is_negated(clause), is_ahead(clause)
    cannot = any(word.lower_ in {"can", "ca"} for word in auxiliaries(clause))
    if negated and cannot and type in _ANNOUNCED | {"RETREAT"}:
        return Telling("REJECT", "asserted")
    if is_hypothetical(clause):
        return Telling(type, "hypothetical")
    present = clause.tag_ in {"VBP", "VBZ"} or any(
        word.tag_ in {"VBP", "VBZ"} and word.lemma_ == "do" for word in auxiliaries(clause)
    )
    if negated and type in _ANNOUNCED | {"RETREAT"} and (ahead or (present and type in STANCES)):
        return Telling("REJECT", "asserted")
    if negated:
        return Telling(type, "negated")
    if ahead and type in _ANNOUNCED:
        return Telling("AGREE", "asserted")
    if ahead and type == "RETREAT":
        return Telling("CONCEDE", "asserted")
    if ahead and type != "REJECT":
        return Telling(type, "hypothetical" if is_conditional(clause) else "future")
    if is_historical(clause, match.head, year):
        return Telling(type, "historical")
    return Telling(type, "asserted")


def parties_of(
    match: Match, type: str, scene: Scene
) -> tuple[list[Token], list[Token], list[Token]]:
    """Return actors, recipients, and whom the report is attributed to.

    Who speaks for his own side takes part in its stance; who reports the act of another is the
    source.
    """
    voices = speakers(match.clause)
    if match.trigger.sense in SPOKEN:
        return _spoken(match, [token for token in voices if is_official(token, scene)])
    actors, recipients = actors_of(match), recipients_of(match)
    recipients = [token for token in recipients if token.i not in {one.i for one in actors}]
    voices = [token for token in voices if is_party(token)]
    if type not in STANCES or not voices:
        return actors, recipients, voices
    own = words("speaker_pronoun") | {"it", "they", "he", "she"}
    doers = {token.lower_ for token in subjects(match.clause)}
    if doers & own:
        return voices, recipients, []
    if {word.lower_ for word in auxiliaries(match.clause)} & (words("will") | {"would"}):
        return voices + actors, recipients, []
    return actors, recipients, voices


def _spoken(match: Match, voices: list[Token]) -> tuple[list[Token], list[Token], list[Token]]:
    """Return the parties of a duty, pledge, refusal or judgement that `voices` speak."""
    about = subjects(match.clause)
    if match.trigger.type in {"REJECT", "AGREE"}:
        side = [token for token in about if is_party(token) and token.pos_ != "PRON"]
        return voices + side, recipients_of(match), []
    if match.trigger.sense == "m":
        about = recipients_of(match)
    targets = [token for token in about if is_party(token) and token.lower_ not in words("thing")]
    owned = [owner for token in about for owner in owners(token)]
    return voices, targets or owned, []
