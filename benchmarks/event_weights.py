"""Fits the weights of the learned decisions about events to labelled sentences.

All weights are of logistic regressions with an L2 penalty, rounded to thousandths.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import NamedTuple

import numpy as np
from labelled_events import Example, Labelled, heads_of, is_learned
from scipy.sparse import csr_matrix
from scoring import level, paired
from sklearn.linear_model import LogisticRegression

from newslake.transforms.events.data.lexicon import triggers
from newslake.transforms.events.decision.candidates import EventReading
from newslake.transforms.events.decision.decide import LOOK, REST, Event, chosen
from newslake.transforms.events.decision.event_features import EVENT
from newslake.transforms.events.decision.party_features import PARTY, Party, possible_parties
from newslake.transforms.events.decision.status_features import STATUS
from newslake.transforms.events.decision.weights import CLASSES, CONSTANT, ONE, Weights, from_rows
from newslake.transforms.events.parse.tokens import Token

LEAST = 3
"""A feature has weights if at least this number of training examples have it."""
SMALL = 20
"""Weights below this number of thousandths are left out."""
STRENGTHS = {"look": 0.03, "event": 0.1, "type": 0.3, "status": 0.1, "actor": 0.1, "recipient": 0.1}
"""The inverse of the L2 penalty of each decision."""
WRITTEN = 2
"""How often a written sentence counts: such sentences are rare, and their labels are plain."""
LOST = 0.05
"""Share of the labelled events that the first look may drop."""
LIMITS = {"actor": -1386, "more actors": 0, "recipient": -847, "more recipients": 0}
"""The log odds above which parties are named: of .2, .5, .3 and .5."""
INNER = 3
"""Number of folds over the training documents that choose limit and curve."""
POINTS = 20
"""Number of intervals of the curve of probabilities."""

CERTAIN = {"no_act": 6.0}
"""Features that are rare but certain. The penalty of their weights is smaller by the square of this."""

ORDER = ("head", "limit", "curve", "look", "event", "actor", "recipient", "type", "status")
"""The order of the rows of weights.tsv."""

Features = list[str]
Row = list[str]
"""A row of weights.tsv: decision, feature, weight or weights."""


class Settings(NamedTuple):
    """What a fit leaves out."""

    without: frozenset[str] = frozenset()
    """Features, each as `decision.name`; the decision is event, status or party."""


def fitted(training: Sequence[Labelled], settings: Settings) -> list[Row]:
    """Return the weights fitted to `training`, with a limit and curve from folds over it."""
    learned = [one for one in training if is_learned(one)]
    real = [one for one in learned if one.set != "written"]
    low = ["limit", "event", str(ONE // 20)]  # keeps all but improbable events
    estimates: list[tuple[int, bool, bool]] = []
    for fold in range(INNER):
        rows = regressions([one for one in learned if _inner(one) != fold], settings)
        inner = from_rows([*rows, low])
        for labelled in (one for one in real if _inner(one) == fold):
            estimates += _judged(labelled, inner)
    gold = sum(len(one.row["events"]) for one in real)
    limit = _best_limit([(p, typed) for p, typed, _, _ in estimates], gold)
    curve = _curve([(q, right) for p, _, q, right in estimates if p >= limit])
    return sorted(
        [
            *regressions(learned, settings),
            ["limit", "event", str(limit)],
            *(["curve", str(x), str(y)] for x, y in curve),
        ],
        key=_rank,
    )


def regressions(learned: Sequence[Labelled], settings: Settings) -> list[Row]:
    """Return the weights of all decisions, and all limits but that of the probability."""
    heads = heads_of(learned)
    counted = [
        *learned,
        *(one for one in learned for _ in range(1, WRITTEN) if one.set == "written"),
    ]
    examples = [one for row in counted for one in asked_of(row.examples, heads)]
    hits = [one for one in examples if one.event]
    features = [_features("event", asked(one), settings) for one in examples]
    of_hits = [one for one, example in zip(features, examples, strict=True) if example.event]
    is_event = [one.event is not None for one in examples]
    looks = [EVENT.of(one.candidate, LOOK) for one in examples]
    readings = [(one, one.candidate.reading(one.event["type"])) for one in hits if one.event]
    parties, actors, recipients = _parties(readings, learned, settings)
    statuses = [_features("status", STATUS.of(reading), settings) for _, reading in readings]
    rows = [
        *(["head", head, ""] for head in heads - triggers().keys()),
        *(["limit", name, str(limit)] for name, limit in LIMITS.items()),
        *_single("look", looks, is_event),
        *_single("event", features, is_event),
        *_single("actor", parties, actors),
        *_single("recipient", parties, recipients),
        *_several("type", of_hits, [one.event["type"] for one in hits if one.event]),
        *_several("status", statuses, [one.event["status"] for one in hits if one.event]),
    ]
    weights = from_rows(rows)
    looked = sorted(
        weights.sum("look", one) for one, hit in zip(looks, is_event, strict=True) if hit
    )
    return [*rows, ["limit", "look", str(looked[int(LOST * len(looked))])]]


def asked(example: Example) -> Features:
    """Return all features of the candidate."""
    return EVENT.of(example.candidate, LOOK) + EVENT.of(example.candidate, REST)


def found_in(labelled: Labelled, weights: Weights) -> list[tuple[Example, Event]]:
    """Return the events that the weights find in a sentence, with their words."""
    found = []
    for sentence in labelled.sentences:
        known = {one.candidate: one for one in asked_of(sentence, weights.heads)}
        found += [(known[one.reading.candidate], one) for one in chosen(list(known), weights)]
    return found


def asked_of(examples: Iterable[Example], heads: frozenset[str]) -> Iterator[Example]:
    """Yield the examples that are candidates."""
    for one in examples:
        if one.candidate.sentence.asks(one.candidate.token, heads):
            yield one


def _inner(labelled: Labelled) -> int:
    return labelled.digest // 7 % INNER


def _features(decision: str, found: Features, settings: Settings) -> Features:
    if not settings.without:
        return found
    return [one for one in found if f"{decision}.{one.partition('=')[0]}" not in settings.without]


def _single(decision: str, features: Sequence[Features], labels: Sequence[bool]) -> Iterator[Row]:
    names, matrix = _matrix(features)
    for name, [weight] in _weights(decision, names, matrix, [labels]):
        yield [decision, name, str(weight)]


def _several(decision: str, features: Sequence[Features], labels: Sequence[str]) -> Iterator[Row]:
    names, matrix = _matrix(features)
    classes = CLASSES[decision]
    each = [[label == name for label in labels] for name in classes]
    for name, found in _weights(decision, names, matrix, each):
        pairs = zip(classes, found, strict=True)
        yield [decision, name, " ".join(f"{one}:{weight}" for one, weight in pairs if weight)]


def _rank(row: Row) -> tuple[int, int, str]:
    """Return the place of a row in weights.tsv."""
    decision, name, _ = row
    return ORDER.index(decision), int(name) if decision == "curve" else 0, name


def _weights(
    decision: str, names: Sequence[str], matrix: csr_matrix, labels: Sequence[Sequence[bool]]
) -> Iterable[tuple[str, list[int]]]:
    """Yield the weights of each feature, one per sequence of labels."""
    columns = []
    for wanted in labels:
        if sum(wanted) < LEAST:
            columns.append(np.array([-8_000] + [0] * len(names)))
            continue
        model = LogisticRegression(
            C=STRENGTHS[decision], solver="liblinear", tol=1e-3, max_iter=100
        ).fit(matrix, wanted)
        scaled = np.concatenate([model.intercept_, model.coef_[0] * _scales(names)])
        whole = np.rint(1_000 * scaled).astype(int)
        whole[np.abs(whole) < SMALL] = 0
        columns.append(whole)
    for name, weights in zip([CONSTANT, *names], np.array(columns).T.tolist(), strict=True):
        if any(weights):
            yield name, weights


def _matrix(features: Sequence[Features]) -> tuple[list[str], csr_matrix]:
    counts = Counter(one for some in features for one in some)
    names = sorted(one for one, number in counts.items() if number >= LEAST)
    at = {name: number for number, name in enumerate(names)}
    columns, ends = [], [0]
    for some in features:
        columns += [at[one] for one in some if one in at]
        ends.append(len(columns))
    shape = (len(features), len(names))
    values = _scales(names)[columns]
    return names, csr_matrix((values, columns, ends), shape=shape)


def _scales(names: Sequence[str]) -> np.ndarray:
    return np.array([CERTAIN.get(name.partition("=")[0], 1.0) for name in names])


def _parties(
    readings: Iterable[tuple[Example, EventReading]],
    learned: Sequence[Labelled],
    settings: Settings,
) -> tuple[list[Features], list[bool], list[bool]]:
    """Return the features of all possible parties, and which are actors and recipients."""
    features: list[Features] = []
    labels: dict[str, list[bool]] = {"actors": [], "recipients": []}
    for example, reading in readings:
        parties, offset = parties_of(reading), example.start - example.candidate.token.idx
        tokens = [one.token for one in parties]
        features += [_features("party", PARTY.of(one), settings) for one in parties]
        for role, known in labels.items():
            heads = {
                head_of(tokens, name["start"] - offset, name["end"] - offset)
                for name in (example.event or {}).get(role, [])
            }
            known += [one.token.i in heads for one in parties]
    return features, labels["actors"], labels["recipients"]


_KEPT: dict[EventReading, list[Party]] = {}


def parties_of(reading: EventReading) -> list[Party]:
    """Return the possible parties of a reading, always the same objects."""
    if reading not in _KEPT:
        tokens = possible_parties(reading.candidate.sentence.span)
        _KEPT[reading] = [Party(token, reading) for token in tokens]
    return _KEPT[reading]


def head_of(parties: Sequence[Token], start: int, end: int) -> int | None:
    """Return the index of the highest token of a labelled name."""
    inside = [one for one in parties if start <= one.idx < end]
    if not inside:
        return None
    return min(inside, key=lambda one: (sum(1 for _ in one.ancestors), -one.i)).i


def _judged(labelled: Labelled, weights: Weights) -> list[tuple[int, bool, int, bool]]:
    """Return for each found event: probability and truth of type, then of type and status."""
    found = [
        {
            "type": one.reading.type,
            "status": one.status,
            "of type": one.of_type,
            "estimate": one.estimate,
        }
        for _, one in found_in(labelled, weights)
    ][:6]
    gold = labelled.row["events"]
    pairs = paired(gold, found) if gold and found else []
    levels = {id(other): level(one, other) for one, other in pairs}
    return [
        (one["of type"], levels.get(id(one), 0) >= 1, one["estimate"], levels.get(id(one), 0) >= 2)
        for one in found
    ]


def _best_limit(judged: list[tuple[int, bool]], gold: int) -> int:
    """Return the least probability at which F1 of the type is highest."""
    best, limit, hits = 0.0, ONE // 2, 0
    for number, (probability, right) in enumerate(sorted(judged, reverse=True), 1):
        hits += right
        if 2 * hits / (number + gold) > best:
            best, limit = 2 * hits / (number + gold), probability
    return limit


def _curve(kept: Sequence[tuple[int, bool]]) -> tuple[tuple[int, int], ...]:
    """Return points of a rising curve from the estimate to the share of right events.

    It is the logistic regression of the truth on the log odds of the estimate (Platt's method).
    """
    estimates = np.clip([one for one, _ in kept], 1, ONE - 1) / ONE
    odds = np.log(estimates / (1 - estimates)).reshape(-1, 1)
    model = LogisticRegression(C=1e6).fit(odds, [right for _, right in kept])
    points = [max(1, min(ONE - 1, ONE * at // POINTS)) for at in range(POINTS + 1)]
    logits = np.log([[x / (ONE - x)] for x in points])
    shares = model.predict_proba(logits)[:, 1]
    return tuple((x, round(ONE * float(y))) for x, y in zip(points, shares, strict=True))
