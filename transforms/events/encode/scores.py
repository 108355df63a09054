"""What the vectors of the encoder tell of words: scores for types, statuses and parties."""

from collections.abc import Iterator, Sequence
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newslake.schemas.ontology import EVENT_TYPES, STATUSES

TYPES = ("none", *EVENT_TYPES)
ROLES = ("actor", "recipient")
PARTY_WIDTH = 256
"""The number of columns of the projection at which the scores for parties look."""
LEAST, MOST = -8, 12
"""The smallest and the largest level. A level is half a unit of log odds."""

Floats = npt.NDArray[np.float32]


class Heads(NamedTuple):
    """Logistic regressions over the vectors."""

    project: Floats
    """The projection of a vector; its first columns have the largest variance."""
    types: Floats
    """A column for each of `TYPES` and a row for each column of `project`; the last row is constant."""
    statuses: Floats
    """The same for each status."""
    inner: Floats
    """The hidden layer of the scores for parties, over the features of `pair`."""
    outer: Floats
    """The output of the scores for parties: a column for each of `ROLES`."""


class Scores:
    """The scores of the words of one sentence.

    Args:
        projected: A row for each word: its vector from the encoder, projected.
        heads: The regressions.
    """

    def __init__(self, projected: Floats, heads: Heads) -> None:
        self._heads = heads
        self._projected = projected
        self._types = _shares(with_constant(projected) @ heads.types)
        self._parties: dict[int, Floats] = {}

    def event(self, place: int) -> float:
        """Return the probability that the word at `place` of the sentence reports an event."""
        return 1 - float(self._types[place, 0])

    def types(self, place: int) -> Iterator[str]:
        """Yield the levels of an event, and of each type that is not improbable."""
        yield from _levels("event", self.event(place))
        for name, share in zip(TYPES[1:], self._types[place, 1:], strict=True):
            yield from _levels(name, float(share))

    def statuses(self, place: int) -> Iterator[str]:
        """Yield the levels of each status of the event at `place`."""
        shares = _shares(with_constant(self._projected[place : place + 1]) @ self._heads.statuses)
        for name, share in zip(STATUSES, shares[0], strict=True):
            yield from _levels(name, float(share))

    def roles(self, event: int, party: int) -> Iterator[str]:
        """Yield the levels of each role of the word `party` in the event at the word `event`."""
        if event not in self._parties:
            size = len(self._projected)
            both = pairs(self._projected, [event] * size, range(size))
            hidden = with_constant(both) @ self._heads.inner
            sums = with_constant(np.maximum(hidden, 0)) @ self._heads.outer
            self._parties[event] = 1 / (1 + np.exp(-sums))
        for name, share in zip(ROLES, self._parties[event][party], strict=True):
            yield from _levels(name, float(share))


def pairs(projected: Floats, events: Sequence[int], parties: Sequence[int]) -> Floats:
    """Return what the scores for parties look at: both words, and the distance between them."""
    far = np.array(parties) - np.array(events)
    distance = np.stack([far < 0, far > 0, np.clip(far, -20, 20) / 10, np.abs(far) < 4], axis=1)
    kept = projected[:, :PARTY_WIDTH]
    both = [kept[list(events)], kept[list(parties)], distance.astype(np.float32)]
    return np.concatenate(both, axis=1)


def with_constant(rows: Floats) -> Floats:
    """Return the rows with a last column of ones."""
    return np.concatenate([rows, np.ones((len(rows), 1), np.float32)], axis=1)


def _shares(sums: Floats) -> Floats:
    powers = np.exp(sums - sums.max(axis=1, keepdims=True))
    result: Floats = powers / powers.sum(axis=1, keepdims=True)
    return result


def _levels(name: str, share: float) -> Iterator[str]:
    """Yield each level that the log odds of `share` reach: several weights make a curve."""
    share = min(max(share, 1e-6), 1 - 1e-6)
    level = min(MOST, round(2 * float(np.log(share / (1 - share)))))
    return (f"{name} {number / 2}" for number in range(LEAST, level + 1))
