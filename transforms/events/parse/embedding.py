"""The first layer of spaCy's model, which tells words apart by their letters: worked out once a word.

It takes a third of the products of the whole model, and most words of a text have been met before.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

MOST_KNOWN = 10_000
"""So many different words are remembered; then all are forgotten, lest they grow for ever."""


class Embedding:
    """Gives the vectors of words as `embed` does, but for the last digits.

    Args:
        embed: spaCy's `MultiHashEmbed`: looks up the features of words in tables, and mixes what it finds.
    """

    def __init__(self, embed: Any) -> None:
        self._features, _, tables, mixer, _ = embed.layers
        self._tables = tables.layers[0]
        self._maxout, self._normalize = mixer.layers[0].layers[0].layers
        self._known: dict[bytes, Any] = {}

    def __call__(
        self, _: Any, docs: Sequence[Any], is_train: bool
    ) -> tuple[list[Any], Callable[[Any], Any]]:
        """Return an array a document, float32 of shape (words, width), as a layer of thinc does."""
        if is_train:
            raise NotImplementedError("what is remembered cannot be trained")
        if len(self._known) > MOST_KNOWN:
            self._known.clear()
        keys = [_keys(features) for features in self._features.predict(docs)]
        new = list({key: None for some in keys for key in some if key not in self._known})
        if new:
            self._known.update(zip(new, self._vectors(new), strict=True))
        width = self._maxout.get_dim("nO")
        vectors = [np.array([self._known[key] for key in some], "f") for some in keys]
        return [some.reshape(-1, width) for some in vectors], lambda gradient: gradient

    def _vectors(self, keys: Sequence[bytes]) -> Any:
        """Return the vectors of words, a row each.

        A product a word, so that none depends on which others are new with it.
        """
        features = np.frombuffer(b"".join(keys), np.uint64).reshape(len(keys), -1)
        found = self._tables.predict(features)
        weights, bias = self._maxout.get_param("W"), self._maxout.get_param("b")
        products = np.matmul(found[:, None], weights.reshape(bias.size, -1).T)
        largest = (products.reshape(-1, *bias.shape) + bias).max(axis=-1)
        return self._normalize.predict(largest)


def _keys(features: Any) -> list[bytes]:
    """Return what is equal for equal words: their rows of `features`, as bytes."""
    row = np.dtype((np.void, features.itemsize * features.shape[1]))
    keys: list[Any] = np.ascontiguousarray(features).view(row).ravel().tolist()
    return keys
