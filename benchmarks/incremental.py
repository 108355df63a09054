"""Cost of a run of 100 new documents against lakes of growing size.

    python benchmarks/incremental.py [--sizes 10000 100000 1000000] [--rounds 3] [--folder DIR] [--json]

A generator fills one lake with made-up articles, all within 30 days, and stops at each size. There
it ingests 100 new documents some times, half of them near copies of what the lake holds; the run
is the whole of it, from the JSON lines to the commit. What it costs should depend on the new, not on the
size. Prints CPU and elapsed seconds of a run (medians), and the bytes that the index takes an article.
"""

import argparse
import json
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from random import Random
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from newslake.pipelines.backfill import FileSource
from newslake.pipelines.commands.terminal import table
from newslake.pipelines.ingest import Settings
from newslake.pipelines.runners.bounded_run import run_bounded, run_context
from newslake.pipelines.runners.engine import engine
from newslake.schemas.identity import article_id, document_id, text_hash
from newslake.schemas.rows import Article
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.dedupe.signature import sign
from newslake.transforms.events.find_events import FindEvents
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import staging
from newslake.transforms.lake.transaction import make_transaction
from newslake.transforms.read.listing import list_inputs
from newslake.transforms.read.read import Read
from newslake.transforms.write.write import stage

FIRST_DAY = datetime(2026, 3, 1, tzinfo=UTC)
NOW = datetime(2026, 4, 1, tzinfo=UTC)
DAYS = 30
NEW = 100
AT_ONCE = 100_000
"""Articles in one commit of the generator."""

COLUMNS = {
    "articles": "articles in the lake",
    "cpu": "CPU s a run",
    "seconds": "s a run",
    "growth": "x first",
    "bytes_an_article": "index bytes an article",
    "found": "copies found",
}


def text_of(number: int) -> str:
    """Return a made-up text of 60 words, the same for a number in every run."""
    random = Random(number)
    return " ".join(f"w{random.randrange(20_000)}" for _ in range(60)) + "."


def date_of(number: int) -> datetime:
    """Return the time at which article `number` appeared."""
    return FIRST_DAY + timedelta(minutes=number * 7919 % (DAYS * 24 * 60))


def article(number: int) -> Article:
    """Return the row of made-up article `number`."""
    url, text = f"https://paper{number % 500}.example/{number}", text_of(number)
    return Article(
        article_id=article_id(url, b""),
        document_id=document_id(url, b""),
        url=url,
        canonical_url=url,
        source=f"paper{number % 500}.example",
        text=text,
        text_hash=text_hash(text),
        published_at=date_of(number),
        word_count=60,
        signature=sign(text),
    )


def fill(lake: LakeFolder, numbers: range) -> None:
    """Commit the articles of these numbers."""
    run_id = f"fill-{numbers.start}"
    name = layout.staging_name(run_id, 0)
    by_day: dict[str, list[Article]] = {}
    for row in map(article, numbers):
        by_day.setdefault(TABLES["articles"].partition(row, NOW.date()), []).append(row)
    with lake.committer() as committer, staging(lake.storage, name):
        place = run_context(lake, committer, name, run_id, NOW)
        files = [file for group in by_day.items() for file in stage(group, "articles", place)]
        committer.commit(make_transaction(place, files, [("read", len(numbers))]))


def new_documents(held: int, turn: int) -> Iterator[dict[str, Any]]:
    """Yield 100 documents: copies with other last words of articles among the first `held`, and new ones."""
    random = Random(f"{held} {turn}")
    for place in range(NEW):
        number = random.randrange(held) if place % 2 else 10**9 + random.randrange(10**9)
        text = text_of(number).rsplit(" ", 3)[0] + f" said spokesman {turn}."
        yield {
            "url": f"https://new.example/{held}/{turn}/{place}",
            "text": text,
            "date": date_of(number).isoformat(),
        }


def run(lake: LakeFolder, documents: Path, turn: int) -> tuple[float, float, int]:
    """Ingest a file; return CPU seconds, elapsed seconds and how many copies were found."""
    local = engine("DirectRunner", 1, [])
    settings = Settings(find_events=FindEvents(events=False))
    source = FileSource(list_inputs([str(documents)]), Read())
    begin, cpu = time.perf_counter(), time.process_time()
    outcome = run_bounded(lake, source, settings, local, f"new-{documents.stem}", turn, NOW)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    return cpu, seconds, outcome.counts["duplicates"]


def measured(folder: Path, sizes: Sequence[int], rounds: int) -> Iterator[dict[str, Any]]:
    """Yield a row for each size."""
    lake = open_lake(folder / "lake")
    lake.create()
    held, first = 0, 0.0
    for size in sizes:
        for start in range(held, size, AT_ONCE):
            fill(lake, range(start, min(size, start + AT_ONCE)))
        held = size
        costs = []
        for turn in range(rounds + 1):
            documents = folder / f"{size}-{turn}.jsonl"
            lines = [json.dumps(one) for one in new_documents(size, turn)]
            documents.write_text("\n".join(lines), encoding="utf-8")
            costs.append(run(lake, documents, turn))
        cpu, seconds, found = (statistics.median(each) for each in zip(*costs[1:], strict=True))
        first = first or cpu
        yield {
            "articles": size,
            "cpu": round(cpu, 2),
            "seconds": round(seconds, 2),
            "growth": round(cpu / first, 2),
            "bytes_an_article": round(_index_bytes(lake) / size),
            "found": round(found),
        }


def _index_bytes(lake: LakeFolder) -> int:
    beside = lake.index_path.parent.glob(f"{lake.index_path.name}*")
    return sum(path.stat().st_size for path in beside)


def main() -> int:
    """Measure and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--sizes", type=int, nargs="+", default=[10_000, 100_000, 1_000_000])
    parser.add_argument("--rounds", type=int, default=3, help="runs at each size; default 3")
    parser.add_argument(
        "--folder", type=Path, help="where to put the lake; default: a temporary one"
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    if options.sizes != sorted(set(options.sizes)) or options.sizes[0] < 1 or options.rounds < 1:
        print("incremental.py: --sizes must grow, --rounds must be at least 1", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory(dir=options.folder) as folder:
        rows = list(measured(Path(folder), options.sizes, options.rounds))
    if options.json:
        print(json.dumps({"rows": rows}))
        return 0
    table([*COLUMNS.values()], [[*row.values()] for row in rows], title="100 new documents")
    return 0


if __name__ == "__main__":
    sys.exit(main())
