"""Silence: has a feed been quiet for longer than it ever is at this hour and weekday?

Time is counted in entries that were to be expected: an hour of the night, or of a Sunday, is as long
as what the feed brings in it. So measured, the gaps between entries are alike by day and by night, and
have a gamma distribution of mean 1, narrow for feeds that keep to a schedule and wide for others. Its
expected interval is the longest gap that it makes in four weeks; it is silent when a gap is longer than
it would be once in `TRUE_DAYS` days, and at the latest after two expected intervals, unless it has been
silent for so long before.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from math import sqrt
from statistics import NormalDist, fmean

MEMORY = timedelta(days=28)
"""How far back a feed's habits are learnt from."""

LEAST_DAYS, LEAST_ARRIVALS = 14, 20
"""Two weekends and a few entries: who knows less of a feed cannot tell."""

TRUE_DAYS = 4_000
"""Days of one feed's life in which silence may be told wrongly once."""

_PRIOR = 1.0
"""Weight, in arrivals, of what is known of all hours against what an hour of the day shows, or a day."""

_PRIOR_OF_ONE = 8.0
"""The same for one hour of the week, of which four weeks show least."""

_HOUR = timedelta(hours=1)
_WEEK = 168


@dataclass(frozen=True)
class Rhythm:
    """When a feed brings something."""

    last: datetime
    """When it last did."""
    until: tuple[float, ...]
    """Arrivals to be expected from Monday 0:00 UTC to the begin of each hour of the week, and to its end."""
    shape: float
    """Of the gamma distribution of gaps: 1 for arrivals at random, more for a schedule."""
    longest: float
    """The longest gap so far, in arrivals to be expected."""

    def expected(self, begin: datetime, end: datetime) -> float:
        """Return how many arrivals are to be expected between two times."""
        return self._by(end) - self._by(begin)

    @property
    def limit(self) -> float:
        """How long a gap may be, in arrivals to be expected, before it tells something."""
        by_chance = longest_gap(self.shape, TRUE_DAYS * self._per_day)
        return max(min(by_chance, 2 * self.interval), 1.1 * self.longest)

    @property
    def interval(self) -> float:
        """The expected interval: the longest gap of four weeks, in arrivals to be expected."""
        return longest_gap(self.shape, MEMORY.days * self._per_day)

    @property
    def _per_day(self) -> float:
        return max(self.until[-1] / 7, 0.1)

    def _by(self, time: datetime) -> float:
        weeks, rest = divmod(time - _MONDAY, timedelta(days=7))
        hour, part = divmod(rest, _HOUR)
        begin, end = self.until[hour], self.until[hour + 1]
        return weeks * self.until[-1] + begin + (end - begin) * (part / _HOUR)


_MONDAY = datetime(2001, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Silence:
    """A feed that should have brought something."""

    since: datetime
    """Its last arrival."""
    missed: float
    """Arrivals that were to be expected since."""
    intervals: float
    """For how many expected intervals it has been silent."""


def silence(arrivals: Iterable[datetime], now: datetime) -> Silence | None:
    """Return the feed's silence; None if it is not silent, or too little is known of it.

    Args:
        arrivals: When polls first saw a new entry, without the first poll; each time counts once.
        now: The last poll that succeeded: who does not answer is not silent but down.
    """
    habits = rhythm(sorted(set(arrivals)))
    if habits is None:
        return None
    missed = habits.expected(habits.last, now)
    if missed <= habits.limit:
        return None
    return Silence(habits.last, missed, missed / habits.interval)


def rhythm(arrivals: Sequence[datetime]) -> Rhythm | None:
    """Return the habits of a feed up to its last arrival; None if it is too young to have any.

    Args:
        arrivals: In their order.
    """
    recent = [time for time in arrivals if time > arrivals[-1] - MEMORY]
    if len(recent) < LEAST_ARRIVALS or recent[-1] - recent[0] < timedelta(days=LEAST_DAYS):
        return None
    until = (0.0, *accumulate(_week(recent)))
    measure = Rhythm(recent[-1], until, 1.0, 0.0)
    gaps = [measure.expected(*pair) for pair in pairwise(recent)]
    return Rhythm(recent[-1], until, _shape(gaps), max(gaps))


def _week(arrivals: Sequence[datetime]) -> list[float]:
    """Return the arrivals to be expected in each hour of a week.

    The mean, times what the hour of the day does to it, times what the day of the week does, times
    what is left to this one hour; each drawn towards 1 as far as little is known.
    """
    weeks = (arrivals[-1] - arrivals[0]) / timedelta(days=7)
    seen = [0.0] * _WEEK
    for time in arrivals[1:]:
        seen[time.weekday() * 24 + time.hour] += 1
    expected = [sum(seen) / _WEEK] * _WEEK
    for prior, group in (
        (_PRIOR, lambda hour: hour % 24),
        (_PRIOR, lambda hour: hour // 24),
        (_PRIOR_OF_ONE, lambda hour: hour),
    ):
        expected = _drawn(expected, seen, [group(hour) for hour in range(_WEEK)], prior)
    return [count / weeks for count in expected]


def _drawn(
    expected: list[float], seen: list[float], groups: list[int], prior: float
) -> list[float]:
    """Return `expected` with each group's hours scaled to what was seen in the group."""
    sums: dict[int, tuple[float, float]] = {}
    for group, one, other in zip(groups, seen, expected, strict=True):
        had, hoped = sums.get(group, (0.0, 0.0))
        sums[group] = had + one, hoped + other
    factors = {group: (had + prior) / (hoped + prior) for group, (had, hoped) in sums.items()}
    return [count * factors[group] for count, group in zip(expected, groups, strict=True)]


def _shape(gaps: list[float]) -> float:
    """Return the shape of the gamma distribution that gaps have, by their mean and variance."""
    mean = fmean(gaps)
    variance = (sum((gap - mean) ** 2 for gap in gaps) + _PRIOR * mean**2) / (len(gaps) + _PRIOR)
    return mean**2 / variance


def longest_gap(shape: float, arrivals: float) -> float:
    """Return the gap that one of so many is longer than (Wilson and Hilferty, 1931).

    Args:
        shape: Of the gamma distribution of gaps, whose mean is 1.
        arrivals: How many gaps.
    """
    spread = 1 / (9 * shape)
    return (1 - spread + NormalDist().inv_cdf(1 - 1 / max(arrivals, 2)) * sqrt(spread)) ** 3
