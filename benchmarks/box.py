"""What it costs to read pages in a process that can be killed.

    python benchmarks/box.py FOLDER [--rounds 3] [--json]

FOLDER holds pages, *.html and *.html.gz, at any depth. Each page is read twice a round, in this process
and in the box, the two taking turns in going first, so that a busy machine is busy for both. The start
of the box's process is told apart: it is paid once a worker. Exits with 1 if the box costs more
than a tenth of the throughput.
"""

import argparse
import gzip
import json
import sys
import time
from collections.abc import Callable
from contextlib import suppress
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from throughput import pages_in

from pipelines.terminal import table
from transforms.box import Box
from transforms.extract.extract import MAX_MEMORY_MB, MAX_SECONDS
from transforms.extract.limits import DEFAULT
from transforms.extract.reading import Raw, read, warm_up

MOST = 1.1
"""Times the time without the box."""


def seconds(call: Callable[..., Any], raw: Raw) -> float:
    """Return how long a page takes, whether it is refused or not."""
    begin = time.perf_counter()
    with suppress(Exception):  # a refusal takes its time too
        call(read, raw, DEFAULT)
    return time.perf_counter() - begin


def here(function: Callable[..., Any], *arguments: object) -> Any:
    """Call `function` in this process."""
    return function(*arguments)


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("folder", type=Path, help="web pages: *.html, *.html.gz")
    parser.add_argument("--rounds", type=int, default=3, help="default 3")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    if not options.folder.is_dir():
        print(f"box.py: no folder {options.folder}", file=sys.stderr)
        return 2
    if not (paths := pages_in(options.folder)):
        print(f"box.py: no *.html or *.html.gz in {options.folder}", file=sys.stderr)
        return 2
    pages = [
        gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in paths
    ]
    box, first = Box(MAX_SECONDS, MAX_MEMORY_MB, warm_up), Raw(b"<p>Truce", "text/html")
    start = seconds(box.call, first)
    seconds(here, first)
    inside = outside = 0.0
    for number in range(options.rounds):
        for position, page in enumerate(pages):
            raw = Raw(page, "text/html")
            if (number + position) % 2:
                outside += seconds(here, raw)
            inside += seconds(box.call, raw)
            if not (number + position) % 2:
                outside += seconds(here, raw)
    box.close()
    each = len(pages) * options.rounds
    figures = {
        "pages": len(pages),
        "milliseconds_without": round(1e3 * outside / each, 2),
        "milliseconds_within": round(1e3 * inside / each, 2),
        "ratio": round(inside / outside, 3),
        "seconds_to_start": round(start, 2),
    }
    if options.json:
        print(json.dumps(figures))
    else:
        table(("figure", "value"), list(figures.items()))
    return 0 if figures["ratio"] <= MOST else 1


if __name__ == "__main__":
    sys.exit(main())
