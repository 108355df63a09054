"""CPU time of the progress of `newslake backfill`.

    python benchmarks/progress_cost.py [--documents 3000] [--rounds 5] [--json]

Each round ingests the same generated articles into two new lakes, once with progress on a terminal and
once without its counts and its thread. The order changes with each round. A figure is the sum of the CPU
seconds (user and system) of all processes of a run, without the start of Python. The program prints
the sums and the median of the rounds' ratios. It exits with 1 if the median is above 1.01.
"""

import argparse
import io
import json
import os
import statistics
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from newslake.pipelines import progress
from newslake.pipelines.cli import main as newslake
from newslake.pipelines.commands.terminal import table
from newslake.transforms.work_done import Shared

MAX_RATIO = 1.01
"""Maximum CPU time with progress, as a multiple of that without."""

SENTENCES = (
    "The council of town {0} met on Monday and discussed the plans for bridge {1}.",
    "Police arrested {1} protesters in town {0} after a march for higher wages.",
    "A spokesman said that {1} schools will stay closed until the end of week {0}.",
    "The ministers of both countries signed agreement {0} on trade in grain and steel.",
)


class Terminal(io.StringIO):
    """Standard error as a terminal."""

    def isatty(self) -> bool:
        """Return that this is a terminal."""
        return True


def write_articles(path: Path, documents: int) -> None:
    """Write a JSON Lines file with this number of articles of about 1.5 KB."""
    with path.open("w") as file:
        for number in range(documents):
            text = " ".join(SENTENCES[n % 4].format(number, number + n) for n in range(20))
            article = {"url": f"https://example.org/{number}", "maintext": text}
            file.write(json.dumps(article | {"title": f"Report {number} of the council"}) + "\n")


def cpu_seconds(articles: Path, lake: Path, shown: bool) -> float:
    """Ingest `articles` in a forked process; return the CPU seconds of the process and its children."""
    if child := os.fork():
        _, status, usage = os.wait4(child, 0)
        if status:
            raise SystemExit("backfill failed")
        return usage.ru_utime + usage.ru_stime
    sys.stderr, sys.stdout = Terminal(), io.StringIO()
    if not shown:
        Shared.count = lambda *_, **__: None  # type: ignore[method-assign]
        progress.Progress.__enter__ = lambda self: self  # type: ignore[method-assign]
    os._exit(newslake(["backfill", str(articles), "--no-events", "--lake", str(lake)]))


def main() -> int:
    """Measure and print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--documents", type=int, default=3_000, help="articles; default 3,000")
    parser.add_argument("--rounds", type=int, default=5, help="runs of each kind; default 5")
    parser.add_argument("--json", action="store_true", help="print the figures as JSON")
    options = parser.parse_args()
    sums, ratios = {True: 0.0, False: 0.0}, []
    with tempfile.TemporaryDirectory() as folder:
        articles = Path(folder, "articles.jsonl")
        write_articles(articles, options.documents)
        for number in range(options.rounds):
            found = {}
            for shown in (True, False) if number % 2 else (False, True):
                lake = Path(folder, f"lake-{number}-{shown}")
                found[shown] = cpu_seconds(articles, lake, shown)
                sums[shown] += found[shown]
            ratios.append(found[True] / found[False])
            print(f"round {number + 1}: {ratios[-1]:.4f}", file=sys.stderr)
    figures = {
        "documents": options.documents,
        "rounds": options.rounds,
        "CPU s with progress": round(sums[True], 2),
        "CPU s without": round(sums[False], 2),
        "median ratio": round(statistics.median(ratios), 4),
    }
    if options.json:
        print(json.dumps(figures))
    else:
        table(("figure", "value"), list(figures.items()))
    return 0 if figures["median ratio"] <= MAX_RATIO else 1


if __name__ == "__main__":
    sys.exit(main())
