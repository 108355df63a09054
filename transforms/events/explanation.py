"""Explains which events are found in a text, and why: each sum with all its terms."""

from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass, field
from typing import Any

from newslake.schemas.ontology import EVENT_TYPES
from newslake.schemas.rows import Article, Mention
from newslake.transforms.events.decision.candidates import EventCandidate, Sentence
from newslake.transforms.events.decision.decide import LOOK, Event, events_in, parties_in
from newslake.transforms.events.decision.deep import weights_for
from newslake.transforms.events.decision.event_features import EVENT
from newslake.transforms.events.decision.status_features import STATUS
from newslake.transforms.events.decision.weights import (
    CLASSES,
    CONSTANT,
    ONE,
    Weights,
    WeightTable,
    probability,
)
from newslake.transforms.events.find_events import beginning, find_events, parsed
from newslake.transforms.events.parse.model import exclusive_model
from newslake.transforms.events.prefilter.passages import passages
from newslake.transforms.events.rules.parties import document_context


@dataclass
class Sum:
    """A sum of weights, in thousandths, and the features that have them."""

    of: str
    """The decision: look (whether to look closer), event, or the name of a type or status."""
    total: int
    least: int | None
    """The smallest total that passes; None if the largest of several sums decides."""
    terms: dict[str, int]


@dataclass
class Explained:
    """A candidate with its sums."""

    word: str
    outcome: str
    """The type and status; or why the candidate is no event."""
    mention_id: str | None = None
    confidence: float | None = None
    sums: list[Sum] = field(default_factory=list)
    actors: list[str] = field(default_factory=list)
    recipients: list[str] = field(default_factory=list)


def explanation(article: Article, deep: bool = False) -> Iterator[dict[str, Any]]:
    """Yield each line and each parsed sentence of `article`: its text, its words and its candidates.

    A sentence that is not parsed has no words. `words` has the word, its tag, its dependency and the
    word above.

    Raises:
        LookupError: no language model is installed.
        Failure: the weights of the deep event model are not installed.
    """
    mentions = find_events(article, deep=deep)
    text = beginning(article.text)
    context = document_context(text)
    year = article.published_at.year if article.published_at else None
    done = 0
    with exclusive_model() as model:
        for passage in parsed(model, passages(text, context.political, context.public)):
            yield from _unparsed(text[done : passage.start])
            done = passage.start + len(passage.text)
            for span in passage.doc.sents:
                sentence = Sentence(span, context, year)
                known = weights_for(sentence, deep)
                found = [
                    asdict(one) for one in _candidates(sentence, passage.start, mentions, known)
                ]
                words = [[one.text, one.tag_, one.dep_, one.head.text] for one in span]
                yield {"sentence": span.text, "words": words, "candidates": found}
    yield from _unparsed(article.text[done:])


def _unparsed(text: str) -> Iterator[dict[str, Any]]:
    """Yield the lines of a text that is not parsed."""
    for line in filter(None, map(str.strip, text.splitlines())):
        yield {"sentence": line, "words": [], "candidates": []}


def _candidates(
    sentence: Sentence, start: int, mentions: Sequence[Mention], known: Weights
) -> Iterator[Explained]:
    """Yield the candidates of a sentence; `start` is the offset of its passage in the text."""
    events = {event.place: event for event in events_in(sentence, known)}
    for candidate in sentence.candidates(known.heads):
        event = events.get(candidate.token.i)
        looked = EVENT.of(candidate, LOOK)
        sums = [_sum(known, "look", looked, known.limits["look"])]
        if sums[0].total < known.limits["look"]:
            yield Explained(
                candidate.token.text, "no event: the first look rules it out", sums=sums
            )
            continue
        type, of_type = _type(candidate, known)
        sums += [_sum(known, "event", EVENT.of(candidate), None), of_type]
        if event is None:
            chance = probability(sums[1].total) / ONE
            text = f"no event: probability {chance:.3f}, most likely {type}"
            yield Explained(candidate.token.text, text, sums=sums)
            continue
        sums.append(_class_sum(known, "status", STATUS.of(event.reading), event.status))
        actors, recipients = parties_in(event.reading, known)
        mention = _mention_of(event, start, mentions)
        dated = ": its date is long ago" if mention.status != event.status else ""
        yield Explained(
            candidate.token.text,
            f"{mention.type} {mention.status}{dated}",
            mention.mention_id,
            known.calibrated(event.estimate) / ONE,
            sums,
            [token.text for token in actors],
            [token.text for token in recipients],
        )


def _mention_of(event: Event, start: int, mentions: Sequence[Mention]) -> Mention:
    """Return the row of `event`; its trigger contains the word of the event."""
    at = start + event.reading.candidate.token.idx
    return next(
        one
        for one in mentions
        if one.trigger_start <= at < one.trigger_end and one.type == event.reading.type
    )


def _type(candidate: EventCandidate, known: Weights) -> tuple[str, Sum]:
    features = EVENT.of(candidate)
    sums = known.sums("type", features)
    type = tuple(EVENT_TYPES)[sums.index(max(sums))]
    return type, _class_sum(known, "type", features, type)


def _sum(known: Weights, decision: str, features: Sequence[str], least: int | None) -> Sum:
    return Sum(
        decision, known.sum(decision, features), least, _terms(known.tables[decision], features, 0)
    )


def _class_sum(known: Weights, decision: str, features: Sequence[str], name: str) -> Sum:
    number = CLASSES[decision].index(name)
    total = known.sums(decision, features)[number]
    return Sum(name, total, None, _terms(known.tables[decision], features, number))


def _terms(table: WeightTable, features: Sequence[str], number: int) -> dict[str, int]:
    """Return the constant and the weights of the features for a class, the largest first."""
    weights = map(int, table.of(features)[:, number])
    terms = [(CONSTANT, table.constants[number]), *zip(features, weights, strict=True)]
    known = (term for term in terms if term[1])
    return dict(sorted(known, key=lambda term: (-abs(term[1]), term[0])))
