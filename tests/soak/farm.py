"""A farm of simulated newspapers, with the habits of real newspapers and their servers.

Each paper is a separate host. Most have one feed, some have two. A paper's number selects its habit
(see `HABITS`); everything else is drawn from the seed. The response to a request depends on the time.
The farm records the requests that violate crawl politeness.
"""

import random
from bisect import bisect_right
from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256

from hostile import SITE_FILES, http_response
from items import Item, times

SHOWN = 30
"""Maximum number of entries in a feed."""
QUIET_DAYS = 1
"""Days at the end without new stories, in which all pending pages are fetched."""
CRAWL_DELAY = 10

HABITS = {
    1: "moves its feed permanently",
    2: "says 429 for some hours, with Retry-After",
    3: "says 503 for some hours",
    4: "is slow with pages for some hours: the first request for each never ends",
    5: "closes all connections for some hours",
    6: "changes all its guids",
    7: "demands a crawl delay of ten seconds",
    8: "forbids a folder, and announces pages in it",
    9: "responds 304 even if the feed has changed",
    10: "announces missing pages",
}
"""Habit by the paper's number modulo 20; other papers have no faults."""


@dataclass
class Paper:
    host: str
    habit: int
    begin: datetime
    items: list[Item]
    trouble: tuple[datetime, datetime]
    """Begin and end of the time in which the habit is active."""
    feeds: tuple[str, ...]
    last_request: datetime | None = None
    served: dict[str, str] = field(default_factory=dict)
    """ETags of the feed documents that were last sent, by path."""

    @property
    def pause(self):
        return CRAWL_DELAY if self.habit == 7 else 1

    @property
    def robots(self):
        rules = {7: f"Crawl-delay: {CRAWL_DELAY}", 8: "Disallow: /private/"}.get(self.habit)
        return f"User-agent: *\n{rules}\n" if rules else None

    def in_trouble(self, now):
        return self.trouble[0] <= now < self.trouble[1]

    def shown(self, feed, now):
        """Return the stories of `feed`: all for the first feed, every third for the second."""
        until = bisect_right(self.items, now, key=lambda item: item.at)
        items = self.items[:until] if feed == self.feeds[0] else self.items[:until:3]
        return items[-SHOWN:]


@dataclass
class Farm:
    """The papers, and counts of the requests that they received.

    Attributes:
        seen: Counts: requests, gaps, short gaps, disallowed, unchanged, not modified, …
        versions: The versions of pages that were sent, by host and path.
    """

    papers: dict[str, Paper]
    port: int = 0
    seen: Counter = field(default_factory=Counter)
    versions: dict[tuple[str, str], set[bool]] = field(default_factory=dict)
    robots_requested: set[str] = field(default_factory=set)

    def url(self, paper, path):
        return f"http://{paper.host}:{self.port}{path}"

    def feeds(self):
        return [self.url(paper, feed) for paper in self.papers.values() for feed in paper.feeds]

    def http_response(self, request):
        """Return a complete response to a request, or the name of a trick."""
        paper = self.papers[request.host]
        self._judge(paper, request)
        if paper.in_trouble(request.at):
            if paper.habit == 2:
                return http_response(b"", "429 Too Many Requests", Retry_After=900)
            if paper.habit == 3:
                return http_response(b"", "503 Service Unavailable")
            if paper.habit == 5:
                return "hang-up"
        if request.target == "/robots.txt":
            return self._rules(paper)
        if request.target in SITE_FILES:
            return http_response(b"", "404 Not Found")
        if request.target.startswith("/feed"):
            return self._feed(paper, request)
        return self._page(paper, request)

    def _judge(self, paper, request):
        self.seen["requests"] += 1
        if paper.last_request is not None:
            gap = (request.at - paper.last_request).total_seconds()
            self.seen["gaps"] += 1
            self.seen["short gaps"] += gap < paper.pause - 1e-6
        paper.last_request = request.at
        if request.target == "/robots.txt":
            self.robots_requested.add(paper.host)
        forbidden = (
            request.target.startswith("/private/") or paper.host not in self.robots_requested
        )
        self.seen["disallowed"] += forbidden and request.target != "/robots.txt"

    def _rules(self, paper):
        if paper.robots is None:
            return http_response(b"", "404 Not Found")
        return http_response(paper.robots.encode(), Content_Type="text/plain")

    def _feed(self, paper, request):
        feed = request.target.removesuffix("-moved")
        if paper.habit == 1 and request.at >= paper.trouble[0] and request.target == feed:
            late = request.at >= paper.trouble[0] + timedelta(days=4)
            self.seen["requests to the old address for long"] += late
            return http_response(b"", "301 Moved", Location=self.url(paper, f"{feed}-moved"))
        document = self._document(paper, feed, request.at)
        etag = f'"{sha256(document).hexdigest()[:16]}"'
        wanted = request.headers.get("if-none-match")
        if paper.habit == 9 and paper.in_trouble(request.at) and wanted:
            return http_response(b"", "304 Not Modified", ETag=wanted)
        unchanged = paper.served.get(feed) == etag
        self.seen["unchanged"] += unchanged
        if wanted == etag:
            self.seen["not modified"] += unchanged
            return http_response(b"", "304 Not Modified", ETag=etag)
        paper.served[feed] = etag
        return http_response(document, Content_Type="application/rss+xml", ETag=etag)

    def _document(self, paper, feed, now):
        prefix = "again-" if paper.habit == 6 and now >= paper.trouble[0] else ""
        entries = "".join(
            f"<item><guid isPermaLink='false'>{prefix}{item.path}</guid>"
            f"<title>{item.title(now)}</title><link>{self.url(paper, item.path)}</link>"
            f"<pubDate>{item.at:%a, %d %b %Y %H:%M:%S} GMT</pubDate></item>"
            for item in reversed(paper.shown(feed, now))
        )
        head = f"<title>{paper.host}</title><link>{self.url(paper, '/')}</link>"
        return f'<rss version="2.0"><channel>{head}{entries}</channel></rss>'.encode()

    def _page(self, paper, request):
        key = paper.host, request.target
        is_first = key not in self.versions
        versions = self.versions.setdefault(key, set())
        if paper.habit == 4 and paper.in_trouble(request.at) and is_first:
            return "drip-body"
        item = self.item(paper, request.target)
        if item is None:
            return http_response(b"", "404 Not Found")
        versions.add(item.is_corrected(request.at))
        return http_response(item.page(request.at), Content_Type="text/html; charset=utf-8")

    def item(self, paper, path):
        """Return the story at `path`, or None."""
        number = int(path.rpartition("/")[2])
        return None if path.startswith("/gone/") else paper.items[number]


def farm(feeds, begin, days, per_day, seed):
    """Return a farm that publishes for `days` minus `QUIET_DAYS` days from `begin` on.

    Args:
        feeds: Number of feeds of all papers together.
        begin: Time of the first publication.
        days: Duration of the soak.
        per_day: Stories per paper and day.
        seed: Seed of all random numbers.
    """
    source = random.Random(seed)
    papers, numbers, left = {}, iter(range(10**9)), feeds
    agency = [next(numbers) for _ in range(10 * days)]
    while left > 0:
        number = len(papers)
        both = left > 1 and number % 4 == 0
        paper = _paper(
            number, ("/feed", "/feed-short") if both else ("/feed",), source, begin, days
        )
        _fill(paper, source, (days - QUIET_DAYS) * per_day, days - QUIET_DAYS, numbers, agency)
        papers[paper.host] = paper
        left -= len(paper.feeds)
    return Farm(papers)


def _paper(number, feeds, source, begin, days):
    trouble = begin + timedelta(days=days * source.uniform(0.2, 0.35))
    lasts = timedelta(hours=30 if number % 20 == 9 else source.uniform(2, 5))
    return Paper(
        f"paper{number}.example", number % 20, begin, [], (trouble, trouble + lasts), feeds
    )


def _fill(paper, source, stories, days, numbers, agency):
    """Add stories to a paper; 2% are agency stories, 3% of the others are corrected later."""
    for number, at in enumerate(times(source, paper.begin, days, stories)):
        folder = {8: "private", 10: "gone"}.get(paper.habit) if number % 10 == 0 else None
        is_agency = source.random() < 0.02
        corrected = not is_agency and source.random() < 0.03
        paper.items.append(
            Item(
                source.choice(agency) if is_agency else next(numbers),
                f"/{folder or 'news'}/{number}",
                at,
                at + timedelta(hours=source.uniform(2, 8)) if corrected else None,
            )
        )
