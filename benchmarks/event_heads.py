"""Fits the regressions over the vectors of the encoder, and gives each sentence their scores.

A sentence whose labels are fitted gets scores from regressions that were fitted to other documents, so
that the weights which are fitted to these scores learn how far to trust them.
"""

import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
import numpy.typing as npt
from event_weights import head_of
from labelled_events import Example, Labelled, is_learned
from sklearn.linear_model import LogisticRegression
from sklearn.neural_network import MLPClassifier

from newslake.schemas.ontology import STATUSES
from newslake.transforms.events.decision.candidates import FUNCTION_WORDS, Sentence
from newslake.transforms.events.decision.party_features import possible_parties
from newslake.transforms.events.encode.encoder import LAYERS
from newslake.transforms.events.encode.encoder import WIDTH as STATE
from newslake.transforms.events.encode.installed import load_encoder
from newslake.transforms.events.encode.scores import ROLES, TYPES, Floats, Heads, Scores, pairs
from newslake.transforms.events.parse.tokens import Token

WIDTH = 512
"""The number of columns to which the vectors are projected."""
HIDDEN = 128
"""The width of the hidden layer of the scores for parties."""
STRENGTH = 0.006
"""The inverse of the L2 penalty of the regressions."""
ALPHA, ROUNDS = 1.0, 6
"""The L2 penalty of the scores for parties, and how often the training examples are read."""
STEPS = 60
"""The largest number of steps of a regression."""
IMPROBABLE = -20.0
"""The sum of a class without labels."""
SAMPLED = 10
"""Every tenth sentence decides the projection. No label is used."""
PARTS = 4
"""Number of parts of the training documents whose scores come from the other parts."""


class Encoded(NamedTuple):
    """A sentence with the vectors of its words, projected."""

    examples: list[Example]
    sentence: Sentence
    projected: Floats


def projection(vectors: npt.NDArray[np.float16]) -> Floats:
    """Return the directions of the largest variance; no label is used."""
    sample = vectors.astype(np.float32)
    sample -= sample.mean(axis=0)
    values, directions = np.linalg.eigh(sample.T @ sample / len(sample))
    kept = directions[:, ::-1][:, :WIDTH]
    return np.asarray(kept / np.sqrt(values[::-1][:WIDTH].mean()), np.float32)


def fitted_heads(training: Sequence[Encoded], project: Floats) -> Heads:
    """Return the regressions that are fitted to the labels of `training`."""
    rows, types, hits, statuses = [], [], [], []
    both, labels = [], []
    for examples, sentence, projected in training:
        start = sentence.span.start
        events = {one.candidate.token.i: one for one in examples if one.event}
        for token in sentence.span:
            if token.pos_ in FUNCTION_WORDS and token.i not in events:
                continue
            rows.append(projected[token.i - start])
            example = events.get(token.i)
            types.append(TYPES.index(example.event["type"]) if example and example.event else 0)
        parties = possible_parties(sentence.span) if events else []
        for place, example in events.items():
            hits.append(projected[place - start])
            statuses.append(tuple(STATUSES).index(example.event["status"]))
            places = [one.i - start for one in parties]
            both.append(pairs(projected, [place - start] * len(places), places))
            labels.append(np.array(_roles(example, parties)).reshape(-1, len(ROLES)))
    return Heads(
        project,
        _several(np.array(rows), types, len(TYPES), STRENGTH),
        _several(np.array(hits), statuses, len(STATUSES), STRENGTH),
        *_layers(np.concatenate(both), np.concatenate(labels)),
    )


class Encodings:
    """The sentences of all sets with the vectors of their words.

    Args:
        every: The sentences of all sets.
        vectors: Returns the vectors of the words of a sentence.
    """

    def __init__(
        self,
        every: Sequence[Labelled],
        vectors: Callable[[tuple[str, ...]], npt.NDArray[np.float16]],
    ) -> None:
        words = words_of(every)
        self._project = projection(np.concatenate([vectors(one) for one in words[::SAMPLED]]))
        known = {one: vectors(one).astype(np.float32) @ self._project for one in words}
        self._of: dict[int, list[Encoded]] = {}
        for labelled in every:
            self._of[id(labelled)] = [
                Encoded(examples, sentence, known[_words(sentence)])
                for examples, sentence in _sentences(labelled)
            ]

    def heads(self, training: Iterable[Labelled]) -> Heads:
        """Return the regressions that are fitted to the labels of `training`."""
        return fitted_heads(
            [one for some in training if is_learned(some) for one in self._of[id(some)]],
            self._project,
        )

    def score(self, every: Iterable[Labelled], heads: Heads | None) -> None:
        """Give the sentences their scores, or take them away."""
        for one in (one for labelled in every for one in self._of[id(labelled)]):
            one.sentence.scores = None if heads is None else Scores(one.projected, heads)

    def score_apart(self, training: Sequence[Labelled]) -> None:
        """Give each sentence scores from regressions that are fitted to other documents."""
        learned = [one for one in training if is_learned(one)]
        for part in range(PARTS):
            heads = self.heads(one for one in learned if _part(one) != part)
            self.score((one for one in learned if _part(one) == part), heads)


def words_of(every: Iterable[Labelled]) -> list[tuple[str, ...]]:
    """Return the words of each distinct sentence that has candidates."""
    found = (_words(sentence) for labelled in every for _, sentence in _sentences(labelled))
    return list(dict.fromkeys(found))


def _words(sentence: Sentence) -> tuple[str, ...]:
    return tuple(token.text for token in sentence.span)


def _sentences(labelled: Labelled) -> Iterator[tuple[list[Example], Sentence]]:
    return ((some, some[0].candidate.sentence) for some in labelled.sentences if some)


def _part(labelled: Labelled) -> int:
    return labelled.digest // 11 % PARTS


def _roles(example: Example, parties: Sequence[Token]) -> list[list[bool]]:
    """Return for each possible party whether it is an actor and whether it is a recipient."""
    offset = example.start - example.candidate.token.idx
    event = example.event or {}
    actors, recipients = (
        {
            head_of(parties, one["start"] - offset, one["end"] - offset)
            for one in event.get(role, ())
        }
        for role in ("actors", "recipients")
    )
    return [[one.i in actors, one.i in recipients] for one in parties]


def _several(rows: Floats, labels: Sequence[int], number: int, strength: float) -> Floats:
    """Return the weights of a regression over classes; a class without labels is improbable."""
    model = LogisticRegression(C=strength, tol=1e-3, max_iter=STEPS).fit(rows, labels)
    weights = np.zeros((rows.shape[1] + 1, number), np.float32)
    weights[-1] = IMPROBABLE
    weights[:, model.classes_] = np.vstack([model.coef_.T, model.intercept_])
    return weights


def _layers(rows: Floats, labels: npt.NDArray[np.bool_]) -> tuple[Floats, Floats]:
    """Return the weights of a hidden layer and of the outputs."""
    model = MLPClassifier(
        (HIDDEN,),
        alpha=ALPHA,
        batch_size=256,
        learning_rate_init=2e-3,
        max_iter=ROUNDS,
        random_state=0,
    ).fit(rows, labels)
    inner, outer = (
        np.vstack([weights, constants]).astype(np.float32)
        for weights, constants in zip(model.coefs_, model.intercepts_, strict=True)
    )
    return inner, outer


def save_heads(heads: Heads, path: Path) -> None:
    """Write the regressions to `path`, with half the digits."""
    np.savez_compressed(
        path, **{name: one.astype(np.float16) for name, one in heads._asdict().items()}
    )


class Vectors:
    """The vectors of the encoder, kept in a file.

    Args:
        path: A file for the vectors of the words, in the order in which the sentences came; the
            sentences are in a file beside it.
    """

    def __init__(self, path: Path) -> None:
        self._path = path
        self._places: dict[tuple[str, ...], int] = {}
        self._kept = np.zeros((0, STATE * len(LAYERS)), np.float16)
        if path.is_file():
            self._kept = np.load(path, mmap_mode="r")
            place = 0
            for line in self._sentences.read_text("utf-8").splitlines():
                words = tuple(json.loads(line))
                self._places[words] = place
                place += len(words)

    @property
    def _sentences(self) -> Path:
        return self._path.with_suffix(".jsonl")

    def add(self, sentences: Iterable[tuple[str, ...]]) -> None:
        """Encode the sentences that are not in the file yet, and write all."""
        new = [one for one in sentences if one not in self._places]
        if not new:
            return
        encoder = load_encoder()
        vectors = [self._kept, *(encoder.vectors(one).astype(np.float16) for one in new)]
        every = [*self._places, *new]
        np.save(self._path, np.concatenate(vectors))
        self._sentences.write_text("".join(json.dumps(one) + "\n" for one in every), "utf-8")
        self.__init__(self._path)  # type: ignore[misc]

    def of(self, words: tuple[str, ...]) -> npt.NDArray[np.float16]:
        """Return the vectors of the words of a sentence."""
        start = self._places[words]
        return self._kept[start : start + len(words)]
