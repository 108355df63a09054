"""Reads the sets of labelled sentences, and finds the candidates of each sentence."""

import gzip
import json
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from functools import partial
from hashlib import blake2b
from pathlib import Path
from typing import Any

from events import Row, as_article
from scoring import Event

from newslake.transforms.events.data.lexicon import triggers
from newslake.transforms.events.decision.candidates import (
    FUNCTION_WORDS,
    EventCandidate,
    EventReading,
    Sentence,
)
from newslake.transforms.events.decision.registry import Features
from newslake.transforms.events.find_events import parsed
from newslake.transforms.events.parse.model import load_model
from newslake.transforms.events.parse.tokens import Token
from newslake.transforms.events.prefilter.passages import passages
from newslake.transforms.events.rules.parties import document_context

SETS = ("train2", "train3", "train4", "train", "dev", "plover_gsr_part")
POOL_LABELS = Path(__file__).with_name("event_labels.jsonl")
"""Our labels of sentences in pool.jsonl.gz: offsets and types, without the texts. `drawn` is `random`,
or `rare` if a word of a rare type or of the past occurs in the sentence."""
WRITTEN = Path(__file__).with_name("written_events.jsonl")
"""Sentences that we wrote for the tests of single rules, with the events that they report."""
TRAPS = Path(__file__).parent.parent / "tests" / "transforms" / "events" / "traps.tsv"
NOT_LEARNED = {"plover_gsr_part", "traps"}
"""Sets that are only scored."""
FOLDS = 5
_LEAST_SHARE = 0.02


@dataclass(eq=False)
class Example:
    """A word that may be the candidate of an event, with its label."""

    candidate: EventCandidate
    start: int
    """Offset of the word in its sentence."""
    event: Event | None = None
    """The labelled event that the word expresses."""


@dataclass(eq=False)
class Labelled:
    """A labelled sentence."""

    row: Row
    set: str
    sentences: list[list[Example]] = field(default_factory=list)

    @property
    def document(self) -> str:
        """The document of the sentence; a sentence without document is its own."""
        return self.row.get("doc") or self.row["id"]

    @property
    def digest(self) -> int:
        """The number that decides the fold, and whether the document is locked."""
        return int.from_bytes(blake2b(self.document.encode(), digest_size=8).digest(), "big")

    @property
    def is_locked(self) -> bool:
        """Whether nobody may read the sentence: its document is fitted and scored unread."""
        return self.digest % 3 == 0

    @property
    def fold(self) -> int:
        """The number of the fold in which the document is tested."""
        return self.digest % FOLDS

    @property
    def examples(self) -> Iterator[Example]:
        """All words of the sentence that may be candidates."""
        return (one for sentence in self.sentences for one in sentence)


def read_sets(folder: Path, parses: Path | None = None) -> list[Labelled]:
    """Return the sentences of all sets of `folder` with their candidates.

    Args:
        folder: The folder with the sets; a set that is not there is left out.
        parses: A file that keeps the parses for the next time.
    """
    found = []
    for name in SETS:
        path = folder / f"{name}.jsonl"
        if path.is_file():
            lines = path.read_text("utf-8").splitlines()
            found += [Labelled(json.loads(line), name) for line in lines if line.strip()]
    pool = folder / "pool.jsonl.gz"
    if pool.is_file():
        found += [Labelled(row, "pool") for row in read_pool(pool)]
    written = WRITTEN.read_text("utf-8").splitlines()
    found += [Labelled(json.loads(line), "written") for line in written]
    found += [
        Labelled(row, "traps" if number % 4 > 1 else "written")
        for number, row in enumerate(read_traps(TRAPS))
    ]
    _add_candidates(found, parses)
    return found


def is_learned(labelled: Labelled) -> bool:
    """Return whether weights are fitted to the sentence."""
    return labelled.set not in NOT_LEARNED


def read_pool(path: Path) -> Iterator[Row]:
    """Yield the labelled sentences of the file `path` in the format of the labelled sets."""
    with gzip.open(path, "rt", encoding="utf-8") as file:
        articles = {article["doc"]: article for article in map(json.loads, file)}
    for number, line in enumerate(POOL_LABELS.read_text("utf-8").splitlines()):
        labels = json.loads(line)
        article = articles[labels["doc"]]
        context, start, end = (labels[name] for name in ("context", "start", "end"))
        yield {
            "id": f"pool-{number}",
            "doc": labels["doc"],
            "published": article["published"],
            "context": article["text"][context:start],
            "sentence": article["text"][start:end],
            "events": [
                _with_texts(event, article["text"][start:end]) for event in labels["events"]
            ],
        }


def _with_texts(event: Event, sentence: str) -> Event:
    """Return a label of the pool with the texts of its spans."""

    def span(offsets: Sequence[int]) -> dict[str, Any]:
        start, end = offsets
        return {"text": sentence[start:end], "start": start, "end": end}

    return event | {
        "trigger": span(event["trigger"]),
        "actors": [span(one) for one in event["actors"]],
        "recipients": [span(one) for one in event["recipients"]],
        "attributed_to": None,
    }


def read_traps(path: Path) -> Iterator[Row]:
    """Yield the rows of traps.tsv in the format of the labelled sets."""
    lines = (line for line in path.read_text("utf-8").splitlines() if not line.startswith("#"))
    for number, line in enumerate(lines):
        sentence, _, events = line.partition("\t")
        yield {
            "id": f"trap-{number}",
            "context": "",
            "sentence": sentence,
            "events": [_event(sentence, one) for one in events.split("; ") if one],
        }


def _event(sentence: str, columns: str) -> Event:
    def spans(names: str) -> list[dict[str, Any]]:
        found = ((name, sentence.index(name)) for name in names.strip().split(", ") if name)
        return [{"text": name, "start": at, "end": at + len(name)} for name, at in found]

    type, trigger, actors, recipients = columns.split(":")
    [at] = spans(trigger)
    return {"type": type, "status": "asserted", "trigger": at} | {
        "actors": spans(actors),
        "recipients": spans(recipients),
        "attributed_to": None,
    }


def heads_of(training: Iterable[Labelled], least: int = 2) -> frozenset[str]:
    """Return the lemmas of the lexicon, and those that the labels show to express events."""
    used: dict[str, int] = {}
    hits: dict[str, int] = {}
    for one in (example for labelled in training for example in labelled.examples):
        lemma = one.candidate.lemma
        used[lemma] = used.get(lemma, 0) + 1
        hits[lemma] = hits.get(lemma, 0) + (one.event is not None)
    shown = {
        lemma for lemma, number in hits.items() if number >= max(least, _LEAST_SHARE * used[lemma])
    }
    return frozenset(triggers().keys() | shown)


def memoized(features: Features[Any]) -> None:
    """Let `features` answer only once for each subject, which must stay alive."""
    known: dict[tuple[int, Any], list[str]] = {}
    ask = features.of

    def of(subject: Any, names: Any = None) -> list[str]:
        asked = tuple(features.by_name) if names is None else names
        key = (id(subject), asked)
        if key not in known:
            kept = [one for one in asked if one != "encoded"]
            known[key] = list(map(sys.intern, ask(subject, kept)))
        return known[key] + (ask(subject, ["encoded"]) if "encoded" in asked else [])

    features.of = of  # type: ignore[method-assign]


def _add_candidates(every: Sequence[Labelled], parses: Path | None) -> None:
    model = _KeptModel(parses)
    tokens = []
    for labelled in every:
        article = as_article(labelled.row)
        context = document_context(article.text)
        year = article.published_at.year if article.published_at else None
        offset = len(labelled.row["context"]) + 1
        worth_parsing = passages(article.text, context.political, context.public)
        for passage in parsed(model, worth_parsing):
            for span in passage.doc.sents:
                if passage.start + span.end_char <= offset:
                    continue
                sentence = Sentence(span, context, year)
                own = [(token, passage.start + token.idx - offset) for token in span]
                tokens.append((labelled, sentence, own))
    model.keep()
    for labelled, sentence, own in tokens:
        starts = {token.i: start for token, start in own}
        words = (token for token, _ in own if token.pos_ not in FUNCTION_WORDS)
        found = [_Candidate(token, sentence) for token in words]
        examples = [Example(one, starts[one.token.i]) for one in found]
        labelled.sentences.append([one for one in examples if one.start >= 0])
    for labelled in every:
        _label(labelled)


class _Candidate(EventCandidate):
    """A candidate that keeps its readings, since features are memoized by the subject's identity."""

    def __init__(self, token: Token, sentence: Sentence) -> None:
        super().__init__(token, sentence)
        self._readings: dict[str, EventReading] = {}

    def reading(self, type: str) -> EventReading:
        """Return the reading as `type`, always the same object."""
        if type not in self._readings:
            self._readings[type] = super().reading(type)
        return self._readings[type]


def _label(labelled: Labelled) -> None:
    """Give each labelled event to one word: that of a trigger of its type, or the highest."""
    for event in _events(labelled):
        inside = [
            one
            for one in labelled.examples
            if one.event is None and _covers(event, one.start, len(one.candidate.token))
        ]
        if inside:
            min(inside, key=partial(_unfit, event["type"])).event = event


def _unfit(type: str, example: Example) -> tuple[bool, int, int]:
    types = {match.trigger.type for match in example.candidate.fits}
    depth = sum(1 for _ in example.candidate.token.ancestors)  # type: ignore[attr-defined]
    return type not in types, depth, example.start


def _events(labelled: Labelled) -> list[Event]:
    return [event for event in labelled.row["events"] if "trigger" in event]


def _covers(event: Event, start: int, length: int) -> bool:
    trigger = event["trigger"]
    return start < trigger["end"] and trigger["start"] < start + length


class _KeptModel:
    """The language model, with parses from a file."""

    def __init__(self, path: Path | None) -> None:
        from spacy.tokens import DocBin

        self._model = load_model()
        self._path = path
        self._known: dict[str, Any] = {}
        if path and path.is_file():
            docs = list(DocBin().from_disk(path).get_docs(self._model.vocab))
            self._known = {doc.text: doc for doc in docs}

    def pipe(self, texts: Sequence[str]) -> list[Any]:
        """Return the parses of `texts`."""
        new = [text for text in dict.fromkeys(texts) if text not in self._known]
        self._known.update(zip(new, self._model.pipe(new), strict=True))
        return [self._known[text] for text in texts]

    def keep(self) -> None:
        """Write the parses to the file."""
        if self._path:
            from spacy.tokens import DocBin

            attributes = ["ORTH", "SPACY", "TAG", "POS", "LEMMA", "DEP", "HEAD", "SENT_START"]
            DocBin(attributes, docs=self._known.values()).to_disk(self._path)
