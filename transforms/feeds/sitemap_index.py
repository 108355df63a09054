"""Follow the sitemaps of a sitemap index: the newest first, without those that have not changed."""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime

from newslake.schemas.identity import payload_digest
from newslake.schemas.reasons import Reject, TemporaryFailure, WithoutNews
from newslake.transforms.extract.fields.dates import read_time
from newslake.transforms.feeds.parse.any_feed import read_feed
from newslake.transforms.feeds.parse.feed import Feed, FeedEntry
from newslake.transforms.feeds.schedule.feed_state import Sitemap
from newslake.transforms.feeds.schedule.poll_schedule import validators
from newslake.transforms.fetch.fetch_page import check_status
from newslake.transforms.fetch.response import Response
from newslake.transforms.fetch.visitor import Visitor
from newslake.transforms.read.warc.fields import POLL

MAX_DEPTH = 3
"""Maximum depth of nested indexes; the index that the user has named has depth 1."""

MAX_ADDRESSES = 50_000
"""Maximum number of entries that are read from all sitemaps of an index; the others are counted."""

MAX_VISITS, MAX_FAILURES = 100, 3
"""Maximum number of requests, and of temporary failures, per poll. The other sitemaps follow in later
polls."""

MAX_SITEMAPS = 2_000
"""Maximum number of sitemaps of one index, the newest ones; the others are ignored."""

_UNKNOWN = datetime.min.replace(tzinfo=UTC)


@dataclass
class SitemapIndex:
    """The sitemaps below an index. `walk` visits those that may have changed."""

    visitor: Visitor
    known: Mapping[str, Sitemap]
    """The sitemaps after the last poll, by URL."""
    read: dict[str, Sitemap] = field(default_factory=dict)
    """The sitemaps after this poll. A sitemap that could not be visited is as it was."""
    entries: list[FeedEntry] = field(default_factory=list)
    """The entries of the sitemaps that have changed."""
    incomplete: int = 0
    """Number of damaged entries in these sitemaps."""
    failures: list[Reject] = field(default_factory=list)
    """The errors of the visits."""
    reached: int = 0
    """Number of sitemaps that are unchanged or that were visited without an error."""
    _visits: int = 0
    _busy: int = 0
    """Number of temporary failures."""
    _seen: set[str] = field(default_factory=set)

    @property
    def addresses(self) -> int:
        """The number of entries in all sitemaps that were read, in this poll or before."""
        return sum(sitemap.addresses for sitemap in self.read.values())

    @property
    def unread(self) -> int:
        """The number of entries that are over the limit or damaged."""
        return max(self.addresses - MAX_ADDRESSES, 0) + self.incomplete

    async def walk(self, index: Feed, address: str, depth: int = 1) -> None:
        """Visit the sitemaps of `index`, which has the URL `address`.

        Errors of a visit are kept in `failures`.
        """
        assert index.sitemaps is not None
        for url, changed_at in sorted(index.sitemaps, key=self._turn, reverse=True)[:MAX_SITEMAPS]:
            if url in self._seen:
                continue
            self._seen.add(url)
            known = self.known.get(url)
            is_unchanged = bool(known and changed_at and known.changed_at == changed_at)
            self.reached += is_unchanged
            if is_unchanged or self._visits >= MAX_VISITS or self._busy >= MAX_FAILURES:
                self._keep(url)
            else:
                self._visits += 1
                await self._visit(url, Sitemap(address, changed_at), depth)

    async def _visit(self, url: str, sitemap: Sitemap, depth: int) -> None:
        known = self.known.get(url)
        try:
            headers = validators(known.etag, known.last_modified) if known else {}
            response = (await self.visitor.get(url, POLL, headers)).response
            if response.status == 304 and known:
                self.reached += 1
                self._keep(url, sitemap.changed_at)
                return
            check_status(response)
            feed = await self._parsed(response)
        except Reject as error:
            self.failures.append(error)
            self._keep(url)
            failed = self.read.get(url, sitemap._replace(changed_at=""))._replace(has_failed=True)
            if isinstance(error, TemporaryFailure):
                self._busy += 1
            else:  # try again when it changes
                failed = failed._replace(changed_at=sitemap.changed_at)
            self.read[url] = failed
            return
        self.reached += 1
        if feed.sitemaps is not None:
            self.read[url] = sitemap
            if depth < MAX_DEPTH:
                await self.walk(feed, url, depth + 1)
            return
        sent = response.named_headers
        self.read[url] = sitemap._replace(
            etag=sent.get("etag", ""),
            last_modified=sent.get("last-modified", ""),
            body_hash=payload_digest(response.body),
            addresses=len(feed.entries) + feed.left_out,
        )
        self.incomplete += feed.incomplete
        if not (known and known.body_hash == self.read[url].body_hash):
            self.entries += feed.entries

    async def _parsed(self, response: Response) -> Feed:
        """Return the sitemap in `response`, with as many entries as the limit allows."""
        left = max(MAX_ADDRESSES - self.addresses, 0)
        try:
            return await asyncio.to_thread(
                read_feed, response.body, response.url, response.named_headers, left
            )
        except WithoutNews:
            return Feed("news_sitemap", None, None, [])

    def _keep(self, url: str, changed_at: str | None = None) -> None:
        """Keep what is known of a sitemap, and of the sitemaps below it."""
        if known := self.known.get(url):
            new = (
                known
                if changed_at is None
                else known._replace(changed_at=changed_at, has_failed=False)
            )
            self.read[url] = new
            self._seen.add(url)
            for child, sitemap in self.known.items():
                if sitemap.parent == url and child not in self._seen:
                    self._keep(child)

    def _turn(self, listed: tuple[str, str]) -> tuple[bool, datetime]:
        """Return the sort key of a sitemap: those that have failed, and those without a time, are last."""
        url, changed_at = listed
        time, _ = read_time(changed_at) or (_UNKNOWN, 0)
        known = self.known.get(url)
        return not (known and known.has_failed), time
