"""What the search for events costs, beside trafilatura's default extraction of the same pages.

    python benchmarks/events_cost.py FOLDER… [--lang en] [--rounds 3] [--json]

FOLDER holds pages, *.html and *.html.gz, at any depth; --lang takes only those that declare a language.
Page by page, as they are, `trafilatura.extract(page)` and the search for events in the article that
newslake makes of it take turns in one process, so that both meet the same load; CPU time. The model's
start, once a process, is told apart and with the rest. Each round is a fresh process; medians.
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

from pipelines.terminal import table
from schemas.reasons import Reject
from schemas.records import Document
from schemas.rows import Article
from transforms.clean.clean import clean
from transforms.events.find_events import LANGUAGE, find_events
from transforms.extract.extract import extract

ONCE = "--once"
COLUMNS = {
    "pages": "pages",
    "articles": "in English",
    "mentions": "mentions",
    "plain": "extract, CPU s",
    "events": "events, CPU s",
    "start": "start, CPU s",
    "ratio": "events / extract",
    "ratio_with_start": "with start",
}
FIRST = Article(
    article_id="", document_id="", url=None, canonical_url=None, source="", language=LANGUAGE,
    text="Norway praised Peru.",
)  # fmt: skip


def article_of(page: bytes) -> Article | None:
    """Return what newslake stores of `page` if events are sought in it."""
    try:
        draft = clean(extract(Document("page", "file:page.html", page, "text/html", "benchmark")))
    except Reject:
        return None
    return draft.article if draft.article.language == LANGUAGE else None


def once(pages: Sequence[bytes]) -> dict[str, Any]:
    """Return CPU seconds of either over `pages`, and of the model's start."""
    import logging

    import trafilatura

    logging.disable(logging.CRITICAL)
    articles = [article_of(page) for page in pages]
    plain = events = 0.0
    mentions = 0
    began = time.process_time()
    find_events(FIRST)
    start = time.process_time() - began
    for page, article in zip(pages, articles, strict=True):
        began = time.process_time()
        trafilatura.extract(page)
        extracted = time.process_time()
        mentions += len(find_events(article)) if article else 0
        plain += extracted - began
        events += time.process_time() - extracted
    number = sum(article is not None for article in articles)
    counts = {"pages": len(pages), "articles": number, "mentions": mentions}
    return counts | {"plain": plain, "events": events, "start": start}


def told(rounds: Sequence[dict[str, Any]]) -> dict[str, Any]:
    """Return the medians of the rounds, and of their ratios."""
    ratios = {
        "ratio": [one["events"] / one["plain"] for one in rounds],
        "ratio_with_start": [(one["events"] + one["start"]) / one["plain"] for one in rounds],
    }
    every = {name: [one[name] for one in rounds] for name in rounds[0]} | ratios
    return {name: round(statistics.median(every[name]), 2) for name in COLUMNS}


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="+", help="web pages: *.html, *.html.gz")
    parser.add_argument("--lang", help="only pages that declare this language, such as en")
    parser.add_argument("--rounds", type=int, default=3, help="fresh processes; default 3")
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
    row = told([cost_of(command).said for _ in range(options.rounds)])
    if options.json:
        print(json.dumps(row))
    else:
        table([*COLUMNS.values()], [[*row.values()]], title="events beside plain extraction")
    return 0


if __name__ == "__main__":
    sys.exit(main())
