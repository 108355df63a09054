"""Quality and cost of extraction, beside general tools, on labelled pages.

    python benchmarks/extraction.py FOLDER [--predictions FILE] [--also newspaper4k] [--json]

FOLDER is a labelled set, or holds some; `extraction_sets.py` tells how they look, and
`extraction_scores.py` what the figures mean. All methods take turns on each page, each the first as
often, in one process; their cost is CPU time, as a multiple of what trafilatura with metadata takes.
Texts whose language is labelled are given to our detector whole, cut to 200 characters, and as the
title alone; their figures are means over languages. FILE gets one JSON object a page or text: its
id in the set (the name of its file where it has none), and what we found. Of a page that we refuse as no
article that is its fields and no text, with the reason as `refused`: fields are judged over all pages,
and, in a row of their own, over the pages that are kept. `refusals.py` judges what is refused.
"""

import argparse
import json
import sys
import time
from collections import defaultdict
from collections.abc import Callable, Iterator
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from extraction_methods import METHODS, NOTHING, ON_DEMAND
from extraction_scores import Prediction, mean, scores
from extraction_sets import LabelledSet, LabelledText, Page, find_sets

from newslake.pipelines.commands.terminal import table
from newslake.transforms.extract.fields.language import language_of

Row = dict[str, Any]

WARM_UP = Page("", b"<h1>Alta</h1><p>Alta - MT, 22 de novembro de 2020. 18:20</p>", None, {})
"""A page that makes every method load what it needs to find a date in words."""

BEGINNING = 200
"""Characters of a text's beginning, where it is judged by that."""


def score_pages(labelled: LabelledSet, names: list[str]) -> Iterator[tuple[Row, list[Row]]]:
    """Yield for each method its figures, and its predictions with their ids."""
    methods = {name: (METHODS | ON_DEMAND)[name] for name in names}
    found: dict[str, list[Prediction]] = defaultdict(list)
    seconds: dict[str, float] = defaultdict(float)
    for name, method in methods.items():
        for page in (WARM_UP, labelled.pages[0]):
            attempt(name, method, page)  # models and calendars are loaded, patterns compiled
    for number, page in enumerate(labelled.pages):
        first = number % len(names)  # the first to read a page waits for memory, the others do not
        for name in names[first:] + names[:first]:
            method = methods[name]
            begin = time.process_time()
            prediction = attempt(name, method, page)
            seconds[name] += time.process_time() - begin
            found[name].append(prediction)
    for name, predictions in found.items():
        pairs = list(zip(labelled.pages, predictions, strict=True))
        cost = {
            "ms": round(1000 * seconds[name] / len(pairs), 1),
            "ratio": round(seconds[name] / seconds["trafilatura"], 2),
        }
        yield _row(labelled, name, pairs) | cost, [{"id": page.id, **one} for page, one in pairs]
        kept = [(page, one) for page, one in pairs if "refused" not in one]
        if len(kept) < len(pairs):
            yield _row(labelled, f"{name}, pages kept", kept), []


def _row(labelled: LabelledSet, name: str, pairs: list[tuple[Page, Prediction]]) -> Row:
    return {"set": labelled.name, "method": name, "pages": len(pairs)} | scores(pairs)


def attempt(name: str, method: Callable[[Page], Prediction], page: Page) -> Prediction:
    """Return what `method` finds on `page`; nothing if it fails, which is told."""
    try:
        return method(page)
    except Exception as error:  # noqa: BLE001 general tools fail in any way
        print(f"{name} fails on {page.id}: {error!r}", file=sys.stderr)
        return NOTHING


def score_texts(labelled: LabelledSet) -> tuple[Row, list[Row]]:
    """Return the shares of texts whose language is right, means over languages; and predictions."""
    hits: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    rows = []
    begin = time.process_time()
    for text in labelled.texts:
        found = {name: language_of(sample)[0] for name, sample in _samples(text)}
        for name, language in found.items():
            hits[name][text.language].append(language == text.language)
        given = {"text": text.text, "title": text.title, "language": found["language"]}
        rows.append({"id": text.id, **NOTHING, **given})
    spent = time.process_time() - begin
    row: Row = {"set": labelled.name, "method": "newslake", "pages": len(rows)}
    row |= {name: round(mean(map(mean, by.values())), 4) for name, by in hits.items()}
    row["ms"] = round(1000 * spent / len(hits) / len(rows), 2)
    return row, rows


def _samples(text: LabelledText) -> list[tuple[str, str]]:
    return [
        ("language", text.text),
        ("language_of_beginning", text.text[:BEGINNING]),
        ("language_of_title", text.title),
    ]


def show(rows: list[Row]) -> None:
    """Print a table a set: figures across, methods down."""
    for name in dict.fromkeys(row["set"] for row in rows):
        of_set = [row for row in rows if row["set"] == name]
        columns = [key for key in of_set[0] if key != "set"]
        table(columns, [[row.get(key) for key in columns] for row in of_set], name)


def main() -> int:
    """Score the sets, write the predictions, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="a labelled set, or a folder of some")
    parser.add_argument("--predictions", type=Path, help="write what we found to this file")
    parser.add_argument(
        "--also", action="append", choices=ON_DEMAND, default=[], help="compare too"
    )
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object a set and method"
    )
    options = parser.parse_args()
    if options.also and find_spec("newspaper") is None:
        print("extraction.py: pip install newspaper4k to compare with it", file=sys.stderr)
        return 2
    if not options.folder.is_dir():
        print(f"extraction.py: no folder {options.folder}", file=sys.stderr)
        return 2
    if not (sets := find_sets(options.folder)):
        print(f"extraction.py: no labelled pages in {options.folder}", file=sys.stderr)
        return 2
    figures: list[Row] = []
    ours: list[Row] = []
    for labelled in sets:
        names = [*METHODS, *options.also]
        scored = [score_texts(labelled)] if labelled.texts else score_pages(labelled, names)
        for row, predictions in scored:
            figures.append(row)
            if row["method"] == "newslake":
                ours += predictions
    if options.predictions:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in ours)
        options.predictions.write_text("".join(lines), encoding="utf-8")
    if options.json:
        print("\n".join(map(json.dumps, figures)))
    else:
        show(figures)
    return 0


if __name__ == "__main__":
    sys.exit(main())
