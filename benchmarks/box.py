"""What it costs to read pages in a process that can be killed.

    python benchmarks/box.py FOLDER [--rounds 3] [--json]

FOLDER holds pages, *.html and *.html.gz, at any depth. Each page is read three times a round: bare, as
if none could do harm; with limits and the signs of pages that are no articles; with these in the box.
They take turns in going first. What is told is CPU time, that of the box's own process with it, which a
busy machine changes little; and time on the wall, which means something on an idle one. The start of that
process is told apart: it is paid once a worker. Exits with 1 if limits, signs and box together cost more
than a tenth of the throughput, in CPU time.
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
from newslake.transforms.extract.text.charset import decode

MOST = 1.1
"""Times the time of a bare reading."""


def seconds(call: Callable[[Raw], object], raw: Raw) -> tuple[float, float]:
    """Return the CPU time that a page takes in this process, and on the wall, refused or not."""
    begin, started = time.process_time(), time.perf_counter()
    with suppress(Exception):  # a refusal takes its time too
        call(raw)
    return time.process_time() - begin, time.perf_counter() - started


def bare(raw: Raw) -> object:
    """Read a page without limits, signs or box."""
    return read_page(decode(raw.payload))


def checked(raw: Raw) -> object:
    """Read a page in this process."""
    return read(raw, DEFAULT)


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="web pages: *.html, *.html.gz")
    parser.add_argument("--rounds", type=int, default=3, help="default 3")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    if not (paths := given_pages(options.folder)):
        return 2
    pages = [
        gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in paths
    ]
    sandbox = Sandbox(MAX_SECONDS, MAX_MEMORY_MB, warm_up)

    def boxed(raw: Raw) -> object:
        return sandbox.call(read, raw, DEFAULT)

    start = sandbox.call(time.process_time)
    warm_up()
    ways = deque([bare, checked, boxed])
    taken, on_the_wall = dict.fromkeys(ways, 0.0), dict.fromkeys(ways, 0.0)
    for page in pages * options.rounds:
        for way in ways:
            cpu, wall = seconds(way, Raw(page, "text/html"))
            taken[way] += cpu
            on_the_wall[way] += wall
        ways.rotate()
    taken[boxed] += sandbox.call(time.process_time) - start
    sandbox.close()
    each = len(pages) * options.rounds
    figures = {
        "pages": len(pages),
        **{f"milliseconds_{way.__name__}": round(1e3 * taken[way] / each, 2) for way in taken},
        "ratio_of_the_box": round(taken[boxed] / taken[checked], 3),
        "ratio": round(taken[boxed] / taken[bare], 3),
        "ratio_on_the_wall": round(on_the_wall[boxed] / on_the_wall[bare], 3),
        "seconds_to_start": round(start, 2),
    }
    if options.json:
        print(json.dumps(figures))
    else:
        table(("figure", "value"), list(figures.items()))
    return 0 if figures["ratio"] <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
