"""The forward pass of the encoder mpnet (Song et al., 2020), for one sentence at a time.

It is a BERT encoder whose attention has a bias for each distance between two words. numpy multiplies
the matrices. Each sentence is encoded alone, so the vectors do not depend on other sentences.
"""

from collections.abc import Mapping, Sequence
from functools import cache
from itertools import accumulate
from typing import Any

import numpy as np
import numpy.typing as npt

from newslake.transforms.events.encode.word_pieces import WordPieces

LAYERS = (7,)
"""The layers whose states are the vector of a word. Later layers are not computed."""

WIDTH = 768
"""The width of a state."""

_HEADS = 12
_EPSILON = 1e-5
_FIRST_POSITION = 2
_BUCKETS = 16
"""The bias of attention knows this many distances in each direction."""
_FARTHEST = 128
_MOST_PIECES = 510

Floats = npt.NDArray[np.float32]


class Encoder:
    """Computes a vector for each word of a sentence.

    Args:
        weights: The arrays of the weights by their names.
        vocabulary: The word pieces in the order of their numbers.
    """

    def __init__(self, weights: Mapping[str, Floats], vocabulary: Sequence[str]) -> None:
        self._weights = weights
        self._pieces = WordPieces(vocabulary)

    def vectors(self, words: Sequence[str]) -> Floats:
        """Return a row for each word: the states of its first piece in each of `LAYERS`."""
        pieces = [self._pieces.of(word) for word in words]
        firsts = [1, *accumulate(map(len, pieces), initial=1)][1:-1]
        whole = [one for some in pieces for one in some][:_MOST_PIECES]
        states = self._states([self._pieces.start, *whole, self._pieces.end])
        places = np.minimum(firsts, len(whole))
        return np.concatenate([state[places] for state in states], axis=1)

    def _states(self, numbers: Sequence[int]) -> list[Floats]:
        """Return the states of all pieces in each of `LAYERS`."""
        size = len(numbers)
        words = self._weights["embeddings.word_embeddings.weight"][list(numbers)]
        positions = self._weights["embeddings.position_embeddings.weight"]
        state = words + positions[_FIRST_POSITION : _FIRST_POSITION + size]
        state = self._normal("embeddings", state)
        biases = self._weights["encoder.relative_attention_bias.weight"]
        bias = biases[distances(size)].transpose(2, 0, 1)
        found = []
        for number in range(max(LAYERS)):
            state = self._layer(f"encoder.layer.{number}", state, bias)
            if number + 1 in LAYERS:
                found.append(state)
        return found

    def _layer(self, name: str, state: Floats, bias: Floats) -> Floats:
        query, key, value = (self._split(f"{name}.attention.attn.{one}", state) for one in "qkv")
        scores = query @ key.transpose(0, 2, 1)
        scores /= np.float32(np.sqrt(WIDTH // _HEADS))
        scores += bias
        scores -= scores.max(axis=-1, keepdims=True)
        np.exp(scores, out=scores)
        scores /= scores.sum(axis=-1, keepdims=True)
        mixed = np.asarray((scores @ value).transpose(1, 0, 2).reshape(-1, WIDTH), np.float32)
        attended = self._linear(f"{name}.attention.attn.o", mixed)
        state = self._normal(f"{name}.attention", attended + state)
        inner = _gelu(self._linear(f"{name}.intermediate.dense", state))
        return self._normal(f"{name}.output", self._linear(f"{name}.output.dense", inner) + state)

    def _linear(self, name: str, state: Floats) -> Floats:
        result: Floats = state @ self._weights[f"{name}.weight"].T
        result += self._weights[f"{name}.bias"]
        return result

    def _split(self, name: str, state: Floats) -> Floats:
        return self._linear(name, state).reshape(len(state), _HEADS, -1).transpose(1, 0, 2)

    def _normal(self, name: str, state: Floats) -> Floats:
        state = state - state.mean(axis=-1, keepdims=True)
        scale = np.sqrt(np.square(state).mean(axis=-1, keepdims=True) + np.float32(_EPSILON))
        state /= scale
        state *= self._weights[f"{name}.LayerNorm.weight"]
        state += self._weights[f"{name}.LayerNorm.bias"]
        return state


@cache
def distances(size: int) -> npt.NDArray[np.int64]:
    """Return the number of the bias for each pair of pieces: by their distance, then by its logarithm."""
    places = np.arange(size)
    far = places[None, :] - places[:, None]
    near = _BUCKETS // 2
    steps = np.log(np.maximum(np.abs(far), 1) / near) / np.log(_FARTHEST / near)
    by_logarithm = np.minimum(near + (steps * (_BUCKETS - near)).astype(int), _BUCKETS - 1)
    buckets = np.where(np.abs(far) < near, np.abs(far), by_logarithm)
    return np.asarray(buckets + _BUCKETS * (far > 0))


def _gelu(state: Floats) -> Floats:
    """Return the Gaussian error linear unit, by its usual approximation with tanh."""
    inner: Any = np.square(state)
    inner *= np.float32(0.044715)
    inner += 1
    inner *= state
    inner *= np.float32(np.sqrt(2 / np.pi))
    np.tanh(inner, out=inner)
    inner += 1
    inner *= state
    inner *= np.float32(0.5)
    result: Floats = inner
    return result
