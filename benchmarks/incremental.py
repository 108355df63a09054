"""Cost of ingesting 100 new documents into lakes of increasing size.

    python benchmarks/incremental.py [--sizes 10000 100000 1000000] [--rounds 3] [--folder DIR] [--json]

The program fills a lake with generated articles, all within 30 days. At each size it ingests 100
new documents --rounds times; half of them are near copies of articles in the lake. A run goes from
the JSON lines to the commit. Its cost should depend on the number of new documents, not on the size
of the lake. Prints the median CPU and elapsed seconds of a run, and the bytes of the index per
article.
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
from newslake.pipelines.runners.bounded_run import run_bounded
from newslake.pipelines.runners.contexts import run_context
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
PER_COMMIT = 100_000
"""Generated articles per commit."""

COLUMNS = {
    "articles": "articles in the lake",
    "cpu": "CPU s per run",
    "seconds": "s per run",
    "growth": "x first",
    "bytes_per_article": "index bytes per article",
    "found": "copies found",
}


def text_of(number: int) -> str:
    """Return a generated text of 60 words that depends only on `number`."""
    random = Random(number)
    return " ".join(f"w{random.randrange(20_000)}" for _ in range(60)) + "."


def date_of(number: int) -> datetime:
    """Return the publication time of article `number`."""
    return FIRST_DAY + timedelta(minutes=number * 7919 % (DAYS * 24 * 60))


def article(number: int) -> Article:
    """Return the row of generated article `number`."""
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
    """Commit the articles with these numbers."""
    run_id = f"fill-{numbers.start}"
    name = layout.staging_name(run_id, 0)
    by_day: dict[str, list[Article]] = {}
    with lake.committer() as committer, staging(lake.storage, name):
        context = run_context(lake, committer.last, name, run_id, NOW)
        for row in map(article, numbers):
            by_day.setdefault(TABLES["articles"].partition(row, context), []).append(row)
        files = [file for group in by_day.items() for file in stage(group, "articles", context)]
        committer.commit(make_transaction(context, files, [("read", len(numbers))]))


def new_documents(size: int, turn: int) -> Iterator[dict[str, Any]]:
    """Yield 100 documents: new articles, and near copies of the first `size` articles."""
    random = Random(f"{size} {turn}")
    for index in range(NEW):
        number = random.randrange(size) if index % 2 else 10**9 + random.randrange(10**9)
        text = text_of(number).rsplit(" ", 3)[0] + f" said spokesman {turn}."
        yield {
            "url": f"https://new.example/{size}/{turn}/{index}",
            "text": text,
            "date": date_of(number).isoformat(),
        }


def run(lake: LakeFolder, documents: Path, turn: int) -> tuple[float, float, int]:
    """Ingest a file; return the CPU seconds, the elapsed seconds and the number of copies found."""
    local = engine("DirectRunner", 1, [])
    settings = Settings(find_events=FindEvents(events=False))
    source = FileSource(list_inputs([str(documents)]), Read())
    begin, cpu = time.perf_counter(), time.process_time()
    result = run_bounded(lake, source, settings, local, f"new-{documents.stem}", turn, NOW)
    seconds, cpu = time.perf_counter() - begin, time.process_time() - cpu
    return cpu, seconds, result.counts["duplicates"]


def measured(folder: Path, sizes: Sequence[int], rounds: int) -> Iterator[dict[str, Any]]:
    """Yield a row of figures for each size."""
    lake = open_lake(folder / "lake")
    lake.create("day")
    filled, first = 0, 0.0
    for size in sizes:
        for start in range(filled, size, PER_COMMIT):
            fill(lake, range(start, min(size, start + PER_COMMIT)))
        filled = size
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
            "bytes_per_article": round(_index_bytes(lake) / size),
            "found": round(found),
        }


def _index_bytes(lake: LakeFolder) -> int:
    files = lake.index_path.parent.glob(f"{lake.index_path.name}*")
    return sum(path.stat().st_size for path in files)


def main() -> int:
    """Measure and print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--sizes",
        type=int,
        nargs="+",
        default=[10_000, 100_000, 1_000_000],
        help="articles in the lake, in ascending order; default 10,000 100,000 1,000,000",
    )
    parser.add_argument("--rounds", type=int, default=3, help="runs at each size; default 3")
    parser.add_argument(
        "--folder", type=Path, help="parent of the temporary lake; default: the system's"
    )
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    if options.sizes != sorted(set(options.sizes)) or options.sizes[0] < 1 or options.rounds < 1:
        print("incremental.py: --sizes must ascend, --rounds must be 1 or more", file=sys.stderr)
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
