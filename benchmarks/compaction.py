"""Query times and size of a lake before and after `newslake compact`.

    python benchmarks/compaction.py [--files 10000] [--rows 10] [--rounds 3] [--json]

The program writes a generated month of articles (`generated_lake.py`) as --files files of --rows
rows each and compacts a copy of this lake. DuckDB and polars run six queries (`queries.py`) on both
lakes in turn. A time is the minimum of --rounds, in milliseconds, with the files in the page cache.
Exits with 1 if a query takes longer after the compaction, or if the compacted lake is larger.
"""

import argparse
import json
import shutil
import sys
import tempfile
import time
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from generated_lake import build, month
from lake_queries import measure

from newslake.pipelines.commands.compact import merge, worth_merging
from newslake.pipelines.commands.terminal import say, table
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake.lake import LakeFolder

SELECTED = (
    "articles by day and source",
    "one day",
    "one article by id",
    "a word in one day's texts",
    "a word in all texts",
    "languages",
)


def compact(lake: LakeFolder) -> float:
    """Compact all partitions of `lake`; return the elapsed seconds."""
    start = time.perf_counter()
    for folder in list(worth_merging(lake, ["articles"], idle_seconds=0)):
        merge(lake, folder)
    with lake.committer() as committer:
        committer.sweep(grace=0)
    return time.perf_counter() - start


def files_of(lake: LakeFolder) -> list[Path]:
    """Return the published files of the articles."""
    return [*lake.storage.path("articles").rglob("*.parquet")]


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--files", type=int, default=10_000, help="number of files; default 10,000")
    parser.add_argument("--rows", type=int, default=10, help="rows per file; default 10")
    parser.add_argument("--rounds", type=int, default=3, help="runs of each query; default 3")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    if min(options.files, options.rows, options.rounds) < 1 or options.files * options.rows < 1_000:
        print("compaction.py: needs at least 1,000 rows in total and 1 round", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        small, compacted = open_lake(Path(folder, "small")), open_lake(Path(folder, "compacted"))
        articles = month(options.files * options.rows)["articles"]
        build(small, {"articles": articles}, rows_per_file=options.rows)
        shutil.copytree(small.storage.root, compacted.storage.root)
        seconds = compact(compacted)
        lakes = {"small": small, "compacted": compacted}
        globs = {
            name: {"articles": f"{lake.storage.root}/articles/**/*.parquet"}
            for name, lake in lakes.items()
        }
        rows = list(measure(globs, articles["article_id"][7].as_py(), options.rounds, SELECTED))
        files = {name: files_of(lake) for name, lake in lakes.items()}
        sizes = {name: sum(path.stat().st_size for path in files[name]) for name in lakes}
    ratios = [row["small"] / row["compacted"] for row in rows]
    if options.json:
        print(json.dumps({"rows": rows, "bytes": sizes, "seconds": seconds}))
    else:
        table(
            ("query", "engine", *lakes, "speedup"),
            [
                [
                    row["query"],
                    row["engine"],
                    *(f"{row[name]:.1f}" for name in lakes),
                    f"{ratio:.1f}",
                ]
                for row, ratio in zip(rows, ratios, strict=True)
            ],
        )
        for name in lakes:
            say(f"{name}: {len(files[name]):,} files, {sizes[name] / 1e6:.0f} MB")
        say(f"compacted in {seconds:.0f} s")
    return 0 if min(ratios) >= 1 and sizes["compacted"] < sizes["small"] else 1


if __name__ == "__main__":
    sys.exit(main())
