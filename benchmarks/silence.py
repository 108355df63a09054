"""Is a feed that falls silent noticed, and are others left in peace? A simulation; prints a table.

    python benchmarks/silence.py --seed 1

A farm of 50 feeds, each with its own rate, night and weekend, is watched for 30 days after 28 days
of learning; then each is silenced at a time of day of its own. `schedule` is how evenly desks publish:
the spread of their gaps, as a share of the mean, nights and weekends aside; 1 is pure chance.
"""

import argparse
import random
import sys
from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from itertools import pairwise
from statistics import quantiles

from transforms.feeds.silence import rhythm

FEEDS, LEARNING, WATCHED = 50, 28, 30
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
LOOK_EVERY = timedelta(minutes=5)


def main() -> int:
    """Simulate and print; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="of the random numbers; default 1")
    parser.add_argument("--feeds", type=int, default=FEEDS, help=f"in the farm; default {FEEDS}")
    arguments = parser.parse_args()
    print("schedule  false flags  noticed after (entries that were due: median, 9 of 10, most)")
    for spread in (0.1, 0.2, 0.3, 0.5, 1.0):
        false, delays = farm(arguments.seed, arguments.feeds, spread)
        deciles = quantiles(delays, n=10)
        print(f"{spread:8} {false:12} {deciles[4]:14.1f} {deciles[8]:8.1f} {max(delays):8.1f}")
    return 0


def farm(seed: int, feeds: int, spread: float) -> tuple[int, list[float]]:
    """Return how many false flags a farm brings, and after how many due entries silence is noticed."""
    false, delays = 0, []
    for number in range(feeds):
        source = random.Random(f"{seed} {number} {spread}")
        desk = Desk(source, spread)
        arrivals = list(desk.arrivals(LEARNING + WATCHED))
        false += false_flags(arrivals)
        delays.append(desk.due(arrivals[-1], noticed(arrivals)))
    return false, delays


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
