from dataclasses import replace
from datetime import timedelta

import pytest
from papers import ADDRESS, NOON

from newslake.transforms.failure import Failure
from newslake.transforms.feeds.parse.feed import Hints
from newslake.transforms.feeds.schedule import feed_state
from newslake.transforms.feeds.schedule.feed_state import (
    NAME,
    FeedState,
    FeedStates,
    PollResult,
    known_states,
)
from newslake.transforms.feeds.schedule.poll_schedule import first

FULL = FeedState(
    feed=ADDRESS,
    address=f"{ADDRESS}?moved",
    next_at=NOON,
    rate=3.5,
    asked_at=NOON,
    answered_at=NOON - timedelta(minutes=1, microseconds=7),
    read_at=NOON,
    etag='W/"é"',
    body_hash="abc",
    distrusted_until=NOON,
    failures=3,
    fault="http_500",
    hints=Hints(timedelta(minutes=90), frozenset({0, 23}), frozenset({6})),
    by_link=True,
)


@pytest.fixture
def path(tmp_path):
    return tmp_path / NAME


def save(path, *states):
    with FeedStates(path) as file:
        file.save(states)


def load(path, *feeds):
    with FeedStates(path) as file:
        return file.load(feeds or [ADDRESS])


def test_a_state_comes_back_as_it_was(path):
    new = first("https://other.example.org/", NOON)
    save(path, FULL, new)
    assert load(path, FULL.feed, new.feed, "https://never.example.org/") == {
        FULL.feed: FULL,
        new.feed: new,
    }


def test_a_later_state_takes_the_place_of_the_earlier(path):
    save(path, FULL)
    save(path, replace(FULL, failures=4))
    assert load(path)[ADDRESS].failures == 4


def test_a_state_that_cannot_be_saved_leaves_all_as_they_were(path):
    save(path, FULL)
    with pytest.raises(AttributeError):
        save(path, replace(FULL, failures=4), None)
    assert load(path) == {ADDRESS: FULL}


def test_a_token_is_not_stored_and_a_feed_keeps_it(path):
    secret = f"{ADDRESS}?token=s3cret"
    save(path, replace(FULL, feed=secret, address=secret, moved_to=f"{secret}&moved"))
    assert b"s3cret" not in path.read_bytes()
    assert load(path, secret)[secret] == replace(FULL, feed=secret, address=secret, moved_to="")


def test_processes_wait_half_a_minute_for_each_other(path, monkeypatch):
    with FeedStates(path) as file:
        assert file._file.execute("PRAGMA busy_timeout").fetchone() == (30_000,)
        assert file._file.execute("PRAGMA journal_mode").fetchone() == ("wal",)
        file._file.execute("BEGIN IMMEDIATE")
        monkeypatch.setattr(feed_state, "BUSY_SECONDS", 0)
        with pytest.raises(Failure, match="locked; wait until the other process has ended"):
            FeedStates(path)


def test_a_new_feed_has_neither_failed_nor_moved_and_a_poll_may_have_no_response():
    state, result = first(ADDRESS, NOON), PollResult(NOON)
    assert (state.failures, state.moved_sightings, state.by_link) == (0, 0, False)
    assert (result.status, result.conditional, result.entries, result.new) == (0, False, 0, 0)


@pytest.mark.parametrize("content", [b"no database", b"SQLite format 3\0" + bytes(200)])
def test_a_damaged_file_is_replaced(path, content):
    path.write_bytes(content)
    save(path, FULL)
    assert load(path) == {ADDRESS: FULL}


def test_a_file_of_another_version_is_replaced(path):
    with FeedStates(path) as file:
        file._file.execute("ALTER TABLE feeds ADD COLUMN other")
        file.save([FULL])
    assert load(path) == {}


def test_a_lake_that_was_never_followed_knows_no_feed(tmp_path):
    assert known_states(tmp_path) == {}
    assert list(tmp_path.iterdir()) == []
    save(tmp_path / NAME, FULL)
    assert known_states(tmp_path) == {ADDRESS: FULL}
