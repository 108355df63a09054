"""Memory of a backfill as the number of documents grows, and time as the number of copies grows.

    python benchmarks/memory.py [--small 4000] [--large 20000] [--copies 10000] [--events] [--json]

Each row is a new process with one worker over generated texts of about 1.5 kB, the same in every
run. Memory should not depend on the number of documents: --large may take at most 1.3 times as much
as --small. Copies are equal files with different names; the time per copy should not depend on
their number. Exits with 1 if memory or time exceeds its limit.
"""

import argparse
import json
import random
import sys
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

sys.path.insert(0, str(Path(__file__).parent.parent))

from cost import Cost, backfill

from newslake.pipelines.commands.terminal import say, table

MAX_MEMORY_RATIO = 1.3
"""Maximum memory of the large run, as a multiple of the small run's."""
MAX_TIME_RATIO = 1.3
"""Maximum CPU time per copy, without the start, as a multiple of that with a quarter of them."""
FILES_PER_FOLDER = 1000
"""Files per folder."""
COLUMNS = ("documents", "number", "seconds", "CPU s", "peak MB", "articles", "duplicates")

_SYLLABLES = "ba co di fu ge ha ki lo mu na pe ri so tu va we yo za bren stal mork"
_SENTENCES, _WORDS = 16, 14


def distinct(number: int) -> str:
    """Return text `number`: a title, and paragraphs of invented words."""
    rng = random.Random(number)
    syllables = _SYLLABLES.split()
    words = ["".join(rng.choices(syllables, k=rng.randint(1, 4))) for _ in range(120)]
    sentences = [" ".join(rng.choices(words, k=_WORDS)) for _ in range(_SENTENCES)]
    body = "\n".join(f"The {sentence}." for sentence in sentences)
    return f"Report {number} of the {words[0]}\n{body}\n"


def equal(_: int) -> str:
    """Return the same text for every number."""
    return distinct(0)


def measure(text: Callable[[int], str], number: int, events: bool) -> Cost:
    """Return the cost of a backfill over `number` texts."""
    with tempfile.TemporaryDirectory() as place:
        for index in range(number):
            path = Path(place, "texts", f"{index // FILES_PER_FOLDER}", f"{index:07}.txt")
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text(index), encoding="utf-8")
        option = "--events" if events else "--no-events"
        return backfill([Path(place, "texts")], Path(place, "lake"), 1, option)


def row(name: str, number: int, cost: Cost) -> dict[str, Any]:
    """Return a row of the table."""
    values = (
        *(name, number, round(cost.seconds, 1), round(cost.cpu, 1), round(cost.largest_mb)),
        *(cost.output["articles"], cost.output["duplicates"]),
    )
    return dict(zip(COLUMNS, values, strict=True))


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--small", type=int, default=4_000, help="fewer documents; default 4,000")
    parser.add_argument("--large", type=int, default=20_000, help="more documents; default 20,000")
    parser.add_argument(
        "--copies", type=int, default=10_000, help="number of copies; default 10,000; 0 skips these"
    )
    parser.add_argument("--events", action="store_true", help="find events too")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    if not 0 < options.small < options.large:
        print("memory.py: --small must be at least 1, and --large larger", file=sys.stderr)
        return 2
    if options.copies and options.copies < 4:
        print("memory.py: --copies must be 0, or at least 4", file=sys.stderr)
        return 2

    small, large = (
        measure(distinct, number, options.events) for number in (options.small, options.large)
    )
    rows = [row("distinct", options.small, small), row("distinct", options.large, large)]
    ratios = {"memory": round(large.largest_mb / small.largest_mb, 2)}
    if options.copies:
        quarter = options.copies // 4
        start, few, many = (
            measure(equal, number, options.events) for number in (1, quarter, options.copies)
        )
        rows += [
            row("equal", n, c) for n, c in ((1, start), (quarter, few), (options.copies, many))
        ]
        each = [(cost.cpu - start.cpu) / n for cost, n in ((few, quarter), (many, options.copies))]
        ratios["time_per_copy"] = round(each[1] / each[0], 2)
    if options.json:
        print(json.dumps({"rows": rows, "ratios": ratios}))
    else:
        table(COLUMNS, [[*one.values()] for one in rows])
        say(f"memory, large to small: {ratios['memory']}; maximum {MAX_MEMORY_RATIO}")
        if options.copies:
            say(
                f"time per copy, all to a quarter: {ratios['time_per_copy']}; "
                f"maximum {MAX_TIME_RATIO}"
            )
    within = (
        ratios["memory"] <= MAX_MEMORY_RATIO and ratios.get("time_per_copy", 0) <= MAX_TIME_RATIO
    )
    return 0 if within else 1


if __name__ == "__main__":
    sys.exit(main())
