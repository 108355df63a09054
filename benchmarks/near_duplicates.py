"""Quality and speed of deduplication on labelled clusters, compared with rensa and datasketch.

    python benchmarks/near_duplicates.py FILE [--predictions FILE] [--json] [--among PATH ...]

FILE contains one JSON object per line and may be gzipped: id, cluster, kind, title, text; neg_of or
foot_of for hard negatives. Documents of one cluster are copies. Pairs across clusters whose names
are equal up to `#` do not count. The documents pass through the stages of the DAG, starting with
the extraction from JSON; they have no date, so all are compared with each other. Speed is that of
the stage Deduplicate alone, without the start of the runner.

`pip install newslake[bench]` installs rensa and datasketch; a library that is not installed is
skipped. --among also ingests other files, folders or globs and lists the copies found in them for
manual review.
"""

import argparse
import gzip
import json
import pickle
import sys
import tempfile
import time
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import asdict
from importlib.util import find_spec
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

import apache_beam as beam
import duckdb
from cost import backfill
from pairs import Gold, connected, gold_of, pairs_within, score
from rivals import RIVALS

from newslake.pipelines.commands.terminal import table
from newslake.schemas.identity import document_id
from newslake.schemas.reasons import Reject
from newslake.schemas.records import Document, Draft, RunContext
from newslake.schemas.rows import Article, Duplicate
from newslake.transforms.clean.clean import clean
from newslake.transforms.dedupe.deduplicate import Deduplicate
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.extract.extract import extract

Row = dict[str, Any]


def rows_of(path: Path) -> list[Row]:
    """Return the objects of a file of JSON lines, gzipped or not."""
    content = path.read_bytes()
    plain = gzip.decompress(content) if content[:2] == b"\x1f\x8b" else content
    return [json.loads(line) for line in plain.splitlines() if line.strip()]


def drafts_of(rows: Iterable[Row]) -> Iterator[Draft]:
    """Yield the drafts that Extract and Clean return for the rows; print and skip rejects."""
    for row in rows:
        payload = json.dumps({name: row.get(name) for name in ("title", "text")}).encode()
        locator = f"file:{row['id']}"
        id = document_id(locator, payload)
        try:
            yield clean(extract(Document(id, locator, payload, "application/json", "benchmark")))
        except Reject as error:
            print(f"near_duplicates.py: {row['id']} is rejected: {error}", file=sys.stderr)


def deduplicate(drafts: Sequence[Draft]) -> tuple[list[Article], list[Duplicate], float]:
    """Return the articles and the duplicates among `drafts`, and the CPU seconds."""
    with tempfile.TemporaryDirectory() as folder:
        lake = open_lake(Path(folder) / "lake")
        lake.create()
        place = RunContext(
            lake=str(lake.storage.root), index=str(lake.index_path), staging="_tmp/w-benchmark",
            run_id="benchmark", as_of=0, run_date="2026-01-01",
        )  # fmt: skip
        _save(drafts, f"{folder}/drafts")  # as elements of Create they would be compressed
        begin = time.process_time()
        with beam.Pipeline(runner="FnApiRunner") as pipeline:
            given = pipeline | beam.Create([f"{folder}/drafts"], reshuffle=False)
            found = given | beam.FlatMap(_load).with_output_types(Draft) | Deduplicate(place)
            for name in ("articles", "duplicates"):
                rows = getattr(found, name) | f"List {name}" >> beam.combiners.ToList()
                _ = rows | f"Save {name}" >> beam.Map(_save, f"{folder}/{name}")
        seconds = time.process_time() - begin
        articles, duplicates = (_load(f"{folder}/{name}") for name in ("articles", "duplicates"))
    return articles, duplicates, seconds


def _save(rows: Sequence[Any], path: str) -> None:
    Path(path).write_bytes(pickle.dumps(rows))


def _load(path: str) -> Any:
    return pickle.loads(Path(path).read_bytes())


def predict(rows: Sequence[Row]) -> tuple[list[Row], float]:
    """Return our predictions, one for each duplicate, and the documents per CPU second."""
    drafts = list(drafts_of(rows))
    _, _, start = deduplicate(drafts[:1])
    articles, duplicates, seconds = deduplicate(drafts)
    names = {draft.document.document_id: draft.document.locator[5:] for draft in drafts}
    originals = {article.article_id: names[article.document_id] for article in articles}
    predictions = [
        {
            "id": names[copy.document_id],
            "duplicate_of": originals[copy.duplicate_of],
            "kind": copy.kind,
            "similarity": copy.similarity,
        }
        for copy in duplicates
    ]
    return sorted(predictions, key=lambda one: one["id"]), len(rows) / max(seconds - start, 1e-3)


def measured(rows: Sequence[Row], gold: Gold, predictions: list[Row], speed: float) -> Row:
    """Return the scores and the speed of each method."""
    links = [(one["id"], one["duplicate_of"]) for one in predictions]
    results = {"newslake": (links, speed)}
    for name, find_pairs in RIVALS.items():
        if find_spec(name) is None:
            print(f"near_duplicates.py: {name} is not installed", file=sys.stderr)
            continue
        next(find_pairs(["import the library first"]), None)
        begin = time.process_time()
        texts = (row["text"] for row in rows)
        found = [(rows[a]["id"], rows[b]["id"]) for a, b in find_pairs(texts)]
        results[name] = (found, len(rows) / (time.process_time() - begin))
    return {
        name: asdict(score(gold, pairs_within(connected(links))))
        | {"docs_per_cpu_second": round(speed)}
        for name, (links, speed) in results.items()
    }


def copies_among(paths: Sequence[Path]) -> list[tuple[Any, ...]]:
    """Ingest files; return kind, similarity, and source and title of each copy and its article."""
    with tempfile.TemporaryDirectory() as folder:
        lake = Path(folder) / "lake"
        backfill(paths, lake, 1, "--no-events")
        return duckdb.sql(
            "SELECT kind, similarity, copy.source, copy.title, article.source, article.title "
            f"FROM '{lake}/duplicates/**/*.parquet' AS copy "
            f"JOIN '{lake}/articles/**/*.parquet' AS article "
            "ON copy.duplicate_of = article.article_id ORDER BY similarity, copy.title"
        ).fetchall()


def show(results: Row) -> None:
    """Print the scores as tables."""
    main = ("precision", "recall", "f1")
    table(
        ["method", *main, "docs per CPU second"],
        [
            [name, *(f"{one[column]:.3f}" for column in main), one["docs_per_cpu_second"]]
            for name, one in results.items()
        ],
        title="pairs",
    )
    for column in ("recall_by_kind", "false_by_kind"):
        kinds = results["newslake"][column]
        cells = [
            [kind, *(f"{one[column][kind]:.3f}" for one in results.values())] for kind in kinds
        ]
        table([column.replace("_", " "), *results], cells)


def main() -> int:
    """Measure and print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("file", type=Path, help="labelled documents: *.jsonl, *.jsonl.gz")
    parser.add_argument("--predictions", type=Path, help="write our duplicates to this file")
    parser.add_argument("--json", action="store_true", help="print one JSON object, by method")
    parser.add_argument(
        "--among", type=Path, nargs="+", default=[], help="list copies in these paths"
    )
    options = parser.parse_args()
    for path in (options.file, *options.among):
        if not path.exists():
            print(f"near_duplicates.py: no file {path}", file=sys.stderr)
            return 2
    rows = rows_of(options.file)
    predictions, speed = predict(rows)
    if options.predictions:
        lines = "".join(json.dumps(one, ensure_ascii=False) + "\n" for one in predictions)
        options.predictions.write_text(lines, encoding="utf-8")
    results = measured(rows, gold_of(rows), predictions, speed)
    if options.json:
        print(json.dumps(results))
        return 0
    show(results)
    if options.among:
        head = ("kind", "similarity", "copy's source", "copy", "article's source", "article")
        table(head, copies_among(options.among), title="copies in --among")
    return 0


if __name__ == "__main__":
    sys.exit(main())
