"""Times of ten queries on a generated month of news, written by newslake, by pyarrow and by Beam.

    python benchmarks/lake_queries.py [--articles 200000] [--rounds 5] [--keep DIR] [--json]

The program writes the same rows, sorted by URL, in three layouts: a newslake lake; one file per
table with the defaults of `pyarrow.parquet.write_table`; and Beam's `WriteToParquet` with its
defaults, which do not compress. DuckDB and polars run each query (`queries.py`) on each layout in
turn, over globs. A time is the minimum of --rounds in milliseconds, until the whole result is read,
with the files in the page cache.

Exits with 1 in one of these cases: one of our times is above 50 ms and above 1.1 times the best
other time; for a query that a good layout can speed up, the other times are above 50 ms and ours is
not 3 times as fast; our layout is not the smallest on disk.
"""

import argparse
import json
import sys
import tempfile
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import apache_beam as beam
import duckdb
import pyarrow as pa
import pyarrow.parquet as pq
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from generated_lake import WORD, build, month
from queries import QUERIES, named_tables

from newslake.pipelines.commands.terminal import say, table
from newslake.transforms.dedupe.lake_index import open_lake

MAX_SLOWDOWN = 1.1
MIN_SPEEDUP = 3.0
MIN_MS = 50.0
"""Milliseconds below which times are not compared, because they depend on the machine."""


def by_newslake(folder: Path, tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Write a lake; return a glob for each table."""
    build(open_lake(folder), tables)
    return {name: f"{folder}/{name}/**/*.parquet" for name in tables}


def by_pyarrow(folder: Path, tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Write one file per table with pyarrow's defaults; return the paths."""
    folder.mkdir()
    for name, rows in tables.items():
        pq.write_table(rows, folder / f"{name}.parquet")
    return {name: f"{folder}/{name}.parquet" for name in tables}


def by_beam(folder: Path, tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Write the rows with Beam's sink and its defaults; return a glob for each table."""
    rows = by_pyarrow(folder.with_name("to-beam"), tables)
    for name, table_rows in tables.items():
        with beam.Pipeline(FnApiRunner()) as pipeline:
            _ = (
                pipeline
                | beam.io.ReadFromParquet(rows[name])
                | beam.io.WriteToParquet(f"{folder}/{name}/rows", table_rows.schema)
            )
    return {name: f"{folder}/{name}/rows*" for name in tables}


LAYOUTS = {"newslake": by_newslake, "pyarrow": by_pyarrow, "beam": by_beam}
OTHERS = ("pyarrow", "beam")


RunQuery = Callable[[str], int]
"""Runs the query with this name; returns its number of rows."""


def duckdb_over(globs: Mapping[str, str], article_id: str) -> RunQuery:
    """Return a function that runs queries in one DuckDB session, with a view for each glob."""
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'; SET enable_external_file_cache = false")
    for name, files in globs.items():
        database.execute(f"CREATE VIEW {name} AS FROM read_parquet('{files}')")

    def run_query(name: str) -> int:
        sql = QUERIES[name].sql.format(article_id=article_id, word=WORD)
        return database.sql(sql).to_arrow_table().num_rows

    return run_query


def polars_over(globs: Mapping[str, str], article_id: str) -> RunQuery:
    """Return a function that runs queries in polars."""

    def run_query(name: str) -> int:
        return QUERIES[name].frame(named_tables(globs), article_id, WORD).collect().height

    return run_query


ENGINES = {"duckdb": duckdb_over, "polars": polars_over}


def measure(
    layouts: Mapping[str, Mapping[str, str]],
    article_id: str,
    rounds: int,
    queries: Collection[str] = QUERIES,
) -> Iterator[dict[str, Any]]:
    """Yield a row for each engine and query: the milliseconds of each layout.

    Raises:
        ValueError: A query returns different numbers of rows for two layouts.
    """
    for engine, over in ENGINES.items():
        runners = {layout: over(globs, article_id) for layout, globs in layouts.items()}
        for name in queries:
            best = dict.fromkeys(layouts, float("inf"))
            row_counts = set()
            for _ in range(rounds):
                for layout, run_query in runners.items():
                    start = time.perf_counter()
                    row_counts.add(run_query(name))
                    best[layout] = min(best[layout], (time.perf_counter() - start) * 1000)
            if len(row_counts) > 1:
                raise ValueError(f"{name} by {engine}: {sorted(row_counts)} rows")
            yield {"query": name, "engine": engine, **best}


def failures(rows: list[dict[str, Any]], sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield a message for each failed criterion."""
    for row in rows:
        ours, others = row["newslake"], min(row[name] for name in OTHERS)
        what = f"{row['query']} by {row['engine']}"
        if QUERIES[row["query"]].pruned and others > MIN_MS and ours * MIN_SPEEDUP > others:
            yield f"{what}: only {others / ours:.1f} times as fast as the best other layout"
        elif ours > MIN_MS and ours > others * MAX_SLOWDOWN:
            yield f"{what}: {ours / others:.2f} times the time of the best other layout"
    if sizes["newslake"] > min(sizes.values()):
        yield "not the smallest on disk"


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory() as folder:
            yield Path(folder)


def _size(glob: str) -> int:
    found = duckdb.sql(f"SELECT sum(size) FROM read_blob('{glob}')").fetchall()
    return int(found[0][0])


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument(
        "--articles", type=int, default=200_000, help="number of articles; default 200,000"
    )
    parser.add_argument("--rounds", type=int, default=5, help="runs of each query; default 5")
    parser.add_argument("--keep", type=Path, help="an empty folder to store the files in")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    if options.articles < 1_000 or options.rounds < 1:
        print("lake_queries.py: needs at least 1,000 --articles and 1 of --rounds", file=sys.stderr)
        return 2
    if options.keep and options.keep.exists() and any(options.keep.iterdir()):
        print(f"lake_queries.py: --keep {options.keep} is not empty", file=sys.stderr)
        return 2
    with _folder(options.keep) as folder:
        tables = month(options.articles)
        layouts = {name: write(folder / name, tables) for name, write in LAYOUTS.items()}
        article_id = tables["articles"]["article_id"][options.articles // 3].as_py()
        del tables
        sizes = {
            name: sum(_size(glob) for glob in globs.values()) for name, globs in layouts.items()
        }
        rows = list(measure(layouts, article_id, options.rounds))
    failed = list(failures(rows, sizes))
    if options.json:
        print(json.dumps({"rows": rows, "bytes": sizes, "failed": failed}))
    else:
        table(
            ("query", "engine", *LAYOUTS),
            [
                [row["query"], row["engine"], *(f"{row[name]:.1f}" for name in LAYOUTS)]
                for row in rows
            ],
        )
        say("MB on disk: " + ", ".join(f"{name} {size / 1e6:.0f}" for name, size in sizes.items()))
        for line in failed:
            say(f"failed: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
