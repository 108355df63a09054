"""One poll of a feed: what it holds now, and what the policy must know of the answer."""

import asyncio
from dataclasses import dataclass, replace

from schemas.identity import payload_digest
from schemas.reasons import Reject
from schemas.rows import Announcement
from transforms.address import web_address
from transforms.feeds.announcement import announcement
from transforms.feeds.formats import read_feed
from transforms.feeds.keys import Keyed, keyed
from transforms.feeds.policy import conditions
from transforms.feeds.poll import Answer, FeedState
from transforms.fetch.clock import Clock
from transforms.fetch.response import Response
from transforms.fetch.visitor import Visit, Visitor

PERMANENT = {301, 308}
"""Redirects that mean: ask there from now on."""


@dataclass(frozen=True)
class Polled:
    """What a poll brought."""

    state: FeedState
    """What was known of the feed before."""
    answer: Answer
    """What it answered; which entries are new is not told yet."""
    entries: tuple[tuple[Announcement, Keyed], ...] = ()
    """All that its document holds, with the row of each; nothing if it is the same as last time."""


async def poll(state: FeedState, visitor: Visitor, clock: Clock) -> Polled:
    """Ask a feed what it holds now; whatever goes wrong is a fault of the answer.

    Args:
        state: What is known of it.
        visitor: Gets it.
        clock: What tells the time.
    """
    sent = conditions(state, clock.now())
    answer = Answer(at=clock.now(), conditional=bool(sent))
    try:
        visit = await visitor.get(state.address, sent)
        answer = _answered(answer, visit)
        if visit.response.status != 200:
            return Polled(state, answer)
        answer = replace(answer, body_hash=payload_digest(visit.response.body))
        if answer.body_hash == state.body_hash:
            return Polled(state, answer)
        # In a thread: what takes long to read must not let the time of other requests run out.
        return await asyncio.to_thread(_read, state, answer, visit.response)
    except Reject as error:
        return Polled(state, replace(answer, fault=error.reason))
    except Exception as error:  # noqa: BLE001 a bug of ours that one feed meets stops no other
        return Polled(state, replace(answer, fault=f"crash_{type(error).__name__}"))


def _answered(answer: Answer, visit: Visit) -> Answer:
    for_good = all(status in PERMANENT for status, _ in visit.redirects)
    return replace(
        answer,
        status=visit.response.status,
        headers={name.lower(): value for name, value in visit.response.headers},
        moved_to=visit.redirects[-1][1] if visit.redirects and for_good else "",
    )


def _read(state: FeedState, answer: Answer, response: Response) -> Polled:
    """Return what the document in `response` holds.

    Raises:
        Reject: it is no feed.
    """
    feed = read_feed(response.body, response.url, answer.headers)
    keys = keyed(feed.entries, state.by_link)
    name = web_address(state.feed) or ""
    entries = tuple((announcement(name, one, answer.at), one) for one in keys.entries)
    answer = replace(answer, entries=len(entries), hints=feed.hints, by_link=keys.by_link)
    return Polled(state, answer, entries)
