"""Compute the next poll of a feed from its state and the last poll's result. Pure functions.

    headers = conditions(state, now)  # headers of the next request
    state = after(state, result)      # store this state only after the entries are committed

A feed is polled twice per mean time between two entries. If the feed or its server asks for longer
pauses, the pauses are longer. Failures also make the pause longer, but polling never stops.
"""

import re
from dataclasses import replace
from datetime import datetime, timedelta
from hashlib import sha256
from math import exp

from newslake.transforms.feeds.schedule.feed_state import FIRST, FeedState, PollResult
from newslake.transforms.feeds.schedule.server_hints import allowed, asked_to_wait, hinted

MIN_PAUSE, MAX_PAUSE = timedelta(minutes=10), timedelta(hours=24)
"""Minimum and maximum time between two polls."""

MEMORY = timedelta(days=7)
"""Time constant of the mean entry rate: a week, so that nights and weekends are averaged."""

FULL_FETCH_EVERY = timedelta(hours=24)
"""After this time without 200, a poll is unconditional, as some servers always return 304."""

LATE = timedelta(hours=3)
"""If a new entry is older than the last 304 by more than this time, that 304 was wrong."""

DISTRUST = timedelta(days=30)
"""After a wrong 304 response, polls are unconditional for this time."""

RATE_LIMITED_WAIT = timedelta(hours=1)
"""Minimum pause after a 403 response that means "too many requests"."""

MOVED_SIGHTINGS, MOVED_FOR = 3, timedelta(hours=72)
"""Minimum number and time span of permanent redirects to a URL before newslake polls that URL."""

GONE_AFTER, GONE_INTERVAL = timedelta(hours=24), timedelta(days=30)
"""If a feed returns 410 for `GONE_AFTER`, the pause between two polls is `GONE_INTERVAL`."""

CROWDED = 2 / 3
"""If at least this share of a feed's entries is new, the pause may have been too long."""

_JITTER = 0.1
_VALIDATOR = re.compile(r"[ -~]{1,512}")
"""A validator that is safe to send: printable ASCII, at most 512 characters."""


def first(feed: str, now: datetime) -> FeedState:
    """Return the state of a new feed, which is due now."""
    return FeedState(feed=feed, address=feed, next_at=now, since=now)


def in_condition(state: FeedState, condition: str, now: datetime) -> FeedState:
    """Return `state` with a condition of `CONDITIONS`, which begins now unless it is the same."""
    if state.condition == condition and state.since:
        return state
    return replace(state, condition=condition, since=now)


def conditions(state: FeedState, now: datetime) -> dict[str, str]:
    """Return the headers of a conditional request; empty once a day and after a wrong 304."""
    if state.distrusted_until and now < state.distrusted_until:
        return {}
    if state.read_at is None or now - state.read_at >= FULL_FETCH_EVERY:
        return {}
    if state.sitemaps:  # a sitemap may change although its index does not
        return {}
    return validators(state.etag, state.last_modified)


def validators(etag: str, last_modified: str) -> dict[str, str]:
    """Return the headers of a request with these validators, without those that are not safe."""
    headers = {"If-None-Match": etag, "If-Modified-Since": last_modified}
    return {name: value for name, value in headers.items() if _VALIDATOR.fullmatch(value)}


def after(state: FeedState, result: PollResult) -> FeedState:
    """Return the feed's state after a poll. Store it only after the poll's entries are committed.

    `state` is the state before the poll; `result` has `new` and `oldest_new` set.
    """
    state = _with_redirect(replace(state, asked_at=result.at), result)
    updated = _failed(state, result) if result.failure else _answered(state, result)
    return in_condition(updated, updated.polled_condition, result.at)


def _answered(state: FeedState, result: PollResult) -> FeedState:
    """Return the state after a successful poll."""
    unchanged = result.status == 304 or result.body_hash == state.body_hash
    had_wrong_304 = _had_wrong_304(state, result)
    updated = replace(
        state,
        rate=_rate(state, result.at, result.new),
        answered_at=result.at,
        read_at=result.at if result.status == 200 else state.read_at,
        etag=result.headers.get("etag", state.etag if unchanged else ""),
        last_modified=result.headers.get("last-modified", state.last_modified if unchanged else ""),
        body_hash=state.body_hash if unchanged else result.body_hash,
        distrusted_until=result.at + DISTRUST if had_wrong_304 else state.distrusted_until,
        hints=result.hints or state.hints,
        sitemaps=state.sitemaps if result.status == 304 else result.sitemaps,
        by_link=state.by_link or result.by_link,
        is_empty=state.is_empty if unchanged else not result.entries,
        failures=0,
        fault="",
        gone_since=None,
    )
    pause = max(_interval(state, updated, result), hinted(result, updated.hints))
    return replace(updated, next_at=allowed(result.at + pause, updated.hints))


def moved(state: FeedState) -> str | None:
    """Return the URL that the feed has moved to; None if it has not moved or moved recently."""
    if state.moved_since is None or state.asked_at is None or state.failures:
        return None
    long_enough = state.asked_at - state.moved_since >= MOVED_FOR
    return state.moved_to if long_enough and state.moved_sightings >= MOVED_SIGHTINGS else None


def at_new_address(state: FeedState, address: str) -> FeedState:
    """Return the state with `address` as the URL to poll. The feed's name does not change."""
    return replace(state, address=address, moved_to="", moved_since=None, moved_sightings=0)


def _rate(state: FeedState, now: datetime, new: int) -> float:
    """Return the exponentially weighted mean number of entries per day.

    The first poll does not change the rate: the age of its entries is unknown.
    """
    if state.answered_at is None:
        return state.rate
    elapsed = max(now - state.answered_at, timedelta(seconds=1))
    weight = exp(-(elapsed / MEMORY))
    return weight * state.rate + (1 - weight) * new / (elapsed / timedelta(days=1))


def _interval(before: FeedState, state: FeedState, result: PollResult) -> timedelta:
    """Return half the mean time between two entries; less time if newslake may have missed entries.

    The pause before the second poll differs widely between feeds. Otherwise all feeds of a long
    new list would be polled at the same time.
    """
    if before.answered_at is None:
        return FIRST * (0.5 + _fraction(state.feed))
    pause = timedelta(days=1) / max(2 * state.rate, 0.01)
    if result.entries and result.new >= CROWDED * result.entries:
        pause = min(pause, (result.at - before.answered_at) / 2)
    return _jittered(min(max(pause, MIN_PAUSE), MAX_PAUSE), state.feed)


def _failed(state: FeedState, result: PollResult) -> FeedState:
    """Return the state after a failed poll; the pause doubles with each consecutive failure."""
    failures = state.failures + 1
    pause = max(timedelta(days=1) / max(2 * state.rate, 0.01), MIN_PAUSE)
    pause = min(pause * 2 ** min(failures - 1, 16), MAX_PAUSE)
    gone_since = state.gone_since
    if result.status == 410:
        gone_since = gone_since or result.at
        pause = GONE_INTERVAL if result.at - gone_since >= GONE_AFTER else GONE_AFTER
    elif result.status:
        gone_since = None
    if _is_rate_limited(state, result):
        pause = max(pause, RATE_LIMITED_WAIT)
    next_at = result.at + max(_jittered(pause, state.feed), asked_to_wait(result))
    return replace(
        state,
        next_at=next_at,
        failures=failures,
        fault=result.failure,
        gone_since=gone_since,
        sitemaps=result.sitemaps or state.sitemaps,
    )


def _is_rate_limited(state: FeedState, result: PollResult) -> bool:
    """Return whether a 403 response means "too many requests".

    True if a poll succeeded in the last 24 hours, or if the response is a Cloudflare challenge.
    """
    if result.status != 403:
        return False
    was_open = state.answered_at and result.at - state.answered_at < timedelta(hours=24)
    return bool(was_open) or result.headers.get("cf-mitigated") == "challenge"


def _with_redirect(state: FeedState, result: PollResult) -> FeedState:
    """Return the state with the new count of permanent redirects; a new target resets it to 1."""
    if not result.status:
        return state
    if not result.moved_to:
        return replace(state, moved_to="", moved_since=None, moved_sightings=0)
    if result.moved_to != state.moved_to:
        return replace(state, moved_to=result.moved_to, moved_since=result.at, moved_sightings=1)
    return replace(state, moved_sightings=state.moved_sightings + 1)


def _had_wrong_304(state: FeedState, result: PollResult) -> bool:
    """Return whether the response to an unconditional request shows that an earlier 304 was wrong.

    The 304 was wrong if the response contains new entries but has the old validators, or if it
    contains a new entry that is much older than the last 304.
    """
    had_304 = state.answered_at is not None and state.answered_at != state.read_at
    if result.conditional or result.status != 200 or not result.new or not had_304:
        return False
    etag, modified = result.headers.get("etag", ""), result.headers.get("last-modified", "")
    if (etag or modified) and (etag, modified) == (state.etag, state.last_modified):
        return True
    assert state.answered_at
    return result.oldest_new is not None and result.oldest_new < state.answered_at - LATE


def _jittered(pause: timedelta, feed: str) -> timedelta:
    """Return `pause`, but up to 10% longer or shorter; each feed has a constant factor."""
    return pause * (1 + _JITTER * (2 * _fraction(feed) - 1))


def _fraction(feed: str) -> float:
    """Return a pseudo-random number from 0 to 1 that depends only on the feed's URL."""
    return int.from_bytes(sha256(feed.encode()).digest()[:4]) / 2**32
