"""The feeds that are followed, with their states. `pending.py` decides when a state is stored."""

import sqlite3
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from newslake.schemas.rows import Announcement
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.poll import Polled
from newslake.transforms.feeds.schedule.feed_state import PAUSED, REMOVED, FeedState, FeedStates
from newslake.transforms.feeds.schedule.poll_schedule import (
    after,
    at_new_address,
    first,
    in_condition,
    moved,
)
from newslake.transforms.web.urls import web_address


class FollowedFeeds:
    """The feeds with their present states, and the store of these states.

    `follower` is the name of the stream that follows them; it is empty without a stream.
    """

    def __init__(
        self, store: FeedStates, feeds: Iterable[Listed], now: datetime, follower: str = ""
    ) -> None:
        self._store = store
        self._follower = follower
        self._changed: dict[str, FeedState] = {}
        self.states: dict[str, FeedState] = {}
        """The state of each feed in the list, by URL."""
        self._removed: dict[str, FeedState] = {}
        self.seen: list[FeedState] = []
        """The states of feeds after polls and after changes of the list. The caller clears them."""
        self.replace(feeds, now)
        names = set(self.names())
        self._set_conditions(
            in_condition(state, REMOVED, now)
            for name, state in self._stored().items()
            if name not in names and state.follower == follower and state.condition != REMOVED
        )

    def replace(self, feeds: Iterable[Listed], now: datetime) -> None:
        """Follow these feeds, and no others, from now on; do not poll those that are paused."""
        before, self.states = self.states, {}
        listed = {feed.address: feed for feed in feeds}
        new = [address for address in listed if address not in before]
        known = before | (self._store.load(new) if new else {}) | self._removed
        for address, feed in listed.items():
            state = replace(known.get(address) or first(address, now), follower=self._follower)
            condition = PAUSED if feed.is_paused else state.polled_condition
            self.states[address] = in_condition(state, condition, now)
        removed = [
            in_condition(before[feed], REMOVED, now) for feed in before if feed not in listed
        ]
        self._removed |= {state.feed: state for state in removed}
        for address in listed:
            self._removed.pop(address, None)
        changed = [state for feed, state in self.states.items() if state != before.get(feed)]
        self.seen += [*removed, *changed]
        self._set_conditions([*removed, *changed])

    def _stored(self) -> dict[str, FeedState]:
        with suppress(sqlite3.Error):
            return self._store.all()
        return {}

    def _set_conditions(self, states: Iterable[FeedState]) -> None:
        """Store the conditions of `states`. SQLite errors are ignored: only `coverage` is wrong."""
        with suppress(sqlite3.Error):
            self._store.set_conditions(states)

    def due(self, now: datetime) -> list[FeedState]:
        """Return the feeds that are due for a poll.

        A feed whose last poll is after `now` is due, too: the clock was set back since then.
        """
        return [
            state
            for state in self._polled()
            if state.next_at <= now or (state.asked_at and state.asked_at > now)
        ]

    def _polled(self) -> Iterator[FeedState]:
        return (state for state in self.states.values() if state.condition != PAUSED)

    def next_at(self) -> datetime | None:
        """Return the time when the next feed is due; None if no feed is polled."""
        return min((state.next_at for state in self._polled()), default=None)

    @property
    def counts(self) -> Counter[str]:
        """The number of feeds in the list by condition."""
        return Counter(state.condition for state in self.states.values())

    def names(self) -> list[str]:
        """Return the URLs of the feeds without secrets."""
        return [web_address(feed) or "" for feed in self.states]

    def add_poll(self, polled: Polled, new: Sequence[Announcement]) -> None:
        """Update the state of a feed after a poll, whose new entries are `new`."""
        times = [row.published_at for row in new if row.published_at]
        result = replace(polled.result, new=len(new), oldest_new=min(times, default=None))
        state = after(polled.state, result)
        if address := moved(state):
            state = at_new_address(state, address)
        state = self._changed[state.feed] = self._as_listed(state)
        if state.feed in self.states:
            self.states[state.feed] = state
        self.seen.append(state)

    def take_changed(self) -> dict[str, FeedState]:
        """Return the states after polls that are neither stored nor taken before."""
        changed, self._changed = self._changed, {}
        return changed

    def store_changed(self) -> None:
        """Store the states after polls. Call this after the feeds' announcements are committed.

        SQLite errors are ignored; the next commit tries again. The only effect is repeated polls.
        """
        if self.store(self._changed):
            self._changed.clear()

    def store(self, states: Mapping[str, FeedState]) -> bool:
        """Store `states` and return whether they are stored."""
        with suppress(sqlite3.Error):
            self._store.save(map(self._as_listed, states.values()))
            return True
        return False

    def _as_listed(self, state: FeedState) -> FeedState:
        """Return the state after a poll, but paused or removed if the list says so by now."""
        now = self.states.get(state.feed) or self._removed.get(state.feed)
        if now and now.condition in {PAUSED, REMOVED}:
            return replace(state, condition=now.condition, since=now.since)
        return state

    def start_again(self, now: datetime) -> None:
        """Return to the states that are stored; forget the other states."""
        self._changed.clear()
        feeds = [
            Listed(feed, is_paused=state.condition == PAUSED) for feed, state in self.states.items()
        ]
        self.states = {}
        self.replace(feeds, now)
