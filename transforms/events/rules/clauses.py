"""Matches the phrases of triggers with a parse, and tests whether an event has suitable parties."""

from newslake.transforms.events.data.lexicon import SPOKEN, Trigger, words
from newslake.transforms.events.parse.grammar import (
    VERBAL,
    agents,
    chain,
    children,
    is_question,
    subjects,
)
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.prefilter.topic import is_violent
from newslake.transforms.events.rules.arguments import (
    Match,
    actors_of,
    is_agentless,
    recipients_of,
)
from newslake.transforms.events.rules.assertion import targets
from newslake.transforms.events.rules.parties import (
    DocumentContext,
    is_expert,
    is_name,
    is_official,
)
from newslake.transforms.events.rules.speech import speakers

_SENSE_TAGS: dict[str, str | tuple[str, ...]] = {
    "v": "V",
    "n": "NN",
    "a": ("JJ", "VBN"),
    "m": ("MD", "VB", "NN"),
    "j": ("NN", "JJ"),
    "c": "V",
}


def match_of(token: Token, trigger: Trigger) -> Match | None:
    """Return the match of `trigger` with the head `token`; None if its phrase does not fit."""
    if not token.tag_.startswith(_SENSE_TAGS[trigger.sense]):
        return None
    clause = _clause(token, trigger)
    if clause is None:
        return None
    parts: list[Token] = []
    for wanted in trigger.parts:
        near = [token, *parts] if trigger.sense in {"v", "n"} else [token, clause, *parts]
        below = (child for anchor in near for child in anchor.children)
        allowed = (one for one in below if one.dep_ != "nsubj" and one.pos_ != "VERB")
        part = next((one for one in allowed if {one.lemma_.lower(), one.lower_} & wanted), None)
        if part is None:
            return None
        parts.append(part)
    return Match(trigger, token, tuple(parts), clause)


def _clause(token: Token, trigger: Trigger) -> Token | None:
    """Return the event's verb, or `token` itself; None if the trigger's sense is impossible."""
    governor = token.head
    if trigger.sense in {"v", "c"}:
        named = token.text[0].isupper() and token.i > token.sent.start + 1
        return None if named or token.dep_ in {"amod", "compound", "aux", "auxpass"} else token
    if trigger.sense == "m":
        modal = token.dep_ == "aux" and token.tag_ == "MD"
        predicative = (modal or token.dep_ == "nsubj") and governor.pos_ in VERBAL
        plain = token.pos_ in VERBAL and token.dep_ != "aux"
        return governor if predicative else token if plain else None
    if trigger.sense in {"a", "j"}:
        while token.dep_ == "conj":
            token, governor = governor, governor.head
        predicate = token.dep_ in {"acomp", "attr", "oprd"} and governor.pos_ in VERBAL
        judged = trigger.sense == "j" and _judges(token)
        verbs = (above for above in chain(token) if above.pos_ in VERBAL)
        return governor if predicate else next(verbs, None) if judged else None
    if token.dep_ in {"dobj", "nsubjpass"} and governor.lemma_ in words("light"):
        return governor
    return token


def _judges(word: Token) -> bool:
    """Return whether `word` expresses an opinion: `this charade`, `their shameful silence`."""
    if word.dep_ == "amod":
        return word.lemma_.lower() in words("judging")
    return any(child.lower_ in {"this", "these", "such"} for child in children(word, "det"))


def has_parties(match: Match, context: DocumentContext) -> bool:
    """Return whether the event has suitable actors or, without actor, suitable recipients."""
    event_type = match.trigger.event_type
    if match.trigger.sense in SPOKEN:
        voices = speakers(match.clause)
        if not event_type.needs_speaker:
            own = [] if is_question(match.clause) else subjects(match.clause)
            voices = voices or [one for one in own if one.pos_ != "PRON"]
        return any(is_official(token, context) for token in voices)
    actors, recipients = actors_of(match), recipients_of(match)
    doers = {token.lower_ for token in agents(match.clause) if token.pos_ == "PRON"}
    if doers & {"you", "one"}:
        return False
    if event_type.stance and actors and all(map(is_expert, actors)):
        return False
    if context.sporting and not (
        any(is_official(token, context) for token in actors + recipients)
        or (event_type.violent and is_violent(match.head.sent.text))
    ):
        return False
    if doers & words("speaker_pronoun"):
        return bool(speakers(match.clause))
    if "subj" in match.trigger.recipients:
        return bool(recipients)
    if match.clause.pos_ == "NOUN":
        named = any(map(is_name, actors + recipients + targets(match.head)))
        return named or bool(children(match.head, "npadvmod"))
    if is_agentless(match):
        return bool(actors or recipients)
    weapons = any(token.lemma_ in words("weapon") for token in agents(match.clause))
    return bool(actors) or (event_type.weapon_acts and weapons)
