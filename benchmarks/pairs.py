"""Pairwise scores of predicted clusters of copies against labelled clusters."""

from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import combinations
from typing import Any

Row = Mapping[str, Any]
Pair = tuple[str, str]

HARD = ("neg_quote", "neg_footer", "neg_template")
"""Kinds of hard negatives: documents that resemble others but are not copies."""


@dataclass(frozen=True)
class Gold:
    """The labels of a file: pairs that are copies, pairs that do not count, hard negatives."""

    copies: set[Pair]
    ignored: set[Pair]
    kinds: Mapping[str, str]
    """The kind of each document."""
    hard: Mapping[str, set[Pair]]
    """By kind of hard negative, the pairs that must not be predicted as copies."""


@dataclass(frozen=True)
class Score:
    """The scores of a method."""

    precision: float
    recall: float
    f1: float
    recall_by_kind: dict[str, float] = field(default_factory=dict)
    """The share of pairs found, among the pairs with a document of that kind."""
    false_by_kind: dict[str, float] = field(default_factory=dict)
    """The share of pairs predicted as copies, among the pairs of that kind of hard negative."""


def pair(one: str, other: str) -> Pair:
    """Return the pair of two ids in ascending order."""
    return (one, other) if one < other else (other, one)


def pairs_within(clusters: Iterable[Iterable[str]]) -> set[Pair]:
    """Return all pairs of ids in the same cluster."""
    return {pair(*two) for cluster in clusters for two in combinations(cluster, 2)}


def connected(links: Iterable[Pair]) -> list[list[str]]:
    """Return the connected components of `links`."""
    parent: dict[str, str] = {}

    def root(id: str) -> str:
        while parent.setdefault(id, id) != id:
            parent[id] = id = parent[parent[id]]
        return id

    for one, other in links:
        parent[root(one)] = root(other)
    clusters = defaultdict(list)
    for id in list(parent):
        clusters[root(id)].append(id)
    return [*clusters.values()]


def gold_of(rows: Iterable[Row]) -> Gold:
    """Return the labels in rows with id, cluster, kind and, for hard negatives, neg_of or foot_of.

    Clusters whose names are equal up to `#` have the same base text; pairs across them do not
    count.
    """
    rows = list(rows)
    clusters, bases = defaultdict(list), defaultdict(list)
    for row in rows:
        clusters[row["cluster"]].append(row["id"])
        bases[row["cluster"].partition("#")[0]].append(row["id"])
    copies = pairs_within(clusters.values())
    return Gold(
        copies=copies,
        ignored=pairs_within(bases.values()) - copies,
        kinds={row["id"]: row["kind"] for row in rows},
        hard={kind: set(_hard_pairs(kind, rows, clusters)) - copies for kind in HARD},
    )


def _hard_pairs(kind: str, rows: list[Row], clusters: Mapping[str, list[str]]) -> Iterable[Pair]:
    feet = defaultdict(list)
    for row in rows:
        if row["kind"] == kind and row.get("foot_of"):
            feet[row["foot_of"]].append(row["id"])
        elif row["kind"] == kind:
            yield from (pair(row["id"], other) for other in clusters.get(row.get("neg_of", ""), ()))
    yield from pairs_within(feet.values())


def score(gold: Gold, found: set[Pair]) -> Score:
    """Return the scores of the pairs `found`."""
    right, wrong = len(found & gold.copies), len(found - gold.copies - gold.ignored)
    of_kind = Counter(kind for two in gold.copies for kind in {gold.kinds[id] for id in two})
    hits = Counter(kind for two in gold.copies & found for kind in {gold.kinds[id] for id in two})
    return Score(
        precision=_share(right, right + wrong),
        recall=_share(right, len(gold.copies)),
        f1=_share(2 * right, right + wrong + len(gold.copies)),
        recall_by_kind={kind: _share(hits[kind], count) for kind, count in sorted(of_kind.items())},
        false_by_kind={
            kind: _share(len(found & pairs), len(pairs)) for kind, pairs in gold.hard.items()
        },
    )


def _share(part: int, whole: int) -> float:
    return part / whole if whole else 0.0
