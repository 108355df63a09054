"""Measures what the page of `newslake serve` costs: `python benchmarks/live_page.py LAKE`.

LAKE is the copy of a lake that `report_lake.py` made with as many `--articles` and `--days`. The program makes the
page from nothing, and again after each of some commits. It prints the CPU seconds of the process that makes the page.
"""

import argparse
import os
import resource
from datetime import timedelta
from pathlib import Path

from report_lake import FIRST_DAY, Maker, commit_day

from newslake.pipelines.serving.live_page import ReportProcess
from newslake.transforms.dedupe.lake_index import open_lake


def measure(path: Path, articles: int, days: int, pages: int) -> None:
    """Print a line for each page."""
    lake, maker, process = open_lake(path), Maker(articles, days), ReportProcess()
    for number in range(pages + 1):
        if number:
            commit_day(lake, maker, days + number)
        before = resource.getrusage(resource.RUSAGE_CHILDREN)
        page = process.make(path)
        after = resource.getrusage(resource.RUSAGE_CHILDREN)
        seconds = after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime
        day = FIRST_DAY + timedelta(days=days + number)
        what = f"with the articles of {day}" if number else "from nothing"
        print(f"{what}: {seconds:.2f} CPU s, {len(page.content) / 1e6:.1f} MB, "
              f"at most {after.ru_maxrss / 1024:.0f} MB of memory, load {os.getloadavg()[0]:.1f}")  # fmt: skip
    process.close()


if __name__ == "__main__":
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("lake", type=Path)
    parser.add_argument("--articles", type=int, default=200_000)
    parser.add_argument("--days", type=int, default=90)
    parser.add_argument("--pages", type=int, default=4)
    arguments = parser.parse_args()
    measure(arguments.lake, arguments.articles, arguments.days, arguments.pages)
