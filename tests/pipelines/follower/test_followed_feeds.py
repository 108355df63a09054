"""The conditions of feeds: of those in the list, and of those that were in the list."""

import sqlite3
from datetime import timedelta

import pytest
from papers import ADDRESS, NOON

from newslake.pipelines.follower.followed_feeds import FollowedFeeds
from newslake.schemas.identity import payload_digest
from newslake.schemas.rows import Fetch
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.poll import Polled
from newslake.transforms.feeds.schedule.feed_state import (
    CONDITIONS,
    FeedStates,
    PollResult,
    known_states,
)

OTHER = "https://other.example.org/feed"
HOUR = timedelta(hours=1)
ROW = Fetch(url=ADDRESS, canonical_url=ADDRESS, started_at=NOON, seconds=0, outcome="answered")


@pytest.fixture
def store(tmp_path):
    with FeedStates(tmp_path / "_feeds.sqlite") as store:
        yield store


@pytest.fixture
def conditions(tmp_path):
    """Return a function that returns the stored conditions of the feeds, with their begin in hours."""

    def conditions():
        states = known_states(tmp_path).values()
        return {state.feed: (state.condition, (state.since - NOON) / HOUR) for state in states}

    return conditions


def poll(feeds, hours, feed=ADDRESS, entries=1, **result):
    result = {"status": 200, "body_hash": payload_digest(str(hours).encode())} | result
    at = NOON + hours * HOUR
    polled = PollResult(at, entries=entries, **result)
    feeds.add_poll(Polled(feeds.states[feed], polled, ROW), [])
    feeds.store_changed()


def test_a_feed_is_stored_before_its_first_poll(store, conditions):
    FollowedFeeds(store, [Listed(ADDRESS), Listed(OTHER, is_paused=True)], NOON)
    assert conditions() == {ADDRESS: ("new", 0), OTHER: ("paused", 0)}


def test_a_condition_lasts_from_the_poll_at_which_it_began(store, conditions):
    feeds = FollowedFeeds(store, [Listed(ADDRESS)], NOON)
    seen = []
    for hours, result in enumerate(
        [
            {"entries": 0},
            {"status": 304, "entries": 0},
            {},
            {"status": 304, "entries": 0},
            {"status": 500},
            {"fault": "timeout_total", "status": 0},
            {"status": 403},
            {"fault": "robots_disallowed"},
            {},
            *(10 * [{"status": 404}]),
            {},
            {"status": 410},
        ],
        start=1,
    ):
        poll(feeds, hours, **result)
        seen.append(conditions()[ADDRESS])
    assert seen[:9] == [
        *(("empty", 1), ("empty", 1), ("ok", 3), ("ok", 3), ("failing", 5), ("failing", 5)),
        *(("refused", 7), ("refused", 7), ("ok", 9)),
    ]
    assert seen[9:] == [*(9 * [("failing", 10)]), ("dead", 19), ("ok", 20), ("dead", 21)]
    assert {condition for condition, _ in seen} <= set(CONDITIONS)


def test_a_feed_is_paused_resumed_and_removed(store, conditions):
    feeds = FollowedFeeds(store, [Listed(ADDRESS), Listed(OTHER)], NOON)
    poll(feeds, 1)
    feeds.replace([Listed(ADDRESS, is_paused=True)], NOON + 2 * HOUR)
    assert conditions() == {ADDRESS: ("paused", 2), OTHER: ("removed", 2)}
    assert (feeds.due(NOON + 99 * HOUR), feeds.next_at()) == ([], None)
    feeds.replace([Listed(ADDRESS), Listed(OTHER)], NOON + 3 * HOUR)
    assert conditions() == {ADDRESS: ("ok", 3), OTHER: ("new", 3)}
    assert len(feeds.due(NOON + 99 * HOUR)) == 2


def test_a_poll_that_ends_after_the_list_has_changed_does_not_resume_the_feed(store, conditions):
    feeds = FollowedFeeds(store, [Listed(ADDRESS), Listed(OTHER)], NOON)
    before = dict(feeds.states)
    feeds.replace([Listed(ADDRESS, is_paused=True)], NOON + HOUR)
    for state in before.values():
        feeds.add_poll(Polled(state, PollResult(NOON + 2 * HOUR, 200, entries=1), ROW), [])
    feeds.store_changed()
    assert conditions() == {ADDRESS: ("paused", 1), OTHER: ("removed", 1)}


def test_a_list_that_changes_before_the_commit_of_a_poll_wins(store, conditions):
    feeds = FollowedFeeds(store, [Listed(ADDRESS)], NOON)
    feeds.add_poll(Polled(feeds.states[ADDRESS], PollResult(NOON, 200, entries=1), ROW), [])
    handed = feeds.take_changed()
    feeds.replace([Listed(ADDRESS, is_paused=True)], NOON + HOUR)
    feeds.store(handed)
    assert conditions() == {ADDRESS: ("paused", 1)}


def test_no_validator_is_stored_before_the_commit(store, tmp_path):
    feeds = FollowedFeeds(store, [Listed(ADDRESS)], NOON)
    result = PollResult(NOON, 200, {"etag": '"1"'}, entries=1)
    feeds.add_poll(Polled(feeds.states[ADDRESS], result, ROW), [])
    feeds.replace([Listed(ADDRESS, is_paused=True)], NOON + HOUR)
    assert known_states(tmp_path)[ADDRESS].etag == ""
    feeds.store_changed()
    assert known_states(tmp_path)[ADDRESS].etag == '"1"'


def test_no_validator_is_stored_for_a_feed_without_a_stored_state(store, tmp_path, monkeypatch):
    """If it were, the next start would get a 304, and the entries of this poll would be lost."""
    with monkeypatch.context() as patch:
        patch.setattr(store, "set_conditions", fail)
        feeds = FollowedFeeds(store, [Listed(ADDRESS)], NOON)
    result = PollResult(NOON, 200, {"etag": '"1"'}, body_hash="b", entries=1)
    feeds.add_poll(Polled(feeds.states[ADDRESS], result, ROW), [])
    feeds.replace([Listed(ADDRESS, is_paused=True)], NOON + HOUR)
    [state] = known_states(tmp_path).values()
    assert (state.etag, state.body_hash, state.condition) == ("", "", "paused")


def fail(states):
    raise sqlite3.OperationalError("database is locked")


def test_a_feed_that_left_the_list_between_two_starts_is_removed(store, conditions):
    FollowedFeeds(store, [Listed(ADDRESS), Listed(OTHER)], NOON)
    FollowedFeeds(store, [Listed(ADDRESS)], NOON + HOUR)
    assert conditions() == {ADDRESS: ("new", 0), OTHER: ("removed", 1)}


def test_a_stream_does_not_remove_the_feeds_of_another_stream(store, conditions):
    FollowedFeeds(store, [Listed(ADDRESS)], NOON, "one")
    FollowedFeeds(store, [Listed(OTHER)], NOON + HOUR, "two")
    assert conditions() == {ADDRESS: ("new", 0), OTHER: ("new", 1)}


def test_a_feed_whose_last_poll_is_in_the_future_is_due(store):
    feeds = FollowedFeeds(store, [Listed(ADDRESS)], NOON)
    poll(feeds, 10)
    due = lambda hours: [state.feed for state in feeds.due(NOON + hours * HOUR)]
    assert due(10) == []
    assert due(9) == [ADDRESS]
