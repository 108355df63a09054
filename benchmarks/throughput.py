"""Speed of a backfill over web pages, compared with a plain loop over trafilatura.

    python benchmarks/throughput.py FOLDER… [--lang en] [--pages 1500] [--workers 1 2] [--rounds 1]
        [--no-events] [--json]

FOLDER contains pages (*.html, *.html.gz) at any depth; --lang selects pages that declare this
language. The pages are repeated until there are at least --pages. In a repetition, a number is
appended to every fourth word of the paragraphs and to the URLs in the head, so that the page is a
different article and not a near duplicate.

The loop and the backfills run in turn over the same files, each in a new process. The loop extracts
with the same trafilatura options in one process and stores nothing. A backfill also detects the
language, cleans, deduplicates, writes Parquet, commits and, without --no-events, extracts events.
The second table has the CPU time of the start, which is that of a backfill over one page, and the CPU
time per further page, by stage, as the table `runs` of the lake states it. `Extract` includes the calls
in the sandbox, and `other` is the rest: Beam, its coders, and the transport to the sandbox.
The cost of events is the CPU time that they add to one worker, including the start of the model, as
a multiple of the loop's. `events_cost.py` compares it with trafilatura's default extraction.
"""

import argparse
import gzip
import json
import re
import statistics
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import asdict
from itertools import count
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import pyarrow.parquet as pq
from cost import Cost, backfill, cost_of

from newslake.pipelines.commands.terminal import table

LOOP = "--loop"
START = ", start"
"""Suffix of the name of a configuration, for its runs over one page."""
STAGES = (
    *("Read", "DropSeen", "Extract", "Clean", "Deduplicate", "FindEvents", "Write", "Commit"),
    *("other", "together"),
)
COLUMNS = {
    "configuration": "configuration",
    "pages_per_second": "pages/s",
    "ratio": "x loop",
    "cpu": "CPU s",
    "cpu_ratio": "CPU x loop",
    "largest_mb": "largest MB",
    "total_mb": "total MB",
    "articles": "articles",
}

_HEAD_TAG = re.compile(rb"<(?:link|meta)\b[^>]*>", re.IGNORECASE)
_HAS_OWN_URL = re.compile(rb"\b(?:canonical|og:url)\b", re.IGNORECASE)
_ADDRESS = re.compile(rb"""\b(?:href|content)=["']?(?:https?:|/)[^"'\s>?#]+""", re.IGNORECASE)
_JSON_ADDRESS = re.compile(rb'"(?:url|@id|mainEntityOfPage)"\s*:\s*"https?:[^"?#]+')
_PARAGRAPH = re.compile(rb"<p\b[^>]*>[^<]*(?:<(?!p\b)[^<]*)*?</p>", re.IGNORECASE)
_LANGUAGE = re.compile(rb"""<html\b[^>]*?\slang\s*=\s*["']?([a-z]+)""", re.IGNORECASE)
_TEXT = re.compile(rb"(?<=>)[^<>]+(?=<)")


def given_pages(folder: Path) -> list[Path]:
    """Return the pages below `folder`, sorted; if there are none, print the reason."""
    program = Path(sys.argv[0]).stem
    if not folder.is_dir():
        print(f"{program}.py: no folder {folder}", file=sys.stderr)
        return []
    pages = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz")))
    if not pages:
        print(f"{program}.py: no *.html or *.html.gz in {folder}", file=sys.stderr)
    return pages


def content(path: Path) -> bytes:
    """Return the page in a file, decompressed."""
    page = path.read_bytes()
    return gzip.decompress(page) if path.suffix == ".gz" else page


def declares(page: bytes, language: str) -> bool:
    """Return whether the page declares that it is in `language`.

    >>> declares(b'<!doctype html><html class="x" lang="en-GB">', "en")
    True
    """
    found = _LANGUAGE.search(page)
    return bool(found) and found[1].decode().lower() == language


def edited(page: bytes, number: int) -> bytes:
    """Return `page` as a different article: `number` is appended to its URLs and every fourth word.

    >>> edited(b'<link rel="canonical" href="https://a.org/b?c"><p>Talks go on today</p>', 7)
    b'<link rel="canonical" href="https://a.org/b/7?c"><p>Talks go on today7</p>'
    """
    mark = b"%d" % number

    def moved(tag: re.Match[bytes]) -> bytes:
        return _ADDRESS.sub(rb"\g<0>/" + mark, tag[0]) if _HAS_OWN_URL.search(tag[0]) else tag[0]

    page = _HEAD_TAG.sub(moved, page)
    page = _JSON_ADDRESS.sub(rb"\g<0>/" + mark, page)

    def numbered(text: re.Match[bytes]) -> bytes:
        words = text[0].split(b" ")
        for place in range(min(3, len(words) - 1), len(words), 4):
            words[place] += mark
        return b" ".join(words)

    return _PARAGRAPH.sub(lambda found: _TEXT.sub(numbered, found[0]), page)


def multiplied(pages: list[Path], wanted: int) -> Iterator[tuple[str, bytes]]:
    """Yield names and contents of at least `wanted` pages: the pages, then edited copies."""
    for number in count():
        if number * len(pages) >= wanted:
            return
        for position, path in enumerate(pages):
            page = content(path)
            name = f"{number}/{position}.html"
            yield name, edited(page, number) if number else page


def loop(folder: Path) -> dict[str, int]:
    """Extract every page of `folder` with trafilatura; return the number of pages with a text."""
    import logging

    from trafilatura import bare_extraction

    logging.disable(logging.CRITICAL)
    dates = {"original_date": True, "min_date": "1995-01-01", "max_date": "2100-01-01"}
    found = 0
    for path in sorted(folder.rglob("*.html")):
        try:
            page: Any = bare_extraction(
                path.read_bytes(),
                include_comments=False,
                include_tables=True,
                with_metadata=True,
                date_extraction_params=dates,
            )
        except Exception:  # noqa: BLE001, S112 trafilatura fails on some pages
            continue
        found += bool(page and page.text)
    return {"articles": found}


def ingested(folder: Path, workers: int, option: str) -> Cost:
    """Return the cost of a backfill over `folder`, with the CPU seconds of its stages as `stages`."""
    with tempfile.TemporaryDirectory() as place:
        lake = Path(place, "lake")
        cost = backfill([folder], lake, workers, option)
        path = next(lake.glob("runs/**/*.parquet"))
        (run,) = pq.read_table(path, partitioning=None).to_pylist()
    cost.output["stages"] = {one["stage"]: one["cpu_seconds"] or 0.0 for one in run["stages"]}
    return cost


def measure(
    folder: Path, rounds: int, worker_numbers: list[int], events: bool
) -> dict[str, list[Cost]]:
    """Return the costs of every configuration over the pages of `folder`, in turn."""
    configurations = [
        (f"{workers} worker{'s' * (workers > 1)}", workers, "--no-events")
        for workers in worker_numbers
    ]
    if events:
        configurations += [
            (f"{name}, events", workers, "--events") for name, workers, _ in configurations
        ]
    costs: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        one = cost_of([sys.executable, __file__, str(folder), LOOP])
        costs.setdefault("loop", []).append(one)
        for name, workers, option in configurations:
            costs.setdefault(name, []).append(ingested(folder, workers, option))
            costs.setdefault(f"{name}{START}", []).append(
                ingested(next(folder.rglob("*.html")), workers, option)
            )
    return costs


def by_stage(costs: dict[str, list[Cost]], pages: int) -> list[dict[str, Any]]:
    """Return the CPU seconds of the start, and the CPU milliseconds of a page by stage; medians."""
    rows = []
    for name, own in costs.items():
        if name.endswith(START) or f"{name}{START}" not in costs:
            continue
        start = statistics.median(one.cpu for one in costs[f"{name}{START}"])
        middle = sorted(own, key=lambda one: one.cpu)[len(own) // 2]
        each = {stage: 1e3 * cpu / pages for stage, cpu in middle.output["stages"].items()}
        total = 1e3 * (middle.cpu - start) / pages
        each |= {"other": total - sum(each.values()), "together": total}
        rows.append(
            {"configuration": name, "start, s": round(start, 1)}
            | {stage: round(each.get(stage, 0.0), 1) for stage in STAGES}
        )
    return rows


def compared(costs: dict[str, list[Cost]], pages: int) -> list[dict[str, Any]]:
    """Return the median round of each configuration, with the median speed as a multiple of `loop`."""
    rows = []
    for configuration, own in costs.items():
        if configuration.endswith(START):
            continue
        ratios = [base.seconds / one.seconds for base, one in zip(costs["loop"], own, strict=True)]
        middle = sorted(own, key=lambda one: one.seconds)[len(own) // 2]
        row = asdict(middle) | {
            "configuration": configuration,
            "articles": middle.output["articles"],
        }
        more = [one.cpu / base.cpu for base, one in zip(costs["loop"], own, strict=True)]
        row["cpu_ratio"] = statistics.median(more)
        row |= {"pages_per_second": pages / middle.seconds, "ratio": statistics.median(ratios)}
        digits = {
            "ratio": 2,
            "cpu_ratio": 2,
            "pages_per_second": 1,
            "cpu": 1,
            "largest_mb": 0,
            "total_mb": 0,
        }
        rows.append(
            {
                name: round(row[name], digits[name] or None) if name in digits else row[name]
                for name in COLUMNS
            }
        )
    return rows


def cost_of_events(costs: dict[str, list[Cost]]) -> float:
    """Return the median CPU time that events add to one worker, as a multiple of the loop's."""
    configurations = (costs["loop"], costs["1 worker"], costs["1 worker, events"])
    added = [
        (events.cpu - without.cpu) / loop.cpu
        for loop, without, events in zip(*configurations, strict=True)
    ]
    return round(statistics.median(added), 2)


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="+", help="web pages: *.html, *.html.gz")
    parser.add_argument("--lang", help="only pages that declare this language, such as en")
    parser.add_argument("--pages", type=int, default=1500, help="minimum number; default 1,500")
    parser.add_argument(
        "--workers", type=int, nargs="+", default=[1, 2], help="numbers of workers; default 1 2"
    )
    parser.add_argument(
        "--rounds", type=int, default=1, help="runs of each configuration; default 1"
    )
    parser.add_argument("--no-events", action="store_true", help="skip the runs with events")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    parser.add_argument(LOOP, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.loop:
        print(json.dumps(loop(options.folder[0])))
        return 0
    pages = [page for folder in options.folder for page in given_pages(folder)]
    if options.lang:
        pages = [page for page in pages if declares(content(page), options.lang)]
    if not pages:
        return 2
    with tempfile.TemporaryDirectory() as name:
        written = 0
        for place, page in multiplied(pages, options.pages):
            path = Path(name, place)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(page)
            written += 1
        costs = measure(Path(name), options.rounds, options.workers, not options.no_events)
    rows, stages = compared(costs, written), by_stage(costs, written)
    summary = {} if options.no_events else {"events_x_loop": cost_of_events(costs)}
    if options.json:
        print(json.dumps({"pages": written, "rows": rows, "stages": stages} | summary))
        return 0
    table([*COLUMNS.values()], [[*row.values()] for row in rows], title=f"{written:,} pages")
    table([*stages[0]], [[*row.values()] for row in stages], title="CPU ms a page")
    for ratio in summary.values():
        print(f"events add {ratio} x the CPU time of the loop")
    return 0


if __name__ == "__main__":
    sys.exit(main())
