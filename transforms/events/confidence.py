"""How far a row is to be trusted: a logistic model of a few features of how the act is told.

The weights in confidence.tsv are fitted by benchmarks/calibration.py; do not change them by hand.
"""

import math
from functools import cache

from transforms.events.arguments import Match, is_agentless
from transforms.events.clauses import SPOKEN
from transforms.events.grammar import VERBAL, Token, chain
from transforms.events.tables import read_rows
from transforms.events.telling import Telling

Features = dict[str, float]


def features_of(
    match: Match, telling: Telling, actors: list[Token], recipients: list[Token]
) -> Features:
    """Return what tells a sure row from a doubtful one; each feature is 0 to 1."""
    named = any(token.pos_ != "PRON" for token in actors)
    above = sum(token.pos_ in VERBAL for token in chain(match.clause)) - 1
    return {
        "constant": 1.0,
        "noun": float(match.trigger.sense == "n"),
        "spoken": float(match.trigger.sense in SPOKEN),
        "phrase": float(bool(match.parts)),
        "actor": float(named),
        "pronoun": float(bool(actors) and not named),
        "recipient": float(bool(recipients)),
        "agentless": float(is_agentless(match)),
        "depth": min(above, 3) / 3,
        "asserted": float(telling.status == "asserted"),
        "rewritten": float(telling.type != match.trigger.type),
        "long": min(len(match.head.sent), 60) / 60,
    }


def trust(features: Features) -> float:
    """Return the probability that type and status of the row are right, three digits."""
    weights = _weights()
    sum_ = sum(weights[name] * value for name, value in features.items())
    return round(1 / (1 + math.exp(-sum_)), 3)


@cache
def _weights() -> dict[str, float]:
    return {name: float(weight) for name, weight in read_rows("confidence.tsv", 2)}
