"""The weights of the features, and exact sums of them.

All weights are whole thousandths, so a sum does not depend on the order of its terms or on the
processor. benchmarks/fit_events.py fits weights.tsv; do not edit it by hand.
"""

import math
from array import array
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from typing import NamedTuple

import numpy as np
import numpy.typing as npt

from newslake.schemas.ontology import EVENT_TYPES, STATUSES
from newslake.transforms.events.data.data_files import read_lines
from newslake.transforms.events.data.lexicon import triggers

ONE = 10_000
"""The probability 1. All probabilities are whole numbers of this unit."""
STEP = 10
"""The tables of exponentials have one entry for this many thousandths."""

CLASSES = {"type": tuple(EVENT_TYPES), "status": tuple(STATUSES)}
"""The classes of the decisions between several classes, in the order of their numbers."""

NEVER = -12_000
"""The sum of a class that has no weights, such as a new type."""

_LIMIT = 12_000
_EXPONENTIALS = tuple(round(10**9 * math.exp(-d / 1000)) for d in range(0, _LIMIT + STEP, STEP))

CONSTANT = "constant"
"""The name of the weights that every candidate has."""


class WeightTable:
    """The weights of a decision: a whole number for each feature and class.

    A feature is found by its hash in a sorted array: 75,000 names take 20 MB as texts, and 1 MB so.
    """

    def __init__(self, width: int) -> None:
        self.constants = [NEVER] * width
        self._hashes = array("q")
        self._weights = array("h")
        self._width = width

    def add(self, feature: str, weights: Sequence[int | None]) -> None:
        """Add the weight of each class; None is no weight."""
        if feature == CONSTANT:
            self.constants = [NEVER if weight is None else weight for weight in weights]
            return
        self._hashes.append(hash(feature))
        self._weights.extend(weight or 0 for weight in weights)

    @cached_property
    def _sorted(self) -> tuple[npt.NDArray[np.int64], npt.NDArray[np.int16]]:
        """The hashes in rising order, and the weights of each. The last has only zeros."""
        hashes = np.array([*self._hashes, np.iinfo(np.int64).max])
        weights = np.array([*self._weights, *[0] * self._width], np.int16)
        order = np.argsort(hashes)
        return hashes[order], weights.reshape(-1, self._width)[order]

    def of(self, features: Sequence[str]) -> npt.NDArray[np.int16]:
        """Return the weights of each class for each feature. A feature without weights has zeros."""
        known, weights = self._sorted
        asked = np.fromiter(map(hash, features), np.int64, len(features))
        places = known.searchsorted(asked)
        places[known[places] != asked] = -1
        return weights[places]

    def sums(self, features: Sequence[str]) -> list[int]:
        """Return the sum of the weights of `features` for each class, in thousandths."""
        found: npt.NDArray[np.int64] = self.of(features).sum(axis=0, dtype=np.int64)
        return [int(one) + constant for one, constant in zip(found, self.constants, strict=True)]


class Weights(NamedTuple):
    """The weights of all decisions. A feature without weights counts nothing."""

    heads: frozenset[str]
    """The lemmas of candidates."""
    tables: dict[str, WeightTable]
    """The table of each decision: look, event, type, status, actor, recipient."""
    limits: dict[str, int]
    """The smallest sums and probabilities that are kept."""
    curve: tuple[tuple[int, int], ...]
    """Points from the estimated to the observed share of right events, both in parts of `ONE`."""

    def sum(self, decision: str, features: Sequence[str]) -> int:
        """Return the sum for a decision between yes and no, in thousandths."""
        return self.tables[decision].sums(features)[0]

    def sums(self, decision: str, features: Sequence[str]) -> list[int]:
        """Return the sum for each class of `CLASSES[decision]`, in thousandths."""
        return self.tables[decision].sums(features)

    def has_type(self, type: str) -> bool:
        """Return whether the type has weights; a new type has none."""
        return self.tables["type"].constants[CLASSES["type"].index(type)] != NEVER

    @property
    def has_all_types(self) -> bool:
        """Return whether each type has weights."""
        return NEVER not in self.tables["type"].constants

    def calibrated(self, estimate: int) -> int:
        """Return the observed share of right events among those with this `estimate`."""
        (x0, y0), *points = self.curve
        for x1, y1 in points:
            if estimate <= x1:
                return y0 + (y1 - y0) * (estimate - x0) // (x1 - x0)
            x0, y0 = x1, y1
        return y0


def probability(total: int) -> int:
    """Return the probability of `total` thousandths of log odds.

    >>> probability(0), probability(2_000), probability(-99_000)
    (5000, 8808, 0)
    """
    small = _exponential(abs(total))
    rare = ONE * small // (_EXPONENTIALS[0] + small)
    return rare if total < 0 else ONE - rare


def shares(sums: Iterable[int]) -> list[int]:
    """Return the probability of each class.

    >>> shares([1_000, 1_000, -20_000])
    [4999, 4999, 0]
    """
    every = list(sums)
    top = max(every)
    parts = [_exponential(top - one) for one in every]
    whole = sum(parts)
    return [ONE * part // whole for part in parts]


@cache
def weights() -> Weights:
    """Return the weights of weights.tsv."""
    return from_rows(rows())


def rows() -> Iterator[list[str]]:
    """Yield the rows of weights.tsv: decision, feature, weight or weights."""
    return (line.split("\t") for line in read_lines("weights.tsv"))


def from_rows(rows: Iterable[list[str]]) -> Weights:
    """Return the weights in the rows of a table. All lemmas of the lexicon are heads too."""
    heads: set[str] = set()
    tables: dict[str, WeightTable] = {}
    limits: dict[str, int] = {}
    curve: list[tuple[int, int]] = []
    for decision, feature, weight in rows:
        if decision == "head":
            heads.add(feature)
        elif decision == "limit":
            limits[feature] = int(weight)
        elif decision == "curve":
            curve.append((int(feature), int(weight)))
        elif decision in CLASSES:
            classes = CLASSES[decision]
            named = dict(one.split(":") for one in weight.split(" "))
            table = tables.setdefault(decision, WeightTable(len(classes)))
            table.add(feature, [int(named[one]) if one in named else None for one in classes])
        else:
            tables.setdefault(decision, WeightTable(1)).add(feature, [int(weight)])
    return Weights(frozenset(heads) | triggers().keys(), tables, limits, tuple(curve))


def _exponential(distance: int) -> int:
    return _EXPONENTIALS[min(distance, _LIMIT) // STEP]
