"""How soon streams commit, how many pages they ingest, and whether their memory stays the same.

    make prism flink
    python benchmarks/streaming.py [--case prism …] [--windows 20] [--flush 10] [--papers 20] [--rate 10]
    python benchmarks/streaming.py --case prism --minutes 30 --rate 8

For each case, it follows the feeds of some papers on loopback addresses (tests/helpers) in real time,
until the windows or the minutes are over. A tenth of the papers has pages that hang. It prints a table:

- lag: the time from the end of a window to its commit, in seconds. `local` has no windows.
- pages/s: stored pages per second. If it is below `--rate`, this rate is not held.
- latency: the time from the announcement of a page to the commit of its article, in seconds.
- memory: of all processes of newslake and of the runner, and its change from the second quarter of the
  time to the last quarter. With --minutes, the exit code is 1 if it grows by more than 15 %.

Use an otherwise idle machine. newslake requests a page of a paper per second.
"""

import argparse
import os
import statistics
import sys
import tempfile
import time
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from stream_farm import Paper, running_farm
from stream_process import StreamProcess

from newslake.pipelines.commands import terminal
from newslake.pipelines.sql.views import connect
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.write.write import WINDOW_FORMAT

CASES = {
    "local": ["DirectRunner"],
    "prism": ["PrismRunner"],
    "flink-1": ["FlinkRunner", "--parallelism=1"],
    "flink-2": ["FlinkRunner", "--parallelism=2"],
}
"""The runner of each case, and its options."""
SAMPLE_SECONDS = 2.0
"""Time between two looks at the memory, in seconds."""
MAX_GROWTH = 0.15
"""Maximum growth of the memory."""
PAGE_SIZE = os.sysconf("SC_PAGE_SIZE")
"""Size of a page of memory, in bytes."""
LATENCY = """
SELECT count(*), quantile_cont(epoch(committed_at - announced_at), [0.5, 0.95])
FROM outcomes WHERE committed_at IS NOT NULL
"""


def main() -> int:
    """Measure each case and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--case", nargs="+", default=list(CASES), choices=CASES)
    parser.add_argument("--windows", type=int, default=20)
    parser.add_argument("--minutes", type=float, help="instead of --windows")
    parser.add_argument("--flush", type=int, default=10, help="seconds")
    parser.add_argument("--papers", type=int, default=20)
    parser.add_argument(
        "--rate", type=float, help="pages per second; default: one per paper in 2 s"
    )
    options = parser.parse_args()
    rows, growths = zip(*(measured(case, options) for case in options.case), strict=True)
    columns = ("case", "commits", "lag p50", "lag max", "pages", "pages/s", "latency p50",
               "latency p95", "memory, MB", "change")  # fmt: skip
    terminal.table(columns, rows)
    return int(bool(options.minutes) and max(growths) > MAX_GROWTH)


def measured(case: str, options: argparse.Namespace) -> tuple[tuple[str, ...], float]:
    """Follow the papers; return a row of the table, and the growth of the memory."""
    seconds = options.papers / options.rate if options.rate else 2.0
    papers = [
        Paper(f"127.0.0.{number + 2}", seconds, hangs=20 if number % 10 == 0 else 0)
        for number in range(options.papers)
    ]
    duration = options.minutes * 60 if options.minutes else options.windows * options.flush
    with tempfile.TemporaryDirectory() as folder, running_farm(papers) as farm:
        stream = StreamProcess(Path(folder, "lake"), farm.feeds(), *CASES[case], "--no-events")
        stream.words[stream.words.index("--flush") + 1] = f"{options.flush}s"
        stream.start()
        while stream.commits() < 2:  # the entry for the empty seed files, and the first commit
            time.sleep(1)
        before, began, samples = stored(stream.lake), time.monotonic(), list[float]()
        while time.monotonic() < began + duration:
            samples.append(memory(stream.pids()))
            time.sleep(SAMPLE_SECONDS)
        rate = (stored(stream.lake) - before) / (time.monotonic() - began)
        if stream.stop() not in {0, 130}:
            sys.exit(stream.errors)
        lags = sorted(window_lags(stream.lake, options.flush))
        [(pages, (half, most))] = connect(stream.lake).execute(LATENCY).fetchall()
    quarter = max(len(samples) // 4, 1)
    early, late = (
        statistics.median(part) for part in (samples[quarter : 2 * quarter], samples[-quarter:])
    )
    figures: list[Any] = [lags[len(lags) // 2], lags[-1]] if lags else ["", ""]
    row = [case, len(lags) or "", *figures, pages, rate, half, most, f"{late:.0f}"]
    return (*map(_text, row), f"{late / early - 1:+.0%}"), late / early - 1


def stored(lake: Path) -> int:
    """Return the number of pages that have an outcome."""
    sql = "SELECT count(*) FROM fetches WHERE kind = 'page' AND outcome <> 'waiting'"
    [(number,)] = connect(lake).execute(sql).fetchall()
    return int(number)


def memory(pids: list[int]) -> float:
    """Return the memory of the processes in MB; what they share counts once for each."""
    pages = 0
    for pid in pids:
        with suppress(OSError):  # it has ended
            pages += int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    return pages * PAGE_SIZE / 1e6


def window_lags(lake: Path, flush: int) -> list[float]:
    """Return the times from the end of a window to its commit, without the first and the last one."""
    lags = []
    log = LakeFolder(lake).log
    for entry in log.entries():
        window = entry.run_id.partition("-")[0]
        if entry.staging.startswith("_tmp/s-"):
            start = datetime.strptime(window, WINDOW_FORMAT).replace(tzinfo=UTC).timestamp()
            committed_at = (lake / "_log" / f"{entry.seq:08}.json").stat().st_mtime
            lags.append(committed_at - start - flush)
    return lags[1:-1]


def _text(value: Any) -> str:
    return f"{value:.1f}" if isinstance(value, float) else str(value)


if __name__ == "__main__":
    sys.exit(main())
