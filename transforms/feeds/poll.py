"""Poll a feed once: return the entries, and the data of the response for the poll schedule."""

import asyncio
from dataclasses import dataclass, replace

from newslake.schemas.identity import payload_digest
from newslake.schemas.rows import Fetch
from newslake.transforms.feeds.entries.announcement import FeedItem, announcement
from newslake.transforms.feeds.entries.keys import keyed
from newslake.transforms.feeds.parse.any_feed import read_feed
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
"""HTTP status codes of permanent redirects."""


@dataclass(frozen=True)
class Polled:
    """A feed after one poll."""

    state: FeedState
    """The feed's state before the poll."""
    result: PollResult
    """The poll's result. `new` and `oldest_new` are not set yet."""
    row: Fetch
    """The request's row of `fetches`."""
    entries: tuple[FeedItem, ...] = ()
    """All entries of the feed; empty if the body has not changed since the last poll."""


async def poll(state: FeedState, visitor: Visitor, clock: Clock) -> Polled:
    """Poll a feed with `visitor`. Every exception is stored as the result's `fault`."""
    headers = conditions(state, clock.now())
    result = PollResult(at=clock.now(), conditional=bool(headers))
    row = replace(request(state.address, "feed", result.at), feed=web_address(state.feed))
    entries: tuple[FeedItem, ...] = ()
    try:
        visit = await visitor.get(state.address, POLL, headers)
        result, row = _with_response(result, visit), with_visit(row, visit)
        if result.status == 200 and result.body_hash != state.body_hash:
            # Parsing runs in a thread, so that a slow feed does not make other requests time out.
            parse = asyncio.to_thread(_parsed, state, result, visit.response)
            result, entries, unread = await parse
            row = replace(row, unread_entries=unread)
    except Exception as error:  # noqa: BLE001 a bug in newslake must not stop the other feeds
        result = replace(result, fault=reason_of(error))
    return Polled(state, result, ended(row, result.failure, clock.now()), entries)


def _with_response(result: PollResult, visit: Visit) -> PollResult:
    response = visit.response
    all_permanent = all(status in PERMANENT for status, _ in visit.redirects)
    return replace(
        result,
        status=response.status,
        headers={name.lower(): value for name, value in response.headers},
        moved_to=visit.redirects[-1][1] if visit.redirects and all_permanent else "",
        body_hash=payload_digest(response.body) if response.status == 200 else "",
    )


def _parsed(
    state: FeedState, result: PollResult, response: Response
) -> tuple[PollResult, tuple[FeedItem, ...], int]:
    """Return `result`, the entries of the feed in `response`, and the number of unread entries.

    Raises:
        Reject: The body is not a feed.
    """
    feed = read_feed(response.body, response.url, result.headers)
    keys = keyed(feed.entries, state.by_link)
    name = web_address(state.feed) or ""
    entries = tuple(announcement(name, entry, result.at) for entry in keys.entries)
    result = replace(result, entries=len(entries), hints=feed.hints, by_link=keys.by_link)
    return result, entries, feed.left_out + feed.incomplete
