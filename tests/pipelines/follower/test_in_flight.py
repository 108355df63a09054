"""What a stream has handed out is in flight until the lake holds it, or until it is lost."""

import pytest
from lakes import announcement, commit, fetch

from newslake.pipelines.follower.in_flight import InFlight
from newslake.pipelines.follower.pending import Handed

ONE, TWO = announcement("https://example.org/one"), announcement("https://example.org/two")


def run_id(minute, stream="news"):
    return f"20260301T12{minute:02}00.000000Z-{stream}"


def handed(*announcements):
    return Handed(announcements, (), [fetch(row.url) for row in announcements], {}, 0)


class Flights(InFlight):
    number = 0

    def hand_out(self, window, *parts):
        """Let the runner take these parts in a window."""
        for part in parts:
            self.put(part)
        assert self.take(self.number, window) == [*parts]
        self.number += 1


@pytest.fixture
def flights(lake):
    return Flights(lake, "news")


def test_what_was_handed_out_lands_with_the_commit_of_its_window(lake, flights):
    first, second = handed(ONE), handed(TWO)
    flights.hand_out(run_id(1), first)
    flights.hand_out(run_id(2), second)
    assert flights.landed() == []
    commit(lake, ONE, run_id=run_id(1), number=10)
    assert flights.landed() == [first]
    assert flights
    commit(lake, TWO, run_id=run_id(2), number=11)
    assert flights.landed() == [second]
    assert not flights


def test_parts_without_announcements_land_too(lake, flights):
    part = handed()
    flights.hand_out(run_id(1), part)
    commit(lake, fetch("https://example.org/feed"), run_id=run_id(1), number=10)
    assert flights.landed() == [part]


def test_a_commit_without_the_announcements_does_not_count(lake, flights):
    flights.hand_out(run_id(1), handed(ONE))
    commit(lake, TWO, run_id=run_id(1), number=10)
    assert flights.landed() == []
    assert flights


def test_the_commits_of_other_streams_and_commands_do_not_count(lake, flights):
    flights.hand_out(run_id(1), handed())
    for number, other in enumerate(["sports", "more_news"]):
        commit(lake, announcement(other), run_id=run_id(9, other), number=10 + number)
    assert flights.landed() == []
    assert flights


def test_after_two_commits_of_later_windows_it_is_lost(lake, flights):
    flights.hand_out(run_id(1), handed(ONE))
    commit(lake, announcement("a"), run_id=run_id(2), number=10)
    assert flights.landed() == []
    commit(lake, announcement("b"), run_id=run_id(3), number=11)
    assert flights.landed() is None
    assert not flights
    assert flights.landed() == []


def test_if_the_runner_repeats_a_call_what_is_in_flight_is_lost(flights):
    flights.take(7, run_id(1))
    assert flights.landed() == []  # nothing was in flight
    flights.number = 8
    flights.hand_out(run_id(1), handed(ONE))
    flights.put(handed(TWO))
    flights.take(8, run_id(1))
    flights.put(handed(TWO))
    assert flights.landed() is None
    assert not flights


def test_what_was_put_and_not_taken_is_in_flight_too(flights):
    flights.put(handed(ONE))
    assert flights
    assert flights.landed() == []
    assert flights


def test_documents_are_not_kept_in_flight(lake, flights):
    part = Handed((ONE,), ("a document",), (), {}, 0)
    flights.hand_out(run_id(1), part)
    commit(lake, ONE, run_id=run_id(1), number=10)
    [landed] = flights.landed()
    assert landed.arrived == ()
