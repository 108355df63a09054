"""Run writers, a zombie, a compactor and a forgetter on one lake, kill them repeatedly, and read the lake.

    python tests/faults/harness.py --kills 60 --seconds 120 --seed 1

Three acts on one lake: kills without compaction (readers must see no error), kills with compaction
and `forget` (readers may see "file not found"), and a rerun of all transactions without kills. Then the
rows are counted. The exit code is 1 if a bar is missed.
"""

import argparse
import itertools
import json
import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import ExitStack, redirect_stdout
from dataclasses import dataclass, field
from io import StringIO
from pathlib import Path

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
PLACES = [str(ROOT), str(ROOT / "tests" / "helpers"), str(HERE)]
sys.path[:0] = PLACES

import full_disk
import stories
from waits import HANG_SECONDS

from newslake.pipelines.cli import main as newslake
from newslake.pipelines.commands.forget import forget
from newslake.transforms.dedupe.lake_index import open_lake

WARM = 3
"""Number of started processes that wait for a role; a start takes longer than a kill."""
ENGINES = ("duckdb", "polars", "pyarrow")
CHANGERS = ("compactor", "forgetter")
COMMIT_STEPS = [
    "make_folder staging", "sync staged file", "sync staging", "write entry", "sync entry", "link entry",
    "sync log", "remove", "make_folder partition", "link part", "sync partition", "sync table",
    "sync lake", "write done", "index", "remove_folder",
]  # fmt: skip
CHANGE_STEPS = [
    "rename staged file", "sync staged file", "sync staged partition", "sync staging", "write entry",
    "sync entry", "link entry", "sync log", "remove", "swap", "sync table", "rename retired",
    "sync _tmp", "sync lake", "write done", "index",
]  # fmt: skip
FULL = ["make_folder staging", "write entry", "sync entry", "link entry", "link part", "write done"]
BARS = (
    "rows lost", "rows doubled", "rows that should not be there", "rows other than undisturbed",
    "mentions without article", "articles whose mentions are missing", "faults found by verify",
    "rows doubled in a reading", "rows that vanished between readings",
    "mentions read without article", "reader errors without compaction",
    "reader errors but file not found", "processes that failed", full_disk.DAMAGE,
)  # fmt: skip
"""Counts that must be 0."""


@dataclass
class Process:
    """A victim process with its log and its orders."""

    popen: subprocess.Popen
    log: Path
    orders: dict = field(default_factory=dict)
    deadline: float = 0.0
    doomed: bool = False

    def said(self, word):
        lines = self.log.read_text().splitlines()
        return [line.removeprefix(word).strip() for line in lines if line.startswith(word)]

    def send(self, orders):
        self.orders = orders
        self.popen.stdin.write((json.dumps(orders) + "\n").encode())
        self.popen.stdin.close()


class Stage:
    """Starts processes, some in advance, and collects their output."""

    def __init__(self, folder):
        self.folder = folder
        self.lake = folder / "lake"
        self.numbers = itertools.count()
        self.warm = []
        self.counts = Counter()
        self.steps = Counter()
        self.failures = Counter()
        self.environment = {
            **os.environ,
            "PYTHONPATH": os.pathsep.join(PLACES),
        }

    def start(self, script, *words):
        log = self.folder / f"{next(self.numbers):04}.log"
        with log.open("wb") as out:
            popen = subprocess.Popen(
                [sys.executable, str(HERE / script), *map(str, words)],
                stdin=subprocess.PIPE,
                stdout=out,
                stderr=out,
                env=self.environment,
                cwd=ROOT,
            )
        return Process(popen, log)

    def warm_up(self, count):
        while len(self.warm) < count:
            self.warm.append(self.start("victim.py"))

    def victim(self):
        """Return a process that is ready, or None."""
        for process in self.warm:
            if process.said("ready"):
                self.warm.remove(process)
                return process
        return None

    def end(self):
        for process in self.warm:
            process.popen.stdin.close()
            process.popen.wait()
        self.warm.clear()


def plans(steps, chance):
    """Yield plans without end: a kill before or after each step or at a random time, or a full disk."""
    while True:
        planned = [{"step": s, "when": w} for s in steps for w in ("before", "after")]
        planned += [{"step": "write entry", "when": "within"}]
        planned += [{}] * (len(planned) // 4)
        planned += [{"step": step, "when": "full"} for step in FULL if step in steps]
        chance.shuffle(planned)
        for plan in planned:
            often = plan.get("step") in {"sync staged file", "link part", "swap", "sync table"}
            yield {**plan, "nth": chance.randint(1, 4 if often else 2)}


class Act:
    """A set of processes on the lake; each is started again after a kill, until enough were killed."""

    def __init__(self, stage, cast, orders, chance, first):
        self.stage, self.cast, self.orders, self.chance = stage, cast, orders, chance
        self.stop = stage.folder / f"stop-{next(stage.numbers)}"
        self.plans = {
            role: plans(CHANGE_STEPS if role in CHANGERS else COMMIT_STEPS, chance)
            for role in ("writer", "zombie", "compactor", "forgetter")
        }
        self.playing = [None] * len(cast)
        self.first = first
        """The next transaction of each writer; writers come first in the cast."""

    def play(self, kills, seconds):
        """Return the number of kills and the reports of the readers."""
        end, killed = time.monotonic() + seconds, 0
        readers = [
            self.stage.start("reader.py", name, self.stage.lake, self.stop) for name in ENGINES
        ]
        while killed < kills and time.monotonic() < end:
            self.stage.warm_up(WARM)
            for place in self.chance.sample(range(len(self.cast)), len(self.cast)):
                killed += self.look_after(place)
            time.sleep(0.01)
        self.stop.touch()
        for place, process in enumerate(self.playing):
            if process is not None:
                process.popen.wait(HANG_SECONDS)
                killed += self.leave(place)
        return killed, [self.report(reader) for reader in readers]

    def look_after(self, place):
        """Start, watch or kill the process at `place`; return 1 if it was killed."""
        process = self.playing[place]
        if process is None:
            if (fresh := self.stage.victim()) is not None:
                self.enter(place, fresh)
            return 0
        if process.popen.poll() is None:
            if time.monotonic() < process.deadline:
                return 0
            process.popen.kill()
            process.popen.wait()
        return self.leave(place)

    def leave(self, place):
        """Clear a place whose process has ended; return 1 if it was killed."""
        process, self.playing[place] = self.playing[place], None
        if process.orders["role"] == "writer" and (done := process.said("done")):
            self.first[place] = int(done[-1]) + process.orders["every"]
        return self.note(process)

    def enter(self, place, process):
        role = self.chance.choice(self.cast[place])
        writers = sum(cast == ["writer"] for cast in self.cast)
        if role == "writer" and self.first[place] >= self.orders["transactions"]:
            role = "zombie"
        plan = next(self.plans[role])
        patience = 6.0 if role in CHANGERS else 2.5
        life = patience if plan.get("step") else self.chance.uniform(0.02, 1.5)
        process.deadline = time.monotonic() + life
        process.send(
            {
                **self.orders,
                "role": role,
                "stop": str(self.stop),
                "seed": self.chance.random(),
                "plan": plan,
                "first": self.first[place] if role == "writer" else 0,
                "reached": max(1, *self.first),
                "every": writers,
            }
        )
        self.playing[place] = process

    def note(self, process):
        """Record how `process` ended; return 1 if it was killed."""
        counts, role = self.stage.counts, process.orders["role"]
        counts["transactions committed"] += len(process.said("done"))
        counts["disks full"] += len(process.said("full"))
        for failure in process.said("failed") + process.said("Traceback"):
            self.stage.failures[f"{role}: {failure[:300]} ({process.log.name})"] += 1
        if process.popen.returncode != -9:
            return 0
        where = process.said("dying") or ["at a random time"]
        self.stage.steps[f"{role}: {where[0]}"] += 1
        return 1

    def report(self, reader):
        reader.popen.wait(HANG_SECONDS)
        try:
            return json.loads(reader.log.read_text().splitlines()[-1])
        except (ValueError, IndexError):
            self.stage.failures[f"reader: {reader.log.read_text()[-300:]}"] += 1
            return {"reads": 0, "doubled": 0, "vanished": 0, "orphans": 0, "errors": {}}


def run(folder, kills, seconds, seed, transactions=600, pause=0.05):
    """Run all acts in `folder`; return the counts, the steps of the kills, and the failures."""
    chance, stage = random.Random(seed), Stage(folder)
    lake = open_lake(stage.lake)
    lake.create()
    orders = {"lake": str(stage.lake), "transactions": transactions, "pause": pause}
    table = Counter({"kills": 0, "kills wanted": kills})
    writers = [["writer"], ["writer"]]
    casts = {
        "kills alone": [*writers, ["zombie"]],
        "with changes": [
            *writers,
            ["compactor", "forgetter"],
            ["compactor", "forgetter", "zombie"],
        ],
    }
    first = list(range(len(writers)))
    try:
        for act, cast in casts.items():
            play = Act(stage, cast, orders, chance, first)
            share = kills // 3 if act == "kills alone" else kills - table["kills"]
            killed, readings = play.play(share, seconds / 2)
            first = play.first
            table["kills"] += killed
            for reading in readings:
                _add(table, reading, act == "with changes")
    finally:
        stage.end()
    table.update(stage.counts)
    reached = _rerun(lake, max(first))
    table["transactions"] = reached
    table["entries of the log"] = lake.log.last()
    table.update(_judge(lake, folder, reached))
    table["processes that failed"] = stage.failures.total()
    return table, stage.steps, stage.failures


def _add(table, reading, changing):
    table["reads"] += reading["reads"]
    table["rows doubled in a reading"] += reading["doubled"]
    table["rows that vanished between readings"] += reading["vanished"]
    table["mentions read without article"] += reading["orphans"]
    for kind, count in reading["errors"].items():
        if not changing:
            table["reader errors without compaction"] += count
            table[f"without compaction: {kind}"] += count
        elif kind == "file not found":
            table["reader errors: file not found during compaction"] += count
        else:
            table["reader errors but file not found"] += count
            table[f"during compaction: {kind}"] += count


def _rerun(lake, reached):
    """Commit every started transaction again, and forget the articles that may be forgotten."""
    transactions = max(2, reached + 2)
    for transaction in range(transactions):
        stories.write(lake, transaction, "rerun")
    forget(lake, stories.forgettable(transactions))
    return transactions


def _judge(lake, folder, transactions):
    undisturbed = open_lake(folder / "undisturbed")
    undisturbed.create()
    for transaction in range(transactions):
        stories.write(undisturbed, transaction, "undisturbed")
    found = stories.damage(lake.storage.root, transactions, undisturbed.storage.root)
    with redirect_stdout(StringIO()) as out:
        newslake(["verify", "--lake", str(lake.storage.root), "--json"])
    problems = json.loads(out.getvalue())["problems"]
    for problem in problems[:10]:
        sys.stderr.write(f"verify: {problem}\n")
    return {**found, "faults found by verify": len(problems)}


def missed(table):
    """Return the bars that `table` misses."""
    few = ["kills"] if table["kills"] < table["kills wanted"] else []
    return few + [bar for bar in BARS if table[bar]]


def show(table, steps, failures):
    lines = [f"{count:8,}  {name}" for name, count in table.items()]
    lines += [f"{table[bar]:8,}  {bar}" for bar in BARS if bar not in table]
    lines += ["", "killed where"]
    lines += [f"{count:8,}  {step}" for step, count in sorted(steps.items())]
    lines += [f"FAILED {count} x {failure}" for failure, count in failures.items()]
    sys.stdout.write("\n".join(lines) + "\n")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--kills", type=int, default=60)
    parser.add_argument("--seconds", type=float, default=120, help="maximum time of the kills")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument(
        "--keep", metavar="DIR", help="run in this folder and keep it; default: a temporary folder"
    )
    given = parser.parse_args()
    began = time.monotonic()
    with ExitStack() as stack:
        folder = Path(given.keep or stack.enter_context(tempfile.TemporaryDirectory()))
        folder.mkdir(exist_ok=True)
        table, steps, failures = run(folder, given.kills, given.seconds, given.seed)
        table |= Counter(full_disk.for_real(folder))
    show(table, steps, failures)
    bars = missed(table)
    sys.stdout.write(f"{time.monotonic() - began:.0f} s; missed: {', '.join(bars) or 'none'}\n")
    return 1 if bars else 0


if __name__ == "__main__":
    sys.exit(main())
