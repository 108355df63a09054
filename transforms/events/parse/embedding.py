"""Caches the output of the first layer of spaCy's model: one vector (embedding) per word.

This layer computes a third of the model's matrix products. Most words of a text are in the cache.
"""

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

MAX_KNOWN = 10_000
"""Maximum number of words in the cache. If the cache contains more words, it is cleared."""


class Embedding:
    """Returns the same vectors as `embed`; only rounding errors differ.

    Args:
        embed: spaCy's `MultiHashEmbed`, which looks up word features in tables and combines
            the rows.
    """

    def __init__(self, embed: Any) -> None:
        self._features, _, tables, mixer, _ = embed.layers
        self._tables = tables.layers[0]
        self._maxout, self._normalize = mixer.layers[0].layers[0].layers
        self._known: dict[bytes, Any] = {}

    def __call__(
        self, _: Any, docs: Sequence[Any], is_train: bool
    ) -> tuple[list[Any], Callable[[Any], Any]]:
        """Return one float32 array of shape (words, width) per document, like a layer of thinc."""
        if is_train:
            raise NotImplementedError("cached vectors cannot be trained")
        if len(self._known) > MAX_KNOWN:
            self._known.clear()
        keys = [_keys(features) for features in self._features.predict(docs)]
        new = list({key: None for some in keys for key in some if key not in self._known})
        if new:
            self._known.update(zip(new, self._vectors(new), strict=True))
        width = self._maxout.get_dim("nO")
        vectors = [np.array([self._known[key] for key in some], "f") for some in keys]
        return [some.reshape(-1, width) for some in vectors], lambda gradient: gradient

    def _vectors(self, keys: Sequence[bytes]) -> Any:
        """Return the vectors of words, one row per word.

        Each word has its own matrix product, so a word's vector does not depend on other words.
        """
        features = np.frombuffer(b"".join(keys), np.uint64).reshape(len(keys), -1)
        found = self._tables.predict(features)
        weights, bias = self._maxout.get_param("W"), self._maxout.get_param("b")
        products = np.matmul(found[:, None], weights.reshape(bias.size, -1).T)
        largest = (products.reshape(-1, *bias.shape) + bias).max(axis=-1)
        return self._normalize.predict(largest)


def cache_embeddings(model: Any) -> None:
    """Put an `Embedding` in place of the first layer of the spaCy `model`."""
    from thinc.api import Model

    layers = model.get_pipe("tok2vec").model.layers
    layers[0] = Model("remembered", Embedding(layers[0]))


def _keys(features: Any) -> list[bytes]:
    """Return a cache key for each word: the word's row of `features` as bytes."""
    row = np.dtype((np.void, features.itemsize * features.shape[1]))
    keys: list[Any] = np.ascontiguousarray(features).view(row).ravel().tolist()
    return keys
