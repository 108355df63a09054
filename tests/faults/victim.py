"""A process that writes, repeats, compacts or forgets, and dies at a planned step.

It prints `ready` after all imports, then reads its orders as one line of JSON: role, lake, stop (a
file that ends the process), seed, and the step of the kill or of the full disk.
"""

import errno
import itertools
import json
import os
import random
import signal
import sys
import time
from pathlib import Path

import duckdb
import lakes
import stories
from ids import may_be_forgotten

from newslake.pipelines.commands.compact import merge, worth_merging
from newslake.pipelines.commands.forget import forget
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.index import Index
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake.errors import LakeError
from newslake.transforms.lake.storage import Storage

GRACE_SECONDS = 10.0
TAKES_SPACE = {"write", "link", "sync", "make_folder"}


def step_of(operation, *names):
    """Return the name of a step of the protocol.

    >>> step_of("sync", "_log"), step_of("link", "_tmp/entry-00000007", "_log/00000007.json")
    ('sync log', 'link entry')
    """
    name = names[-1]
    if operation in ("swap", "remove", "remove_folder"):
        return operation
    return f"{operation} {_kind(operation, name)}"


def _kind(operation, name):
    parts = name.split("/")
    if name in ("", "_log", "_tmp"):
        return {"": "lake", "_log": "log", "_tmp": "_tmp"}[name]
    if parts[0] == "_log":
        return "done" if name.endswith(".done") else "entry"
    if parts[0] == "_tmp":
        if parts[1].startswith(("entry-", "retired-")):
            return parts[1].split("-")[0]
        return (
            "staged file"
            if name.endswith(".parquet")
            else ["staging", "staged partition"][len(parts) > 2]
        )
    return ["table", "partition", "part"][len(parts) - 1] if parts[0] in TABLES else "other"


class Fragile(Storage):
    """Storage that kills its process or becomes full at the n-th execution of a step."""

    def __init__(self, root, plan):
        super().__init__(root)
        self.plan = plan
        self.left = plan.get("nth", 1)
        self.full = False

    def die(self, step):
        say("dying", f"{self.plan['when']} {step}")
        os.kill(os.getpid(), signal.SIGKILL)

    def is_due(self, step):
        """Return True at the planned execution of the planned step."""
        if self.plan.get("step") != step:
            return False
        self.left -= 1
        return self.left == 0


def _fragile(operation):
    real = getattr(Storage, operation)

    def fragile(self, *arguments):
        names = arguments[:1] if operation == "write" else arguments
        step = step_of(operation, *names)
        here, when = self.is_due(step), self.plan.get("when")
        if here and when == "full":
            self.full = True
            say("full", step)
        if self.full and operation in TAKES_SPACE:
            raise OSError(errno.ENOSPC, "No space left on device", names[-1])
        if here and when == "before":
            self.die(step)
        if here and when == "within":
            self.path(names[0]).write_bytes(arguments[1][: len(arguments[1]) // 2])
            self.die(step)
        result = real(self, *arguments)
        if here and when == "after":
            self.die(step)
        return result

    return fragile


OPERATIONS = (
    "make_folder",
    "write",
    "sync",
    "link",
    "rename",
    "swap",
    "remove",
    "remove_folder",
)
for operation in OPERATIONS:
    setattr(Fragile, operation, _fragile(operation))


def watch_index(storage):
    """Make the index's transaction a step of the plan."""
    real = Index.apply

    def apply(self, *arguments):
        here, when = storage.is_due("index"), storage.plan.get("when")
        if here and when == "before":
            storage.die("index")
        real(self, *arguments)
        if here and when == "after":
            storage.die("index")

    Index.apply = apply


def say(*words):
    os.write(1, (" ".join(map(str, words)) + "\n").encode())


# --- roles


def writer(lake, orders, chance):
    """Write every `every`th transaction from `first` on, and commit some of them twice."""
    run_id = f"{orders['role']}-{os.getpid()}"
    for transaction in range(orders["first"], orders["transactions"], orders["every"]):
        if stopped(orders):
            return
        staged, outcome = stories.write(lake, transaction, run_id)
        if outcome.warning:
            say("warned", outcome.warning)
            return
        say("done", transaction)
        if chance.random() < 0.2:
            with lake.committer() as committer:
                committer.commit(staged)
        time.sleep(chance.random() * orders["pause"])
    say("finished")


def zombie(lake, orders, chance):
    """Repeat old transactions from new staging directories."""
    for turn in itertools.count():
        if stopped(orders):
            return
        transaction = chance.randrange(orders["reached"])
        stories.write(lake, transaction, f"zombie-{os.getpid()}-{turn}")
        time.sleep(chance.random() * 4 * orders["pause"])


def compactor(lake, orders, chance):
    while not stopped(orders):
        for folder in list(worth_merging(lake, list(TABLES), 0)):
            merge(lake, folder)
        with lake.committer() as committer:
            committer.sweep(GRACE_SECONDS)
        time.sleep(chance.random() * 4 * orders["pause"])


def forgetter(lake, orders, chance):
    numbers = [n for n in range(3 * orders["reached"] + 6) if may_be_forgotten(n)]
    while not stopped(orders):
        number = chance.choice(numbers)
        forget(lake, [lakes.hexadecimal(f"s{number}"), lakes.hexadecimal(f"r{number}")])
        time.sleep(chance.random() * 4 * orders["pause"])


ROLES = {"writer": writer, "zombie": zombie, "compactor": compactor, "forgetter": forgetter}


def stopped(orders):
    return Path(orders["stop"]).exists()


def main():
    say("ready")
    line = sys.stdin.readline()
    if not line:
        return
    orders = json.loads(line)
    storage = Fragile(orders["lake"], orders["plan"])
    watch_index(storage)
    try:
        ROLES[orders["role"]](open_lake(storage), orders, random.Random(orders["seed"]))
    except (LakeError, OSError, duckdb.Error) as error:
        say("refused" if storage.full else "failed", f"{type(error).__name__}: {error}")


if __name__ == "__main__":
    main()
