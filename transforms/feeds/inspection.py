"""Check a feed and describe its problems to the user; find the feeds that a page links to."""

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newslake.schemas.reasons import NotAFeed, Reject
from newslake.transforms.extract.fields.dates import is_plausible
from newslake.transforms.feeds.discovery import feeds_of_page
from newslake.transforms.feeds.entries.full_text import full_text
from newslake.transforms.feeds.entries.keys import keyed
from newslake.transforms.feeds.parse.any_feed import read_feed
from newslake.transforms.feeds.parse.feed import Feed, FeedEntry
from newslake.transforms.web.charset import decode

MAX_LINKED = 10
"""Maximum number of feeds of one page that are checked."""

STALE = timedelta(days=30)
"""A feed without new entries for this long may be abandoned."""


@dataclass(frozen=True)
class Page:
    """A response, or a file."""

    address: str
    """The URL after all redirects; empty for a file."""
    body: bytes
    """The content, decompressed."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """The response headers, with names in lower case; empty for a file."""


Get = Callable[[str], Page]
"""A function that fetches a URL or reads a file. If this fails, the function raises `Reject`."""


@dataclass(frozen=True)
class Inspected:
    """The result of checking one URL or file."""

    address: str
    feed: Feed | None
    """None if the content is not a feed."""
    findings: list[str]
    """Descriptions of the problems found; empty if there are none."""

    @property
    def newest(self) -> datetime | None:
        """The latest date of the feed's entries."""
        return _newest(self.feed.entries) if self.feed else None


def inspect(page: Page, now: datetime) -> Inspected:
    """Check whether a page is a feed, and return the feed with its problems."""
    try:
        feed = read_feed(page.body, page.address, page.headers)
    except Reject as error:
        return Inspected(page.address, None, [str(error)])
    return Inspected(page.address, feed, [*_feed_findings(feed, now), *_header_findings(page)])


def only_feed(page: Page, get: Get, now: datetime) -> Inspected:
    """Return the page if it is a feed; otherwise return the first feed that the page links to.

    Raises:
        NotAFeed: The page is not a feed and does not link to a feed.
    """
    own = inspect(page, now)
    if own.feed:
        return own
    for address in feeds_of_page(decode(page.body), page.address)[:MAX_LINKED]:
        with suppress(Reject):
            linked = inspect(get(address), now)
            if linked.feed:
                return linked
    raise NotAFeed("neither a feed nor a page that links to one: use the URL of the feed itself")


def _feed_findings(feed: Feed, now: datetime) -> list[str]:
    entries, total = feed.entries, len(feed.entries)
    findings = [*feed.faults]
    if feed.sitemaps is not None:
        text = (
            f"{len(feed.sitemaps):,} sitemaps (newslake reads those that change, the newest first)"
        )
        return [*findings, text]
    if feed.incomplete:
        findings.append(
            f"{feed.incomplete} more entries are incomplete or damaged and are not read"
        )
    if not entries:
        return [*findings, "no entries: check that this is the URL of the right feed"]
    keys = keyed(entries)
    newest = _newest(entries)
    without_url = sum(entry.link is None and full_text(entry) is None for entry in entries)
    without_title = sum(entry.title is None for entry in entries)
    without_date = sum(not (entry.published_at or entry.updated_at) for entry in entries)
    published = filter(None, (entry.published_at for entry in entries))
    impossible_dates = sum(not is_plausible(time, now) for time in published)
    without_zone = sum(entry.published_at_naive for entry in entries)
    counts = {
        "without a URL (newslake cannot fetch them)": without_url,
        "without a title (newslake looks for it on the page)": without_title,
        "without a date (newslake looks for it on the page)": without_date,
        "with an impossible date (newslake ignores the date)": impossible_dates,
        "with a date without a time zone (newslake assumes UTC)": without_zone,
        "repeated (newslake reads the first of each)": total - len(keys.entries),
    }
    findings += [f"{count} of {total} entries {what}" for what, count in counts.items() if count]
    if feed.left_out:
        findings.append(f"the last {feed.left_out} entries are over the limit and are not read")
    if keys.by_link:
        findings.append("guids are not unique (newslake identifies the entries by URL)")
    if newest and now - newest > STALE:
        findings.append(f"no new entry since {newest:%Y-%m-%d}: check whether the feed has moved")
    return findings


def _header_findings(page: Page) -> list[str]:
    """Return the problems in the response headers; none for a file."""
    if not page.headers:
        return []
    findings = []
    media_type = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not media_type.endswith(("xml", "json", "rss", "atom", "rdf")):
        sent = f"Content-Type is {media_type}" if media_type else "no Content-Type"
        findings.append(f"{sent} (newslake detects the format itself)")
    if not {"etag", "last-modified"} & page.headers.keys():
        findings.append("no ETag or Last-Modified: each poll downloads the whole feed")
    return findings


def _newest(entries: list[FeedEntry]) -> datetime | None:
    dates = (entry.published_at or entry.updated_at for entry in entries)
    return max(filter(None, dates), default=None)
