"""CPU time of commands that only read, as a multiple of plain Python or of plain DuckDB.

    python benchmarks/start.py [LAKE] [--rounds 9] [--json]

LAKE is a lake with articles; without it, the program ingests seeds/ into a temporary lake. Each
command and each program that it is compared with is a new process. They run in turn, once per round.
A time is the minimum of --rounds, user and system. A ratio should not be above its limit.
"""

import argparse
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).parent.parent))

from cost import ROOT, backfill

from newslake.pipelines.commands.terminal import say, table

BY_SOURCE = "SELECT source, count(*) AS n FROM {} GROUP BY source"

PLAIN_QUERY = f"""
import duckdb
for row in duckdb.sql("{BY_SOURCE}".format("'GLOB'")).fetchall():
    print(*row)
"""
PLAIN_EXPORT = """
import json
import duckdb
result = duckdb.sql("SELECT * FROM 'GLOB'")
for row in result.fetchall():
    print(json.dumps(dict(zip(result.columns, row)), default=str))
"""
PROGRAMS = {
    "python -c pass": "pass",
    "a DuckDB query": PLAIN_QUERY,
    "a DuckDB export": PLAIN_EXPORT,
}
"""Python programs for comparison, by name."""

COMMANDS = {
    "--help": ("--help", "python -c pass", 2.0),
    "--version": ("--version", "python -c pass", 2.0),
    "query": (f"query|{BY_SOURCE.format('articles')}|--lake|LAKE", "a DuckDB query", 1.5),
    "query SELECT 1": ("query|SELECT 1|--lake|LAKE", "a DuckDB query", 1.5),
    "export": ("export|--lake|LAKE", "a DuckDB export", 1.5),
    "schema": ("schema", "query SELECT 1", 1.0),
    "feeds list": ("feeds|list|FEEDS|--lake|LAKE", "query SELECT 1", 1.0),
}
"""Each command's words, what it is compared with, and the maximum ratio."""


def cpu_seconds(command: list[str]) -> float:
    """Run `command` and return its CPU time, user and system.

    Raises:
        subprocess.CalledProcessError: The command failed.
    """
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL)
    _, status, usage = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode:
        raise subprocess.CalledProcessError(process.returncode, command)
    return usage.ru_utime + usage.ru_stime


def measure(lake: Path, feeds: Path, rounds: int) -> dict[str, float]:
    """Return the CPU seconds of each program and command, the minimum of `rounds`."""
    values = {"LAKE": str(lake), "FEEDS": str(feeds)}
    glob = f"{lake}/articles/**/*.parquet"
    runs = {name: ["-c", code.replace("GLOB", glob)] for name, code in PROGRAMS.items()}
    for name, (words, *_) in COMMANDS.items():
        arguments = [values.get(word, word) for word in words.split("|")]
        runs[name] = ["-m", "newslake", *arguments]
    fastest = dict.fromkeys(runs, float("inf"))
    for _ in range(rounds):
        for name, arguments in runs.items():
            fastest[name] = min(fastest[name], cpu_seconds([sys.executable, *arguments]))
    return fastest


def main() -> int:
    """Measure and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("lake", nargs="?", type=Path, metavar="LAKE", help="default: of seeds/")
    parser.add_argument("--rounds", type=int, default=9, help="runs of each command; default 9")
    parser.add_argument("--json", action="store_true", help="print the rows as JSON")
    options = parser.parse_args()
    if options.rounds < 1 or (options.lake and not options.lake.is_dir()):
        print("start.py: needs at least 1 round, and a folder as LAKE", file=sys.stderr)
        return 2
    with tempfile.TemporaryDirectory() as folder:
        lake, feeds = options.lake or Path(folder, "lake"), Path(folder, "feeds.txt")
        feeds.write_text("https://example.org/feed Example\n")
        if not options.lake:
            backfill([ROOT / "seeds"], lake, workers=1)
        seconds = measure(lake.absolute(), feeds, options.rounds)
    rows = [
        {
            "command": name,
            "ms": seconds[name] * 1000,
            "compared with": other,
            "its ms": seconds[other] * 1000,
            "ratio": seconds[name] / seconds[other],
            "limit": limit,
        }
        for name, (_, other, limit) in COMMANDS.items()
    ]
    if options.json:
        print(json.dumps({"rows": rows}))
    else:
        shown = [[f"{v:.2f}" if isinstance(v, float) else v for v in row.values()] for row in rows]
        table(tuple(rows[0]), shown)
        say("CPU time, user and system, in milliseconds")
    return 0


if __name__ == "__main__":
    sys.exit(main())
