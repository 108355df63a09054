"""Run `newslake replay` and kill it, many times: killed_replays.py LAKE KILLS SEED.

Each run is a child process that is killed at a random moment: before a random operation on the lake's
files, or after a random time. At the end, the number of runs that were killed is printed.
"""

import os
import random
import signal
import sys

from newslake.pipelines import replay  # noqa: F401 a child then starts without this import
from newslake.pipelines.cli import main
from newslake.pipelines.replaying import plan
from newslake.transforms.lake.storage import Storage

OPERATIONS = ("link", "make_folder", "remove", "remove_folder", "rename", "sync", "write")
MOST_OPERATIONS = 120
LONGEST_SECONDS = 4.0


def die_before(number):
    """Kill this process before operation `number` on the files of a lake."""
    left = number

    def dying(function):
        def call(*arguments, **options):
            nonlocal left
            left -= 1
            if left == 0:
                os.kill(os.getpid(), signal.SIGKILL)
            return function(*arguments, **options)

        return call

    for name in OPERATIONS:
        setattr(Storage, name, dying(getattr(Storage, name)))


def killed_run(lake, chance):
    """Run the command in a child process; return True if the child was killed."""
    child = os.fork()
    if child:
        return os.WIFSIGNALED(os.waitpid(child, 0)[1])
    plan.MAX_DOCUMENTS = 2
    if chance.random() < 0.5:
        die_before(chance.randint(1, MOST_OPERATIONS))
    else:
        signal.setitimer(signal.ITIMER_REAL, chance.uniform(0.05, LONGEST_SECONDS))
    os._exit(main(["replay", "--lake", lake, "--no-events", "--json"]))


if __name__ == "__main__":
    lake, kills, seed = sys.argv[1], int(sys.argv[2]), int(sys.argv[3])
    runs = [killed_run(lake, random.Random(f"{seed} {number}")) for number in range(kills)]
    sys.stdout.write(f"killed {sum(runs)}\n")
