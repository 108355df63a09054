"""Quality of `event_key`: whether mentions share a key exactly if they report the same event.

    python benchmarks/event_keys.py [REPORTS.jsonl] [--errors] [--json]

REPORTS contains one JSON object per line: id, event, published (a date) and text. The default is
event_keys.jsonl in this folder: reports that we wrote ourselves, some of which differ only in day,
party or place. Only the first event found in a report counts. Prints B-cubed precision, recall and
F1 of event_key, and of a baseline key: type, day and countries.
"""

import argparse
import json
import sys
from collections.abc import Hashable, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from newslake.pipelines.commands.terminal import table
from newslake.schemas.rows import Article, Mention
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name

OWN = Path(__file__).with_name("event_keys.jsonl")


def first_event(report: dict[str, Any]) -> Mention | None:
    """Return the first mention found in the report; None if there is none."""
    article = Article(
        article_id=report["id"], document_id=report["id"], url=None, canonical_url=None,
        source=report["id"], text=report["text"], language="en",
        published_at=datetime.fromisoformat(report["published"]).replace(tzinfo=UTC),
    )  # fmt: skip
    return next(iter(find_events(article)), None)


def plain_key(mention: Mention) -> Hashable:
    """Return the baseline key: type, day, and the countries of actors and recipients."""
    sides = [
        tuple(sorted({actor.country or "" for actor in side}))
        for side in (mention.actors, mention.recipients)
    ]
    return mention.type, mention.event_date_start, *sides


def b_cubed(gold: Sequence[Hashable], found: Sequence[Hashable]) -> dict[str, float]:
    """Return precision, recall and F1 of the clusters `found`, as means over all items.

    Source: Bagga and Baldwin (1998). Each item whose key is None is a separate cluster.
    """
    found = [number if key is None else ("key", key) for number, key in enumerate(found)]
    precision = recall = 0.0
    for event, key in zip(gold, found, strict=True):
        same = sum(a == event and b == key for a, b in zip(gold, found, strict=True))
        precision += same / found.count(key)
        recall += same / gold.count(event)
    precision, recall = precision / len(gold), recall / len(gold)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
    }


def main() -> int:
    """Find the events of the reports and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("reports", type=Path, nargs="?", default=OWN, help=f"default {OWN.name}")
    parser.add_argument("--errors", action="store_true", help="print the keys of each report")
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")
    options = parser.parse_args()
    if not options.reports.is_file():
        print(f"event_keys.py: no file {options.reports}", file=sys.stderr)
        return 2
    if model_name() is None:
        print("event_keys.py: no language model; pip install 'newslake[events]'", file=sys.stderr)
        return 2
    lines = options.reports.read_text(encoding="utf-8").splitlines()
    reports = [json.loads(line) for line in lines if line.strip()]
    mentions = [first_event(report) for report in reports]
    gold = [report["event"] for report in reports]
    if options.errors:
        for report, one in zip(reports, mentions, strict=True):
            key = one and f"{(one.event_key or '-')[:6]} {plain_key(one)}"
            print(f"{report['event']:12} {key} | {report['text']}")
    measures = {
        "event_key": b_cubed(gold, [one and one.event_key for one in mentions]),
        "type, day and countries": b_cubed(gold, [one and plain_key(one) for one in mentions]),
        "a separate key for each report": b_cubed(gold, [None] * len(gold)),
    }
    if options.json:
        print(json.dumps({"reports": len(reports), "events": len(set(gold)), "keys": measures}))
        return 0
    print(f"{len(reports)} reports of {len(set(gold))} events")
    rows = [[name, *(f"{value:.3f}" for value in one.values())] for name, one in measures.items()]
    table(("key", "precision", "recall", "F1"), rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
