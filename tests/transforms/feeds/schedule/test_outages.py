import random
from datetime import timedelta
from importlib import import_module

import pytest
from hypothesis import given
from hypothesis import strategies as st
from papers import NOON
from paths import BENCHMARKS

from newslake.transforms.feeds.schedule.outages import MIN_DAYS, rhythm, silence

HOUR, DAY = timedelta(hours=1), timedelta(days=1)
MIDNIGHT = NOON - 12 * HOUR


def desk(days, source=None):
    """Return about one entry per hour from 6 to 22 on weekdays, every third hour at weekends."""
    source = source or random.Random(1)
    return [
        MIDNIGHT + day * DAY + hour * HOUR + source.uniform(0, 0.3) * HOUR
        for day in range(days)
        for hour in range(6, 22, 3 if (day % 7) >= 5 else 1)
    ]


def first_flag(arrivals, until):
    now = arrivals[-1]
    while now < until:
        if silence(arrivals, now):
            return now
        now += HOUR / 4
    return None


def test_a_feed_that_falls_silent_at_noon_is_noticed_before_evening():
    arrivals = desk(29)[:-9]  # the last one at 12:00 on a Monday
    found = silence(arrivals, arrivals[-1] + 5 * HOUR)
    assert found.since == arrivals[-1]
    assert 4 <= found.missed <= 6
    assert first_flag(arrivals, arrivals[-1] + DAY) <= arrivals[-1] + 3 * HOUR


def test_nights_and_weekends_are_not_outages():
    arrivals = desk(28)
    assert arrivals[-1].weekday() == 6
    assert first_flag(arrivals, arrivals[-1] + 9 * HOUR) is None
    friday = [time for time in arrivals if time < MIDNIGHT + 26 * DAY]
    assert first_flag(friday, MIDNIGHT + 26 * DAY + 8 * HOUR) is None


def test_a_silent_night_is_noticed_in_the_morning():
    arrivals = desk(29)
    assert first_flag(arrivals, arrivals[-1] + DAY) <= MIDNIGHT + 29 * DAY + 9 * HOUR


def test_a_feed_that_goes_on_is_never_flagged_in_a_month():
    arrivals = desk(58)
    for number in range(28 * 10, len(arrivals), 7):
        assert silence(arrivals[:number], arrivals[number]) is None


def test_an_irregular_feed_is_given_more_time_than_a_regular_one():
    source = random.Random(2)
    by_chance = [MIDNIGHT + source.uniform(0, 28) * DAY for _ in range(400)]
    scheduled = [MIDNIGHT + number * 28 * DAY / 400 for number in range(400)]
    assert rhythm(sorted(by_chance)).limit > 3 * rhythm(scheduled).limit


def test_even_a_slow_irregular_feed_is_noticed_within_two_of_its_expected_intervals():
    source = random.Random(3)
    habits = rhythm(sorted(MIDNIGHT + source.uniform(0, 28) * DAY for _ in range(30)))
    assert habits.limit == pytest.approx(2 * habits.interval)


@pytest.mark.parametrize("days", [1, MIN_DAYS - 1])
def test_a_young_feed_is_not_flagged(days):
    assert silence(desk(days), MIDNIGHT + 90 * DAY) is None


def test_a_feed_without_entries_is_not_silent():
    assert silence([], NOON) is None


def test_of_many_feeds_none_is_flagged_falsely_and_each_silence_is_noticed(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    found = import_module("outages").farm(seed=1, feeds=6, spread=0.2)
    assert found.false == 0
    assert max(found.intervals) <= 2
    assert max(found.due) < 3


@given(st.lists(st.integers(0, 40 * 24 * 60), min_size=1, max_size=300), st.integers(0, 10**6))
def test_a_longer_silence_means_more_missing_entries(minutes, later):
    arrivals = [MIDNIGHT + timedelta(minutes=minute) for minute in sorted(minutes)]
    habits = rhythm(arrivals)
    if habits:
        end = habits.last + timedelta(minutes=later)
        assert habits.expected(habits.last, end) >= 0
        assert habits.limit >= habits.longest
        week = habits.expected(end, end + 7 * DAY)
        assert week == pytest.approx(habits.until[-1], rel=1e-6)
