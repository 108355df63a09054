"""The deep event model: other weights, which also use the scores of the encoder."""

from collections.abc import Iterable
from functools import cache
from importlib.resources import files

import numpy as np

from newslake.transforms.events import data
from newslake.transforms.events.data.data_files import read_lines
from newslake.transforms.events.decision.candidates import EventCandidate, Sentence
from newslake.transforms.events.decision.decide import examine
from newslake.transforms.events.decision.weights import Weights, from_rows, weights
from newslake.transforms.events.encode.installed import load_encoder
from newslake.transforms.events.encode.scores import Heads, Scores

OPEN_FROM = 4_000
"""The encoder is asked about a sentence if a candidate is an event with at least this probability
by the fast model, in parts of `ONE`."""


def weights_for(sentence: Sentence, deep: bool) -> Weights:
    """Return the weights that decide about a sentence, and give it scores if they need them.

    Raises:
        Failure: the encoder is needed and cannot be loaded.
    """
    known = weights()
    if not deep or not is_open(sentence.candidates(known.heads), known):
        return known
    vectors = load_encoder().vectors([token.text for token in sentence.span])
    sentence.scores = Scores(vectors.astype(np.float32) @ heads().project, heads())
    return deep_weights()


def is_open(candidates: Iterable[EventCandidate], known: Weights) -> bool:
    """Return whether one of the candidates may be an event by the fast model."""
    examined = (examine(candidate, known) for candidate in candidates)
    return any(one is not None and one[1] >= OPEN_FROM for one in examined)


@cache
def deep_weights() -> Weights:
    """Return the weights of deep_weights.tsv."""
    return from_rows(line.split("\t") for line in read_lines("deep_weights.tsv"))


@cache
def heads() -> Heads:
    """Return the regressions over the vectors, from deep_heads.npz."""
    with files(data).joinpath("deep_heads.npz").open("rb") as file, np.load(file) as stored:
        return Heads(*(stored[name].astype(np.float32) for name in Heads._fields))
