"""Detect outages: periods without new entries that are too long for the hour and the weekday.

The unit of a period's length is expected arrivals: how often the feed usually gets new entries in
the period, given hour and weekday. In this unit, an hour at night is shorter than an hour at noon.
So gaps between arrivals have one distribution, by day and by night: gamma with mean 1.
This distribution is narrow for a feed that publishes at regular times, and wide for other feeds.

The expected interval is the longest gap to expect in four weeks. A feed is silent when the current
gap exceeds the limit. The limit is the shorter of two periods: the longest gap to expect in
`TRUE_DAYS` days, and two expected intervals. It is at least 1.1 times the longest gap so far.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from itertools import accumulate, pairwise
from math import sqrt
from statistics import NormalDist, fmean

MEMORY = timedelta(days=28)
"""The period before the last arrival from which the rhythm is computed."""

MIN_DAYS, MIN_ARRIVALS = 14, 20
"""Minimum numbers of days and arrivals in this period. Below these, no outage is detected."""

TRUE_DAYS = 4_000
"""Accepted rate of false alarms: one alarm per feed in this number of days."""

_PRIOR = 1.0
"""Weight of the overall mean in the estimated rate of an hour of the day or of a weekday; the unit
is arrivals."""

_HOUR_OF_WEEK_PRIOR = 8.0
"""The weight for an hour of the week. It is higher, as four weeks have only four such hours."""

_HOUR = timedelta(hours=1)
_WEEK = 168


@dataclass(frozen=True)
class Rhythm:
    """The arrival rates of a feed by hour of the week, and the distribution of its gaps."""

    last: datetime
    """Time of the last arrival."""
    until: tuple[float, ...]
    """Cumulative expected arrivals from Monday 0:00 UTC to the start of each hour of the week, and
    to the end of the week."""
    shape: float
    """Shape of the gamma distribution of gaps: 1 for random arrivals, more for regular arrivals."""
    longest: float
    """Length of the longest gap so far: the number of entries that usually arrive in this time."""

    def expected(self, begin: datetime, end: datetime) -> float:
        """Return the expected number of arrivals between two times."""
        return self._by(end) - self._by(begin)

    @property
    def limit(self) -> float:
        """The longest normal gap, in expected arrivals; a longer gap is an outage."""
        by_chance = longest_gap(self.shape, TRUE_DAYS * self._per_day)
        return max(min(by_chance, 2 * self.interval), 1.1 * self.longest)

    @property
    def interval(self) -> float:
        """The expected interval: the longest gap to expect in four weeks, in expected arrivals."""
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
    """An outage of a feed: polls succeed, but there are no new entries."""

    since: datetime
    """Time of the last arrival."""
    missed: float
    """Number of arrivals that were expected since the last one."""
    intervals: float
    """Length of the outage in expected intervals."""


def silence(arrivals: Iterable[datetime], now: datetime) -> Silence | None:
    """Return the feed's outage; None if there is no outage, or if there are too few arrivals.

    Args:
        arrivals: Times of the polls that found a new entry, except the first poll.
        now: Time of the last successful poll. If polls fail, the feed is down, not silent.
    """
    usual = rhythm(sorted(set(arrivals)))
    if usual is None:
        return None
    missed = usual.expected(usual.last, now)
    if missed <= usual.limit:
        return None
    return Silence(usual.last, missed, missed / usual.interval)


def rhythm(arrivals: Sequence[datetime]) -> Rhythm | None:
    """Return a feed's rhythm from its sorted `arrivals`; None if there are too few arrivals."""
    recent = [time for time in arrivals if time > arrivals[-1] - MEMORY]
    if len(recent) < MIN_ARRIVALS or recent[-1] - recent[0] < timedelta(days=MIN_DAYS):
        return None
    until = (0.0, *accumulate(_week(recent)))
    clock = Rhythm(recent[-1], until, 1.0, 0.0)
    gaps = [clock.expected(*pair) for pair in pairwise(recent)]
    return Rhythm(recent[-1], until, _shape(gaps), max(gaps))


def _week(arrivals: Sequence[datetime]) -> list[float]:
    """Return the expected number of arrivals in each hour of the week.

    The number is the mean times three factors: for the hour of the day, for the weekday, and for
    the hour of the week. If a factor is computed from few samples, it is close to 1.
    """
    weeks = (arrivals[-1] - arrivals[0]) / timedelta(days=7)
    observed = [0.0] * _WEEK
    for time in arrivals[1:]:
        observed[time.weekday() * 24 + time.hour] += 1
    expected = [sum(observed) / _WEEK] * _WEEK
    for prior, group in (
        (_PRIOR, lambda hour: hour % 24),
        (_PRIOR, lambda hour: hour // 24),
        (_HOUR_OF_WEEK_PRIOR, lambda hour: hour),
    ):
        expected = _scaled(expected, observed, [group(hour) for hour in range(_WEEK)], prior)
    return [count / weeks for count in expected]


def _scaled(
    expected: list[float], observed: list[float], groups: list[int], prior: float
) -> list[float]:
    """Scale the hours of each group in `expected`, so that the sum is the group's observed sum."""
    sums: dict[int, tuple[float, float]] = {}
    for group, observed_count, expected_count in zip(groups, observed, expected, strict=True):
        observed_sum, expected_sum = sums.get(group, (0.0, 0.0))
        sums[group] = observed_sum + observed_count, expected_sum + expected_count
    factors = {group: (seen + prior) / (usual + prior) for group, (seen, usual) in sums.items()}
    return [count * factors[group] for count, group in zip(expected, groups, strict=True)]


def _shape(gaps: list[float]) -> float:
    """Estimate the shape of the gamma distribution of `gaps` from their mean and variance."""
    mean = fmean(gaps)
    variance = (sum((gap - mean) ** 2 for gap in gaps) + _PRIOR * mean**2) / (len(gaps) + _PRIOR)
    return mean**2 / variance


def longest_gap(shape: float, arrivals: float) -> float:
    """Return a length: on average, 1 of `arrivals` gaps is longer (Wilson and Hilferty, 1931).

    Args:
        shape: Shape of the gamma distribution of gaps, whose mean is 1.
        arrivals: Number of gaps.
    """
    spread = 1 / (9 * shape)
    return (1 - spread + NormalDist().inv_cdf(1 - 1 / max(arrivals, 2)) * sqrt(spread)) ** 3
