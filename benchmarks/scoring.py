"""How found events are held against gold ones: pairs, counts that can be added, and their table.

Events of a sentence are paired one to one so that as much as possible agrees. A pair reaches a level:
an event where there is one (found), its type, its status too, the full record. Parties are right when
every gold one shares a content word with a found one, and the reverse.
"""

import random
import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from itertools import permutations
from typing import Any

LEVELS = ("found", "type", "status", "full")
FIELDS = ("status", "actors", "recipients", "attributed_to", "killed", "injured")
SETTINGS = ("date_text", "place_text")
"""Words that most sentences lack: counted where either side has them, right if they share a content word."""
ROUNDS = 1_000
"""Samples of a bootstrap."""

_STOP = set(
    re.findall(
        r"\w+",
        "a an the of in on at for to and or its his her their this that these those by with from s",
    )
)

Event = dict[str, Any]
Pair = tuple[Event, Event]
"""A gold event and the found one that it is held against."""
Counts = Counter[tuple[str, ...]]


def words(text: str) -> set[str]:
    """Return the content words of `text`; all, if it has no others: a pronoun is a name too."""
    found = set(re.findall(r"\w+", text.casefold()))
    return found - _STOP or found


def right(field: str, gold: Event, found: Event) -> bool:
    """Return whether the two agree in `field`."""
    one, other = gold.get(field) or None, found.get(field) or None
    if field in {"actors", "recipients"}:
        theirs = [words(_text(name)) for name in one or []]
        ours = [words(_text(name)) for name in other or []]
        return all(any(a & b for b in ours) for a in theirs) and all(
            any(a & b for a in theirs) for b in ours
        )
    if field == "attributed_to":
        return bool(words(_text(one)) & words(_text(other))) if one and other else one == other
    if field == "status" and one is None:  # a gold set without statuses
        return True
    return one == other


def level(gold: Event, found: Event) -> int:
    """Return the index in LEVELS of the last one that the pair reaches."""
    if gold["type"] != found["type"]:
        return 0
    if not right("status", gold, found):
        return 1
    return 3 if right("actors", gold, found) and right("recipients", gold, found) else 2


def paired(gold: Sequence[Event], found: Sequence[Event]) -> list[Pair]:
    """Return the one-to-one pairs that agree best; where that is even, whose triggers overlap."""
    short, long = (gold, found) if len(gold) <= len(found) else (found, gold)
    choices = (
        [(a, b) if short is gold else (b, a) for a, b in zip(short, choice, strict=True)]
        for choice in permutations(long, len(short))
    )
    return max(choices, key=lambda pairs: sum(3 * level(*pair) + _overlap(*pair) for pair in pairs))


def counts_of(gold: Sequence[Event], found: Sequence[Event]) -> Counts:
    """Return what a sentence adds to each count."""
    counts: Counts = Counter({("sentences",): 1, ("gold",): len(gold), ("given",): len(found)})
    counts["eventless",] = int(not gold)
    counts["left empty",] = int(not gold and not found)
    counts.update(("gold", event["type"]) for event in gold)
    counts.update(("given", event["type"]) for event in found)
    for one, other in paired(gold, found) if gold and found else []:
        reached = level(one, other)
        counts.update((name,) for name in LEVELS[: reached + 1])
        if reached:
            counts["hit", one["type"]] += 1
            asked = [name for name in FIELDS if name in one and (name != "status" or one[name])]
            counts.update(("asked", name) for name in asked)
            counts.update(("right", name) for name in asked if right(name, one, other))
            for name in (name for name in SETTINGS if name in one):
                theirs, ours = words(one[name] or ""), words(other.get(name) or "")
                counts["labelled", name] += bool(theirs)
                counts["told", name] += bool(ours)
                counts["met", name] += bool(theirs & ours)
    return counts


def f1(hits: int, given: int, gold: int) -> dict[str, float]:
    """Return precision, recall and F1, 0 where there is nothing to divide by."""
    return {
        "precision": hits / given if given else 0.0,
        "recall": hits / gold if gold else 0.0,
        "f1": 2 * hits / (given + gold) if given + gold else 0.0,
    }


def scores(counts: Counts) -> dict[str, Any]:
    """Return the table of all measures."""
    types = sorted({key[1] for key in counts if key[0] in {"gold", "given"} and key[1:]})
    gold, given = counts["gold",], counts["given",]
    return {
        "sentences": counts["sentences",],
        "gold": gold,
        "given": given,
        "eventless": counts["eventless",],
        "left_empty": counts["left empty",],
        "levels": {name: f1(counts[(name,)], given, gold) for name in LEVELS},
        "types": {
            type: {"gold": counts["gold", type], "given": counts["given", type]}
            | f1(counts["hit", type], counts["given", type], counts["gold", type])
            for type in types
        },
        "fields": {
            name: {
                "asked": counts["asked", name],
                "right": counts["right", name] / counts["asked", name],
            }
            for name in FIELDS
            if counts["asked", name]
        },
        "settings": {
            name: {one: counts[one, name] for one in ("labelled", "told", "met")}
            for name in SETTINGS
            if counts["labelled", name]
        },
    }


def intervals(documents: Sequence[Counts], seed: int = 1) -> dict[str, tuple[float, float]]:
    """Return the 95 % interval of each level's F1, by a bootstrap over documents."""
    chance = random.Random(seed)
    drawn: dict[str, list[float]] = defaultdict(list)
    for _ in range(ROUNDS):
        sample = added(chance.choices(documents, k=len(documents)))
        for name in LEVELS:
            measures = f1(sample[(name,)], sample["given",], sample["gold",])
            drawn[name].append(measures["f1"])
    low, high = int(ROUNDS * 0.025), int(ROUNDS * 0.975)
    return {name: (sorted(values)[low], sorted(values)[high]) for name, values in drawn.items()}


def added(counts: Iterable[Counts]) -> Counts:
    """Return the sum."""
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
