"""The files in which a site states its rules, robots.txt and tdmrep.json: fetched once a day."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from newslake.schemas import reasons
from newslake.schemas.rows import Fetch
from newslake.transforms.fetch.client import parse_url
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_rows import answered, ended, reason_of, request
from newslake.transforms.fetch.pace import Locks
from newslake.transforms.fetch.response import Response
from newslake.transforms.fetch.robots import ALLOW_ALL, Robots, parse_robots
from newslake.transforms.fetch.tdmrep import PATH, Reservations, parse_tdmrep
from newslake.transforms.read.warc.fields import ROBOTS, TDMREP, WarcFields

MAX_REDIRECTS = 5
"""Maximum number of redirects of one request."""
MAX_AGE = timedelta(hours=24)
"""Maximum time for which a file is cached (RFC 9309, 2.4)."""
ROBOTS_RETRY = timedelta(minutes=10)
"""Wait before a new request for a robots.txt that could not be fetched."""
ROBOTS_GIVEN_UP = timedelta(days=30)
"""If robots.txt is not available for this time, all URLs are allowed (RFC 9309, 2.3.1.4)."""

Request = Callable[[str, WarcFields, float], Awaitable[Response]]
"""Sends a request for a URL. The number is the crawl delay in seconds. Raises `Reject`."""


@dataclass
class _CachedRobots:
    """The cached rules of a site's robots.txt."""

    robots: Robots | None
    """None if robots.txt could not be fetched."""
    expires_at: datetime
    """Time after which robots.txt is requested again."""
    failing_since: datetime | None = None
    """Time of the first failed request since the last successful request."""


@dataclass
class SiteCache:
    """The cached files of all sites, by origin."""

    robots: dict[str, _CachedRobots] = field(default_factory=dict)
    reservations: dict[str, tuple[Reservations, datetime]] = field(default_factory=dict)
    """The rules in tdmrep.json, and the time after which the file is requested again."""

    def tidy(self, now: datetime) -> None:
        """Delete outdated files."""
        for origin, cached in list(self.robots.items()):
            if cached.expires_at + MAX_AGE < now and not cached.failing_since:
                del self.robots[origin]
        for origin, (_, expires_at) in list(self.reservations.items()):
            if expires_at + MAX_AGE < now:
                del self.reservations[origin]


@dataclass
class SiteFiles:
    """Fetches and caches robots.txt and tdmrep.json."""

    request: Request
    """Sends the requests."""
    clock: Clock
    agent: str
    """The product token of the crawler, for robots.txt."""
    cache: SiteCache
    """The files that were fetched before; updated in place."""
    fetches: list[Fetch] = field(default_factory=list)
    """A row of `fetches` for each file that was requested."""

    def __post_init__(self) -> None:
        self._locks = Locks()

    async def robots(self, url: str) -> Robots:
        """Return the robots.txt rules for `url`, from the cache if they have not expired.

        Raises:
            RobotsUnavailable: The robots.txt could not be fetched.
            BadUrl, BadScheme, BlockedAddress: The URL is invalid or not allowed.
        """
        origin = _origin(url)
        async with self._locks.of(origin):
            cached = self.cache.robots.get(origin)
            if cached is None or cached.expires_at <= self.clock.now():
                cached = self.cache.robots[origin] = await self._fetch_robots(origin, cached)
        if cached.robots is None:
            raise reasons.RobotsUnavailable(f"{origin}/robots.txt could not be fetched")
        return cached.robots

    def known_delay(self, url: str) -> float:
        """Return the crawl delay in the cached robots.txt, in seconds; 0 if there is none.

        Raises:
            BadUrl: The URL is invalid.
        """
        cached = self.cache.robots.get(_origin(url))
        return cached.robots.crawl_delay if cached and cached.robots else 0.0

    async def optouts(self, url: str, robots: Robots) -> list[str]:
        """Return the opt-outs for `url` in robots.txt and tdmrep.json, in alphabetical order.

        Args:
            url: The URL.
            robots: The rules from the method `robots`.
        """
        origin = _origin(url)
        async with self._locks.of(origin):
            reservations, expires_at = self.cache.reservations.get(
                origin, (Reservations(), self.clock.now())
            )
            if expires_at <= self.clock.now() and robots.allows(origin + PATH):
                reservations = await self._fetch_reservations(origin, reservations, robots)
                self.cache.reservations[origin] = reservations, self.clock.now() + MAX_AGE
        return sorted(robots.optouts(url) + reservations.optouts(url))

    async def _fetch_robots(self, origin: str, cached: _CachedRobots | None) -> _CachedRobots:
        try:
            content = await self._content(f"{origin}/robots.txt", ROBOTS, self.known_delay(origin))
            return _CachedRobots(parse_robots(content, self.agent), self.clock.now() + MAX_AGE)
        except (reasons.BadUrl, reasons.BadScheme, reasons.BlockedAddress):
            raise
        except reasons.Reject:
            return self._fallback(cached)

    def _fallback(self, cached: _CachedRobots | None) -> _CachedRobots:
        """Return the rules to use while a robots.txt cannot be fetched."""
        now = self.clock.now()
        since = (cached and cached.failing_since) or now
        if now - since >= ROBOTS_GIVEN_UP:
            return _CachedRobots(parse_robots(ALLOW_ALL, self.agent), now + MAX_AGE, since)
        robots = cached.robots if cached and now - since < MAX_AGE else None
        return _CachedRobots(robots, now + ROBOTS_RETRY, since)

    async def _fetch_reservations(
        self, origin: str, cached: Reservations, robots: Robots
    ) -> Reservations:
        """Return the rules in tdmrep.json, or `cached` if the file could not be fetched."""
        try:
            return parse_tdmrep(await self._content(origin + PATH, TDMREP, robots.crawl_delay))
        except reasons.Reject:
            return cached

    async def _content(self, url: str, warc_fields: WarcFields, delay: float) -> bytes:
        """Return the content of a file, empty if the site has none. Add a row to `fetches`.

        Raises:
            Reject: The request failed, or its response does not show whether the file exists.
        """
        row, fault = request(url, warc_fields.kind, self.clock.now()), ""
        try:
            response, redirects = await self._last_response(url, warc_fields, delay)
            row = answered(row, response, redirects)
            return _content_of(response)
        except Exception as error:
            fault = reason_of(error)
            raise
        finally:
            self.fetches.append(ended(row, fault, self.clock.now()))

    async def _last_response(
        self, url: str, warc_fields: WarcFields, delay: float
    ) -> tuple[Response, list[str]]:
        """Follow redirects from `url`; return the last response and the targets of redirects."""
        redirects: list[str] = []
        while True:
            response = await self.request(url, warc_fields, delay)
            if response.redirected_to is None:
                return response, redirects
            if len(redirects) == MAX_REDIRECTS:
                raise reasons.TooManyRedirects(f"more than {MAX_REDIRECTS}")
            url = parse_url(response.redirected_to, base=url).href
            redirects.append(url)


def _content_of(response: Response) -> bytes:
    """Return the body of a response; empty if the site has no such file.

    Raises:
        ServerBusy, HttpError: The status does not show whether the file exists.
    """
    if response.status == 200:
        return response.body
    if response.status == 429 or response.status >= 500:
        raise reasons.ServerBusy(f"status {response.status}")
    if response.status < 400:
        raise reasons.HttpError(f"status {response.status}")
    return b""


def _origin(url: str) -> str:
    """Return the origin of a URL.

    Raises:
        BadUrl: The URL is invalid.
    """
    parsed = parse_url(url)
    return f"{parsed.protocol}//{parsed.host}"
