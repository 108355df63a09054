"""Confidence of a mention: a logistic model of a few features of the match.

benchmarks/calibration.py fits the weights in confidence.tsv; do not edit them by hand.
"""

import math
from functools import cache

from newslake.transforms.events.data.data_files import read_rows
from newslake.transforms.events.data.lexicon import SPOKEN
from newslake.transforms.events.parse.grammar import VERBAL, chain
from newslake.transforms.events.rules.arguments import Match

Features = dict[str, float]


def features_of(match: Match) -> Features:
    """Return the features of a match, each from 0 to 1.

    There are few features, because there are few labelled events from which to fit weights.
    """
    above = sum(token.pos_ in VERBAL for token in chain(match.clause)) - 1
    return {
        "constant": 1.0,
        "spoken": float(match.trigger.sense in SPOKEN),
        "depth": min(above, 3) / 3,
        "long": min(len(match.head.sent), 60) / 60,
    }


def confidence_of(features: Features) -> float:
    """Return the probability that type and status are correct, rounded to three digits."""
    weights = _weights()
    sum_ = sum(weights[name] * value for name, value in features.items())
    return round(1 / (1 + math.exp(-sum_)), 3)


@cache
def _weights() -> dict[str, float]:
    return {name: float(weight) for name, weight in read_rows("confidence.tsv", 2)}
