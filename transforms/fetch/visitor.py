"""Fetch URLs with crawl politeness: robots.txt, pauses between requests, checked redirects."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import NamedTuple

from newslake.schemas import reasons
from newslake.schemas.rows import Fetch
from newslake.transforms.fetch.archive import Archive, WarcPosition
from newslake.transforms.fetch.client import Client, parse_url
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.pace import LastRequests, Pace
from newslake.transforms.fetch.response import Response
from newslake.transforms.fetch.site_files import MAX_REDIRECTS, SiteCache, SiteFiles
from newslake.transforms.read.warc.fields import PAGE, WarcFields

PAUSE_SECONDS = 1.0
"""Minimum pause between two requests to a host, in seconds."""
HOST_BACKOFF = timedelta(minutes=10)
"""Pause after a response with status 429 and without Retry-After."""
MAX_WAIT = timedelta(hours=24)
"""Maximum wait. A longer Retry-After is reduced to this value."""


@dataclass
class VisitorState:
    """State that successive visitors share: last requests, files of sites, backoff of hosts."""

    last: LastRequests = field(default_factory=dict)
    """End of the last request, by host."""
    files: SiteCache = field(default_factory=SiteCache)
    """The cached robots.txt and tdmrep.json of all sites."""
    backoff_until: dict[str, datetime] = field(default_factory=dict)
    """End of the pause that a host has requested, by host."""

    def tidy(self, now: datetime) -> None:
        """Delete outdated items, so that the state does not grow without limit."""
        for host in [host for host, at in self.last.items() if now - at > timedelta(hours=1)]:
            del self.last[host]
        for host in [host for host, until in self.backoff_until.items() if until <= now]:
            del self.backoff_until[host]
        self.files.tidy(now)


class Rest(NamedTuple):
    """How long a host must be left alone."""

    until: datetime | None = None
    """End of the pause that the host has requested; None if there is no pause."""
    delay: float = PAUSE_SECONDS
    """Pause between two requests, in seconds."""


@dataclass(frozen=True)
class Visit:
    """The result of fetching a URL."""

    response: Response
    """The last response, of any status."""
    redirects: tuple[tuple[int, str], ...]
    """Status and target of each redirect before the last response."""
    optouts: list[str]
    """The opt-outs for the last URL in the site's robots.txt and tdmrep.json."""
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

    def __post_init__(self) -> None:
        self._pace = Pace(self.clock, self.state.last)
        self._files = SiteFiles(self._get_file, self.clock, self.agent, self.state.files)
        self.tidy()

    def tidy(self) -> None:
        """Delete outdated items of the state. Call this regularly."""
        self.state.tidy(self.clock.now())

    def take_file_fetches(self) -> list[Fetch]:
        """Return a row of `fetches` for each robots.txt and tdmrep.json since the last call."""
        rows, self._files.fetches = self._files.fetches, []
        return rows

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
            robots = await self._files.robots(url)
            if not robots.allows(url):
                raise reasons.RobotsDisallowed(f"robots.txt disallows {self.agent}")
            optouts = await self._files.optouts(url, robots)
            archived_as = replace(warc_fields, optouts=tuple(optouts))
            response, position = await self._request(url, archived_as, headers, robots.crawl_delay)
            if response.redirected_to is None:
                return Visit(response, tuple(redirects), optouts, position)
            url = parse_url(response.redirected_to, base=url).href
            redirects.append((response.status, url))
            if len(redirects) > MAX_REDIRECTS:
                raise reasons.TooManyRedirects(f"more than {MAX_REDIRECTS}")

    async def optouts(self, url: str) -> list[str]:
        """Return the opt-outs for `url` in its site's robots.txt and tdmrep.json.

        Returns:
            The opt-outs in alphabetical order; none if robots.txt could not be fetched.
        """
        try:
            return await self._files.optouts(url, await self._files.robots(url))
        except reasons.Reject:
            return []

    def is_backing_off(self, url: str) -> bool:
        """Return whether the host of `url` has requested a pause, and the pause has not ended."""
        return self.rest(url).until is not None

    def rest(self, url: str) -> Rest:
        """Return how long the host of `url` must be left alone, as far as this is known."""
        try:
            until = self.state.backoff_until.get(parse_url(url).hostname)
            delay = max(self._files.known_delay(url), PAUSE_SECONDS)
        except reasons.BadUrl:
            return Rest()
        return Rest(until if until and self.clock.now() < until else None, delay)

    async def _request(
        self, url: str, warc_fields: WarcFields, headers: Mapping[str, str] | None, delay: float
    ) -> tuple[Response, WarcPosition]:
        host = parse_url(url).hostname
        async with self._pace.turn(host, max(PAUSE_SECONDS, delay)):
            response = await self.client.get(url, headers)
        if backoff := _host_backoff(response):
            self.state.backoff_until[host] = self.clock.now() + backoff
        archived = self.archive.write(response, warc_fields) if self.archive else WarcPosition()
        return response, archived

    async def _get_file(self, url: str, warc_fields: WarcFields, delay: float) -> Response:
        response, _ = await self._request(url, warc_fields, None, delay)
        return response


def _host_backoff(response: Response) -> timedelta | None:
    """Return the pause that `response` requests for the whole host; None if there is none."""
    if response.status == 429:
        return min(response.retry_after or HOST_BACKOFF, MAX_WAIT)
    if response.status == 503 and response.retry_after:
        return min(response.retry_after, MAX_WAIT)
    return None
