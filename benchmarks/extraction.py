"""Quality and CPU time of extraction on labelled pages, compared with other tools.

    python benchmarks/extraction.py FOLDER [--predictions FILE] [--also newspaper4k] [--last] [--short] [--json]

FOLDER is a labelled set or contains labelled sets. `extraction_sets.py` describes their formats,
and `extraction_scores.py` the figures. All methods read each page in one process; the method that
goes first changes with each page. The cost is CPU time as a multiple of trafilatura's with
metadata. For texts with a labelled language, our detector gets the whole text, its first 200
characters, and the title; their figures are means over languages.

--short lists the pages whose text is empty or less than half as long as trafilatura's, with the verdict
of a reader in short_texts.tsv: whose text is better.

FILE receives one JSON object per page or text: its id in the set (or its file name) and our
prediction. If we reject a page because it is not an article, the prediction has fields but no text,
and the reason as `rejected`. Fields are scored over all pages and, in a separate row, over the
accepted pages. `rejects.py` measures the quality of the rejection.
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

from extraction_methods import METHODS, NOTHING, OPTIONAL
from extraction_scores import Prediction, mean, scores
from extraction_sets import LabelledSet, LabelledText, Page, find_sets

from newslake.pipelines.commands.terminal import table
from newslake.transforms.extract.fields.language import language_of

Row = dict[str, Any]

WARM_UP = Page("", b"<h1>Alta</h1><p>Alta - MT, 22 de novembro de 2020. 18:20</p>", None, {})
"""A page with a date in words, so that every method loads its date parser."""

VERDICTS = Path(__file__).parent / "short_texts.tsv"
"""Verdicts of a reader on pages with a short text."""

SHORT = 0.5
"""A text is short if its length is less than this share of the length of trafilatura's text."""

BEGINNING = 200
"""Characters of a text that the language detector gets as its beginning."""


def score_pages(labelled: LabelledSet, names: list[str]) -> Iterator[tuple[Row, list[Row]]]:
    """Yield the figures of each method, and its predictions with their ids."""
    methods = {name: (METHODS | OPTIONAL)[name] for name in names}
    found: dict[str, list[Prediction]] = defaultdict(list)
    seconds: dict[str, float] = defaultdict(float)
    for name, method in methods.items():
        for page in (WARM_UP, labelled.pages[0]):
            attempt(name, method, page)  # load models and calendars, compile patterns
    for number, page in enumerate(labelled.pages):
        first = number % len(names)  # the first read of a page is slower: it fills the CPU caches
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
        accepted = [(page, one) for page, one in pairs if "rejected" not in one]
        if len(accepted) < len(pairs):
            yield _row(labelled, f"{name}, accepted pages", accepted), []


def _row(labelled: LabelledSet, name: str, pairs: list[tuple[Page, Prediction]]) -> Row:
    return {"set": labelled.name, "method": name, "pages": len(pairs)} | scores(pairs)


def attempt(name: str, method: Callable[[Page], Prediction], page: Page) -> Prediction:
    """Return the prediction of `method`; if it fails, print the error and return `NOTHING`."""
    try:
        return method(page)
    except Exception as error:  # noqa: BLE001 other tools raise any kind of exception
        print(f"{name} fails on {page.id}: {error!r}", file=sys.stderr)
        return NOTHING


def score_texts(labelled: LabelledSet) -> tuple[Row, list[Row]]:
    """Return the shares of right languages, as means over languages, and the predictions."""
    hits: dict[str, dict[str, list[bool]]] = defaultdict(lambda: defaultdict(list))
    rows = []
    begin = time.process_time()
    for text in labelled.texts:
        found = {name: language_of(sample)[0] for name, sample in _samples(text)}
        for name, language in found.items():
            hits[name][text.language].append(language == text.language)
        fields = {"text": text.text, "title": text.title, "language": found["language"]}
        rows.append({"id": text.id, **NOTHING, **fields})
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


def short_texts(ours: list[Row], theirs: list[Row]) -> Iterator[tuple[str, int, int, str]]:
    """Yield the id, the lengths of both texts and the verdict of pages with a short text."""
    verdicts = verdicts_in(VERDICTS)
    for one, other in zip(ours, theirs, strict=True):
        length, expected = len(one["text"] or ""), len(other["text"] or "")
        if length < SHORT * expected:
            yield one["id"], length, expected, verdicts.get(one["id"], "not read")


def verdicts_in(file: Path) -> dict[str, str]:
    """Return the verdicts by id of the page."""
    lines = file.read_text(encoding="utf-8").splitlines()
    pairs = (line.partition("\t") for line in lines if not line.startswith("#"))
    return {page: verdict for page, _, verdict in pairs}


def show(rows: list[Row]) -> None:
    """Print a table for each set, with a row for each method."""
    for name in dict.fromkeys(row["set"] for row in rows):
        of_set = [row for row in rows if row["set"] == name]
        columns = [key for key in of_set[0] if key != "set"]
        table(columns, [[row.get(key) for key in columns] for row in of_set], name)


def main() -> int:
    """Score the sets, write the predictions, print the figures."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="a labelled set, or a folder of labelled sets")
    parser.add_argument("--predictions", type=Path, help="write our predictions to this file")
    parser.add_argument(
        "--also", action="append", choices=OPTIONAL, default=[], help="also compare this tool"
    )
    parser.add_argument(
        "--last", action="store_true", help="also score the last part of a set in parts"
    )
    parser.add_argument("--short", action="store_true", help="list pages with a short text")
    parser.add_argument(
        "--json", action="store_true", help="print one JSON object per set and method"
    )
    options = parser.parse_args()
    if options.also and find_spec("newspaper") is None:
        print("extraction.py: newspaper4k is missing; pip install newspaper4k", file=sys.stderr)
        return 2
    if not options.folder.is_dir():
        print(f"extraction.py: no folder {options.folder}", file=sys.stderr)
        return 2
    if not (sets := find_sets(options.folder, with_last=options.last)):
        print(f"extraction.py: no labelled pages in {options.folder}", file=sys.stderr)
        return 2
    figures: list[Row] = []
    ours: list[Row] = []
    short: list[tuple[str, int, int, str]] = []
    for labelled in sets:
        names = [*METHODS, *options.also]
        scored = [score_texts(labelled)] if labelled.texts else score_pages(labelled, names)
        found: dict[str, list[Row]] = {}
        for row, predictions in scored:
            figures.append(row)
            found[row["method"]] = predictions
        ours += found["newslake"]
        short += short_texts(found["newslake"], found.get("trafilatura", found["newslake"]))
    if options.predictions:
        lines = (json.dumps(row, ensure_ascii=False) + "\n" for row in ours)
        options.predictions.write_text("".join(lines), encoding="utf-8")
    if options.json:
        print("\n".join(map(json.dumps, figures)))
    else:
        show(figures)
    if options.short:
        table(["page", "newslake", "trafilatura", "better text"], short, "short texts")
    return 0


if __name__ == "__main__":
    sys.exit(main())
