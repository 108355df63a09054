"""Speed of a backfill over web pages, beside a plain loop over trafilatura.

    python benchmarks/throughput.py FOLDER… [--lang en] [--pages 1500] [--rounds 1] [--no-events] [--json]

FOLDER holds pages, *.html and *.html.gz, at any depth; --lang takes only those that declare a language. They are repeated until there are enough; each
repetition gets a number at every fourth word of its paragraphs and other addresses in its head, so that it
is another article and no near copy. Loop and backfills, each a fresh process, take turns over the same files. The loop
has the same options of extraction, one process, and keeps nothing; a backfill also does all else: language, cleaning,
copies, Parquet, commit, and, unless told otherwise, events. What events cost is told as a multiple of the
loop too, by CPU time of one worker: with events less without, the start of the model included; what
they cost beside trafilatura's default extraction, events_cost.py tells.
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

from cost import Cost, backfill, cost_of

from newslake.pipelines.commands.terminal import table

LOOP = "--loop"
COLUMNS = {
    "way": "way",
    "pages_per_second": "pages/s",
    "ratio": "x loop",
    "cpu": "CPU s",
    "largest_mb": "largest MB",
    "together_mb": "all MB",
    "articles": "articles",
}

_HEAD_TAG = re.compile(rb"<(?:link|meta)\b[^>]*>", re.IGNORECASE)
_NAMES_ITSELF = re.compile(rb"\b(?:canonical|og:url)\b", re.IGNORECASE)
_ADDRESS = re.compile(rb"""\b(?:href|content)=["']?(?:https?:|/)[^"'\s>?#]+""", re.IGNORECASE)
_JSON_ADDRESS = re.compile(rb'"(?:url|@id|mainEntityOfPage)"\s*:\s*"https?:[^"?#]+')
_PARAGRAPH = re.compile(rb"<p\b[^>]*>[^<]*(?:<(?!p\b)[^<]*)*?</p>", re.IGNORECASE)
_LANGUAGE = re.compile(rb"""<html\b[^>]*?\slang\s*=\s*["']?([a-z]+)""", re.IGNORECASE)
_TEXT = re.compile(rb"(?<=>)[^<>]+(?=<)")


def given_pages(folder: Path) -> list[Path]:
    """Return the pages below the folder that a user named, in order; if there are none, say why."""
    program = Path(sys.argv[0]).stem
    if not folder.is_dir():
        print(f"{program}.py: no folder {folder}", file=sys.stderr)
        return []
    pages = sorted(path for path in folder.rglob("*") if path.name.endswith((".html", ".html.gz")))
    if not pages:
        print(f"{program}.py: no *.html or *.html.gz in {folder}", file=sys.stderr)
    return pages


def content(path: Path) -> bytes:
    """Return the page in a file, unpacked."""
    page = path.read_bytes()
    return gzip.decompress(page) if path.suffix == ".gz" else page


def declares(page: bytes, language: str) -> bool:
    """Return whether the page says that it is in `language`.

    >>> declares(b'<!doctype html><html class="x" lang="en-GB">', "en")
    True
    """
    found = _LANGUAGE.search(page)
    return bool(found) and found[1].decode().lower() == language


def edited(page: bytes, number: int) -> bytes:
    """Return `page` as another article: its addresses and every fourth word have `number` added.

    >>> edited(b'<link rel="canonical" href="https://a.org/b?c"><p>Talks go on in vain</p>', 7)
    b'<link rel="canonical" href="https://a.org/b/7?c"><p>Talks go on in7 vain</p>'
    """
    mark = b"%d" % number

    def moved(tag: re.Match[bytes]) -> bytes:
        return _ADDRESS.sub(rb"\g<0>/" + mark, tag[0]) if _NAMES_ITSELF.search(tag[0]) else tag[0]

    page = _HEAD_TAG.sub(moved, page)
    page = _JSON_ADDRESS.sub(rb"\g<0>/" + mark, page)

    def numbered(text: re.Match[bytes]) -> bytes:
        words = text[0].split(b" ")
        for place in range(min(3, len(words) - 1), len(words), 4):
            words[place] += mark
        return b" ".join(words)

    return _PARAGRAPH.sub(lambda found: _TEXT.sub(numbered, found[0]), page)


def multiplied(pages: list[Path], wanted: int) -> Iterator[tuple[str, bytes]]:
    """Yield at least `wanted` pages, in whole rounds: first as they are, then edited."""
    for number in count():
        if number * len(pages) >= wanted:
            return
        for position, path in enumerate(pages):
            page = content(path)
            name = f"{number}/{position}.html"
            yield name, edited(page, number) if number else page


def loop(folder: Path) -> dict[str, int]:
    """Extract every page of `folder` in the plainest way; return how many had a text."""
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
        except Exception:  # noqa: BLE001, S112 some pages break it
            continue
        found += bool(page and page.text)
    return {"articles": found}


def measure(folder: Path, rounds: int, events: bool) -> dict[str, list[Cost]]:
    """Return the costs of every way over the pages of `folder`, the ways taking turns."""
    ways = [
        (f"{workers} worker{'s' * (workers > 1)}", workers, "--no-events") for workers in (1, 2)
    ]
    if events:
        ways += [(f"{name}, events", workers, "--events") for name, workers, _ in ways]
    costs: dict[str, list[Cost]] = {}
    for _ in range(rounds):
        one = cost_of([sys.executable, __file__, str(folder), LOOP])
        costs.setdefault("loop", []).append(one)
        for name, workers, option in ways:
            with tempfile.TemporaryDirectory() as lake:
                one = backfill([folder], Path(lake) / "lake", workers, option)
            costs.setdefault(name, []).append(one)
    return costs


def compared(costs: dict[str, list[Cost]], pages: int) -> list[dict[str, Any]]:
    """Return a row for every way: medians, and the median of the ratios to the loop of its round."""
    rows = []
    for way, own in costs.items():
        ratios = [base.seconds / one.seconds for base, one in zip(costs["loop"], own, strict=True)]
        middle = sorted(own, key=lambda one: one.seconds)[len(own) // 2]
        row = asdict(middle) | {"way": way, "articles": middle.said["articles"]}
        row |= {"pages_per_second": pages / middle.seconds, "ratio": statistics.median(ratios)}
        digits = {"ratio": 2, "pages_per_second": 1, "cpu": 1, "largest_mb": 0, "together_mb": 0}
        rows.append(
            {
                name: round(row[name], digits[name] or None) if name in digits else row[name]
                for name in COLUMNS
            }
        )
    return rows


def cost_of_events(costs: dict[str, list[Cost]]) -> float:
    """Return the median CPU time that events add to one worker, as a multiple of the loop's."""
    ways = (costs["loop"], costs["1 worker"], costs["1 worker, events"])
    added = [
        (events.cpu - without.cpu) / loop.cpu for loop, without, events in zip(*ways, strict=True)
    ]
    return round(statistics.median(added), 2)


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, nargs="+", help="web pages: *.html, *.html.gz")
    parser.add_argument("--lang", help="only pages that declare this language, such as en")
    parser.add_argument("--pages", type=int, default=1500, help="at least so many; default 1,500")
    parser.add_argument("--rounds", type=int, default=1, help="turns of every way; default 1")
    parser.add_argument("--no-events", action="store_true", help="leave out the ways with events")
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
        costs = measure(Path(name), options.rounds, not options.no_events)
    rows = compared(costs, written)
    said = {} if options.no_events else {"events_x_loop": cost_of_events(costs)}
    if options.json:
        print(json.dumps({"pages": written, "rows": rows} | said))
        return 0
    table([*COLUMNS.values()], [[*row.values()] for row in rows], title=f"{written:,} pages")
    for ratio in said.values():
        print(f"events cost {ratio} x the CPU time of the loop")
    return 0


if __name__ == "__main__":
    sys.exit(main())
