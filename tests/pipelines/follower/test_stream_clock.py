"""The time of a stream never goes back, so no document of a stream is late."""

from datetime import timedelta

import pytest
from apache_beam.utils.timestamp import Timestamp
from clocks import FakeClock

from newslake.pipelines.follower.stream_clock import StreamClock

HOUR = timedelta(hours=1)


class Case:
    def __init__(self):
        self.clock, self.seconds = FakeClock(), 0.0
        self.begin = self.clock.now()
        self.stream = StreamClock(self.clock, lambda: self.seconds)

    def after(self, seconds, watermark=None):
        """Return the time of the stream after `seconds`, in seconds since the begin."""
        self.seconds += seconds
        self.clock.time += timedelta(seconds=seconds)
        return float(self.stream.now(watermark)) - self.begin.timestamp()

    def at(self, seconds):
        return Timestamp.of(self.begin.timestamp() + seconds)


@pytest.fixture
def case():
    return Case()


def test_the_time_follows_the_clock(case):
    assert [case.after(0), case.after(5), case.after(2.5)] == [0, 5, 7.5]


def test_if_the_clock_is_set_back_the_time_goes_on(case):
    assert case.after(10) == 10
    case.clock.time -= HOUR
    assert [case.after(0), case.after(5), case.after(5)] == [10, 15, 20]
    case.clock.time += HOUR
    assert case.after(5) == 25


def test_if_the_clock_is_set_forward_the_time_follows(case):
    case.after(10)
    case.clock.time += HOUR
    assert case.after(5) == 3600 + 15


def test_the_time_is_never_before_the_watermark_of_an_earlier_process(case):
    assert case.after(0, case.at(3600)) == 3600
    assert case.after(5, case.at(3600)) == 3605
