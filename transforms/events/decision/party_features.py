"""The features that decide who are the actors and recipients of an event."""

from collections.abc import Iterable, Iterator
from functools import cached_property

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.decision.candidates import EventReading
from newslake.transforms.events.decision.registry import Features
from newslake.transforms.events.parse.grammar import (
    NAMES,
    RELATIVE,
    chain,
)
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.rules.parties import is_name, is_official, is_party, is_proper

_PHRASES = {"NOUN", "PROPN", "PRON", "NUM"}
_OWNERS = {"poss", "amod", "compound", "nmod"}
_CLASSES = (
    *("weapon", "thing", "time", "target", "party", "crowd", "help", "plan", "amount", "site"),
)
_STEPS = 4
"""Maximum number of steps up, and of steps down, that a path tells."""


class Party:
    """A phrase that may be a party of an event; `token` is its head."""

    def __init__(self, token: Token, reading: EventReading) -> None:
        self.token = token
        self.reading = reading

    @cached_property
    def path(self) -> list[str]:
        """The steps in the parse from the event to the party: up, then down."""
        above = {one.i: steps for steps, one in enumerate(chain(self.reading.candidate.token))}
        down: list[str] = []
        for one in chain(self.token):
            if one.i in above:
                ups = list(chain(self.reading.candidate.token))[: above[one.i]]
                return [f"^{up.dep_}" for up in ups][:_STEPS] + down[::-1][:_STEPS]
            is_link = one.dep_ in {"prep", "agent"}
            down.append(f"{one.dep_}:{one.lower_}" if is_link else one.dep_)
        return ["apart"]

    @property
    def kind(self) -> str:
        """Whether the party is a name, a pronoun, a noun or a number."""
        if is_proper(self.token):
            return "name"
        return self.token.pos_


PARTY = Features[Party]()
"""The features. Their groups are rules, path, place, phrase and encoder."""


def possible_parties(sentence: Iterable[Token]) -> list[Token]:
    """Return the heads of phrases that can name a party, and adjectives like Russian."""
    return [token for token in sentence if _can_be_party(token)]


def _can_be_party(token: Token) -> bool:
    if token.pos_ in _PHRASES or token.tag_ in NAMES:
        inner = token.dep_ == "compound" and token.head.pos_ in {"NOUN", "PROPN"}
        return token.text[0].isupper() or not inner
    return token.text[0].isupper() and token.tag_ == "JJ" and is_name(token)


@PARTY.register("rules")
def role(party: Party) -> Iterator[str]:
    """Yield each role that a rule gives the party, and the roles that others have."""
    for name, known in party.reading.known.items():
        if party.token.i in known:
            yield f"{name} {min(known.index(party.token.i), 1)}"
            yield f"{name} {party.reading.type}"
            yield f"{name} of {len(known) > 1}"
        else:
            yield f"not {name} {bool(known)}"


@PARTY.register("rules")
def joined(party: Party) -> Iterator[str]:
    """Yield the role of the party to which `and` joins this one."""
    if party.token.dep_ == "conj":
        before = {above.i for above in list(chain(party.token))[1:3]}
        known = party.reading.known.items()
        yield from (name for name, tokens in known if before.intersection(tokens))


@PARTY.register("path")
def path(party: Party) -> Iterator[str]:
    """Yield the path in the parse, alone and with type, voice, word and tag of the event."""
    candidate, type = party.reading.candidate, party.reading.type
    whole = " ".join(party.path)
    yield whole
    yield f"{whole} {type}"
    yield f"{whole} passive {party.reading.is_passive}"
    yield f"{whole} {candidate.token.tag_[:2]}"
    yield f"{whole} {candidate.lemma}"


@PARTY.register("path")
def step(party: Party) -> Iterator[str]:
    """Yield the length of the path and its last step."""
    if party.path:
        yield f"{party.path[-1]} {len(party.path)} {party.reading.type}"
    yield f"{len(party.path)}"
    yield f"{party.token.dep_}"
    yield f"{party.token.dep_} {party.reading.type}"


@PARTY.register("path")
def subject(party: Party) -> Iterator[str]:
    """Yield how far above the clause is whose subject the party is."""
    known = party.reading.subjects
    if party.token.i in known:
        above = min(known.index(party.token.i), 3)
        yield f"{above}"
        yield f"{above} {party.reading.type}"
        yield f"{above} {party.reading.candidate.token.dep_}"


@PARTY.register("path")
def preposition(party: Party) -> Iterator[str]:
    """Yield the preposition before the party."""
    if party.token.dep_ == "pobj":
        link, candidate = party.token.head, party.reading.candidate
        yield f"{link.lower_} {party.reading.type}"
        yield f"{link.lower_} own {link.head.i == candidate.token.i}"
        yield f"{link.lower_} after {link.head.lemma_.lower()}"
        yield f"{link.lower_} of {candidate.lemma}"


@PARTY.register("path")
def owner(party: Party) -> Iterator[str]:
    """Yield what the party owns: Peru’s attack, Peruvian troops."""
    label, owned = party.token.dep_, party.token.head
    if label in _OWNERS:
        reading = party.reading
        yield f"{label} event {owned.i == reading.candidate.token.i}"
        yield f"{label} {owned.lemma_.lower()}"
        yield f"{label} patient {owned.i in reading.known['patient']}"
        yield f"{label} agent {owned.i in reading.known['agent']}"
        yield f"{label} {reading.type}"


@PARTY.register("place")
def distance(party: Party) -> Iterator[str]:
    """Yield whether the party is before the event, and how far away."""
    far = party.token.i - party.reading.candidate.token.i
    yield f"before {far < 0}"
    yield f"before {far < 0} {party.reading.type}"
    yield f"{min(abs(far) // 3, 6)} {far < 0}"


@PARTY.register("encoder")
def encoded(party: Party) -> Iterable[str]:
    """Return the levels of the encoder's scores for each role."""
    candidate = party.reading.candidate
    sentence = candidate.sentence
    if sentence.scores is None:
        return ()
    return sentence.scores.roles(sentence.place(candidate.token), sentence.place(party.token))


@PARTY.register("phrase")
def kind(party: Party) -> Iterator[str]:
    """Yield the kind of phrase."""
    yield party.kind
    yield f"{party.kind} {party.reading.type}"
    yield f"{party.kind} {' '.join(party.path[-1:])} {len(party.path)}"
    yield f"lower {party.token.text[0].islower()}"
    yield f"party {is_party(party.token)}"
    official = is_official(party.token, party.reading.candidate.sentence.context)
    yield f"official {official}"
    yield f"official {official} {party.reading.type}"
    if party.token.tag_ in RELATIVE:
        yield "relative"


@PARTY.register("phrase")
def noun(party: Party) -> Iterator[str]:
    """Yield the lemma and its classes."""
    lemma = party.token.lemma_.lower()
    yield lemma
    if party.token.pos_ == "PRON":
        yield f"{party.token.lower_} {party.token.dep_}"
    for name in _CLASSES:
        if lemma in words(name):
            yield f"*{name}"
            yield f"*{name} {' '.join(party.path[-1:])}"


@PARTY.register("phrase")
def type(party: Party) -> Iterator[str]:
    """Yield the type of the event."""
    yield party.reading.type
