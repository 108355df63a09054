"""Scaling of a backfill: with the input size, with hot keys, and in shuffled data.

    python benchmarks/scale.py FOLDER [--pages 250] [--hot 20000] [--prism] [--json]

FOLDER contains pages (*.html, *.html.gz) at any depth; they are multiplied as in throughput.py.

- growth: 1, 4 and 16 times --pages, with one worker, with two, and on Prism. `growth` is the CPU
  time divided by four times that of the next smaller run; the maximum is 1.15. `CPU ms per page` is
  the additional CPU time per additional page compared with the smaller run, so that it excludes the
  start.
- shuffled: bytes per article that go through a shuffle (group) or from one stage to the next (pass
  on), at 4 times --pages, counted in the buffers of the local runner.
- hot: --hot generated texts in one bounded run: spread over 30 days, all of one day, or one text at
  --hot URLs. The maximum memory of the largest process is 1.3 times that of the first case.

Each row is a new process. Exits with 1 if a maximum is exceeded.
"""

import argparse
import json
import sys
import tempfile
from collections import Counter, defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date, timedelta
from itertools import islice
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from cost import Cost, backfill, cost_of
from memory import distinct
from throughput import given_pages, multiplied

from newslake.pipelines.commands.terminal import say, table

TIMES = (1, 4, 16)
DAYS = 30
MAX_GROWTH = 1.15
MAX_MEMORY_RATIO = 1.3
COUNT = "--count-shuffled"
"""Internal option: count the bytes that the runner's buffers receive in a backfill over FOLDER."""


@contextmanager
def filled(pages: list[Path], wanted: int) -> Iterator[Path]:
    """Yield a temporary folder with `wanted` pages."""
    with tempfile.TemporaryDirectory() as name:
        for place, page in islice(multiplied(pages, wanted), wanted):
            path = Path(name, place)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(page)
        yield Path(name)


def cost(folder: Path, workers: int | None, *options: str) -> Cost:
    """Return the cost of a backfill into a temporary lake."""
    with tempfile.TemporaryDirectory() as lake:
        return backfill([folder], Path(lake, "lake"), workers, *options)


def growth(pages: list[Path], unit: int, prism: bool) -> list[dict[str, Any]]:
    """Return a row for each configuration and size."""
    configurations: dict[str, tuple[Any, ...]] = {"1 worker": (1,), "2 workers": (2,)}
    if prism:
        configurations["Prism"] = (None, "--runner", "PrismRunner")
    rows_by_configuration: dict[str, list[dict[str, Any]]] = {
        configuration: [] for configuration in configurations
    }
    for times in TIMES:
        with filled(pages, times * unit) as folder:
            for configuration, how in configurations.items():
                taken, earlier = cost(folder, *how), rows_by_configuration[configuration]
                row: dict[str, Any] = {
                    "configuration": configuration,
                    "pages": times * unit,
                    "seconds": round(taken.seconds, 1),
                    "CPU s": round(taken.cpu, 1),
                    "largest MB": round(taken.largest_mb),
                    "CPU ms per page": None,
                    "growth": None,
                }
                if earlier:
                    before = earlier[-1]
                    more = 1000 * (taken.cpu - before["CPU s"]) / (row["pages"] - before["pages"])
                    row["CPU ms per page"] = round(more, 1)
                    linear = before["CPU s"] * row["pages"] / before["pages"]
                    row["growth"] = round(taken.cpu / linear, 2)
                earlier.append(row)
    return [row for rows in rows_by_configuration.values() for row in rows]


def shuffled(pages: list[Path], wanted: int) -> list[dict[str, Any]]:
    """Return a row for each buffer with more than one byte per article, the largest first."""
    with filled(pages, wanted) as folder:
        output = cost_of([sys.executable, __file__, str(folder), COUNT]).output
    articles = output["articles"]
    rows = [
        {
            "kind": kind,
            "label": name,
            "bytes": taken,
            "bytes per article": round(taken / articles),
        }
        for kind, name, taken in output["shuffled"]
        if taken > articles
    ]
    return sorted(rows, key=lambda row: -row["bytes"])


def count_shuffled(folder: Path) -> dict[str, Any]:
    """Run a backfill in this process; return the bytes that each buffer of the runner receives."""
    from apache_beam.runners.portability.fn_api_runner import execution

    from newslake.pipelines.cli import main as newslake

    names: dict[int, bytes] = {}
    taken: Counter[bytes] = Counter()
    kept = []  # keeps buffers alive, so that their ids stay unique
    get_buffer = execution.BundleContextManager.get_buffer

    def named(self: Any, buffer_id: bytes, transform_id: str) -> Any:
        buffer = get_buffer(self, buffer_id, transform_id)
        if id(buffer) not in names:
            names[id(buffer)] = buffer_id
            kept.append(buffer)
        return buffer

    def counting(append: Any) -> Any:
        def counted(self: Any, element: bytes) -> None:
            taken[names.get(id(self), b"")] += len(element)
            append(self, element)

        return counted

    execution.BundleContextManager.get_buffer = named
    for kind in (execution.ListBuffer, execution.GroupingBuffer):
        kind.append = counting(kind.append)
    with tempfile.TemporaryDirectory() as lake, tempfile.TemporaryFile("w+") as out:
        sys.stdout = out
        newslake(["backfill", str(folder), "--lake", f"{lake}/lake", "--workers", "1", "--json"])
        sys.stdout = sys.__stdout__
        out.seek(0)
        output = json.load(out)
    by_name: defaultdict[tuple[str, str], int] = defaultdict(int)
    for buffer_id, size in taken.items():
        if buffer_id:
            kind_of, name = execution.split_buffer_id(buffer_id)
            by_name["group" if kind_of == "group" else "pass on", name] += size
    shuffled_bytes = [(kind_of, name, size) for (kind_of, name), size in by_name.items()]
    return {"articles": output["articles"], "shuffled": shuffled_bytes}


def hot(number: int) -> list[dict[str, Any]]:
    """Return a row for each distribution of documents over keys."""
    kinds = {
        "spread": (distinct, lambda one: one % DAYS),
        "one day": (distinct, lambda _: 0),
        "one text": (lambda _: distinct(0), lambda one: one % DAYS),
    }
    rows: list[dict[str, Any]] = []
    for kind, (text, day) in kinds.items():
        with tempfile.TemporaryDirectory() as place:
            with Path(place, "texts.jsonl").open("w", encoding="utf-8") as file:
                for one in range(number):
                    title, _, body = text(one).partition("\n")
                    published = date(2026, 3, 1) + timedelta(days=day(one))
                    page = {"title": title, "text": body, "date_publish": str(published)}
                    page["url"] = f"https://paper{one % 50}.example.org/{one}"
                    file.write(json.dumps(page) + "\n")
            taken = cost(Path(place), 1, "--chunk-documents", str(number), "--no-events")
        first = rows[0]["largest MB"] if rows else taken.largest_mb
        rows.append(
            {
                "kind": kind,
                "documents": number,
                "articles": taken.output["articles"],
                "duplicates": taken.output["duplicates"],
                "seconds": round(taken.seconds, 1),
                "largest MB": round(taken.largest_mb),
                "x spread": round(taken.largest_mb / first, 2),
            }
        )
    return rows


def main() -> int:
    """Measure and print the tables; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="web pages: *.html, *.html.gz")
    parser.add_argument("--pages", type=int, default=250, help="in the smallest run; default 250")
    parser.add_argument(
        "--hot", type=int, default=20_000, help="number of texts; default 20,000; 0 skips this"
    )
    parser.add_argument("--prism", action="store_true", help="also run on Prism; see `make prism`")
    parser.add_argument("--json", action="store_true", help="print all rows as one JSON object")
    parser.add_argument(COUNT, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.count_shuffled:
        print(json.dumps(count_shuffled(options.folder)))
        return 0
    if not (pages := given_pages(options.folder)):
        return 2
    results = {
        "growth": growth(pages, options.pages, options.prism),
        "shuffled": shuffled(pages, 4 * options.pages),
        "hot": hot(options.hot) if options.hot else [],
    }
    if options.json:
        print(json.dumps(results))
    else:
        for name, rows in results.items():
            if rows:
                table([*rows[0]], [[*row.values()] for row in rows], title=name)
    missed = [row for row in results["growth"] if (row["growth"] or 0) > MAX_GROWTH]
    missed += [row for row in results["hot"] if row["x spread"] > MAX_MEMORY_RATIO]
    for row in missed:
        say(f"exceeds the maximum: {row}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
