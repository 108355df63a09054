"""Scores of found events against gold events: pairs, counts that can be added, and measures.

The events of a sentence are paired one to one so that they agree best. A pair reaches one of four
levels: there is an event (found); its type is right; its status is also right; actors and
recipients are also right (full). Actors or recipients are right if each gold name shares a content
word with a found name, and each found name with a gold name.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

LEVELS = ("found", "type", "status", "full")
FIELDS = ("status", "actors", "recipients", "attributed_to", "killed", "injured")
EXPRESSIONS = ("date_text", "place_text")
"""Time and place expressions: right if they share a content word; ignored if both are missing."""
ROUNDS = 1_000
"""Samples of the bootstrap."""

_STOP = set(
    re.findall(
        r"\w+",
        "a an the of in on at for to and or its his her their this that these those by with from s",
    )
)

Event = dict[str, Any]
Pair = tuple[Event, Event]
"""A gold event and the found event that is compared with it."""
Counts = Counter[tuple[str, ...]]


def words(text: str) -> set[str]:
    """Return the content words of `text`, or all words if there are none (as in a pronoun)."""
    found = set(re.findall(r"\w+", text.casefold()))
    return found - _STOP or found


def right(field: str, gold: Event, found: Event) -> bool:
    """Return whether the two events agree in `field`."""
    one, other = gold.get(field) or None, found.get(field) or None
    if field in {"actors", "recipients"}:
        theirs = [words(_text(name)) for name in one or []]
        ours = [words(_text(name)) for name in other or []]
        return all(any(a & b for b in ours) for a in theirs) and all(
            any(a & b for a in theirs) for b in ours
        )
    if field == "attributed_to":
        return bool(words(_text(one)) & words(_text(other))) if one and other else one == other
    if field == "status" and one is None:  # the gold set has no statuses
        return True
    return one == other


def level(gold: Event, found: Event) -> int:
    """Return the index in LEVELS of the highest level that the pair reaches."""
    if gold["type"] != found["type"]:
        return 0
    if not right("status", gold, found):
        return 1
    return 3 if right("actors", gold, found) and right("recipients", gold, found) else 2


def paired(gold: Sequence[Event], found: Sequence[Event]) -> list[Pair]:
    """Return the one-to-one pairs that agree best; overlapping triggers break ties."""
    short, long = (gold, found) if len(gold) <= len(found) else (found, gold)
    choices = (
        [(a, b) if short is gold else (b, a) for a, b in zip(short, choice, strict=True)]
        for choice in permutations(long, len(short))
    )
    return max(choices, key=lambda pairs: sum(3 * level(*pair) + _overlap(*pair) for pair in pairs))


def counts_of(gold: Sequence[Event], found: Sequence[Event]) -> Counts:
    """Return the counts of a sentence."""
    counts: Counts = Counter({("sentences",): 1, ("gold",): len(gold), ("predicted",): len(found)})
    counts["eventless",] = int(not gold)
    counts["left empty",] = int(not gold and not found)
    counts.update(("gold", event["type"]) for event in gold)
    counts.update(("predicted", event["type"]) for event in found)
    for one, other in paired(gold, found) if gold and found else []:
        reached = level(one, other)
        counts.update((name,) for name in LEVELS[: reached + 1])
        if reached:
            counts["hit", one["type"]] += 1
            labelled = [name for name in FIELDS if name in one and (name != "status" or one[name])]
            counts.update(("labelled", name) for name in labelled)
            counts.update(("right", name) for name in labelled if right(name, one, other))
            for name in (name for name in EXPRESSIONS if name in one):
                theirs, ours = words(one[name] or ""), words(other.get(name) or "")
                counts["labelled", name] += bool(theirs)
                counts["found", name] += bool(ours)
                counts["right", name] += bool(theirs & ours)
    return counts


def f1(hits: int, predicted: int, gold: int) -> dict[str, float]:
    """Return precision, recall and F1; a measure is 0 if its denominator is 0."""
    return {
        "precision": hits / predicted if predicted else 0.0,
        "recall": hits / gold if gold else 0.0,
        "f1": 2 * hits / (predicted + gold) if predicted + gold else 0.0,
    }


def scores(counts: Counts) -> dict[str, Any]:
    """Return all measures."""
    types = sorted({key[1] for key in counts if key[0] in {"gold", "predicted"} and key[1:]})
    gold, predicted = counts["gold",], counts["predicted",]
    return {
        "sentences": counts["sentences",],
        "gold": gold,
        "predicted": predicted,
        "eventless": counts["eventless",],
        "left_empty": counts["left empty",],
        "levels": {name: f1(counts[(name,)], predicted, gold) for name in LEVELS},
        "types": {
            type: {"gold": counts["gold", type], "predicted": counts["predicted", type]}
            | f1(counts["hit", type], counts["predicted", type], counts["gold", type])
            for type in types
        },
        "fields": {
            name: {
                "labelled": counts["labelled", name],
                "right": counts["right", name] / counts["labelled", name],
            }
            for name in FIELDS
            if counts["labelled", name]
        },
        "expressions": {
            name: {count: counts[count, name] for count in ("labelled", "found", "right")}
            for name in EXPRESSIONS
            if counts["labelled", name]
        },
    }


def intervals(documents: Sequence[Counts], seed: int = 1) -> dict[str, tuple[float, float]]:
    """Return the 95 % interval of each level's F1, by a bootstrap over documents."""
    random_source = random.Random(seed)
    drawn: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        sample = added(random_source.choices(documents, k=len(documents)))
        for name in LEVELS:
            measures = f1(sample[(name,)], sample["predicted",], sample["gold",])
            drawn[name].append(measures["f1"])
    low, high = int(ROUNDS * 0.025), int(ROUNDS * 0.975)
    return {name: (sorted(values)[low], sorted(values)[high]) for name, values in drawn.items()}


def added(counts: Iterable[Counts]) -> Counts:
    """Return the sum of the counts."""
    total: Counts = Counter()
    for one in counts:
        total.update(one)
    return total


def _text(value: Any) -> str:
    return value["text"] if isinstance(value, dict) else value


def _overlap(gold: Event, found: Event) -> bool:
    one, other = gold.get("trigger"), found.get("trigger")
    known = isinstance(one, dict) and isinstance(other, dict)
    return known and one["start"] < other["end"] and other["start"] < one["end"]
