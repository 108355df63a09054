"""The features that decide the status of an event."""

from collections.abc import Iterable, Iterator

from newslake.transforms.events.decision.candidates import EventReading
from newslake.transforms.events.decision.registry import Features
from newslake.transforms.events.expressions.time_expressions import TimeExpression
from newslake.transforms.events.parse.grammar import (
    VERBAL,
    auxiliaries,
    chain,
    children,
    is_passive,
)
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.rules import status
from newslake.transforms.events.rules.modality import modality_of

STATUS = Features[EventReading]()
"""The features. Their groups are rules, verb, time, words and encoder."""

_TESTS = {
    "negated": status.is_negated,
    "future": status.is_future,
    "hypothetical": status.is_hypothetical,
    "conditional": status.is_conditional,
}
_MOST_YEARS = 3
"""Events of earlier years are as many years ago."""
_BELOW = ("advmod", "npadvmod", "mark", "det", "neg", "prep", "amod")


@STATUS.register("rules")
def coded(reading: EventReading) -> Iterator[str]:
    """Yield the status by the rules, and the type."""
    found = modality_of(reading.match, reading.candidate.sentence.year).status
    yield found
    yield f"{found} {reading.type}"
    yield reading.type


@STATUS.register("rules")
def tests(reading: EventReading) -> Iterator[str]:
    """Yield the result of each test of the rules."""
    clause, year = reading.match.clause, reading.candidate.sentence.year
    for name, test in _TESTS.items():
        holds = test(clause)
        yield f"{name} {holds}"
        if holds:
            yield f"{name} {reading.type}"
    yield f"historical {status.is_historical(clause, reading.candidate.token, year)}"


@STATUS.register("verb")
def tense(reading: EventReading) -> Iterator[str]:
    """Yield tense, voice and auxiliaries of the clause."""
    clause = reading.match.clause
    helpers = sorted(word.lower_ for word in auxiliaries(clause))
    yield f"{clause.tag_} {' '.join(helpers)}"
    yield f"{clause.tag_} {clause.dep_}"
    yield from (f"has {word}" for word in helpers)
    yield from (f"has {word} {reading.type}" for word in helpers)
    yield f"passive {is_passive(clause)}"


@STATUS.register("verb")
def word(reading: EventReading) -> Iterator[str]:
    """Yield the word of the event, its tag and its dependency."""
    token = reading.candidate.token
    yield reading.candidate.lemma
    yield token.tag_
    yield token.dep_
    yield f"{token.dep_} {token.tag_}"


@STATUS.register("verb")
def root(reading: EventReading) -> Iterator[str]:
    """Yield the tense of the main clause, and whether the sentence is a question."""
    main = reading.candidate.sentence.span.root
    yield f"{main.tag_} {main.i == reading.match.clause.i}"
    yield f"{main.tag_} {' '.join(sorted(word.lower_ for word in auxiliaries(main)))}"
    yield f"question {reading.candidate.sentence.is_question}"


@STATUS.register("time")
def time(reading: EventReading) -> Iterator[str]:
    """Yield the time expressions, by kind and by the clause that each belongs to."""
    span, clause = reading.candidate.sentence.span, reading.match.clause
    token = reading.candidate.token
    above = {one.i for one in chain(token)} | {clause.i}
    dated = False
    for one in reading.candidate.sentence.times:
        found = span.doc.char_span(
            span.start_char + one.start, span.start_char + one.end, alignment_mode="expand"
        )
        if found is None:
            continue
        uppers = list(chain(found.root))[1:]
        verb = next((up for up in uppers if up.pos_ in VERBAL or up.i == token.i), None)
        own = verb is not None and verb.i in {clause.i, token.i}
        place = "own" if own else "above" if verb is not None and verb.i in above else "apart"
        dated = dated or own
        kinds = " ".join(sorted(one.parts))
        yield f"{place} {kinds}"
        yield f"{place} {one.is_day}"
        yield one.text.lower()
        yield kinds
        if found[0].i > span.start:
            yield f"{span.doc[found[0].i - 1].lower_} {place} {kinds}"
        if (age := _age(one, reading)) is not None:
            yield f"age {age}"
            yield f"age {age} {place}"
            yield f"age {age} {place} {one.is_day}"
    yield f"dated {dated}"


@STATUS.register("time")
def years(reading: EventReading) -> Iterator[str]:
    """Yield how long ago the years are that the sentence names."""
    found = [one for one in reading.candidate.sentence.span if _is_year(one)]
    yield from (f"{_years_ago(int(one.text), reading)}" for one in found)
    yield f"some {bool(found)} known {reading.candidate.sentence.year is not None}"


@STATUS.register("encoder")
def encoded(reading: EventReading) -> Iterable[str]:
    """Return the levels of the encoder's scores for each status."""
    sentence = reading.candidate.sentence
    place = sentence.place(reading.candidate.token)
    return sentence.scores.statuses(place) if sentence.scores else ()


@STATUS.register("words")
def sentence(reading: EventReading) -> Iterator[str]:
    """Yield the words of the sentence, and where in it the event stands."""
    span, at = reading.candidate.sentence.span, reading.candidate.token.i
    yield from (word.lower_ for word in span)
    yield f"at {4 * (at - span.start) // len(span)}"


@STATUS.register("words")
def near(reading: EventReading) -> Iterator[str]:
    """Yield the three words before and the three words after."""
    span, at = reading.candidate.sentence.span, reading.candidate.token.i
    around = span.doc[max(span.start, at - 3) : at + 4]
    yield from (word.lower_ for word in around if word.i != at)


@STATUS.register("words")
def below(reading: EventReading) -> Iterator[str]:
    """Yield the adverbs and the like that depend on the event or its verb."""
    for one in {
        reading.candidate.token.i: reading.candidate.token,
        reading.match.clause.i: reading.match.clause,
    }.values():
        yield from (child.lower_ for child in children(one, *_BELOW))


@STATUS.register("words")
def above(reading: EventReading) -> Iterator[str]:
    """Yield the next verb above, and the conjunctions up to it."""
    clause = reading.match.clause
    for depth, token in enumerate(chain(clause)):
        for mark in children(token, "mark", "advmod"):
            yield f"mark {min(depth, 1)} {mark.lower_}"
        if token.i != clause.i and token.pos_ in VERBAL:
            yield token.lemma_
            yield token.tag_
            return


def _age(expression: TimeExpression, reading: EventReading) -> str | None:
    year = expression.parts.get("year", expression.text)
    return _years_ago(int(year), reading) if len(year) == 4 and year.isdecimal() else None


def _years_ago(year: int, reading: EventReading) -> str:
    published = reading.candidate.sentence.year
    return "?" if published is None else str(max(-1, min(published - year, _MOST_YEARS)))


def _is_year(token: Token) -> bool:
    return len(token.text) == 4 and token.text.isdecimal() and token.text[:2] in {"19", "20"}
