"""The features that decide whether a candidate is an event, and of which type."""

from collections.abc import Callable, Iterable, Iterator

from newslake.transforms.events.data.lexicon import words
from newslake.transforms.events.decision.candidates import EventCandidate
from newslake.transforms.events.decision.registry import Features
from newslake.transforms.events.parse.grammar import (
    VERBAL,
    auxiliaries,
    chain,
    children,
    is_passive,
)
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.rules import assertion
from newslake.transforms.events.rules.arguments import is_one_of
from newslake.transforms.events.rules.modality import modality_of
from newslake.transforms.events.rules.parties import is_expert, is_official, is_party, is_proper

EVENT = Features[EventCandidate]()
"""The features. Their groups are word, lexicon, assertion, parties, parse, words around, article, encoder."""

CLASSES = (
    *("report", "fact", "aspect", "plan_to", "likely", "mind", "decision", "document", "light"),
    *("weapon", "arms", "target", "captive", "force", "crowd", "help", "restriction", "meeting"),
    *("plan", "words", "official", "expert", "party", "accident", "averted", "time", "policy"),
    *("instrument", "leader", "thing", "causing", "when", "nobody", "judging"),
)
"""The classes of words.tsv that features name."""

_QUOTED = {"prep", "prt", "mark", "det", "neg", "aux", "auxpass", "agent", "poss"}
"""Dependencies whose words are named as written."""
_NAMED = {"amod", "compound", "advmod", "acomp", "attr", "xcomp", "ccomp", "advcl"}
"""Dependencies whose words are named by their lemma."""
_CLAUSES = {"xcomp", "ccomp", "acl", "relcl"}
_NOUNS = {"poss", "amod", "compound", "nsubj", "nsubjpass", "dobj"}


@EVENT.register("word")
def lemma(c: EventCandidate) -> Iterator[str]:
    """Yield the lemma with the part of speech, and with its place in the parse."""
    yield f"{c.lemma} {c.token.tag_[:2]}"
    yield f"{c.lemma} {c.token.dep_}"
    yield f"{c.lemma} {c.token.tag_}"


@EVENT.register("encoder")
def encoded(c: EventCandidate) -> Iterable[str]:
    """Return the levels of the encoder's scores for an event and for each type."""
    scores = c.sentence.scores
    return scores.types(c.sentence.place(c.token)) if scores else ()


@EVENT.register("word")
def form(c: EventCandidate) -> Iterator[str]:
    """Yield the word in lower case."""
    yield c.token.lower_


@EVENT.register("word")
def tag(c: EventCandidate) -> Iterator[str]:
    """Yield the tag, and whether the word begins with a capital."""
    yield c.token.tag_
    if c.token.text[0].isupper():
        yield "capital" if c.token.i > c.token.sent.start else "first"


@EVENT.register("lexicon")
def fit(c: EventCandidate) -> Iterable[str]:
    """Return the types of the triggers whose phrase fits."""
    return sorted({match.trigger.type for match in c.fits}) or ["none"]


@EVENT.register("lexicon")
def phrase(c: EventCandidate) -> Iterator[str]:
    """Yield each trigger whose phrase fits, and whether its conditions fail."""
    for match, failing in zip(c.fits, c.failing, strict=True):
        parts = " ".join(part.lemma_.lower() for part in match.parts)
        yield f"{c.lemma} {parts} {match.trigger.type} {bool(failing)}"


@EVENT.register("lexicon")
def failing(c: EventCandidate) -> Iterator[str]:
    """Yield the roles of the conditions that fail in the first trigger."""
    for role in c.failing[0] if c.failing else ():
        yield role
        yield f"{role} {c.fits[0].trigger.type}"


@EVENT.register("lexicon")
def coded(c: EventCandidate) -> Iterator[str]:
    """Yield the type and status that the trigger has in this clause."""
    if c.fits:
        type, status = modality_of(c.match, c.sentence.year)
        yield type
        yield f"{type} {status}"
        if [] in c.failing:
            yield f"held {type}"


@EVENT.register("assertion")
def asserted(c: EventCandidate) -> Iterator[str]:
    """Yield what keeps the event from being told as a fact, a report or a plan."""
    match = c.match
    if assertion.is_ailment(match):
        yield "ailment"
    if assertion.is_mishap(match):
        yield "mishap"
    if match.trigger.sense == "n" and match.clause.i == match.head.i:
        yield f"news {assertion.is_news(match)}"
    if assertion.is_demanded(match.clause):
        yield "demanded"
    yield f"all {assertion.is_asserted(match)}"
    for depth, token in enumerate(one for one in chain(match.clause) if one.pos_ in VERBAL):
        if not assertion.passes(token):
            yield f"stops {token.dep_}"
            yield f"stops at {min(depth, 2)}"
            yield f"stops {token.dep_} {token.head.lemma_}"
            break


@EVENT.register("assertion")
def no_act(c: EventCandidate) -> Iterator[str]:
    """Yield whether an illness, an accident or the weather did it, or whether it is sport."""
    match = c.match
    if any(one.trigger.event_type.violent for one in c.fits):
        accidents = any(is_one_of(one, words("accident")) for one in c.agents)
        if accidents or assertion.is_ailment(match) or assertion.is_mishap(match):
            yield "accident"
    if c.sentence.context.sporting and not c.has_parties:
        yield "sport"


@EVENT.register("parties")
def parties(c: EventCandidate) -> Iterator[str]:
    """Yield whether the event has suitable parties by the rules."""
    yield f"{c.has_parties}"


@EVENT.register("parties")
def agent(c: EventCandidate) -> Iterator[str]:
    """Yield the kinds of the first agent and its lemma."""
    yield from _role(c, c.agents)


@EVENT.register("parties")
def patient(c: EventCandidate) -> Iterator[str]:
    """Yield the kinds of the first patient and its lemma."""
    yield from _role(c, c.patients)
    for token in c.patients[:1]:
        yield f"{c.lemma} {token.lemma_.lower()}"


@EVENT.register("parse")
def governor(c: EventCandidate) -> Iterator[str]:
    """Yield the word above and its classes; of a preposition also the word above it."""
    above, label = c.token.head, c.token.dep_
    if above.i == c.token.i:
        return
    lemma = above.lemma_.lower()
    yield lemma
    yield f"{label} {lemma}"
    yield f"{label} {above.tag_}"
    yield f"{c.lemma} {lemma}"
    yield from (f"{label} {name}" for name in _classes(lemma))
    if above.dep_ in {"prep", "pcomp", "agent"} or label == "pobj":
        upper = above.head.lemma_.lower()
        yield f"{lemma} {upper}"
        yield f"{lemma} {above.head.pos_}"
        yield from (f"{lemma} {name}" for name in _classes(upper))


@EVENT.register("parse")
def below(c: EventCandidate) -> Iterator[str]:
    """Yield the words that depend on the candidate, and which of four dependencies are missing."""
    found = set()
    for child in c.token.children:
        label = child.dep_
        found.add(label)
        yield label
        if label in _QUOTED:
            yield f"{label} {child.lower_}"
            yield f"{c.lemma} {child.lower_}"
        elif label in _NAMED:
            yield f"{label} {child.lemma_.lower()}"
        if label in _CLAUSES:
            yield f"{c.lemma} {label}"
            yield f"{label} {child.tag_}"
        if label in _NOUNS:
            yield f"{label} {child.tag_}"
            if child.text[0].isupper() and is_proper(child):
                yield f"{label} name"
    yield from (f"no {label}" for label in ("nsubj", "dobj", "det", "prep") if label not in found)


@EVENT.register("parse")
def prepositions(c: EventCandidate) -> Iterator[str]:
    """Yield each preposition below with the kinds of its object."""
    for link in children(c.token, "prep", "agent"):
        for noun in children(link, "pobj"):
            yield from (f"{link.lower_} {kind}" for kind in _kinds(noun, c))
            yield f"{link.lower_} {noun.lemma_.lower()}"


@EVENT.register("parse")
def verb(c: EventCandidate) -> Iterator[str]:
    """Yield tense, voice and auxiliaries of the clause."""
    clause = c.match.clause
    helpers = sorted(word.lower_ for word in auxiliaries(clause))
    yield f"{clause.tag_} {' '.join(helpers)}"
    yield from (f"has {word}" for word in helpers)
    yield f"passive {is_passive(clause)}"
    yield f"{clause.dep_} {clause.tag_}"
    if clause.i != c.token.i:
        yield f"other {clause.lemma_.lower()}"


@EVENT.register("words around")
def place(c: EventCandidate) -> Iterator[str]:
    """Yield the place in the sentence, and the sentence's length and kind."""
    span = c.sentence.span
    yield f"depth {min(sum(one.pos_ in VERBAL for one in chain(c.token)), 4)}"
    yield f"length {min(len(span) // 8, 7)}"
    yield f"at {4 * (c.token.i - span.start) // len(span)}"
    if c.sentence.is_question:
        yield "question"
    if span.root.pos_ not in VERBAL:
        yield "no verb"
    yield f"root {span.root.lemma_.lower()}"


@EVENT.register("words around")
def near(c: EventCandidate) -> Iterator[str]:
    """Yield the two words before and the two words after."""
    span = c.sentence.span
    at = c.token.i - span.start
    for shift in (-2, -1, 1, 2):
        if not 0 <= at + shift < len(span):
            yield f"{shift} end"
            continue
        other = span[at + shift]
        yield f"{shift} {other.lower_}"
        if abs(shift) == 1:
            yield f"{c.lemma} {shift} {other.lower_}"
            yield f"{shift} tag {other.tag_}"


@EVENT.register("words around")
def around(c: EventCandidate) -> Iterable[str]:
    """Return the lemmas of the sentence's other nouns, verbs and adjectives."""
    return (
        token.lemma_.lower()
        for token in c.sentence.span
        if token.pos_ in {"NOUN", "VERB", "ADJ"} and token.i != c.token.i
    )


@EVENT.register("article")
def article(c: EventCandidate) -> Iterator[str]:
    """Yield what the article and the sentence are about."""
    context = c.sentence.context
    yield f"political {context.political}"
    yield f"public {context.public}"
    yield f"sporting {context.sporting}"
    yield f"violent {c.sentence.is_violent}"
    yield f"official {c.sentence.has_official}"


def _role(c: EventCandidate, tokens: list[Token]) -> Iterator[str]:
    if not tokens:
        yield "none"
    for token in tokens[:1]:
        yield f"word {token.lemma_.lower()}"
        for kind in _kinds(token, c):
            yield kind
            yield f"{c.lemma} {kind}"


def _kinds(token: Token, c: EventCandidate) -> Iterator[str]:
    """Yield the kinds of party that the phrase of `token` may name."""
    if token.pos_ == "PRON":
        yield token.lower_
    if is_proper(token):
        yield "name"
    elif token.pos_ == "NUM":
        yield "number"
    tests: tuple[tuple[str, Callable[[Token], bool]], ...] = (
        ("party", is_party),
        ("expert", is_expert),
        ("official", lambda one: is_official(one, c.sentence.context)),
    )
    yield from (name for name, holds in tests if holds(token))
    yield from _classes(token.lemma_.lower())


def _classes(lemma: str) -> Iterator[str]:
    """Yield the names of the classes of words.tsv that have the lemma."""
    return (f"*{name}" for name in CLASSES if lemma in words(name))
