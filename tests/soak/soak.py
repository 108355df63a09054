"""Follow a farm of simulated newspapers for some days in some minutes, and print the results.

    python tests/soak/soak.py --feeds 200 --days 8

The follow loop, the DAG, the commits, HTTP and the lake are real. The papers' names resolve to the
loopback network, and the clock skips the time in which nothing happens. The exit code is 1 if a bar
does not hold.
"""

import argparse
import logging
import sys
import tempfile
import threading
import time
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

from bars import bars
from clocks import Names, leaping
from farm import farm
from greedy import resident
from hostile import server_in_a_thread
from visits import holding

from newslake.pipelines.commands import terminal
from newslake.pipelines.follow import COMMAND
from newslake.pipelines.follower.follower import Follower
from newslake.pipelines.runners.engine import engine
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch.client import RequestLimits
from newslake.transforms.fetch.fetch_options import FetchOptions

LIMITS = RequestLimits(total_seconds=3.0)
"""Limits of one request, in wall time; a response that never ends takes this long."""
IDLE_SECONDS = 20.0
"""Wall time after which a partition is quiet: about half a day of simulated time."""


def soak(folder, feeds, days, per_day, every, flush, seed):
    """Follow a farm with these parameters into a lake in `folder`; return the bars."""
    clock = leaping()
    papers = farm(feeds, clock.now(), days, per_day, seed)
    words = ["--every", f"{every}m", "--flush", f"{flush}m", "--for", f"{days}d", "--no-events"]
    lake = open_lake(folder / "lake")
    lake.create()
    with (
        holding(clock),
        server_in_a_thread(clock, papers.http_response) as server,
        measured() as memory,
    ):
        papers.port = server.port
        addresses = papers.feeds()
        words = [*addresses, "--lake", str(lake.storage.root), "--allow-private", *words]
        arguments = COMMAND.parse("follow", "follow feeds", words)
        fetch = FetchOptions(
            allow_private=True, resolver=Names(anybody=[["127.0.0.1"]]), limits=LIMITS
        )
        beam_engine = engine("DirectRunner", 1, [])
        with FeedStates(lake.storage.path(NAME)) as states:
            Follower(arguments, lake, states, beam_engine, clock, fetch, IDLE_SECONDS).run()
    limit = (flush + 2 * every) * 60
    return bars(papers, lake.storage.root, memory, clock.now(), limit)


@contextmanager
def measured():
    """Yield a list that gets the process's memory in bytes twice a second."""
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


def main():
    """Run the soak and print the bars; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=200, help="default 200")
    parser.add_argument("--days", type=int, default=8, help="simulated days; default 8")
    parser.add_argument(
        "--per-day", type=int, default=19, help="stories per paper and day; default 19"
    )
    parser.add_argument(
        "--every", type=int, default=10, help="minutes, like `follow --every`; default 10"
    )
    parser.add_argument(
        "--flush", type=int, default=60, help="minutes, like `follow --flush`; default 60"
    )
    parser.add_argument("--seed", type=int, default=1, help="default 1")
    parser.add_argument(
        "--folder", type=Path, help="folder for the lake; default: a temporary folder"
    )
    arguments = vars(parser.parse_args())
    logging.getLogger().setLevel(logging.ERROR)  # Beam logs many warnings
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
