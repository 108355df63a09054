"""How soon streams commit: after the end of a window, and after the announcement of a page.

    make prism flink
    python benchmarks/streaming.py [--runner PrismRunner …] [--windows 20] [--flush 10] [--papers 20]

For each runner, it follows the feeds of some papers on loopback addresses (tests/helpers) in real time,
until the number of windows is over. A tenth of the papers has pages that hang. It prints a table:

- lag: the time from the end of a window to its commit, in seconds. DirectRunner has no windows.
- latency: the time from the announcement of a page to the commit of its article, in seconds.

Use an otherwise idle machine. Each paper publishes a page every 2 s; newslake requests one per second.
"""

import argparse
import sys
import tempfile
import time
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

RUNNERS = ("DirectRunner", "PrismRunner", "FlinkRunner")
LATENCY = """
SELECT count(*), quantile_cont(epoch(committed_at - announced_at), [0.5, 0.95])
FROM outcomes WHERE committed_at IS NOT NULL
"""


def main() -> None:
    """Measure each runner and print the table."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runner", nargs="+", default=RUNNERS, choices=RUNNERS)
    parser.add_argument("--windows", type=int, default=20)
    parser.add_argument("--flush", type=int, default=10, help="seconds")
    parser.add_argument("--papers", type=int, default=20)
    options = parser.parse_args()
    rows = [measured(runner, options) for runner in options.runner]
    columns = ("runner", "commits", "lag p50", "lag max", "pages", "latency p50", "latency p95")
    terminal.table(columns, rows)


def measured(runner: str, options: argparse.Namespace) -> tuple[str, ...]:
    """Follow the papers on `runner`; return a row of the table."""
    papers = [
        Paper(f"127.0.0.{number + 2}", 2, hangs=20 if number % 10 == 0 else 0)
        for number in range(options.papers)
    ]
    with tempfile.TemporaryDirectory() as folder, running_farm(papers) as farm:
        stream = StreamProcess(Path(folder, "lake"), farm.feeds(), runner)
        stream.words[stream.words.index("--flush") + 1] = f"{options.flush}s"
        stream.start()
        while stream.commits() < 2:  # the entry for the empty seed files, and the first commit
            time.sleep(1)
        time.sleep(options.windows * options.flush)
        if stream.stop() not in {0, 130}:
            sys.exit(stream.errors)
        lags = sorted(window_lags(stream.lake, options.flush))
        [(pages, (half, most))] = connect(stream.lake).execute(LATENCY).fetchall()
    figures: list[Any] = [lags[len(lags) // 2], lags[-1]] if lags else ["", ""]
    return runner, *map(_text, [len(lags) or "", *figures, pages, half, most])


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
    main()
