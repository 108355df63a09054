"""Cost of reading pages in the sandbox.

    python benchmarks/sandbox_cost.py FOLDER [--rounds 3] [--json]

FOLDER contains pages (*.html, *.html.gz) at any depth. In each round every page is read in three
ways: plain (without limits), checked (with limits and the checks for pages that are not articles),
and sandboxed (checked, in the sandbox). The method that goes first changes with each page. The
program prints CPU time, including that of the sandbox process, and the ratio of wall-clock times,
which is meaningful only on an idle machine. The start of the sandbox, which happens once per
worker, is a separate figure. Exits with 1 if the CPU time of `sandboxed` is more than 1.1 times
that of `plain`.
"""

import argparse
import gzip
import json
import sys
import time
from collections import deque
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from throughput import given_pages

from newslake.pipelines.commands.terminal import table
from newslake.transforms.beam.sandbox import Sandbox
from newslake.transforms.extract.by_media_type import Raw, read, warm_up
from newslake.transforms.extract.extract import MAX_MEMORY_MB, MAX_SECONDS
from newslake.transforms.extract.html.limits import DEFAULT
from newslake.transforms.extract.html.page import read_page
from newslake.transforms.web.charset import decode

MAX_RATIO = 1.1
"""Maximum CPU time of a sandboxed read, as a multiple of a plain one's."""


def seconds(call: Callable[[Raw], object], raw: Raw) -> tuple[float, float]:
    """Return the CPU and wall-clock time of a page in this process, even if it is rejected."""
    begin, started = time.process_time(), time.perf_counter()
    with suppress(Exception):  # the time of a rejected page counts too
        call(raw)
    return time.process_time() - begin, time.perf_counter() - started


def plain(raw: Raw) -> object:
    """Read a page without limits, checks or sandbox."""
    return read_page(decode(raw.payload))


def checked(raw: Raw) -> object:
    """Read a page with limits and checks in this process."""
    return read(raw, DEFAULT)


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="web pages: *.html, *.html.gz")
    parser.add_argument("--rounds", type=int, default=3, help="reads of each page; default 3")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    if not (paths := given_pages(options.folder)):
        return 2
    pages = [
        gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in paths
    ]
    sandbox = Sandbox(MAX_SECONDS, MAX_MEMORY_MB, warm_up)

    def sandboxed(raw: Raw) -> object:
        return sandbox.call(read, raw, DEFAULT)

    start = sandbox.call(time.process_time)
    warm_up()
    methods = deque([plain, checked, sandboxed])
    cpu_time, wall_time = dict.fromkeys(methods, 0.0), dict.fromkeys(methods, 0.0)
    for page in pages * options.rounds:
        for method in methods:
            cpu, wall = seconds(method, Raw(page, "text/html"))
            cpu_time[method] += cpu
            wall_time[method] += wall
        methods.rotate()
    cpu_time[sandboxed] += sandbox.call(time.process_time) - start
    sandbox.close()
    reads = len(pages) * options.rounds
    figures = {
        "pages": len(pages),
        **{
            f"milliseconds_{one.__name__}": round(1e3 * cpu_time[one] / reads, 2)
            for one in cpu_time
        },
        "sandboxed_to_checked": round(cpu_time[sandboxed] / cpu_time[checked], 3),
        "ratio": round(cpu_time[sandboxed] / cpu_time[plain], 3),
        "ratio_wall_clock": round(wall_time[sandboxed] / wall_time[plain], 3),
        "seconds_to_start": round(start, 2),
    }
    if options.json:
        print(json.dumps(figures))
    else:
        table(("figure", "value"), list(figures.items()))
    return 0 if figures["ratio"] <= MAX_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
