"""The weights of the features, and exact sums of them.

All weights are whole thousandths, so a sum does not depend on the order of its terms or on the
processor. benchmarks/fit_events.py fits weights.tsv; do not edit it by hand.
"""

import math
from collections.abc import Iterable
from functools import cache
from itertools import repeat
from typing import Any, NamedTuple

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

Numbered = tuple[tuple[int, int], ...]
"""The number and weight of each class for which a feature has a weight."""


class Weights(NamedTuple):
    """The weights of all decisions. A feature without weights counts nothing."""

    heads: frozenset[str]
    """The lemmas of candidates."""
    single: dict[str, dict[str, int]]
    """Weights of the decisions between yes and no: look, event, actor, recipient."""
    several: dict[str, dict[str, Numbered]]
    """Weights of the decisions between several classes: type, status."""
    limits: dict[str, int]
    """The smallest sums and probabilities that are kept."""
    curve: tuple[tuple[int, int], ...]
    """Points from the estimated to the observed share of right events, both in parts of `ONE`."""

    def sum(self, decision: str, features: Iterable[str]) -> int:
        """Return the sum of the weights of `features`, in thousandths."""
        known = self.single[decision]
        return known.get("constant", 0) + sum(map(known.get, features, repeat(0)))

    def sums(self, decision: str, features: Iterable[str]) -> list[int]:
        """Return the sum for each class of `CLASSES[decision]`, in thousandths."""
        known = self.several[decision]
        constants = dict(known["constant"])
        found = [constants.get(number, NEVER) for number in range(len(CLASSES[decision]))]
        for feature in features:
            for number, weight in known.get(feature, ()):
                found[number] += weight
        return found

    def has_type(self, type: str) -> bool:
        """Return whether the type has weights; a new type has none."""
        number = CLASSES["type"].index(type)
        return number in dict(self.several["type"]["constant"])

    @property
    def has_all_types(self) -> bool:
        """Return whether each type has weights."""
        return len(self.several["type"]["constant"]) == len(EVENT_TYPES)

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
    """Return the weights of weights.tsv. All lemmas of the lexicon are heads too."""
    found = from_rows(line.split("\t") for line in read_lines("weights.tsv"))
    return found._replace(heads=found.heads | triggers().keys())


def from_rows(rows: Iterable[list[str]]) -> Weights:
    """Return the weights in the rows of a table: decision, feature, weight or weights."""
    heads: set[str] = set()
    single: dict[str, dict[str, int]] = {}
    several: dict[str, dict[str, Numbered]] = {}
    limits: dict[str, int] = {}
    curve: list[tuple[int, int]] = []
    shared: dict[Any, Any] = {}  # saves memory: many names and many weights are equal
    for decision, feature, weight in rows:
        if decision == "head":
            heads.add(feature)
        elif decision == "limit":
            limits[feature] = int(weight)
        elif decision == "curve":
            curve.append((int(feature), int(weight)))
        elif decision in CLASSES:
            named = (one.split(":") for one in weight.split(" "))
            pairs = ((CLASSES[decision].index(name), int(number)) for name, number in named)
            feature = shared.setdefault(feature, feature)
            several.setdefault(decision, {})[feature] = tuple(
                shared.setdefault(pair, pair) for pair in pairs
            )
        else:
            number = int(weight)
            feature = shared.setdefault(feature, feature)
            single.setdefault(decision, {})[feature] = shared.setdefault(number, number)
    return Weights(frozenset(heads), single, several, limits, tuple(curve))


def _exponential(distance: int) -> int:
    return _EXPONENTIALS[min(distance, _LIMIT) // STEP]
