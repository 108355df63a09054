"""CPU time of event extraction, compared with trafilatura's default extraction of the same pages.

    python benchmarks/events_cost.py FOLDER… [--lang en] [--rounds 3] [--json]

FOLDER contains pages (*.html, *.html.gz) at any depth; --lang selects pages that declare this
language. For each page, one process runs `trafilatura.extract(page)` and then newslake's event
extraction on the article that newslake extracts from the page. The start of the language model is a
separate figure. The first pass over the pages, when the model's word cache is empty, is reported
separately from the second, which shows a worker that has run for some time. Each round is a new
process; all figures are medians of CPU seconds.
"""

import argparse
import json
import statistics
import sys
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from cost import cost_of
from throughput import content, declares, given_pages

from newslake.pipelines.commands.terminal import table
from newslake.schemas.reasons import Reject
from newslake.schemas.records import Document
from newslake.schemas.rows import Article
from newslake.transforms.clean.clean import clean
from newslake.transforms.events.find_events import LANGUAGE, find_events
from newslake.transforms.extract.extract import extract

ONCE = "--once"
COLUMNS = {
    "pages": "pages",
    "articles": "in English",
    "mentions": "mentions",
    "start": "start, CPU s",
    "plain": "extract, CPU s",
    "first": "first pass",
    "second": "second",
    "started_ratio": "x extract: start and first",
    "first_ratio": "first",
    "second_ratio": "second",
}
FIRST = Article(
    article_id="", document_id="", url=None, canonical_url=None, source="", language=LANGUAGE,
    text="Norway praised Peru.",
)  # fmt: skip


def article_of(page: bytes, media_type: str = "text/html") -> Article | None:
    """Return the article of `page`; None if it is rejected or in a language without events."""
    try:
        draft = clean(extract(Document("page", "file:page", page, media_type, "benchmark")))
    except Reject:
        return None
    return draft.article if draft.article.language == LANGUAGE else None


def once(pages: Sequence[bytes]) -> dict[str, Any]:
    """Return the CPU seconds of the model's start and of both passes over `pages`."""
    import logging

    logging.disable(logging.CRITICAL)
    articles = [article_of(page) for page in pages]
    began = time.process_time()
    find_events(FIRST)
    start = time.process_time() - began
    plain, first, mentions = one_pass(pages, articles)
    plain_again, second, _ = one_pass(pages, articles)
    number = sum(article is not None for article in articles)
    counts = {"pages": len(pages), "articles": number, "mentions": mentions, "start": start}
    return counts | {"plain": (plain + plain_again) / 2, "first": first, "second": second}


def one_pass(
    pages: Sequence[bytes], articles: Sequence[Article | None]
) -> tuple[float, float, int]:
    """Return the CPU seconds of plain extraction and of events, and the number of mentions."""
    from trafilatura import extract as extract_plainly
    from trafilatura.meta import reset_caches

    reset_caches()
    plain = events = 0.0
    mentions = 0
    for page, article in zip(pages, articles, strict=True):
        began = time.process_time()
        extract_plainly(page)
        extracted = time.process_time()
        mentions += len(find_events(article)) if article else 0
        plain += extracted - began
        events += time.process_time() - extracted
    return plain, events, mentions


def medians(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the rounds' figures and of their ratios."""
    ratios = {
        "started_ratio": [(one["start"] + one["first"]) / one["plain"] for one in rounds],
        "first_ratio": [one["first"] / one["plain"] for one in rounds],
        "second_ratio": [one["second"] / one["plain"] for one in rounds],
    }
    every = {name: [one[name] for one in rounds] for name in rounds[0]} | ratios
    return {name: round(statistics.median(every[name]), 2) for name in COLUMNS}


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="+", help="web pages: *.html, *.html.gz")
    parser.add_argument("--lang", help="only pages that declare this language, such as en")
    parser.add_argument("--rounds", type=int, default=3, help="new processes; default 3")
    parser.add_argument("--json", action="store_true", help="print the row as JSON")
    parser.add_argument(ONCE, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    pages = [content(page) for folder in options.folder for page in given_pages(folder)]
    pages = [page for page in pages if not options.lang or declares(page, options.lang)]
    if not pages:
        return 2
    if options.once:
        print(json.dumps(once(pages)))
        return 0
    command = [sys.executable, __file__, *sys.argv[1:], ONCE]
    row = medians([cost_of(command).output for _ in range(options.rounds)])
    if options.json:
        print(json.dumps(row))
    else:
        table([*COLUMNS.values()], [[*row.values()]], title="events and plain extraction")
    return 0


if __name__ == "__main__":
    sys.exit(main())
