"""One poll of a feed: what it holds now, and what the policy must know of the answer."""

import asyncio
from dataclasses import dataclass, replace

from newslake.schemas.identity import payload_digest
from newslake.schemas.rows import Fetch
from newslake.transforms.feeds.entries.announcement import FeedItem, announcement
from newslake.transforms.feeds.entries.keys import keyed
from newslake.transforms.feeds.parse.formats import read_feed
from newslake.transforms.feeds.schedule.feed_state import FeedState, PollResult
from newslake.transforms.feeds.schedule.poll_schedule import conditions
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.crawl import with_visit
from newslake.transforms.fetch.fetch_rows import ended, reason_of, request
from newslake.transforms.fetch.response import Response
from newslake.transforms.fetch.visitor import Visit, Visitor
from newslake.transforms.read.warc.fields import POLL
from newslake.transforms.web.urls import web_address

PERMANENT = {301, 308}
"""Redirects that mean: ask there from now on."""


@dataclass(frozen=True)
class Polled:
    """What a poll brought."""

    state: FeedState
    """What was known of the feed before."""
    answer: PollResult
    """What it answered; which entries are new is not told yet."""
    row: Fetch
    """The request."""
    entries: tuple[FeedItem, ...] = ()
    """All that its document holds; nothing if it is the same as last time."""


async def poll(state: FeedState, visitor: Visitor, clock: Clock) -> Polled:
    """Ask a feed what it holds now; whatever goes wrong is a fault of the answer.

    Args:
        state: What is known of it.
        visitor: Gets it.
        clock: What tells the time.
    """
    sent = conditions(state, clock.now())
    answer = PollResult(at=clock.now(), conditional=bool(sent))
    row = replace(request(state.address, "feed", answer.at), feed=web_address(state.feed))
    polled = Polled(state, answer, row)
    try:
        visit = await visitor.get(state.address, POLL, sent)
        polled = Polled(state, _answered(answer, visit), with_visit(row, visit))
        polled = await _with_document(polled, visit.response)
    except Exception as error:  # noqa: BLE001 a bug of ours that one feed meets stops no other
        polled = replace(polled, answer=replace(polled.answer, fault=reason_of(error)))
    return replace(polled, row=ended(polled.row, polled.answer.failure, clock.now()))


async def _with_document(polled: Polled, response: Response) -> Polled:
    """Return the poll with what its document holds, unless it is the same as last time.

    Raises:
        Reject: it is no feed.
    """
    if response.status != 200:
        return polled
    answer = replace(polled.answer, body_hash=payload_digest(response.body))
    polled = replace(polled, answer=answer)
    if answer.body_hash == polled.state.body_hash:
        return polled
    # In a thread: what takes long to read must not let the time of other requests run out.
    return await asyncio.to_thread(_read, polled, response)


def _answered(answer: PollResult, visit: Visit) -> PollResult:
    for_good = all(status in PERMANENT for status, _ in visit.redirects)
    return replace(
        answer,
        status=visit.response.status,
        headers={name.lower(): value for name, value in visit.response.headers},
        moved_to=visit.redirects[-1][1] if visit.redirects and for_good else "",
    )


def _read(polled: Polled, response: Response) -> Polled:
    """Return the poll with what the document in `response` holds.

    Raises:
        Reject: it is no feed.
    """
    answer = polled.answer
    feed = read_feed(response.body, response.url, answer.headers)
    keys = keyed(feed.entries, polled.state.by_link)
    name = web_address(polled.state.feed) or ""
    entries = tuple(announcement(name, one, answer.at) for one in keys.entries)
    answer = replace(answer, entries=len(entries), hints=feed.hints, by_link=keys.by_link)
    return replace(polled, answer=answer, entries=entries)
