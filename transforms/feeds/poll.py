"""Poll a feed once: return the entries, and the data of the response for the poll schedule."""

import asyncio
from dataclasses import dataclass, replace

from newslake.schemas.identity import payload_digest
from newslake.schemas.rows import Fetch
from newslake.transforms.feeds.entries.announcement import FeedItem, announcement
from newslake.transforms.feeds.entries.keys import keyed
from newslake.transforms.feeds.parse.any_feed import read_feed
from newslake.transforms.feeds.parse.feed import Feed
from newslake.transforms.feeds.schedule.feed_state import FeedState, PollResult
from newslake.transforms.feeds.schedule.poll_schedule import conditions
from newslake.transforms.feeds.sitemap_index import SitemapIndex
from newslake.transforms.fetch.client import parse_url
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_page import with_visit
from newslake.transforms.fetch.fetch_rows import ended, reason_of, request
from newslake.transforms.fetch.visitor import Visit, Visitor
from newslake.transforms.read.warc.fields import POLL
from newslake.transforms.web.optouts import optouts
from newslake.transforms.web.urls import web_address

MAX_PAGE_HOSTS = 2
"""Maximum number of hosts per poll whose opt-outs are requested for pages of entries. Without this
limit, a feed could send newslake to many hosts that do not respond."""

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
        if result.status == 200 and (state.sitemaps or result.body_hash != state.body_hash):
            # Parsing runs in a thread, so that a slow feed does not make other requests time out.
            response = visit.response
            feed = await asyncio.to_thread(read_feed, response.body, response.url, result.headers)
            if feed.sitemaps is not None:
                result, feed = await _with_sitemaps(state, result, feed, visit, visitor)
            result, entries = await asyncio.to_thread(_items, state, result, feed)
            row = replace(row, unread_entries=feed.left_out + feed.incomplete)
            entries = await _with_optouts(entries, visit, visitor)
    except Exception as error:  # noqa: BLE001 a bug in newslake must not stop the other feeds
        result = replace(result, fault=reason_of(error))
    return Polled(state, result, ended(row, result.failure, clock.now()), entries)


async def _with_optouts(
    items: tuple[FeedItem, ...], visit: Visit, visitor: Visitor
) -> tuple[FeedItem, ...]:
    """Return the items; those that contain the whole article get the publisher's opt-outs.

    These are the opt-outs for the feed, and those for the entry's page.
    """
    of_feed = optouts(visit.response.header_lines(), "", visit.optouts)
    asked: set[str] = set()
    found = []
    for item in items:
        stated = set(of_feed)
        if item.html and (url := item.row.url):
            host = parse_url(url).host
            if host in asked or len(asked) < MAX_PAGE_HOSTS:
                asked.add(host)
                stated.update(await visitor.optouts(url))
        found.append(item._replace(optouts=sorted(stated)) if item.html else item)
    return tuple(found)


def _with_response(result: PollResult, visit: Visit) -> PollResult:
    response = visit.response
    all_permanent = all(status in PERMANENT for status, _ in visit.redirects)
    return replace(
        result,
        status=response.status,
        headers=response.named_headers,
        moved_to=visit.redirects[-1][1] if visit.redirects and all_permanent else "",
        body_hash=payload_digest(response.body) if response.status == 200 else "",
    )


async def _with_sitemaps(
    state: FeedState, result: PollResult, index: Feed, visit: Visit, visitor: Visitor
) -> tuple[PollResult, Feed]:
    """Return the result of the poll, and `index` with the entries of its sitemaps.

    The poll has failed if no sitemap can be read and none is unchanged.
    """
    sitemaps = SitemapIndex(visitor, state.sitemaps)
    await sitemaps.walk(index, visit.response.url)
    if sitemaps.failures and not sitemaps.reached:
        reason = sitemaps.failures[0].reason
        return replace(result, fault=reason, sitemaps=sitemaps.read), index
    hashes = [result.body_hash, *sorted(one.body_hash for one in sitemaps.read.values())]
    result = replace(
        result,
        body_hash=payload_digest(" ".join(hashes).encode()),
        entries=sitemaps.addresses,
        sitemaps=sitemaps.read,
    )
    return result, replace(index, entries=sitemaps.entries, left_out=sitemaps.unread)


def _items(
    state: FeedState, result: PollResult, feed: Feed
) -> tuple[PollResult, tuple[FeedItem, ...]]:
    """Return the result of the poll, and the entries of `feed`."""
    keys = keyed(feed.entries, state.by_link)
    name = web_address(state.feed) or ""
    entries = tuple(announcement(name, entry, result.at) for entry in keys.entries)
    total = result.entries or len(entries)
    return replace(result, entries=total, hints=feed.hints, by_link=keys.by_link), entries
