"""How a backfill grows: with its input, with one hot key, and in what crosses its shuffles.

    python benchmarks/scale.py FOLDER [--pages 250] [--hot 20000] [--prism] [--json]

FOLDER holds pages, *.html and *.html.gz, at any depth; they are multiplied as by throughput.py.

- growth: 1, 4 and 16 times --pages, with one worker and with two, and on Prism. `growth` is the CPU time beside
  four times that of the next smaller run; at most 1.15 is wanted. `CPU ms a page` is that of the pages which
  the smaller run had not, so that no start counts.
- crossing: bytes an article that enter a shuffle (group) or pass from one stage to the next (hand on), at
  4 times --pages, counted in the local runner's own buffers.
- hot: --hot made-up texts in one bounded run: spread over 30 days; all of one day; one story under as many
  addresses. The largest process may take 1.3 times as much memory as in the first.

Each row is a fresh process. Exits with 1 if a bar is missed.
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
MOST_GROWTH = 1.15
MOST_MEMORY = 1.3
COUNT = "--count-crossing"
"""Has the program count what crosses in a backfill over FOLDER, in a process of its own."""


@contextmanager
def filled(pages: list[Path], wanted: int) -> Iterator[Path]:
    """Yield a folder with so many pages, for a time."""
    with tempfile.TemporaryDirectory() as name:
        for place, page in islice(multiplied(pages, wanted), wanted):
            path = Path(name, place)
            path.parent.mkdir(exist_ok=True)
            path.write_bytes(page)
        yield Path(name)


def cost(folder: Path, workers: int, *options: str) -> Cost:
    """Return the cost of a backfill into a lake that is thrown away."""
    with tempfile.TemporaryDirectory() as lake:
        return backfill([folder], Path(lake, "lake"), workers, *options)


def growth(pages: list[Path], unit: int, prism: bool) -> list[dict[str, Any]]:
    """Return a row for each way and size."""
    ways: dict[str, tuple[Any, ...]] = {"1 worker": (1,), "2 workers": (2,)}
    if prism:
        ways["Prism"] = (1, "--runner", "PrismRunner")
    of_way: dict[str, list[dict[str, Any]]] = {way: [] for way in ways}
    for times in TIMES:
        with filled(pages, times * unit) as folder:
            for way, how in ways.items():
                taken, earlier = cost(folder, *how), of_way[way]
                row: dict[str, Any] = {
                    "way": way,
                    "pages": times * unit,
                    "seconds": round(taken.seconds, 1),
                    "CPU s": round(taken.cpu, 1),
                    "largest MB": round(taken.largest_mb),
                    "CPU ms a page": None,
                    "growth": None,
                }
                if earlier:
                    before = earlier[-1]
                    more = 1000 * (taken.cpu - before["CPU s"]) / (row["pages"] - before["pages"])
                    row["CPU ms a page"] = round(more, 1)
                    linear = before["CPU s"] * row["pages"] / before["pages"]
                    row["growth"] = round(taken.cpu / linear, 2)
                earlier.append(row)
    return [row for rows in of_way.values() for row in rows]


def crossing(pages: list[Path], wanted: int) -> list[dict[str, Any]]:
    """Return a row for each buffer that took more than a byte an article, the largest first."""
    with filled(pages, wanted) as folder:
        said = cost_of([sys.executable, __file__, str(folder), COUNT]).said
    articles = said["articles"]
    rows = [
        {
            "what": kind,
            "where": name,
            "bytes": taken,
            "bytes an article": round(taken / articles),
        }
        for kind, name, taken in said["crossed"]
        if taken > articles
    ]
    return sorted(rows, key=lambda row: -row["bytes"])


def count_crossing(folder: Path) -> dict[str, Any]:
    """Run a backfill in this process; return how many bytes each buffer of the runner took in."""
    from apache_beam.runners.portability.fn_api_runner import execution

    from newslake.pipelines.cli import main as newslake

    names: dict[int, bytes] = {}
    taken: Counter[bytes] = Counter()
    kept = []  # so that no id is given twice
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
        said = json.load(out)
    by_name: defaultdict[tuple[str, str], int] = defaultdict(int)
    for buffer_id, size in taken.items():
        if buffer_id:
            kind_of, name = execution.split_buffer_id(buffer_id)
            by_name["group" if kind_of == "group" else "hand on", name] += size
    crossed = [(kind_of, name, size) for (kind_of, name), size in by_name.items()]
    return {"articles": said["articles"], "crossed": crossed}


def hot(number: int) -> list[dict[str, Any]]:
    """Return a row for each kind of heat."""
    kinds = {
        "spread": (distinct, lambda one: one % DAYS),
        "one day": (distinct, lambda _: 0),
        "one story": (lambda _: distinct(0), lambda one: one % DAYS),
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
                "articles": taken.said["articles"],
                "duplicates": taken.said["duplicates"],
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
    parser.add_argument("--pages", type=int, default=250, help="the smallest input; default 250")
    parser.add_argument("--hot", type=int, default=20_000, help="default 20,000; 0 for none")
    parser.add_argument("--prism", action="store_true", help="also on Prism, see `make prism`")
    parser.add_argument("--json", action="store_true", help="print all rows as one JSON object")
    parser.add_argument(COUNT, action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.count_crossing:
        print(json.dumps(count_crossing(options.folder)))
        return 0
    if not (pages := given_pages(options.folder)):
        return 2
    results = {
        "growth": growth(pages, options.pages, options.prism),
        "crossing": crossing(pages, 4 * options.pages),
        "hot": hot(options.hot) if options.hot else [],
    }
    if options.json:
        print(json.dumps(results))
    else:
        for name, rows in results.items():
            if rows:
                table([*rows[0]], [[*row.values()] for row in rows], title=name)
    missed = [row for row in results["growth"] if (row["growth"] or 0) > MOST_GROWTH]
    missed += [row for row in results["hot"] if row["x spread"] > MOST_MEMORY]
    for row in missed:
        say(f"missed: {row}")
    return 1 if missed else 0


if __name__ == "__main__":
    sys.exit(main())
