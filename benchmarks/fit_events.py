"""Fit the weights of the decisions about events, and measure them by folds over documents.

    python benchmarks/fit_events.py FOLDER [--write] [--labels] [--without] [--check] [--json]

FOLDER contains labelled sentences: train2.jsonl, train3.jsonl, train4.jsonl, train.jsonl, dev.jsonl
and plover_gsr_part.jsonl; a missing set is left out. All figures come from five folds over documents:
the weights, the limit of the probability and its curve are fitted to the other folds, the limit and
the curve by folds within these. Weights are not fitted to plover_gsr_part.jsonl.

A third of the documents is locked: nobody reads their sentences (see `Labelled.is_locked`), they are
fitted and scored. Their figures have a row of their own. --labels also fits to a quarter and to half of
the documents, --without also leaves out each group of features. --write stores the weights that are
fitted to all documents in weights.tsv. --check fails if a figure is below its floor.

--deep FILE measures the deep event model instead. FILE keeps the vectors of the encoder, whose first
computation takes some ten minutes. With --write, the weights go to deep_weights.tsv and deep_heads.npz.
"""

import argparse
import json
import sys
from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Any, NamedTuple

sys.path.insert(0, str(Path(__file__).parent.parent))

from event_heads import Encodings, Vectors, save_heads, words_of
from event_weights import Settings, asked_of, fitted, found_in, parties_of
from labelled_events import FOLDS, Example, Labelled, memoized, read_sets
from scoring import Counts, Event, added, counts_of, level, paired, scores

from newslake.pipelines.commands.terminal import table
from newslake.transforms.events.data import data_files
from newslake.transforms.events.decision.decide import parties_in
from newslake.transforms.events.decision.deep import is_open
from newslake.transforms.events.decision.event_features import EVENT
from newslake.transforms.events.decision.party_features import PARTY
from newslake.transforms.events.decision.status_features import STATUS
from newslake.transforms.events.decision.weights import ONE, Weights, from_rows
from newslake.transforms.events.parse.model import model_name
from newslake.transforms.events.rules.parties import name_of

TABLE = Path(data_files.__file__).with_name("weights.tsv")
DEEP_TABLE = TABLE.with_name("deep_weights.tsv")
DEEP_HEADS = TABLE.with_name("deep_heads.npz")
HEADER = "# Weights of the features in decision/, fitted by benchmarks/fit_events.py. See docs/events.md."
MAIN = ("train2", "train3", "train4")
"""The sets whose figures count: they were drawn and labelled alike, after the rules."""
MOST = 6
"""Maximum number of events of a sentence that are scored: pairing more takes too long."""
BINS = 5
THRESHOLDS = (0.0, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8)
KEYWORD_SHARE = 0.25
KEYWORD_LEAST = 4
FLOORS = {"type": 0.528, "status": 0.425, "full": 0.242}
"""The least F1 over the main sets; .01 below what docs/events.md states."""


class Found(NamedTuple):
    """A labelled sentence and the events found in it."""

    labelled: Labelled
    events: list[Event]

    @property
    def counts(self) -> Counts:
        """The counts of the sentence."""
        return counts_of(self.labelled.row["events"], self.events)


Fit = Callable[[Sequence[Labelled]], Callable[[Labelled], list[Event]]]


def learned(settings: Settings = Settings()) -> Fit:  # noqa: B008
    """Return the fit of the weights."""

    def fit(training: Sequence[Labelled]) -> Callable[[Labelled], list[Event]]:
        weights = from_rows(fitted(training, settings))
        return lambda labelled: events_of(labelled, weights)

    return fit


def deep(encodings: Encodings) -> Fit:
    """Return the fit of the deep event model: default weights, and others for the encoded sentences."""

    def fit(training: Sequence[Labelled]) -> Callable[[Labelled], list[Event]]:
        encodings.score(training, None)
        default = from_rows(fitted(training, Settings()))
        encodings.score_apart(training)
        weights = from_rows(fitted(training, Settings()))
        heads = encodings.heads(training)

        def find(labelled: Labelled) -> list[Event]:
            encodings.score([labelled], None)
            if not any(_is_open(one, default) for one in labelled.sentences):
                return events_of(labelled, default)
            encodings.score([labelled], heads)
            return events_of(labelled, weights)

        return find

    return fit


def _is_open(examples: Sequence[Example], default: Weights) -> bool:
    return is_open((one.candidate for one in asked_of(examples, default.heads)), default)


def keywords(training: Sequence[Labelled]) -> Callable[[Labelled], list[Event]]:
    """Return the baseline: each word that reports events of a type in a quarter of its uses."""
    used: Counter[str] = Counter()
    types: dict[str, Counter[str]] = defaultdict(Counter)
    for example in (one for labelled in training for one in labelled.examples):
        used[example.candidate.lemma] += 1
        if example.event:
            types[example.candidate.lemma][example.event["type"]] += 1
    known = {}
    for lemma, found in types.items():
        type, hits = found.most_common(1)[0]
        if hits >= max(KEYWORD_LEAST, KEYWORD_SHARE * used[lemma]):
            known[lemma] = type

    def find(labelled: Labelled) -> list[Event]:
        return [
            {"type": known[candidate.lemma], "status": "asserted", "confidence": 1.0}
            | {"actors": [name_of(token).text for token in candidate.agents[:1]]}
            | {"recipients": [name_of(token).text for token in candidate.patients[:1]]}
            for candidate in (one.candidate for one in labelled.examples)
            if candidate.lemma in known
        ][:MOST]

    return find


def events_of(labelled: Labelled, weights: Weights) -> list[Event]:
    """Return the events that `weights` find, in the format of the labels."""
    found = []
    for example, event in found_in(labelled, weights)[:MOST]:
        actors, recipients = parties_in(event.reading, weights, parties_of(event.reading))
        source = event.reading.source[:1]
        found.append(
            {
                "type": event.reading.type,
                "status": event.status,
                "trigger": {
                    "start": example.start,
                    "end": example.start + len(example.candidate.token),
                },
                "actors": [name_of(token).text for token in actors],
                "recipients": [name_of(token).text for token in recipients],
                "attributed_to": next((name_of(token).text for token in source), None),
                "confidence": weights.calibrated(event.estimate) / ONE,
            }
        )
    return found


def by_folds(every: Sequence[Labelled], fit: Fit, share: float = 1.0) -> list[Found]:
    """Return what is found in each sentence after a fit to the documents of the other folds.

    Args:
        every: The sentences.
        fit: Returns a function that finds events, from the training sentences.
        share: The share of the training documents that is used.
    """
    found = []
    for fold in range(FOLDS):
        training = [
            one for one in every if one.fold != fold and (one.digest // 1_000 % 100) < 100 * share
        ]
        find = fit(training)
        found += [Found(one, find(one)) for one in every if one.fold == fold]
    return found


def measures(found: Iterable[Found]) -> dict[str, Any]:
    """Return the measures of one row of the table."""
    result = scores(added(one.counts for one in found))
    row = {"sentences": result["sentences"], "events": result["gold"]}
    for name in ("found", "type", "status", "full"):
        row[name] = round(result["levels"][name]["f1"], 3)
    row["precision"] = round(result["levels"]["type"]["precision"], 3)
    row["recall"] = round(result["levels"]["type"]["recall"], 3)
    for name in ("status", "actors", "recipients"):
        row[f"{name} given type"] = round(result["fields"].get(name, {"right": 0})["right"], 3)
    row["left empty"] = round(result["left_empty"] / max(1, result["eventless"]), 3)
    return row


def by_set(found: Sequence[Found]) -> dict[str, dict[str, Any]]:
    """Return the measures of each set, of the main sets together, and of their locked third."""
    names = list(dict.fromkeys(one.labelled.set for one in found))
    rows = {name: measures(one for one in found if one.labelled.set == name) for name in names}
    main = [one for one in found if one.labelled.set in MAIN]
    if main:
        rows["main sets"] = measures(main)
        rows["locked third"] = measures(one for one in main if one.labelled.is_locked)
        rows["other two thirds"] = measures(one for one in main if not one.labelled.is_locked)
    return rows


def by_type(found: Iterable[Found]) -> dict[str, dict[str, Any]]:
    """Return the number of events, precision, recall and F1 of each type."""
    types = scores(added(one.counts for one in found))["types"]
    return {
        name: {"events": row["gold"]}
        | {key: round(row[key], 2) for key in ("precision", "recall", "f1")}
        for name, row in sorted(types.items(), key=lambda item: -item[1]["gold"])
    }


def judged(found: Iterable[Found]) -> list[tuple[float, int]]:
    """Return for each found event its confidence and the level that it reaches; -1 if none."""
    result = []
    for labelled, events in found:
        gold = labelled.row["events"]
        pairs = paired(gold, events) if gold and events else []
        levels = {id(other): level(one, other) for one, other in pairs}
        result += [(event["confidence"], levels.get(id(event), -1)) for event in events]
    return result


def calibration(found: Sequence[Found]) -> dict[str, Any]:
    """Return calibration error, Brier scores and bins of the confidence; right: type and status."""
    cases = [(confidence, level >= 2) for confidence, level in judged(found)]
    rate = sum(right for _, right in cases) / len(cases)
    bins: dict[int, list[tuple[float, bool]]] = defaultdict(list)
    for case in cases:
        bins[min(int(case[0] * BINS), BINS - 1)].append(case)
    rows = [
        {
            "from": number / BINS,
            "events": len(some),
            "confidence": round(sum(one for one, _ in some) / len(some), 3),
            "right": round(sum(right for _, right in some) / len(some), 3),
        }
        for number, some in sorted(bins.items())
    ]
    error = sum(row["events"] * abs(row["confidence"] - row["right"]) for row in rows)
    return {
        "calibration error": round(error / len(cases), 3),
        "brier": round(sum((one - right) ** 2 for one, right in cases) / len(cases), 3),
        "brier of base rate": round(rate * (1 - rate), 3),
        "bins": rows,
    }


def by_threshold(found: Sequence[Found]) -> list[dict[str, Any]]:
    """Return the measures if events below a confidence are left out."""
    rows = []
    for least in THRESHOLDS:
        kept = [
            Found(one.labelled, [event for event in one.events if event["confidence"] >= least])
            for one in found
        ]
        row = measures(kept)
        names = ("precision", "recall", "type", "status", "full", "left empty")
        rows.append({"confidence": least} | {name: row[name] for name in names})
    return rows


def show(title: str, rows: dict[str, dict[str, Any]]) -> None:
    """Print a table with a row for each name."""
    first = next(iter(rows.values()))
    table((title, *first), [[name, *row.values()] for name, row in rows.items()])


def main() -> int:
    """Fit, measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="folder of labelled sentences, JSON lines")
    parser.add_argument("--write", action="store_true", help=f"store the weights in {TABLE.name}")
    parser.add_argument("--labels", action="store_true", help="fit to a quarter and to half, too")
    parser.add_argument("--without", action="store_true", help="leave out each group of features")
    parser.add_argument("--check", action="store_true", help="fail if a figure is below its floor")
    parser.add_argument("--parses", type=Path, help="file that keeps the parses for the next fit")
    about = "measure the deep event model; FILE (.npy) keeps the vectors of the encoder"
    parser.add_argument("--deep", type=Path, metavar="FILE", help=about)
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")
    options = parser.parse_args()
    if not (options.folder / "train2.jsonl").is_file():
        print(f"fit_events.py: no train2.jsonl in {options.folder}", file=sys.stderr)
        return 2
    if model_name() is None:
        print("fit_events.py: no language model; pip install 'newslake[events]'", file=sys.stderr)
        return 2
    every = read_sets(options.folder, options.parses)
    for features in (EVENT, STATUS, PARTY):
        memoized(features)
    method, path = learned(), TABLE
    if options.deep:
        vectors = Vectors(options.deep)
        vectors.add(words_of(every))
        encodings = Encodings(every, vectors.of)
        method, path = deep(encodings), DEEP_TABLE
    if options.write:
        if options.deep:
            save_heads(encodings.heads(every), DEEP_HEADS)
            encodings.score_apart(every)
        lines = ("\t".join(row) for row in fitted(every, Settings()))
        path.write_text("\n".join([HEADER, *lines]) + "\n", encoding="utf-8")
    found = by_folds(every, method)
    main_sets = [one for one in found if one.labelled.set in MAIN]
    report: dict[str, Any] = {
        "by set": by_set(found),
        "keywords": by_set(by_folds(every, keywords)),
        "by type": by_type(main_sets),
        "calibration": calibration(main_sets),
        "by confidence": by_threshold(main_sets),
    }
    if options.labels:
        report["labels"] = {
            f"{share:.0%} of the labels": by_set(by_folds(every, learned(), share))["main sets"]
            for share in (0.25, 0.5)
        }
    if options.without:
        groups = {
            f"{decision}: {one.group}": set[str]()
            for decision, features in (("event", EVENT), ("status", STATUS), ("party", PARTY))
            for one in features.by_name.values()
        }
        for decision, features in (("event", EVENT), ("status", STATUS), ("party", PARTY)):
            for one in features.by_name.values():
                groups[f"{decision}: {one.group}"].add(f"{decision}.{one.name}")
        report["without"] = {
            name: by_set(by_folds(every, learned(Settings(frozenset(left_out)))))["main sets"]
            for name, left_out in groups.items()
        }
    if options.json:
        print(json.dumps(report))
    else:
        show("by five folds", report["by set"])
        show("keywords", report["keywords"])
        show("by type", report["by type"])
        show(
            "confidence", {f"from {row['from']}": row for row in report["calibration"].pop("bins")}
        )
        print(report["calibration"])
        show("left out below", {f"{row['confidence']}": row for row in report["by confidence"]})
        for name in ("labels", "without"):
            if name in report:
                show(name, report[name])
    low = {
        name: report["by set"]["main sets"][name]
        for name, floor in FLOORS.items()
        if report["by set"]["main sets"][name] < floor
    }
    if options.check and low:
        print(f"fit_events.py: below the floor: {low}", file=sys.stderr)
    return int(options.check and bool(low))


if __name__ == "__main__":
    sys.exit(main())
