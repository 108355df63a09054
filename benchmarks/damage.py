"""Effect of damaged pages on extraction: ours and trafilatura's default, side by side.

    python benchmarks/damage.py FOLDER [--damage NAME…] [--every N] [--json]

FOLDER is a labelled set of `extraction_sets.py` or contains labelled sets. Each page is damaged in
each way of `damages.py`, one at a time. Only pages that the damage changes count. For each damage,
field and tool, the program prints the mean score before the damage and the difference. A page is
lost if the damage lowers its score of the text by more than 0.3, or if the page is rejected only
because of the damage. --every N reads only every Nth page.
"""

import argparse
import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from damages import DAMAGES
from extraction_methods import newslake, trafilatura
from extraction_scores import Scores, mean, page_scores
from extraction_sets import Page, find_sets

from newslake.pipelines.commands.terminal import table
from newslake.transforms.web.charset import decode

LOST = 0.3
"""A page is lost if its text's score falls by more than this."""

FIELDS = ("text", "title", "authors", "date")
TOOLS = {"ours": newslake, "trafilatura": trafilatura}


@dataclass(frozen=True)
class Effect:
    """The scores of a page before and after a damage, by tool and field."""

    before: dict[str, Scores]
    after: dict[str, Scores]


def damaged(page: Page, name: str, other: str) -> Page | None:
    """Return a damaged page; None if the damage does not change it."""
    html = decode(page.payload)
    changed = DAMAGES[name](html, other)
    return None if changed == html else replace(page, payload=changed.encode("utf-8", "replace"))


def scored(page: Page) -> dict[str, Scores]:
    """Return the scores of a page by tool; a rejected page has no score of the text."""
    return {name: page_scores(page, tool(page)) for name, tool in TOOLS.items()}


def effects(pages: list[Page], names: list[str]) -> Iterator[tuple[str, Effect]]:
    """Yield the effect of each damage on each page that it changes."""
    htmls = [decode(page.payload) for page in pages]
    for number, page in enumerate(pages):
        other = htmls[(number + len(pages) // 2) % len(pages)]
        before = scored(replace(page, payload=htmls[number].encode("utf-8", "replace")))
        for name in names:
            if changed := damaged(page, name, other):
                yield name, Effect(before, scored(changed))


def row(found: list[Effect]) -> dict[str, Any]:
    """Return the number of pages, and the means before a damage and the changes of the means."""
    figures: dict[str, Any] = {"pages": len(found)}
    for field in FIELDS:
        for tool in TOOLS:
            pairs = [
                (one.before[tool][field], one.after[tool][field])
                for one in found
                if field in one.before[tool]
            ]
            if pairs:
                before = mean(one for one, _ in pairs)
                figures[f"{field}, {tool}"] = round(before, 3)
                figures[f"{field}, {tool}, change"] = round(mean(b - a for a, b in pairs), 3)
    for tool in TOOLS:
        figures[f"lost, {tool}"] = sum(
            one.before[tool].get("text", 0) - one.after[tool].get("text", 0) > LOST for one in found
        )
    return figures


def main() -> int:
    """Damage the pages, print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="a labelled set, or a folder of labelled sets")
    parser.add_argument("--damage", nargs="+", choices=DAMAGES, metavar="NAME")
    parser.add_argument("--every", type=int, default=1, metavar="N", help="read every Nth page")
    parser.add_argument("--json", action="store_true", help="print one JSON object per damage")
    options = parser.parse_args()
    if not options.folder.is_dir():
        print(f"damage.py: no folder {options.folder}", file=sys.stderr)
        return 2
    pages = [page for one in find_sets(options.folder) for page in one.pages][:: options.every]
    if not pages:
        print(f"damage.py: no labelled pages in {options.folder}", file=sys.stderr)
        return 2
    names = options.damage or list(DAMAGES)
    found: dict[str, list[Effect]] = {name: [] for name in names}
    for name, effect in effects(pages, names):
        found[name].append(effect)
    rows = [{"damage": name} | row(of_it) for name, of_it in found.items()]
    if options.json:
        print("\n".join(map(json.dumps, rows)))
    else:
        columns = list(dict.fromkeys(key for one in rows for key in one))
        table(columns, [[one.get(key) for key in columns] for one in rows])
    return 0


if __name__ == "__main__":
    sys.exit(main())
