"""Fetch URLs with crawl politeness: robots.txt, pauses between requests, checked redirects."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newslake.schemas import reasons
from newslake.schemas.rows import Fetch
from newslake.transforms.fetch.archive import Archive, WarcPosition
from newslake.transforms.fetch.client import Client, parse_url
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_rows import answered, ended, request
from newslake.transforms.fetch.pace import LastRequests, Pace
from newslake.transforms.fetch.response import Response
from newslake.transforms.fetch.robots import ALLOW_ALL, Robots, parse_robots
from newslake.transforms.read.warc.fields import PAGE, ROBOTS, WarcFields

PAUSE_SECONDS = 1.0
"""Minimum pause between two requests to a host, in seconds."""
MAX_REDIRECTS = 5
"""Maximum number of redirects of one request."""
ROBOTS_MAX_AGE = timedelta(hours=24)
"""Maximum time for which a robots.txt is cached (RFC 9309, 2.4)."""
ROBOTS_RETRY = timedelta(minutes=10)
"""Wait before a new request for a robots.txt that could not be fetched."""
ROBOTS_GIVEN_UP = timedelta(days=30)
"""If robots.txt is not available for this time, all URLs are allowed (RFC 9309, 2.3.1.4)."""
HOST_BACKOFF = timedelta(minutes=10)
"""Pause after a response with status 429 and without Retry-After."""
MAX_WAIT = timedelta(hours=24)
"""Maximum wait. A longer Retry-After is reduced to this value."""


@dataclass
class _Rules:
    """The cached rules of a site's robots.txt."""

    robots: Robots | None
    """None if robots.txt could not be fetched."""
    expires_at: datetime
    """Time after which robots.txt is requested again."""
    failing_since: datetime | None = None
    """Time of the first failed request since the last successful request."""


@dataclass
class VisitorState:
    """State that successive visitors share: last requests, robots.txt rules, backoff of hosts."""

    last: LastRequests = field(default_factory=dict)
    """End of the last request, by host."""
    rules: dict[str, _Rules] = field(default_factory=dict)
    """Cached robots.txt rules, by origin."""
    backoff_until: dict[str, datetime] = field(default_factory=dict)
    """End of the pause that a host has requested, by host."""

    def tidy(self, now: datetime) -> None:
        """Delete outdated items, so that the state does not grow without limit."""
        for host in [host for host, at in self.last.items() if now - at > timedelta(hours=1)]:
            del self.last[host]
        for host in [host for host, until in self.backoff_until.items() if until <= now]:
            del self.backoff_until[host]
        for origin, rules in list(self.rules.items()):
            if rules.expires_at + ROBOTS_MAX_AGE < now and not rules.failing_since:
                del self.rules[origin]


@dataclass(frozen=True)
class Visit:
    """The result of fetching a URL."""

    response: Response
    """The last response, of any status."""
    redirects: tuple[tuple[int, str], ...]
    """Status and target of each redirect before the last response."""
    blocked_ai_agents: list[str]
    """AI crawlers that are blocked by the site's robots.txt."""
    position: WarcPosition
    """Position of the last response in the archive."""


@dataclass
class Visitor:
    """Fetches URLs. Obeys each site's robots.txt, and the pauses that responses request."""

    client: Client
    """Sends the requests."""
    clock: Clock
    agent: str
    """The product token of the crawler, for robots.txt."""
    state: VisitorState
    """The state of earlier visitors; updated in place."""
    archive: Archive | None = None
    """Stores all responses; None to store no responses."""
    robots_fetches: list[Fetch] = field(default_factory=list)
    """A row of `fetches` for each robots.txt that was requested."""

    def __post_init__(self) -> None:
        self.state.tidy(self.clock.now())
        self._pace = Pace(self.clock, self.state.last)
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(
        self, url: str, warc_fields: WarcFields = PAGE, headers: Mapping[str, str] | None = None
    ) -> Visit:
        """Fetch `url`, follow redirects and return the last response, whatever its status.

        Args:
            url: An absolute URL.
            warc_fields: The purpose of the request; archived with the response.
            headers: Additional request headers.

        Raises:
            RobotsDisallowed: The robots.txt forbids this URL or the target of a redirect.
            RobotsUnavailable: The robots.txt could not be fetched.
            TooManyRedirects: There are more than `MAX_REDIRECTS` redirects.
            Reject: `Client.get` rejects this URL or the target of a redirect.
        """
        redirects: list[tuple[int, str]] = []
        while True:
            robots = await self._rules_of(url)
            if not robots.allows(url):
                raise reasons.RobotsDisallowed(f"robots.txt disallows {self.agent}")
            response, position = await self._request(url, warc_fields, headers, robots.crawl_delay)
            if response.redirected_to is None:
                return Visit(response, tuple(redirects), robots.blocked_ai_agents(url), position)
            url = parse_url(response.redirected_to, base=url).href
            redirects.append((response.status, url))
            if len(redirects) > MAX_REDIRECTS:
                raise reasons.TooManyRedirects(f"more than {MAX_REDIRECTS}")

    def is_backing_off(self, url: str) -> bool:
        """Return whether the host of `url` has requested a pause, and the pause has not ended."""
        try:
            until = self.state.backoff_until.get(_origin_and_host(url)[1])
        except reasons.BadUrl:
            return False
        return until is not None and self.clock.now() < until

    async def _request(
        self, url: str, warc_fields: WarcFields, headers: Mapping[str, str] | None, delay: float
    ) -> tuple[Response, WarcPosition]:
        _, host = _origin_and_host(url)
        async with self._pace.turn(host, max(PAUSE_SECONDS, delay)):
            response = await self.client.get(url, headers)
        if backoff := _host_backoff(response):
            self.state.backoff_until[host] = self.clock.now() + backoff
        archived = self.archive.write(response, warc_fields) if self.archive else WarcPosition()
        return response, archived

    async def _rules_of(self, url: str) -> Robots:
        """Return the robots.txt rules for `url`, from the cache if they have not expired.

        Raises:
            RobotsUnavailable: The robots.txt could not be fetched.
            BadUrl, BadScheme, BlockedAddress: The URL is invalid or not allowed.
        """
        origin, _ = _origin_and_host(url)
        async with self._locks[origin]:
            cached = self.state.rules.get(origin)
            if cached is None or cached.expires_at <= self.clock.now():
                cached = self.state.rules[origin] = await self._fetch_rules(origin, cached)
        if cached.robots is None:
            raise reasons.RobotsUnavailable(f"{origin}/robots.txt could not be fetched")
        return cached.robots

    async def _fetch_rules(self, origin: str, cached: _Rules | None) -> _Rules:
        row, fault = request(f"{origin}/robots.txt", "robots", self.clock.now()), ""
        delay = cached.robots.crawl_delay if cached and cached.robots else 0.0
        try:
            response, redirects = await self._robots_txt(f"{origin}/robots.txt", delay)
            row = answered(row, response, redirects)
            robots = parse_robots(_robots_txt_of(response), self.agent)
            return _Rules(robots, self.clock.now() + ROBOTS_MAX_AGE)
        except reasons.Reject as error:
            fault = error.reason
            if isinstance(error, reasons.BadUrl | reasons.BadScheme | reasons.BlockedAddress):
                raise
            return self._fallback_rules(cached)
        finally:
            self.robots_fetches.append(ended(row, fault, self.clock.now()))

    def _fallback_rules(self, cached: _Rules | None) -> _Rules:
        """Return the rules to use while a robots.txt cannot be fetched."""
        now = self.clock.now()
        since = (cached and cached.failing_since) or now
        if now - since >= ROBOTS_GIVEN_UP:
            return _Rules(parse_robots(ALLOW_ALL, self.agent), now + ROBOTS_MAX_AGE, since)
        robots = cached.robots if cached and now - since < ROBOTS_MAX_AGE else None
        return _Rules(robots, now + ROBOTS_RETRY, since)

    async def _robots_txt(self, url: str, delay: float) -> tuple[Response, list[str]]:
        """Fetch a robots.txt; return its response and redirect targets, or raise `Reject`.

        `delay` is the crawl delay of the previous robots.txt, in seconds.
        """
        redirects: list[str] = []
        for _ in range(MAX_REDIRECTS + 1):
            response, _ = await self._request(url, ROBOTS, None, delay)
            if response.redirected_to is None:
                break
            url = parse_url(response.redirected_to, base=url).href
            redirects.append(url)
        return response, redirects


def _host_backoff(response: Response) -> timedelta | None:
    """Return the pause that `response` requests for the whole host; None if there is none."""
    if response.status == 429:
        return min(response.retry_after or HOST_BACKOFF, MAX_WAIT)
    if response.status == 503 and response.retry_after:
        return min(response.retry_after, MAX_WAIT)
    return None


def _robots_txt_of(response: Response) -> bytes:
    """Return the robots.txt in a response; `ALLOW_ALL` if the site has none.

    Raises:
        RobotsUnavailable: A status such as 429 or 503 does not show whether the file exists.
    """
    if response.status == 200:
        return response.body
    if 400 <= response.status < 500 and response.status != 429:
        return ALLOW_ALL
    raise reasons.RobotsUnavailable(f"status {response.status}")


def _origin_and_host(url: str) -> tuple[str, str]:
    """Return the origin and the host of a URL.

    Raises:
        BadUrl: The URL is invalid.
    """
    parsed = parse_url(url)
    return f"{parsed.protocol}//{parsed.host}", parsed.hostname
