"""How often a confident event states a wrong day, place, country or number.

    python benchmarks/event_fields.py TEXTS.jsonl [MORE.jsonl ...] [--show]
    python benchmarks/event_fields.py TEXTS.jsonl --save FILE
    python benchmarks/event_fields.py TEXTS.jsonl --before FILE --check

A file contains one JSON object per line: id, class, published, optionally modified, text, and the
truth about the main event of the text. Each text is an article without a title, in which the DAG's
own function finds events. event_fields_mend.jsonl and event_fields_test.jsonl in this folder contain
texts that we wrote ourselves; about half of them are traps, the others report the same in similar
words. The rules were changed with the first file, and the second file was measured afterwards.

The truth of a field is a list of accepted values: the field is right if one of them fits, and
wrong if it is filled and none fits. An empty field is never wrong. An empty list means that nothing
may be filled in. `any` means that the field is not judged. These values fit:

    day         contains the two dates, or lies between them and covers at least a quarter of the
                days
    place       has one of the names, the country, and no coordinates or coordinates that differ by
                at most `within` degrees; several words without country and coordinates, such as
                `Sikh temple`, only quote the text and are not wrong
    actors,     the countries of the parties on this side: each of them is in the list
    recipients
    killed,     minimum and maximum are equal
    injured

A mention counts if its confidence is at least 0.8. The truth is that of the whole text, so it holds
for each mention in it. If the row has `trigger`, only mentions count whose trigger contains one of
these words. PYTHONPATH names the checkout whose rules are measured, `--save` keeps the result, and
`--before` prints which share of the fields that were right is still right. The bar of `--check`:
at most 6 % of the mentions have a wrong field, and 90 % of the fields are kept.
"""

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

sys.path.append(str(Path(__file__).parent.parent))

from actors import known_actors

from newslake.pipelines.commands.terminal import table
from newslake.schemas.rows import Article, Mention
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name

CONFIDENCE = 0.8
MOST_WRONG = 0.06
LEAST_KEPT = 0.9
FIELDS = {
    "day": ("day",),
    "place": ("place",),
    "country": ("actors", "recipients"),
    "number": ("killed", "injured"),
}
NUMBERS = ["", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine", "ten"]

Row = dict[str, Any]
Found = dict[str, Any]
"""The values of one mention by field; None if a field is empty."""
States = dict[str, str]
"""right, wrong, empty or any (not judged) by field."""


def found_in(row: Row) -> list[Found]:
    """Return the values of each mention in the row's text that counts."""

    def noon(day: str | None) -> datetime | None:
        return datetime.fromisoformat(f"{day}T12:00").replace(tzinfo=UTC) if day else None

    article = Article(
        article_id=row["id"], document_id=row["id"], url=None, canonical_url=None,
        source="fields", text=row["text"], language="en",
        published_at=noon(row["published"]), modified_at=noon(row.get("modified")),
    )  # fmt: skip
    words = row.get("trigger", [""])
    return [
        values(mention)
        for mention in find_events(article)
        if mention.confidence >= CONFIDENCE
        and any(word in mention.trigger.lower() for word in words)
    ]


def values(mention: Mention) -> Found:
    """Return the values of the mention."""
    place = mention.place

    def toll(least: int | None, most: int | None) -> list[int | None] | None:
        return None if least is None and most is None else [least, most]

    return {
        "trigger": mention.trigger,
        "day": mention.event_date_start
        and [mention.event_date_start, mention.event_date_end or mention.event_date_start],
        "place": place
        and [place.name or place.text, place.country, place.latitude, place.longitude],
        "actors": sorted({one.country for one in mention.actors if one.country}) or None,
        "recipients": sorted({one.country for one in mention.recipients if one.country}) or None,
        "killed": toll(mention.killed_min, mention.killed_max),
        "injured": toll(mention.injured_min, mention.injured_max),
    }


def plain(row: Row) -> list[Found]:
    """Return the baseline: day of publication, first known country, first number, no place."""
    text = row["text"]
    hits = ((words.search(text), code) for code, words in known_actors())
    first = min(((hit.start(), code) for hit, code in hits if hit), default=None)
    number = re.search(rf"\b(?:\d+|{'|'.join(NUMBERS[1:])})\b", text.lower())
    count = number and (int(number[0]) if number[0].isdigit() else NUMBERS.index(number[0]))
    day = date.fromisoformat(row["published"])
    return [
        {
            "trigger": "", "day": [day, day], "place": None, "actors": first and [first[1]],
            "recipients": None, "killed": count and [count, count], "injured": None,
        }
    ]  # fmt: skip


def fits_day(found: list[date], accepted: list[str]) -> bool:
    """Return whether `found` contains the accepted dates or covers a quarter of their days."""
    first, last = map(date.fromisoformat, accepted)
    days = (found[1] - found[0]).days + 1
    inside = first <= found[0] and found[1] <= last
    return found[0] <= first <= last <= found[1] or (inside and 4 * days > (last - first).days)


def fits_place(found: list[Any], accepted: Row) -> bool:
    """Return whether name, country and coordinates of `found` are those of the accepted place."""
    name, country, *at = found
    near = None in at or all(
        abs(one - other) <= accepted["within"]
        for one, other in zip(at, accepted["at"], strict=True)
    )
    same = name.lower() in (known.lower() for known in accepted["names"])
    return (
        same and near and (not (country and accepted["country"]) or country == accepted["country"])
    )


def state(field: str, found: Any, truth: Any) -> str:
    """Return whether the value `found` is right, wrong or empty, or any if it is not judged."""
    if truth == "any":
        return "any"
    if found is None:
        return "empty"
    if field in FIELDS["country"]:
        return "right" if set(found) <= set(truth) else "wrong"
    fits: dict[str, Callable[[Any, Any], bool]] = {"day": fits_day, "place": fits_place}
    fit = fits.get(field, list.__eq__)
    if any(fit(found, one) for one in truth):
        return "right"
    quoted = field == "place" and found[1:] == [None, None, None] and " " in found[0]
    return "empty" if quoted else "wrong"


def worst(states: list[str]) -> str:
    """Return one state for several: wrong before right before empty before any."""
    return next((one for one in ("wrong", "right", "empty") if one in states), "any")


def measure(rows: list[Row], find: Callable[[Row], list[Found]]) -> tuple[Counter[str], Row]:
    """Return the counts of mentions by field and state, and the details of each text by its id."""
    counts: Counter[str] = Counter()
    texts: Row = {}
    for row in rows:
        found = find(row)
        judged = [
            {field: state(field, one[field], truth) for field, truth in row["truth"].items()}
            for one in found
        ]
        for states in judged:
            groups = {name: worst([states[one] for one in part]) for name, part in FIELDS.items()}
            counts["mentions"] += 1
            counts.update(f"{name} {result}" for name, result in groups.items())
            counts["any of them wrong"] += "wrong" in groups.values()
        texts[row["id"]] = {
            "states": {field: worst([one[field] for one in judged]) for field in row["truth"]},
            "wrong": [
                f"{field} {one[field]} of {one['trigger']!r}, not {row['truth'][field]}"
                for one, states in zip(found, judged, strict=True)
                for field, result in states.items()
                if result == "wrong"
            ],
        }
    return counts, texts


def kept(before: dict[str, States], texts: Row) -> tuple[int, int]:
    """Return how many fields of these texts were right before, and how many still are."""
    now = [
        texts[key]["states"][field]
        for key, states in before.items()
        if key in texts
        for field, result in states.items()
        if result == "right"
    ]
    return len(now), now.count("right")


def report(counts: Counter[str], baseline: Counter[str]) -> None:
    """Print the counts as a table."""

    def share(one: Counter[str], key: str) -> str:
        return f"{100 * one[key] / max(one['mentions'], 1):.1f}"

    print(f"{counts['mentions']} mentions with a confidence of at least {CONFIDENCE}")
    rows = [
        [
            name, counts[f"{name} wrong"], share(counts, f"{name} wrong"),
            "" if name not in FIELDS else share(counts, f"{name} right"),
            share(baseline, f"{name} wrong"),
            "" if name not in FIELDS else share(baseline, f"{name} right"),
        ]
        for name in (*FIELDS, "any of them")
    ]  # fmt: skip
    columns = ("field", "wrong", "wrong, %", "right, %", "baseline wrong, %", "baseline right, %")
    table(columns, rows)


def main() -> int:
    """Find the events of the texts and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("texts", type=Path, nargs="+", help="texts with their truth, JSON lines")
    parser.add_argument("--show", action="store_true", help="print the texts with a wrong field")
    parser.add_argument("--save", type=Path, help="write which fields are right to this file")
    parser.add_argument("--before", type=Path, help="compare with a result of --save")
    parser.add_argument("--check", action="store_true", help="exit with 1 if the bar is missed")
    options = parser.parse_args()
    for path in [*options.texts, *([options.before] if options.before else [])]:
        if not path.is_file():
            print(f"event_fields.py: no file {path}", file=sys.stderr)
            return 2
    if model_name() is None:
        print("event_fields.py: no language model; pip install 'newslake[events]'", file=sys.stderr)
        return 2
    lines = (line for path in options.texts for line in path.read_text("utf-8").splitlines())
    rows = [json.loads(line) for line in lines if line.strip()]
    counts, texts = measure(rows, found_in)
    report(counts, measure(rows, plain)[0])
    for row in rows if options.show else ():
        for wrong in texts[row["id"]]["wrong"]:
            print(f"{row['id']} ({row['published']}): {row['text']}\n    {wrong}")
    if options.save:
        states = {key: one["states"] for key, one in texts.items()}
        options.save.write_text(json.dumps(states), encoding="utf-8")
    good = 0 < counts["mentions"] >= counts["any of them wrong"] / MOST_WRONG
    if options.before:
        right, still = kept(json.loads(options.before.read_text("utf-8")), texts)
        print(
            f"{right} fields were right before, {still} still are: {100 * still / max(right, 1):.1f} %"
        )
        good = good and still >= LEAST_KEPT * right
    return int(options.check and not good)


if __name__ == "__main__":
    sys.exit(main())
