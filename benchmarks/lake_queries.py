"""Ten questions to a made-up month of news, laid out by newslake, by pyarrow and by Beam.

    python benchmarks/lake_queries.py [--articles 200000] [--rounds 5] [--keep DIR] [--json]

The same rows three times, given in the order of their addresses, as the listing of a folder brings
them: a lake of ours; one file a table as `pyarrow.parquet.write_table` writes it unasked; and Beam's
`WriteToParquet` unasked, which compresses nothing. DuckDB and polars answer each question
(`questions.py`) over each layout in turn, by plain globs. A time is the least of `--rounds` in
milliseconds, the whole answer taken, files in the page cache. Exits with 1 if an answer of ours takes
over 50 ms and more than 1.1 times the best of the others, if it is not 3 times as fast as both where a
good layout can help and they take over 50 ms, or if ours is not the smallest on disk.
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
from made_lake import WORD, build, month
from questions import QUESTIONS, named_tables

from newslake.pipelines.commands.terminal import say, table
from newslake.transforms.dedupe.lake_index import open_lake

MOST_SLOWER = 1.1
LEAST_FASTER = 3.0
LEAST_MS = 50.0
"""Below this a time says more about the machine than about the layout."""


def by_newslake(place: Path, tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Write a lake; return a glob for each table."""
    build(open_lake(place), tables)
    return {name: f"{place}/{name}/**/*.parquet" for name in tables}


def by_pyarrow(place: Path, tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Write one file a table with pyarrow's defaults; return the files."""
    place.mkdir()
    for name, rows in tables.items():
        pq.write_table(rows, place / f"{name}.parquet")
    return {name: f"{place}/{name}.parquet" for name in tables}


def by_beam(place: Path, tables: Mapping[str, pa.Table]) -> dict[str, str]:
    """Write the rows with Beam's sink and its defaults; return a glob for each table."""
    rows = by_pyarrow(place.with_name("to-beam"), tables)
    for name, made in tables.items():
        with beam.Pipeline(FnApiRunner()) as pipeline:
            _ = (
                pipeline
                | beam.io.ReadFromParquet(rows[name])
                | beam.io.WriteToParquet(f"{place}/{name}/rows", made.schema)
            )
    return {name: f"{place}/{name}/rows*" for name in tables}


LAYOUTS = {"newslake": by_newslake, "pyarrow": by_pyarrow, "beam": by_beam}
OTHERS = ("pyarrow", "beam")


Ask = Callable[[str], int]
"""Answers the question of that name; returns the number of rows."""


def duckdb_over(globs: Mapping[str, str], article_id: str) -> Ask:
    """Return what asks DuckDB in one session, with a view for each glob."""
    database = duckdb.connect()
    database.execute("SET TimeZone = 'UTC'; SET enable_external_file_cache = false")
    for name, files in globs.items():
        database.execute(f"CREATE VIEW {name} AS FROM read_parquet('{files}')")

    def ask(name: str) -> int:
        sql = QUESTIONS[name].sql.format(article_id=article_id, word=WORD)
        return database.sql(sql).to_arrow_table().num_rows

    return ask


def polars_over(globs: Mapping[str, str], article_id: str) -> Ask:
    """Return what asks polars."""

    def ask(name: str) -> int:
        return QUESTIONS[name].frame(named_tables(globs), article_id, WORD).collect().height

    return ask


ENGINES = {"duckdb": duckdb_over, "polars": polars_over}


def measure(
    layouts: Mapping[str, Mapping[str, str]],
    article_id: str,
    rounds: int,
    questions: Collection[str] = QUESTIONS,
) -> Iterator[dict[str, Any]]:
    """Yield a row for each engine and question: the milliseconds of each layout.

    Raises:
        ValueError: two layouts give different answers.
    """
    for engine, over in ENGINES.items():
        asks = {layout: over(globs, article_id) for layout, globs in layouts.items()}
        for name in questions:
            best = dict.fromkeys(layouts, float("inf"))
            answers = set()
            for _ in range(rounds):
                for layout, ask in asks.items():
                    start = time.perf_counter()
                    answers.add(ask(name))
                    best[layout] = min(best[layout], (time.perf_counter() - start) * 1000)
            if len(answers) > 1:
                raise ValueError(f"{name} by {engine}: {sorted(answers)} rows")
            yield {"question": name, "engine": engine, **best}


def failures(rows: list[dict[str, Any]], sizes: Mapping[str, int]) -> Iterator[str]:
    """Yield what is not as it should be."""
    for row in rows:
        ours, others = row["newslake"], min(row[name] for name in OTHERS)
        what = f"{row['question']} by {row['engine']}"
        if QUESTIONS[row["question"]].pruned and others > LEAST_MS and ours * LEAST_FASTER > others:
            yield f"{what}: only {others / ours:.1f} times as fast as the best of the others"
        elif ours > LEAST_MS and ours > others * MOST_SLOWER:
            yield f"{what}: {ours / others:.2f} times the best of the others"
    if sizes["newslake"] > min(sizes.values()):
        yield "not the smallest on disk"


@contextmanager
def _folder(keep: Path | None) -> Iterator[Path]:
    if keep:
        keep.mkdir(parents=True, exist_ok=True)
        yield keep
    else:
        with tempfile.TemporaryDirectory() as place:
            yield Path(place)


def _size(glob: str) -> int:
    found = duckdb.sql(f"SELECT sum(size) FROM read_blob('{glob}')").fetchall()
    return int(found[0][0])


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--articles", type=int, default=200_000, help="default 200,000")
    parser.add_argument("--rounds", type=int, default=5, help="default 5")
    parser.add_argument("--keep", type=Path, help="an empty folder; what is written stays there")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    if options.articles < 1_000 or options.rounds < 1:
        print("lake_queries.py: at least 1,000 --articles and 1 of --rounds", file=sys.stderr)
        return 2
    if options.keep and options.keep.exists() and any(options.keep.iterdir()):
        print(f"lake_queries.py: --keep {options.keep} is not empty", file=sys.stderr)
        return 2
    with _folder(options.keep) as place:
        tables = month(options.articles)
        layouts = {name: write(place / name, tables) for name, write in LAYOUTS.items()}
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
            ("question", "engine", *LAYOUTS),
            [
                [row["question"], row["engine"], *(f"{row[name]:.1f}" for name in LAYOUTS)]
                for row in rows
            ],
        )
        say("MB on disk: " + ", ".join(f"{name} {size / 1e6:.0f}" for name, size in sizes.items()))
        for line in failed:
            say(f"failed: {line}")
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
