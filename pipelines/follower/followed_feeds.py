"""The feeds that are followed, with their states. `pending.py` decides when a state is stored."""

import sqlite3
from collections.abc import Iterable, Mapping, Sequence
from contextlib import suppress
from dataclasses import replace
from datetime import datetime

from newslake.schemas.rows import Announcement
from newslake.transforms.feeds.poll import Polled
from newslake.transforms.feeds.schedule.feed_state import FeedState, FeedStates
from newslake.transforms.feeds.schedule.poll_schedule import after, at_new_address, first, moved
from newslake.transforms.web.urls import web_address


class FollowedFeeds:
    """The feeds with their present states, and the store of these states."""

    def __init__(self, store: FeedStates, feeds: Iterable[str], now: datetime) -> None:
        self._store = store
        self._changed: dict[str, FeedState] = {}
        self.states: dict[str, FeedState] = {}
        """The state of each feed, by URL."""
        self.replace(feeds, now)

    def replace(self, feeds: Iterable[str], now: datetime) -> None:
        """Follow these feeds, and no others, from now on."""
        feeds = list(feeds)
        new = [feed for feed in feeds if feed not in self.states]
        known = self.states | (self._store.load(new) if new else {})
        self.states = {feed: known.get(feed) or first(feed, now) for feed in feeds}

    def due(self, now: datetime) -> list[FeedState]:
        """Return the feeds that are due for a poll."""
        return [state for state in self.states.values() if state.next_at <= now]

    def next_at(self) -> datetime | None:
        """Return the time when the next feed is due; None if there are no feeds."""
        return min((state.next_at for state in self.states.values()), default=None)

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
        self._changed[state.feed] = state
        if state.feed in self.states:
            self.states[state.feed] = state

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
            self._store.save(states.values())
            return True
        return False

    def start_again(self, now: datetime) -> None:
        """Return to the states that are stored; forget the other states."""
        self._changed.clear()
        feeds, self.states = list(self.states), {}
        self.replace(feeds, now)
