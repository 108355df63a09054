"""What an address holds, for people: is it a feed, which feeds does its page offer, what is wrong."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newslake.schemas.reasons import NotAFeed, Reject
from newslake.transforms.extract.fields.dates import believed
from newslake.transforms.extract.text.charset import decode
from newslake.transforms.feeds.discovery import feeds_of_page
from newslake.transforms.feeds.entries.full_text import full_text
from newslake.transforms.feeds.entries.keys import keyed
from newslake.transforms.feeds.parse.feed import Feed, FeedEntry
from newslake.transforms.feeds.parse.formats import read_feed

MOST_OFFERED = 10
"""So many of the feeds that a page offers are looked at."""

STALE = timedelta(days=30)
"""A feed without news for so long may be abandoned."""


@dataclass(frozen=True)
class Page:
    """What an address gave."""

    address: str
    """After all redirects; empty for a file."""
    body: bytes
    """Unpacked."""
    headers: Mapping[str, str] = field(default_factory=dict)
    """Of the response, names in lower case; empty for a file."""


Get = Callable[[str], Page]
"""Returns what an address gives, or raises `Reject`."""


@dataclass(frozen=True)
class Inspected:
    """An address that was looked at."""

    address: str
    feed: Feed | None
    """None if it is no feed."""
    findings: list[str]
    """What is wrong, in words; empty if nothing is."""

    @property
    def newest(self) -> datetime | None:
        """The latest date of its entries."""
        return _newest(self.feed.entries) if self.feed else None


def inspect(page: Page, now: datetime) -> Inspected:
    """Return what is to be said of a page that should be a feed."""
    try:
        feed = read_feed(page.body, page.address, page.headers)
    except Reject as error:
        return Inspected(page.address, None, [str(error)])
    return Inspected(page.address, feed, [*_findings(feed, now), *_findings_of_header(page)])


def find_feeds(page: Page, get: Get, now: datetime) -> list[Inspected]:
    """Return the feed that a page is, or those that it offers; none if there are none."""
    own = inspect(page, now)
    if own.feed:
        return [own]
    found = []
    for address in feeds_of_page(decode(page.body), page.address)[:MOST_OFFERED]:
        try:
            offered = inspect(get(address), now)
        except Reject:
            continue
        if offered.feed:
            found.append(offered)
    return found


def only_feed(page: Page, get: Get, now: datetime) -> Inspected:
    """Return the feed that a page is, or the first one that it offers.

    Raises:
        NotAFeed: neither.
    """
    found = find_feeds(page, get, now)
    if not found:
        raise NotAFeed("no feed, and no page that names one")
    return found[0]


def _findings(feed: Feed, now: datetime) -> list[str]:
    entries, total = feed.entries, len(feed.entries)
    if not entries:
        return [*feed.faults, "no entries"]
    keys = keyed(entries)
    newest = _newest(entries)
    strange = sum(
        entry.published_at is not None and not believed(entry.published_at, now)
        for entry in entries
    )
    told = {
        "without an address": sum(
            entry.link is None and full_text(entry) is None for entry in entries
        ),
        "without a title": sum(entry.title is None for entry in entries),
        "without a date": sum(not (entry.published_at or entry.updated_at) for entry in entries),
        "with a date that cannot be": strange,
        "with a date without a zone": sum(entry.published_at_naive for entry in entries),
        "that it holds twice": total - len(keys.entries),
    }
    findings = [*feed.faults]
    findings += [f"{count} of {total} entries {what}" for what, count in told.items() if count]
    if feed.left_out:
        findings.append(f"{feed.left_out} entries too many, which are not read")
    if keys.by_link:
        findings.append("its ids are not unique; entries go by their addresses")
    if newest and now - newest > STALE:
        findings.append(f"nothing new since {newest:%Y-%m-%d}")
    return findings


def _findings_of_header(page: Page) -> list[str]:
    """Return what is wrong with how a server gives the feed; nothing to say of a file."""
    if not page.headers:
        return []
    findings = []
    kind = page.headers.get("content-type", "").partition(";")[0].strip().lower()
    if not kind.endswith(("xml", "json", "rss", "atom", "rdf")):
        findings.append(f"served as {kind}" if kind else "served without a media type")
    if not {"etag", "last-modified"} & page.headers.keys():
        findings.append("cannot be asked whether it has changed: no ETag, no Last-Modified")
    return findings


def _newest(entries: list[FeedEntry]) -> datetime | None:
    return max(filter(None, (one.published_at or one.updated_at for one in entries)), default=None)
