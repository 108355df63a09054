"""Follow a farm of papers on loopback for some days in some minutes, and print what came of it.

    python tests/soak/soak.py --feeds 200 --days 8

The loop, the DAG, the commits, HTTP and the lake are the real ones; the papers' names lead to
loopback, and the clock leaps over the time in which nothing happens. Exit code 1 if a bar does not hold.
"""

import argparse
import logging
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from functools import partial
from pathlib import Path
from unittest.mock import patch

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from bars import bars
from clocks import Names, leaping
from farm import farm
from hostile import server_in_a_thread

from newslake.pipelines.commands import terminal
from newslake.pipelines.follow import COMMAND, Follower
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch import fetch_options
from newslake.transforms.fetch.client import Client, RequestLimits
from newslake.transforms.fetch.fetch_options import FetchOptions

LIMITS = RequestLimits(total_seconds=3.0)
"""Of one request, on the wall: a server that never ends costs so much."""
IDLE_SECONDS = 20.0
"""On the wall, after which a partition is quiet: half a day by the papers' clock."""


class HoldingClient(Client):
    """Holds the clock while it waits for an answer."""

    async def get(self, *given, **named):
        with self._clock.held():
            return await super().get(*given, **named)


def soak(folder, feeds, days, per_day, every, flush, seed):
    """Follow such a farm into a lake in `folder`; return the bars."""
    clock = leaping()
    papers = farm(feeds, clock.now(), days, per_day, seed)
    words = ["--every", f"{every}m", "--flush", f"{flush}m", "--for", f"{days}d", "--no-events"]
    lake = open_lake(folder / "lake")
    lake.create()
    with (
        patch.object(fetch_options, "Client", HoldingClient),
        server_in_a_thread(clock, papers.answer) as server,
        measured() as memory,
    ):
        papers.port = server.port
        addresses = papers.feeds()
        words = [*addresses, "--lake", str(lake.storage.root), "--allow-private", *words]
        arguments = COMMAND.parse("follow", "follow feeds", words)
        open_visitor = partial(
            FetchOptions(allow_private=True).visitor,
            resolver=Names(anybody=[["127.0.0.1"]]),
            limits=LIMITS,
        )
        with FeedStates(lake.storage.path(NAME)) as states:
            Follower(arguments, lake, states, addresses, clock, open_visitor, IDLE_SECONDS).run()
    limit = (flush + 2 * every) * 60
    return bars(papers, lake.storage.root, memory, clock.now(), limit)


@contextmanager
def measured():
    """Give a list to which the process's memory is added twice a second, in bytes."""
    found, done = [], threading.Event()

    def measure():
        while not done.wait(0.5):
            found.append(resident())

    thread = threading.Thread(target=measure)
    thread.start()
    try:
        yield found
    finally:
        done.set()
        thread.join()


def resident():
    """Return the memory that this process holds, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024


def main():
    """Soak and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=200, help="default 200")
    parser.add_argument("--days", type=int, default=8, help="by the papers' clock; default 8")
    parser.add_argument("--per-day", type=int, default=19, help="stories a paper; default 19")
    parser.add_argument("--every", type=int, default=10, help="minutes, as of follow; default 10")
    parser.add_argument("--flush", type=int, default=60, help="minutes, as of follow; default 60")
    parser.add_argument("--seed", type=int, default=1, help="default 1")
    parser.add_argument("--folder", type=Path, help="for the lake; default one that is removed")
    arguments = vars(parser.parse_args())
    logging.getLogger().setLevel(logging.ERROR)  # Beam has much to say
    begin = time.monotonic()
    given = arguments.pop("folder")
    with tempfile.TemporaryDirectory() as temporary:
        found = soak(given or Path(temporary), **arguments)
    seconds, cpu = time.monotonic() - begin, time.process_time()
    terminal.table(
        ("bar", "found", "wanted", "holds"),
        [
            (one.name, one.found, one.wanted, ("yes" if one.holds else "NO") if one.wanted else "")
            for one in found
        ],
        title=f"{arguments['days']} days in {seconds / 60:.1f} minutes, {cpu / 60:.1f} of CPU",
    )
    return 0 if all(one.holds for one in found) else 1


if __name__ == "__main__":
    sys.exit(main())
