"""Run `newslake follow` and kill it at a named point of its cycle: killed_following.py POINT HOURS WORD…

The process sends SIGKILL to itself. The clock starts HOURS after the real time and runs 50 times as
fast, so that feeds are due and pauses are short.
"""

import asyncio
import os
import signal
import sys
from datetime import UTC, datetime, timedelta

from newslake.pipelines.cli import main
from newslake.pipelines.follower import follow_loop, pending
from newslake.transforms.feeds.schedule.feed_state import FeedStates
from newslake.transforms.fetch import fetch_page
from newslake.transforms.fetch.archive import Archive
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.lake.log import Log
from newslake.transforms.write import write

SPEED = 50
PAGES = 3
"""Number of pages that are fetched before the kill between two pages."""


def die():
    os.kill(os.getpid(), signal.SIGKILL)


def dying(function, before=False, times=1):
    """Return `function` so that its call number `times` kills the process, before or after it."""
    left = times

    def called(*arguments, **options):
        nonlocal left
        left -= 1
        if before and left == 0:
            die()
        result = function(*arguments, **options)
        if left == 0:
            die()
        return result

    return called


def set_clock(hours):
    began = datetime.now(UTC)

    def now(_):
        return began + timedelta(hours=hours) + SPEED * (datetime.now(UTC) - began)

    async def sleep(_, seconds):
        await asyncio.sleep(seconds / SPEED)

    Clock.now, Clock.sleep = now, sleep


POINTS = {
    "never": lambda: None,
    "polled": lambda: patch(pending.Pending, "take_polled"),
    "fetched": lambda: patch(fetch_page, "check", times=PAGES),
    "archived": lambda: patch(Archive, "sync"),
    "staged": lambda: patch(write, "write_file"),
    "before the entry": lambda: patch(
        Log, "append", before=True, times=2
    ),  # the first call is for the empty seed files
    "after the entry": lambda: patch(Log, "append", times=2),
    "committed": lambda: patch(follow_loop, "run_bounded"),
    "before remembering": lambda: patch(FeedStates, "save", before=True),
    "remembered": lambda: patch(FeedStates, "save"),
}
"""The last step before the kill, by name, in the order of a cycle."""


def patch(owner, name, **when):
    setattr(owner, name, dying(getattr(owner, name), **when))


if __name__ == "__main__":
    set_clock(float(sys.argv[2]))
    POINTS[sys.argv[1]]()
    sys.exit(main(sys.argv[3:]))
