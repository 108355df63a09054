"""Names feeds to the user: each time that their condition changes, and all that fail at the end."""

from collections.abc import Iterable
from datetime import datetime

from newslake.pipelines.commands import terminal
from newslake.transforms.feeds.schedule.feed_state import (
    BAD,
    DEAD,
    EMPTY,
    FAILING,
    NEW,
    PAUSED,
    REFUSED,
    REMOVED,
    FeedState,
)
from newslake.transforms.web.urls import web_address


class FeedReport:
    """Prints messages about feeds; it remembers the condition in which it has named each feed."""

    def __init__(self) -> None:
        self._named: dict[str, str] = {}

    def start(self, states: Iterable[FeedState]) -> None:
        """Take `states` as known. A feed that fails is named after its next failure."""
        self._named = {_name(one): NEW if one.condition in BAD else one.condition for one in states}

    def look(self, states: Iterable[FeedState]) -> None:
        """Print a line for each of `states` whose condition is not the one that was named last."""
        for state in states:
            feed, before = _name(state), self._named.get(_name(state))
            self._named[feed] = state.condition
            if before != state.condition and (message := _message(state, before)):
                terminal.say(f"newslake: {feed} {message}")

    def end(self, states: Iterable[FeedState]) -> None:
        """Print all feeds that fail, with reason and begin."""
        followed = [state for state in states if state.condition not in {PAUSED, REMOVED}]
        bad = [state for state in followed if state.condition in BAD]
        if bad:
            terminal.say(f"newslake: {len(bad):,} of {len(followed):,} feeds fail:")
        for state in bad:
            since = f"{state.condition} since {_minute(state.since)}"
            terminal.say(f"newslake:   {_name(state)}: {state.fault}, {since}")


def _message(state: FeedState, before: str | None) -> str:
    """Return what has happened to a feed since it was named as `before`; empty if it is normal."""
    how = "is gone" if state.gone_since else f"failed {state.failures} times in a row"
    messages = {
        FAILING: f"fails ({state.fault}); last answer: {_minute(state.answered_at)}; "
        f"next poll: {_minute(state.next_at)}",
        REFUSED: f"must not be polled ({state.fault}); next poll: {_minute(state.next_at)}",
        DEAD: f"{how} ({state.fault}); run `newslake feeds check`",
        EMPTY: "answers, but has no entries; check that this is the URL of the right feed",
        PAUSED: "is paused",
        REMOVED: "is no longer in the list",
    }
    if state.condition in messages:
        return messages[state.condition]
    if before in BAD:
        return "answers again"
    if before in {PAUSED, REMOVED}:
        return "is polled again"
    return "is new in the list" if before is None else ""


def _name(state: FeedState) -> str:
    return web_address(state.feed) or ""


def _minute(time: datetime | None) -> str:
    return f"{time:%Y-%m-%d %H:%M} UTC" if time else "never"
