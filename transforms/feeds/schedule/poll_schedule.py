"""When to ask a feed again, and how: from what is known of it and its last answer. Pure.

    sent = conditions(state, now)     # headers of the next request
    state = after(state, answer)      # to be remembered only when its entries are committed

A feed is asked twice in the mean time between two of its entries, never more often than it and its
server allow, less often while it fails, and for ever: no fault ends it.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from math import exp

from newslake.transforms.feeds.schedule.feed_state import FIRST, FeedState, PollResult
from newslake.transforms.feeds.schedule.server_hints import allowed, asked_to_wait, hinted

SHORTEST, LONGEST = timedelta(minutes=10), timedelta(hours=24)
"""Time between two polls: at least, and at most."""

MEMORY = timedelta(days=7)
"""How far back the rate of entries looks: a week has its nights and its Sunday in it."""

LOOK_EVERY = timedelta(hours=24)
"""Without a whole answer for so long, a feed is asked for one: some servers say 304 for ever."""

LATE = timedelta(hours=3)
"""A new entry that is older than the last 304 by more than this was there and kept from us."""

DISTRUST = timedelta(days=30)
"""So long are validators not used that have kept entries from us."""

REFUSED_WAIT = timedelta(hours=1)
"""Pause after a 403 that means `too often`."""

MOVED_SIGHTINGS, MOVED_FOR = 3, timedelta(hours=72)
"""So often and so long must a feed be sent on to one address before that is its own."""

GONE_AFTER, GONE_INTERVAL = timedelta(hours=24), timedelta(days=30)
"""A feed that says 410 for so long is asked so seldom."""

CROWDED = 2 / 3
"""Share of new entries in a document from which some may have passed unseen."""

_JITTER = 0.1
_VALIDATOR = re.compile(r"[ -~]{1,512}")


def first(feed: str, now: datetime) -> FeedState:
    """Return the state of a feed that nothing is known of: to be polled now."""
    return FeedState(feed=feed, address=feed, next_at=now)


def conditions(state: FeedState, now: datetime) -> dict[str, str]:
    """Return the headers that ask for the document only if it has changed; none once a day."""
    if state.distrusted_until and now < state.distrusted_until:
        return {}
    if state.read_at is None or now - state.read_at >= LOOK_EVERY:
        return {}
    validators = {"If-None-Match": state.etag, "If-Modified-Since": state.last_modified}
    return {name: value for name, value in validators.items() if _sendable(value)}


def after(state: FeedState, answer: PollResult) -> FeedState:
    """Return the state after `answer`: to be remembered when its entries are committed.

    Args:
        state: Before it.
        answer: With `new` counted against all that the lake and this run know.
    """
    state = _sighted(replace(state, asked_at=answer.at), answer)
    if answer.failure:
        return _failed(state, answer)
    known = answer.status == 304 or answer.body_hash == state.body_hash
    updated = replace(
        state,
        rate=_rate(state, answer.at, answer.new),
        answered_at=answer.at,
        read_at=answer.at if answer.status == 200 else state.read_at,
        etag=answer.headers.get("etag", state.etag if known else ""),
        last_modified=answer.headers.get("last-modified", state.last_modified if known else ""),
        body_hash=state.body_hash if known else answer.body_hash,
        distrusted_until=answer.at + DISTRUST if _lied(state, answer) else state.distrusted_until,
        hints=answer.hints or state.hints,
        by_link=state.by_link or answer.by_link,
        failures=0,
        fault="",
        gone_since=None,
    )
    pause = max(_interval(state, updated, answer), hinted(answer, updated.hints))
    return replace(updated, next_at=allowed(answer.at + pause, updated.hints))


def moved(state: FeedState) -> str | None:
    """Return the address that has become the feed's own; None if there is none, or not yet."""
    if state.moved_since is None or state.asked_at is None or state.failures:
        return None
    long_enough = state.asked_at - state.moved_since >= MOVED_FOR
    return state.moved_to if long_enough and state.moved_sightings >= MOVED_SIGHTINGS else None


def at_new_address(state: FeedState, address: str) -> FeedState:
    """Return the state of the feed, polled at `address` from now on; in the lake it keeps its name."""
    return replace(state, address=address, moved_to="", moved_since=None, moved_sightings=0)


def _sendable(validator: str) -> bool:
    """Return whether a validator can be sent back as it came: no line end, no novel."""
    return bool(_VALIDATOR.fullmatch(validator))


def _rate(state: FeedState, now: datetime, new: int) -> float:
    """Return the mean entries a day, older days counting less and less.

    What the first document holds tells nothing of when it came.
    """
    if state.answered_at is None:
        return state.rate
    elapsed = max(now - state.answered_at, timedelta(seconds=1))
    kept = exp(-(elapsed / MEMORY))
    return kept * state.rate + (1 - kept) * new / (elapsed / timedelta(days=1))


def _interval(before: FeedState, state: FeedState, answer: PollResult) -> timedelta:
    """Return half the mean time between two entries, less if entries may have passed unseen.

    The second poll is spread over a whole interval, so that a long list is not asked in bursts.
    """
    if before.answered_at is None:
        return FIRST * (0.5 + _fraction(state.feed))
    pause = timedelta(days=1) / max(2 * state.rate, 0.01)
    if answer.entries and answer.new >= CROWDED * answer.entries:
        pause = min(pause, (answer.at - before.answered_at) / 2)
    return _jittered(min(max(pause, SHORTEST), LONGEST), state.feed)


def _failed(state: FeedState, answer: PollResult) -> FeedState:
    """Return the state after a poll that brought no feed: asked again, later each time."""
    failures = state.failures + 1
    pause = max(timedelta(days=1) / max(2 * state.rate, 0.01), SHORTEST)
    pause = min(pause * 2 ** min(failures - 1, 16), LONGEST)
    gone_since = state.gone_since
    if answer.status == 410:
        gone_since = gone_since or answer.at
        pause = GONE_INTERVAL if answer.at - gone_since >= GONE_AFTER else GONE_AFTER
    elif answer.status:
        gone_since = None
    if _refused(state, answer):
        pause = max(pause, REFUSED_WAIT)
    pause = max(_jittered(pause, state.feed), asked_to_wait(answer))
    return replace(
        state,
        next_at=answer.at + pause,
        failures=failures,
        fault=answer.failure,
        gone_since=gone_since,
    )


def _refused(state: FeedState, answer: PollResult) -> bool:
    """Return whether a 403 means that we ask too often: it was open, or a guard stands before it."""
    if answer.status != 403:
        return False
    open_before = state.answered_at and answer.at - state.answered_at < timedelta(hours=24)
    return bool(open_before) or answer.headers.get("cf-mitigated") == "challenge"


def _sighted(state: FeedState, answer: PollResult) -> FeedState:
    """Return the state with a permanent redirect counted; one that changes begins anew."""
    if not answer.status:
        return state
    if not answer.moved_to:
        return replace(state, moved_to="", moved_since=None, moved_sightings=0)
    if answer.moved_to != state.moved_to:
        return replace(state, moved_to=answer.moved_to, moved_since=answer.at, moved_sightings=1)
    return replace(state, moved_sightings=state.moved_sightings + 1)


def _lied(state: FeedState, answer: PollResult) -> bool:
    """Return whether a whole answer shows that the 304s before it were wrong.

    It holds new entries under the old validators, or such as were there long before the last 304.
    """
    said_304 = state.answered_at is not None and state.answered_at != state.read_at
    if answer.conditional or answer.status != 200 or not answer.new or not said_304:
        return False
    etag, modified = answer.headers.get("etag", ""), answer.headers.get("last-modified", "")
    if (etag or modified) and (etag, modified) == (state.etag, state.last_modified):
        return True
    assert state.answered_at
    return answer.oldest_new is not None and answer.oldest_new < state.answered_at - LATE


def _jittered(pause: timedelta, feed: str) -> timedelta:
    """Return `pause`, up to a tenth longer or shorter, always the same for one feed."""
    return pause * (1 + _JITTER * (2 * _fraction(feed) - 1))


def _fraction(feed: str) -> float:
    """Return a number from 0 to 1 that is drawn for the feed once and for all."""
    return int.from_bytes(sha256(feed.encode()).digest()[:4]) / 2**32
