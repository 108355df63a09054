"""Files, size and query time of a sparse archive that is partitioned by day, month and year.

    python benchmarks/partitions.py [--articles 480] [--rounds 5] [--json]

The program writes one generated article per day, 300 words each, as JSON lines, and backfills them
into three lakes. The query reads all texts in DuckDB; its time is the minimum CPU time of --rounds,
in milliseconds, with the files in the page cache.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from random import Random
from typing import Any

import duckdb

sys.path.insert(0, str(Path(__file__).parent.parent))

from newslake.pipelines.cli import main as newslake
from newslake.pipelines.commands.terminal import table
from newslake.schemas.partitions import UNITS

FIRST_DAY = date(2020, 1, 1)


def documents(number: int) -> Iterator[dict[str, str]]:
    """Yield `number` documents, one per day."""
    random = Random(1)
    for index in range(number):
        yield {
            "url": f"https://archive.example/{index}",
            "title": f"Report {index}",
            "text": " ".join(f"w{random.randrange(20_000)}" for _ in range(300)),
            "date": str(FIRST_DAY + timedelta(days=index)),
        }


def measured(lake: Path, rounds: int) -> dict[str, Any]:
    """Return the number of files of all tables, their size and the query time."""
    files = [*lake.glob("[a-z]*/*/*.parquet")]
    times = []
    for _ in range(rounds):
        start = time.process_time()
        duckdb.sql(f"SELECT max(length(text)) FROM '{lake}/articles/**/*.parquet'").fetchall()
        times.append(time.process_time() - start)
    size = sum(path.stat().st_size for path in files)
    return {"files": len(files), "bytes": size, "milliseconds": min(times) * 1000}


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--articles", type=int, default=480, help="number of days; default 480")
    parser.add_argument("--rounds", type=int, default=5, help="runs of the query; default 5")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    if min(options.articles, options.rounds) < 1:
        print("partitions.py: --articles and --rounds must be at least 1", file=sys.stderr)
        return 2
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        archive = Path(folder, "archive.jsonl")
        lines = (json.dumps(document) + "\n" for document in documents(options.articles))
        archive.write_text("".join(lines), encoding="utf-8")
        for unit in UNITS:
            lake = Path(folder, unit)
            words = ["backfill", str(archive), "--no-events", "--partition", unit]
            if code := newslake([*words, "--lake", str(lake)]):
                return code
            rows.append({"unit": unit} | measured(lake, options.rounds))
    if options.json:
        for row in rows:
            print(json.dumps(row))
        return 0
    cells = [
        (row["unit"], row["files"], f"{row['bytes'] / 1e6:.1f}", f"{row['milliseconds']:.0f}")
        for row in rows
    ]
    table(("partition", "files", "MB", "all texts, ms"), cells)
    return 0


if __name__ == "__main__":
    sys.exit(main())
