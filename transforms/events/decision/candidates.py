"""Candidates: the words of a sentence that may report an event, and what the parse tells of them."""

from collections.abc import Iterator
from functools import cached_property

from newslake.schemas.ontology import EVENT_TYPES, EventType
from newslake.transforms.events.data.lexicon import Trigger, triggers
from newslake.transforms.events.encode.scores import Scores
from newslake.transforms.events.expressions.time_expressions import (
    TimeExpression,
    time_expressions_in,
)
from newslake.transforms.events.parse.grammar import (
    VERBAL,
    agents,
    chain,
    is_passive,
    is_question,
    patients,
    subjects,
)
from newslake.transforms.events.parse.tokens import Token, TokenSpan
from newslake.transforms.events.prefilter.topic import is_sporting, is_violent
from newslake.transforms.events.rules.arguments import Match, holds
from newslake.transforms.events.rules.clauses import has_parties, match_of
from newslake.transforms.events.rules.modality import parties_of
from newslake.transforms.events.rules.parties import DocumentContext, is_official
from newslake.transforms.events.rules.speech import speakers

_ADJECTIVE = "a"
_SENSES = {"VERB": "v", "AUX": "v", "NOUN": "n", "PROPN": "n"}
"""The sense of a word that is in no trigger of the lexicon, by its part of speech."""

FUNCTION_WORDS = {"PUNCT", "DET", "PRON", "NUM", "SPACE", "PART", "CCONJ"}
"""Parts of speech that never report an event."""


PROPOSED = 0.15
"""The least probability of an event at which the encoder makes a word a candidate."""


class Sentence:
    """A sentence with what all its candidates share.

    Args:
        span: The sentence in the parse.
        context: The document context of the article.
        year: The year of publication; None if unknown.
    """

    def __init__(self, span: TokenSpan, context: DocumentContext, year: int | None) -> None:
        self.span = span
        self.text = span.text
        self._article = context
        self.year = year
        self.scores: Scores | None = None
        """The scores of the words by the encoder, if it was asked."""

    @cached_property
    def context(self) -> DocumentContext:
        """The document context; in a sentence about sport, as if the article were about sport."""
        sporting = self._article.sporting or is_sporting(self.text)
        return self._article._replace(sporting=sporting)

    @cached_property
    def is_violent(self) -> bool:
        """Whether the sentence names attackers, weapons, abductions or numbers of victims."""
        return is_violent(self.text)

    @cached_property
    def has_official(self) -> bool:
        """Whether a phrase of the sentence names an official."""
        return any(is_official(token, self.context) for token in self.span)

    @cached_property
    def is_question(self) -> bool:
        """Whether the sentence is a question."""
        return is_question(self.span.root)

    @cached_property
    def times(self) -> list[TimeExpression]:
        """The time expressions in the sentence."""
        return time_expressions_in(self.text)

    def candidates(self, heads: frozenset[str]) -> list["EventCandidate"]:
        """Return a candidate for each word whose lemma is in `heads`, in text order.

        The encoder adds the words that it holds for events.
        """
        return [
            EventCandidate(token, self)
            for token in self.span
            if token.pos_ not in FUNCTION_WORDS and self.asks(token, heads)
        ]

    def asks(self, token: Token, heads: frozenset[str]) -> bool:
        """Return whether the word may be a candidate."""
        if token.lemma_.lower() in heads:
            return True
        return self.scores is not None and self.scores.event(self.place(token)) >= PROPOSED

    def place(self, token: Token) -> int:
        """Return the place of a word in the sentence."""
        return token.i - self.span.start


class EventCandidate:
    """A word that may report an event of any type."""

    def __init__(self, token: Token, sentence: Sentence) -> None:
        self.token = token
        self.sentence = sentence
        self.lemma = token.lemma_.lower()

    @cached_property
    def fits(self) -> list[Match]:
        """The triggers of the lexicon whose phrase is in the sentence, the most specific first."""
        found = (match_of(self.token, trigger) for trigger in triggers().get(self.lemma, ()))
        return [match for match in found if match]

    @cached_property
    def failing(self) -> list[list[str]]:
        """For each match of `fits`, the roles of the conditions that do not hold."""
        context = self.sentence.context
        return [
            [one.role for one in match.trigger.conditions if not holds(one, match, context)]
            for match in self.fits
        ]

    @cached_property
    def match(self) -> Match:
        """The first match whose conditions hold; else the first that fits; else the plain word."""
        return next(self._held(), None) or next(iter(self.fits), None) or self._plain(None)

    @cached_property
    def agents(self) -> list[Token]:
        """The heads of the agents of the clause."""
        return agents(self.match.clause)

    @cached_property
    def patients(self) -> list[Token]:
        """The heads of the patients of the clause."""
        return patients(self.match.clause)

    @cached_property
    def has_parties(self) -> bool:
        """Whether the event has suitable parties by the rules."""
        return has_parties(self.match, self.sentence.context)

    def reading(self, type: str) -> "EventReading":
        """Return the candidate, read as an event of `type`."""
        return EventReading(self, type)  # not kept: a cycle of objects would keep the parse alive

    def match_for(self, type: str) -> Match:
        """Return the match of a trigger of `type`; if there is none, the plain word."""
        return next((one for one in (*self._held(), *self.fits) if _may_be(one, type)), None) or (
            self._plain(type)
        )

    def _held(self) -> Iterator[Match]:
        pairs = zip(self.fits, self.failing, strict=True)
        return (match for match, failing in pairs if not failing)

    def _plain(self, type: str | None) -> Match:
        sense = _SENSES.get(self.token.pos_, _ADJECTIVE)
        trigger = Trigger(
            frozenset({self.lemma}), (), sense, type or next(iter(EVENT_TYPES)), (), ()
        )
        return match_of(self.token, trigger) or Match(trigger, self.token, (), self.token)


class EventReading:
    """A candidate, read as an event of a type: its match, and its parties by the rules."""

    def __init__(self, candidate: EventCandidate, type: str) -> None:
        self.candidate = candidate
        self.type = type
        self.match = candidate.match_for(type)

    @property
    def event_type(self) -> EventType:
        """The declaration of the type."""
        return EVENT_TYPES[self.type]

    @cached_property
    def by_rules(self) -> tuple[list[Token], list[Token], list[Token]]:
        """The actors, the recipients and the source by the rules."""
        return parties_of(self.match, self.event_type, self.candidate.sentence.context)

    @property
    def source(self) -> list[Token]:
        """The source to which the report is attributed, by the rules."""
        return self.by_rules[2]

    @cached_property
    def is_passive(self) -> bool:
        """Whether the clause is in the passive voice."""
        return is_passive(self.match.clause)

    @cached_property
    def known(self) -> dict[str, list[int]]:
        """The indices of the tokens in each role that a rule gives."""
        actors, recipients, source = self.by_rules
        roles = {
            "actor": actors,
            "recipient": recipients,
            "source": source,
            "agent": self.candidate.agents,
            "patient": self.candidate.patients,
            "speaker": speakers(self.match.clause),
        }
        return {name: [token.i for token in tokens] for name, tokens in roles.items()}

    @cached_property
    def subjects(self) -> list[int]:
        """The indices of the subjects of the clause and of the clauses above, the nearest first."""
        verbs = (one for one in chain(self.candidate.token) if one.pos_ in VERBAL)
        return list(dict.fromkeys(subject.i for verb in verbs for subject in subjects(verb)[:1]))


def _may_be(match: Match, type: str) -> bool:
    """Return whether the trigger, announced or refused, is an event of `type`."""
    declared = match.trigger.event_type
    return type in {match.trigger.type, declared.when_announced, declared.when_refused}
