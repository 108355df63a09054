"""Is a feed that falls silent noticed, and are others left in peace? A simulation; prints a table.

    python benchmarks/silence.py --seed 1

A farm of 50 feeds, each with its own rate, night and weekend, is watched for 30 days after 28 days
of learning; then each is silenced at a time of day of its own. `schedule` is how evenly desks publish:
the spread of their gaps, as a share of the mean, nights and weekends aside; 1 is pure chance.

Two measures of how soon silence is noticed: in entries that were due, and in expected intervals, the
longest gap that such a desk makes in four weeks (both by its true rate and schedule, not by what was
learnt). `floor` is the gap, in entries, that nobody can be below who knows all that and says something
wrong once in 50 feeds and 30 days.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import mean, quantiles

from newslake.transforms.feeds.schedule.outages import longest_gap, rhythm

FEEDS, LEARNING, WATCHED = 50, 28, 30
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
LOOK_EVERY = timedelta(minutes=5)


def main() -> int:
    """Simulate and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers; default 1")
    parser.add_argument("--feeds", type=int, default=FEEDS, help=f"in the farm; default {FEEDS}")
    arguments = parser.parse_args()
    print("                        noticed after entries due        after expected intervals")
    print("schedule  false flags   floor  median  9 of 10  most     median  9 of 10  most")
    for spread in (0.1, 0.2, 0.3, 0.5, 1.0):
        found = farm(arguments.seed, arguments.feeds, spread)
        (due, most_due), (intervals, most) = _told(found.due), _told(found.intervals)
        print(
            f"{spread:8} {found.false:12} {mean(found.floors):7.1f} {due[4]:7.1f} {due[8]:8.1f} "
            f"{most_due:5.1f} {intervals[4]:10.1f} {intervals[8]:8.1f} {most:5.1f}"
        )
    return 0


def _told(delays: list[float]) -> tuple[list[float], float]:
    return quantiles(delays, n=10), max(delays)


@dataclass
class Found:
    """What a farm brings."""

    false: int = 0
    """False flags."""
    floors: list[float] = field(default_factory=list)
    due: list[float] = field(default_factory=list)
    """After how many due entries each silence is noticed."""
    intervals: list[float] = field(default_factory=list)
    """After how many expected intervals."""


def farm(seed: int, feeds: int, spread: float) -> Found:
    """Return what a farm of so many feeds brings."""
    found = Found()
    for number in range(feeds):
        source = random.Random(f"{seed} {number} {spread}")
        desk = Desk(source, spread)
        arrivals = list(desk.arrivals(LEARNING + WATCHED))
        found.false += false_flags(arrivals)
        due = desk.due(arrivals[-1], noticed(arrivals))
        per_day = desk.due(BEGIN, BEGIN + timedelta(days=7)) / 7
        found.floors.append(longest_gap(spread**-2, FEEDS * WATCHED * per_day))
        found.due.append(due)
        found.intervals.append(due / longest_gap(spread**-2, LEARNING * per_day))
    return found


class Desk:
    """Who publishes: more by day than by night, less on Saturdays and Sundays."""

    def __init__(self, source: random.Random, spread: float) -> None:
        self._source, self._shape = source, spread**-2
        self._per_hour = source.choice([4, 10, 24, 60, 120]) / 24
        self._day = source.randrange(24)
        self._length = source.randint(12, 20)
        self._night, self._weekend = source.choice([0.02, 0.1, 0.3]), source.choice([0.2, 0.5, 1])

    def rate(self, time: datetime) -> float:
        """Return the entries to be expected in the hour of `time`."""
        by_day = (time.hour - self._day) % 24 < self._length
        weekend = time.weekday() >= 5
        return self._per_hour * (1 if by_day else self._night) * (self._weekend if weekend else 1)

    def arrivals(self, days: int) -> Iterator[datetime]:
        """Yield when entries appear, their gaps drawn in entries that are due."""
        left = self._gap()
        for hour in range(days * 24):
            time = BEGIN + timedelta(hours=hour)
            rate, begin = self.rate(time), 0.0
            while left <= rate * (1 - begin):
                begin += left / rate
                yield time + timedelta(hours=begin)
                left = self._gap()
            left -= rate * (1 - begin)

    def due(self, begin: datetime, end: datetime) -> float:
        """Return how many entries would have been due."""
        minutes = int((end - begin) / timedelta(minutes=1))
        return sum(self.rate(begin + timedelta(minutes=one)) / 60 for one in range(minutes))

    def _gap(self) -> float:
        return self._source.gammavariate(self._shape, 1 / self._shape)


def false_flags(arrivals: list[datetime]) -> int:
    """Return how often a feed that is well is called silent while it is watched.

    A gap is longest right before the arrival that ends it, so it is enough to look then. Its habits
    are learnt anew each day.
    """
    flags, learnt = 0, 0
    habits = None
    for number, (last, following) in enumerate(pairwise(arrivals), start=1):
        day = (last - BEGIN).days
        if day >= LEARNING:
            if day > learnt:
                habits, learnt = rhythm(arrivals[:number]), day
            assert habits
            flags += habits.expected(last, following) > habits.limit
    return flags


def noticed(arrivals: list[datetime]) -> datetime:
    """Return when the feed is called silent after its last arrival."""
    habits = rhythm(arrivals)
    assert habits
    now = habits.last
    while habits.expected(habits.last, now) <= habits.limit:
        now += LOOK_EVERY
    return now


if __name__ == "__main__":
    sys.exit(main())
