"""Whether reports of one happening get one event_key, and reports of others do not.

    python benchmarks/happenings.py [REPORTS.jsonl] [--errors] [--json]

REPORTS holds one object a line: id, happening, published (a day) and text; by default
happenings.jsonl beside this program, reports of our own writing with near misses: another day, another
side, another place. The first event found in each stands for it. Prints B-cubed precision, recall and
F1 of event_key, beside the baseline of equal type, day and countries.
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

OWN = Path(__file__).with_name("happenings.jsonl")


def first_event(report: dict[str, Any]) -> Mention | None:
    """Return the first event of the report; None if there is none."""
    article = Article(
        article_id=report["id"], document_id=report["id"], url=None, canonical_url=None,
        source=report["id"], text=report["text"], language="en",
        published_at=datetime.fromisoformat(report["published"]).replace(tzinfo=UTC),
    )  # fmt: skip
    return next(iter(find_events(article)), None)


def plain_key(mention: Mention) -> Hashable:
    """Return type, day and countries of the two sides: the baseline."""
    sides = [
        tuple(sorted({actor.country or "" for actor in side}))
        for side in (mention.actors, mention.recipients)
    ]
    return mention.type, mention.event_date_start, *sides


def b_cubed(gold: Sequence[Hashable], found: Sequence[Hashable]) -> dict[str, float]:
    """Return precision, recall and F1 of the clusters `found`, the mean over all items.

    Source: Bagga and Baldwin (1998). An item whose key is None is a cluster of its own.
    """
    found = [number if key is None else ("key", key) for number, key in enumerate(found)]
    precision = recall = 0.0
    for one, key in zip(gold, found, strict=True):
        same = sum(a == one and b == key for a, b in zip(gold, found, strict=True))
        precision += same / found.count(key)
        recall += same / gold.count(one)
    precision, recall = precision / len(gold), recall / len(gold)
    return {
        "precision": precision,
        "recall": recall,
        "f1": 2 * precision * recall / (precision + recall),
    }


def main() -> int:
    """Read the reports, find their events, print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("reports", type=Path, nargs="?", default=OWN, help="JSON lines")
    parser.add_argument("--errors", action="store_true", help="print the keys of every report")
    parser.add_argument("--json", action="store_true", help="print the measures as JSON")
    options = parser.parse_args()
    if not options.reports.is_file():
        print(f"happenings.py: no file {options.reports}", file=sys.stderr)
        return 2
    if model_name() is None:
        print("happenings.py: no language model; pip install 'newslake[events]'", file=sys.stderr)
        return 2
    lines = options.reports.read_text(encoding="utf-8").splitlines()
    reports = [json.loads(line) for line in lines if line.strip()]
    mentions = [first_event(report) for report in reports]
    gold = [report["happening"] for report in reports]
    if options.errors:
        for report, one in zip(reports, mentions, strict=True):
            key = one and f"{(one.event_key or '-')[:6]} {plain_key(one)}"
            print(f"{report['happening']:12} {key} | {report['text']}")
    said = {
        "event_key": b_cubed(gold, [one and one.event_key for one in mentions]),
        "type, day and countries": b_cubed(gold, [one and plain_key(one) for one in mentions]),
        "every report alone": b_cubed(gold, [None] * len(gold)),
    }
    if options.json:
        print(json.dumps({"reports": len(reports), "happenings": len(set(gold)), "keys": said}))
        return 0
    print(f"{len(reports)} reports of {len(set(gold))} happenings")
    rows = [[name, *(f"{value:.3f}" for value in one.values())] for name, one in said.items()]
    table(("key", "precision", "recall", "F1"), rows)
    return 0


if __name__ == "__main__":
    sys.exit(main())
