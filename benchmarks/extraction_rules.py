"""Effect of each rule of extraction: the scores of labelled pages with and without the rule.

    python benchmarks/extraction_rules.py FOLDER [--rule NAME…] [--every N] [--json]

FOLDER is a labelled set of `extraction_sets.py` or contains labelled sets. The program extracts
each page with all rules, and again without each rule that acts on it. It also does so for damaged
pages: each page once, with one damage of `damages.py` after the other.

For each rule and set, it prints the number of pages and publishers whose score changes, and the
mean gain over the set in 1/10,000: the score with the rule minus the score without it. Over all
sets and over the damaged pages, it prints the publishers that gain and lose by the rule, and the
mean gain per page of a publisher with its 95 % interval, from a bootstrap over publishers.
"""

import argparse
import json
import random
import re
import sys
from collections import defaultdict
from collections.abc import Iterator
from contextlib import ExitStack
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from damages import DAMAGES
from extraction_methods import newslake
from extraction_scores import mean, page_scores
from extraction_sets import LabelledSet, Page, find_sets, is_tool
from switches import recorded, switched_off

from newslake.pipelines.commands.terminal import table
from newslake.transforms.web.charset import decode

PACKAGE = "newslake.transforms"
NEVER = re.compile("(?!)")

RULES: dict[str, dict[str, Any]] = {
    "text": {
        "extract.html.containers.release_story": None,
        "extract.html.main_text._drop_links": None,
        "extract.html.main_text._share": 1.0,
        "extract.html.main_text._without_title": lambda text, titles: text,
        "extract.html.main_text._agreed": lambda text, body: text,
        "extract.html.main_text._lede": [],
        "extract.html.app_data.article_in_data": "",
        "extract.html.json_ld.is_confirmed": True,
        "clean.debris._is_call": False,
        "clean.debris._is_label": False,
        "clean.debris._is_closing": False,
        "clean.debris._is_related": False,
        "clean.credits.is_byline": False,
        "clean.day_lines.is_date": False,
    },
    "title": {
        "extract.html.json_ld.is_confirmed": True,
        "extract.html.headline._without_names": lambda places, names: list(places),
        "extract.html.headline._confirmed": [],
        "extract.html.headline._main": lambda shown, others: list(shown)[:1],
        "extract.html.headline._shorter_first": lambda linked, named: (linked, named),
        "extract.html.headline._shown_part": "",
        "extract.html.headline._is_site": False,
    },
    "authors": {
        "extract.html.json_ld.is_confirmed": True,
        "extract.html.authors._below_headline": (),
        "extract.html.authors._first_group": [],
        "extract.fields.byline._GLUED": NEVER,
        "extract.fields.byline._BEHIND": NEVER,
        "extract.fields.byline._NO_NAME": NEVER,
        "extract.fields.byline._NO_MORE": NEVER,
        "extract.fields.byline._LEADS_THERE": NEVER,
        "extract.fields.byline._REPORTER": NEVER,
        "extract.fields.byline._REMARK": NEVER,
        "extract.fields.byline._BY": NEVER,
        "extract.fields.byline._is_no_person": False,
        "extract.fields.byline._is_word_alone": False,
        "extract.fields.byline._surname_last": lambda part: part,
        "extract.fields.byline._parts": lambda names: [names],
    },
    "date": {
        "extract.html.json_ld.is_confirmed": True,
        "extract.html.published._of_one_day": [],
        "extract.html.published._scripted": (),
        "extract.html.published._ADDRESS_DAY": NEVER,
        "extract.html.day_in_words.day_in_words": lambda tree, seen_at: None,
        "extract.html.day_in_words._ordered": lambda tree: tree,
    },
    "kept": {
        "extract.html.notices.is_error": False,
        "extract.html.notices.is_consent": False,
        "extract.html.notices.is_notice": False,
        "extract.html.notices.is_challenge": False,
        "extract.html.page_type._is_home": False,
        "extract.html.page_type._linked_text": "",
        "extract.html.page_type._OTHER_OBJECT": NEVER,
        "extract.html.page_type._ANY_OBJECT": NEVER,
        "extract.html.page_type._listing": "",
    },
}
"""The rules of each field, with the object that replaces them to switch them off."""

ROUNDS = 1_000
"""Number of samples of the bootstrap."""


@dataclass(frozen=True)
class Change:
    """The score of a field of a page with all rules minus the score without one rule."""

    rule: str
    set: str
    publisher: str
    gain: float


def score(page: Page, field: str, found: dict[str, Any]) -> float | None:
    """Return the score of a field of a page, from 0 to 1; None without a label.

    `kept` is 1.0 if the page has a text, and it is an article, or if it has none and is another page.
    """
    if field == "kept":
        return float(bool(found["text"]) == page.gold.get("is_article", True))
    return page_scores(page, found).get(field)


def changes(labelled: LabelledSet, names: set[tuple[str, str]]) -> Iterator[Change]:
    """Yield each change of a score by a rule."""
    for page in labelled.pages:
        acting: set[str] = set()
        with ExitStack() as stack:
            for field, rule in names:
                stack.enter_context(recorded(PACKAGE, rule, RULES[field][rule], acting))
            whole = newslake(page)
        for rule in sorted(acting):
            fields = [field for field, one in names if one == rule]
            with switched_off(PACKAGE, rule, RULES[fields[0]][rule]):
                without = newslake(page)
            for field in fields:
                before, after = score(page, field, without), score(page, field, whole)
                if before is not None and after is not None and before != after:
                    gain = after - before
                    yield Change(f"{field}: {rule}", labelled.name, page.publisher, gain)


def damaged(labelled: LabelledSet) -> LabelledSet:
    """Return a set with each page damaged in one way; pages that a damage does not change are left out."""
    htmls = [decode(page.payload) for page in labelled.pages]
    kinds = list(DAMAGES.values())
    pages = []
    for number, (page, html) in enumerate(zip(labelled.pages, htmls, strict=True)):
        changed = kinds[number % len(kinds)](html, htmls[number - 1])
        if changed != html:
            pages.append(replace(page, payload=changed.encode("utf-8", "replace")))
    return LabelledSet(f"{labelled.name}, damaged", pages, [])


def interval(gains: dict[str, float], publishers: int) -> tuple[float, float]:
    """Return the 95 % interval of the mean gain over `publishers`, in 1/10,000.

    Args:
        gains: The mean gain of each publisher with a change.
        publishers: The number of all publishers.
    """
    source = random.Random(1)
    values = [*gains.values(), *[0.0] * (publishers - len(gains))]
    means = sorted(mean(source.choices(values, k=len(values))) for _ in range(ROUNDS))
    low, high = means[ROUNDS // 40], means[-ROUNDS // 40]
    return round(1e4 * low, 1), round(1e4 * high, 1)


def rows(sets: list[LabelledSet], found: list[Change]) -> Iterator[dict[str, Any]]:
    """Yield the figures of each rule."""
    for field, rules in RULES.items():
        for name in rules:
            rule = f"{field}: {name}"
            own = [one for one in found if one.rule == rule]
            row: dict[str, Any] = {"rule": rule}
            for labelled in sets:
                of_set = [one for one in own if one.set == labelled.name]
                if of_set:
                    row[labelled.name] = {
                        "pages": len(of_set),
                        "publishers": len({one.publisher for one in of_set}),
                        "gain": round(1e4 * sum(one.gain for one in of_set) / len(labelled.pages)),
                    }
            for kind, is_damaged in (("whole", False), ("damaged", True)):
                row[kind] = _overall(
                    [one for one in sets if one.name.endswith(", damaged") == is_damaged], own
                )
            yield row


def _overall(sets: list[LabelledSet], found: list[Change]) -> dict[str, Any]:
    """Return the figures of a rule over several sets."""
    names = {one.name for one in sets}
    counts: dict[str, int] = defaultdict(int)
    for page in (page for one in sets for page in one.pages):
        counts[page.publisher] += 1
    gains: dict[str, float] = defaultdict(float)
    for change in found:
        if change.set in names:
            gains[change.publisher] += change.gain / counts[change.publisher]
    return {
        "gaining": sum(gain > 0 for gain in gains.values()),
        "losing": sum(gain < 0 for gain in gains.values()),
        "gain": round(1e4 * sum(gains.values()) / max(1, len(counts)), 1),
        "interval": interval(gains, len(counts)),
    }


def show(found: list[dict[str, Any]]) -> None:
    """Print a table of all rules over all sets, then their figures per set."""
    columns = ["gaining", "losing", "gain", "interval"]
    titles = [f"{kind}, {name}" for kind in ("whole", "damaged") for name in columns]
    lines = [
        [row["rule"], *(row[kind][name] for kind in ("whole", "damaged") for name in columns)]
        for row in found
    ]
    table(["rule", *titles], lines, "gains in 1/10,000")
    sets = dict.fromkeys(
        key for row in found for key in row if key not in ("rule", "whole", "damaged")
    )
    for name in sets:
        lines = [[row["rule"], *row[name].values()] for row in found if name in row]
        table(["rule", "pages", "publishers", "gain"], lines, name)


def main() -> int:
    """Score the pages with and without each rule, print the figures; return the exit code."""
    every = [rule for rules in RULES.values() for rule in rules]
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="a labelled set, or a folder of labelled sets")
    parser.add_argument("--rule", nargs="+", choices=every, metavar="NAME", default=every)
    parser.add_argument("--every", type=int, default=1, metavar="N", help="read every Nth page")
    parser.add_argument("--json", action="store_true", help="print one JSON object per rule")
    options = parser.parse_args()
    if not options.folder.is_dir():
        print(f"extraction_rules.py: no folder {options.folder}", file=sys.stderr)
        return 2
    whole = [
        replace(one, pages=one.pages[:: options.every])
        for one in find_sets(options.folder)
        if one.pages and not is_tool(one)
    ]
    if not whole:
        print(f"extraction_rules.py: no labelled pages in {options.folder}", file=sys.stderr)
        return 2
    sets = [*whole, *map(damaged, whole)]
    names = {(field, rule) for field, rules in RULES.items() for rule in rules} & {
        (field, rule) for field in RULES for rule in options.rule
    }
    found = [change for labelled in sets for change in changes(labelled, names)]
    lines = [row for row in rows(sets, found) if row["rule"].split(": ")[1] in options.rule]
    if options.json:
        print("\n".join(map(json.dumps, lines)))
    else:
        show(lines)
    return 0


if __name__ == "__main__":
    sys.exit(main())
