"""Simulation of outage detection: false alarms, and the delay until an outage is detected.

    python benchmarks/outages.py --seed 1

A farm of 50 feeds, each with its own rate, night and weekend, is observed for 30 days after 28 days
of learning; then each feed stops. `spread` says how regularly the feeds publish: the standard
deviation of their gaps as a share of the mean, apart from nights and weekends; 1 means random
times.

The delay is given in two units: expected entries, and expected intervals (the longest gap of such a
feed in four weeks). Both are computed from the simulated rate, not from the learned one. `bound` is
the shortest delay, in expected entries, of a detector that knows the simulated rate and raises one
false alarm per 50 feeds and 30 days.
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

FEEDS, LEARNING, OBSERVED = 50, 28, 30
"""Feeds of a farm; days of learning; days of observation."""
BEGIN = datetime(2026, 1, 5, tzinfo=UTC)
CHECK_INTERVAL = timedelta(minutes=5)


def main() -> int:
    """Simulate the farms and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seed", type=int, default=1, help="seed of the random numbers; default 1")
    parser.add_argument(
        "--feeds", type=int, default=FEEDS, help=f"number of feeds; default {FEEDS}"
    )
    arguments = parser.parse_args()
    print("                        detected after expected entries  after expected intervals")
    print("spread    false alarms  bound  median  90 %     max      median  90 %     max")
    for spread in (0.1, 0.2, 0.3, 0.5, 1.0):
        found = farm(arguments.seed, arguments.feeds, spread)
        (due, max_due), (intervals, longest) = _deciles(found.due), _deciles(found.intervals)
        print(
            f"{spread:8} {found.false:12} {mean(found.bounds):7.1f} {due[4]:7.1f} {due[8]:8.1f} "
            f"{max_due:5.1f} {intervals[4]:10.1f} {intervals[8]:8.1f} {longest:5.1f}"
        )
    return 0


def _deciles(delays: list[float]) -> tuple[list[float], float]:
    """Return the deciles and the maximum."""
    return quantiles(delays, n=10), max(delays)


@dataclass
class Found:
    """The results of a simulated farm."""

    false: int = 0
    """Number of false alarms."""
    bounds: list[float] = field(default_factory=list)
    """The lower bound of the delay for each feed."""
    due: list[float] = field(default_factory=list)
    """Expected entries until each outage is detected."""
    intervals: list[float] = field(default_factory=list)
    """Expected intervals until each outage is detected."""


def farm(seed: int, feeds: int, spread: float) -> Found:
    """Simulate a farm with this number of feeds and return its results."""
    found = Found()
    for number in range(feeds):
        source = random.Random(f"{seed} {number} {spread}")
        publisher = Publisher(source, spread)
        arrivals = list(publisher.arrivals(LEARNING + OBSERVED))
        found.false += false_alarms(arrivals)
        due = publisher.due(arrivals[-1], detected(arrivals))
        per_day = publisher.due(BEGIN, BEGIN + timedelta(days=7)) / 7
        found.bounds.append(longest_gap(spread**-2, FEEDS * OBSERVED * per_day))
        found.due.append(due)
        found.intervals.append(due / longest_gap(spread**-2, LEARNING * per_day))
    return found


class Publisher:
    """A simulated feed: it publishes less at night, and less on Saturdays and Sundays."""

    def __init__(self, source: random.Random, spread: float) -> None:
        self._source, self._shape = source, spread**-2
        self._per_hour = source.choice([4, 10, 24, 60, 120]) / 24
        self._day = source.randrange(24)
        self._length = source.randint(12, 20)
        self._night, self._weekend = source.choice([0.02, 0.1, 0.3]), source.choice([0.2, 0.5, 1])

    def rate(self, time: datetime) -> float:
        """Return the expected number of entries in the hour of `time`."""
        by_day = (time.hour - self._day) % 24 < self._length
        weekend = time.weekday() >= 5
        return self._per_hour * (1 if by_day else self._night) * (self._weekend if weekend else 1)

    def arrivals(self, days: int) -> Iterator[datetime]:
        """Yield the times of entries; the gaps are drawn in units of expected entries."""
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
        """Return the expected number of entries between two times."""
        minutes = int((end - begin) / timedelta(minutes=1))
        return sum(self.rate(begin + timedelta(minutes=one)) / 60 for one in range(minutes))

    def _gap(self) -> float:
        return self._source.gammavariate(self._shape, 1 / self._shape)


def false_alarms(arrivals: list[datetime]) -> int:
    """Return the number of false alarms for a feed while it is observed.

    A gap is longest just before the arrival that ends it, so only these times are checked. The
    rhythm is computed again each day.
    """
    alarms, learned = 0, 0
    usual = None
    for number, (last, following) in enumerate(pairwise(arrivals), start=1):
        day = (last - BEGIN).days
        if day >= LEARNING:
            if day > learned:
                usual, learned = rhythm(arrivals[:number]), day
            assert usual
            alarms += usual.expected(last, following) > usual.limit
    return alarms


def detected(arrivals: list[datetime]) -> datetime:
    """Return the time at which the outage after the last arrival is detected."""
    usual = rhythm(arrivals)
    assert usual
    now = usual.last
    while usual.expected(usual.last, now) <= usual.limit:
        now += CHECK_INTERVAL
    return now


if __name__ == "__main__":
    sys.exit(main())
