"""A polite visitor of web sites: asks robots.txt, waits its turn, follows redirects with its eyes open."""

import asyncio
from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Protocol

from ada_url import URL as WebUrl

from newslake.schemas.reasons import (
    BadScheme,
    BadUrl,
    BlockedAddress,
    Reject,
    RobotsDisallowed,
    RobotsUnavailable,
    TooManyRedirects,
)
from newslake.schemas.rows import Fetch
from newslake.transforms.fetch.client import Client
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_rows import answered, ended, request
from newslake.transforms.fetch.pace import LastRequests, Pace
from newslake.transforms.fetch.response import Response
from newslake.transforms.fetch.robots import ALLOW_ALL, Robots, parse_robots
from newslake.transforms.read.warc.fields import PAGE, ROBOTS, WarcFields

MAX_REDIRECTS = 5
ROBOTS_LAST = timedelta(hours=24)
"""So long the rules of a site are believed (RFC 9309, 2.4)."""
ROBOTS_RETRY = timedelta(minutes=10)
"""So long nobody asks again for rules that could not be had."""
ROBOTS_GIVEN_UP = timedelta(days=30)
"""A site whose rules could not be had for so long has none (RFC 9309, 2.3.1.4)."""
REST = timedelta(minutes=10)
"""So long a host is left alone that says that it is asked too much, and not for how long."""
MAX_WAIT = timedelta(hours=24)
"""So long we wait at most, whatever a server asks for."""


@dataclass(frozen=True)
class WarcPosition:
    """Where a response lies in an archive; nowhere if it was not kept."""

    file: str | None = None
    offset: int | None = None


class ResponseArchive(Protocol):
    """Who keeps what came, such as an archive."""

    def write(self, response: Response, warc_fields: WarcFields) -> WarcPosition:
        """Keep `response`, and what it was asked for, and tell where."""


@dataclass
class _Rules:
    """What is known of a site's robots.txt."""

    robots: Robots | None
    """None if it could not be had."""
    ask_again: datetime
    failing_since: datetime | None = None


@dataclass
class Memory:
    """What outlives a visitor: when hosts were last asked, and what their rules are."""

    last: LastRequests = field(default_factory=dict)
    rules: dict[str, _Rules] = field(default_factory=dict)
    resting: dict[str, datetime] = field(default_factory=dict)
    """Until when hosts want to be left alone."""

    def tidy(self, now: datetime) -> None:
        """Forget what nobody will ask for again, so that weeks of visits do not pile up."""
        for host in [host for host, at in self.last.items() if now - at > timedelta(hours=1)]:
            del self.last[host]
        for host in [host for host, until in self.resting.items() if until <= now]:
            del self.resting[host]
        for origin, rules in list(self.rules.items()):
            if rules.ask_again + ROBOTS_LAST < now and not rules.failing_since:
                del self.rules[origin]


@dataclass(frozen=True)
class Visit:
    """What an address gave."""

    response: Response
    """The last answer, of any status."""
    redirects: tuple[tuple[int, str], ...]
    """Statuses of the answers before it, each with where it sent us."""
    shut_out: list[str]
    """Agents for language models that the site's robots.txt keeps from it."""
    position: WarcPosition
    """Where the last answer is archived."""


class Visitor:
    """Gets addresses the way a site wants it.

    Args:
        client: Makes the requests.
        clock: What tells the time.
        agent: Our product token, by which robots.txt may name us.
        memory: What earlier visitors learnt; kept up to date.
        pause: Least seconds between two requests to a host.
        archive: Where responses are written; nowhere by default.

    Attributes:
        beside: What was asked for beside the addresses: a row for each robots.txt.
    """

    def __init__(
        self,
        client: Client,
        clock: Clock,
        agent: str,
        memory: Memory,
        pause: float = 1.0,
        archive: ResponseArchive | None = None,
    ) -> None:
        self._client = client
        self._clock = clock
        self._agent = agent
        memory.tidy(clock.now())
        self._memory = memory
        self._pause = pause
        self._pace = Pace(clock, memory.last)
        self._archive = archive
        self.beside: list[Fetch] = []
        self._learning: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    async def get(
        self, url: str, warc_fields: WarcFields = PAGE, headers: Mapping[str, str] | None = None
    ) -> Visit:
        """Return what `url` gives, after redirects; its status may be any.

        Args:
            url: Absolute.
            warc_fields: What it is asked for, written to the archive with the response.
            headers: Sent besides our own.

        Raises:
            RobotsDisallowed, RobotsUnavailable: the site's rules, or that nobody knows them.
            TooManyRedirects: over `MAX_REDIRECTS`.
            Reject: as `Client.get`, for this address or one that it leads to.
        """
        redirects: list[tuple[int, str]] = []
        while True:
            robots = await self._rules_of(url)
            if not robots.allows(url):
                raise RobotsDisallowed(f"for {self._agent}, by its robots.txt")
            response, position = await self._ask(url, warc_fields, headers, robots.crawl_delay)
            if response.redirected_to is None:
                return Visit(response, tuple(redirects), robots.shut_out(url), position)
            url = _target(response, url)
            redirects.append((response.status, url))
            if len(redirects) > MAX_REDIRECTS:
                raise TooManyRedirects(f"more than {MAX_REDIRECTS}")

    def rests(self, url: str) -> bool:
        """Return whether the host of `url` has said that it wants to be left alone for now."""
        try:
            until = self._memory.resting.get(_site(url)[1])
        except BadUrl:
            return False
        return until is not None and self._clock.now() < until

    async def _ask(
        self,
        url: str,
        warc_fields: WarcFields,
        headers: Mapping[str, str] | None,
        crawl_delay: float,
    ) -> tuple[Response, WarcPosition]:
        async with self._pace.turn(_site(url)[1], max(self._pause, crawl_delay)):
            response = await self._client.get(url, headers)
        if rest := _rest(response):
            self._memory.resting[_site(url)[1]] = self._clock.now() + rest
        return response, self._archive.write(
            response, warc_fields
        ) if self._archive else WarcPosition()

    async def _rules_of(self, url: str) -> Robots:
        """Return the rules for `url`, from memory if they are fresh.

        Raises:
            RobotsUnavailable: nobody knows them.
            BadUrl, BadScheme, BlockedAddress: the address is none to be asked at all.
        """
        origin, _ = _site(url)
        async with self._learning[origin]:
            known = self._memory.rules.get(origin)
            if known is None or known.ask_again <= self._clock.now():
                known = self._memory.rules[origin] = await self._learn(origin, known)
        if known.robots is None:
            raise RobotsUnavailable(f"{origin}/robots.txt cannot be had")
        return known.robots

    async def _learn(self, origin: str, known: _Rules | None) -> _Rules:
        row, fault = request(f"{origin}/robots.txt", "robots", self._clock.now()), ""
        delay = known.robots.crawl_delay if known and known.robots else 0.0
        try:
            response, redirects = await self._robots_txt(f"{origin}/robots.txt", delay)
            row = answered(row, response, redirects)
            robots = parse_robots(_rules_in(response), self._agent)
            return _Rules(robots, self._clock.now() + ROBOTS_LAST)
        except Reject as error:
            fault = error.reason
            if isinstance(error, BadUrl | BadScheme | BlockedAddress):
                raise
            return self._without_rules(known)
        finally:
            self.beside.append(ended(row, fault, self._clock.now()))

    def _without_rules(self, known: _Rules | None) -> _Rules:
        """Return what holds while a robots.txt cannot be had."""
        now = self._clock.now()
        since = (known and known.failing_since) or now
        if now - since >= ROBOTS_GIVEN_UP:
            return _Rules(parse_robots(ALLOW_ALL, self._agent), now + ROBOTS_LAST, since)
        robots = known.robots if known and now - since < ROBOTS_LAST else None
        return _Rules(robots, now + ROBOTS_RETRY, since)

    async def _robots_txt(self, url: str, delay: float) -> tuple[Response, list[str]]:
        """Return the answer, and where the answers before it sent us; with the pause that the last
        file asked for.

        Raises:
            Reject: there is none.
        """
        redirects: list[str] = []
        for _ in range(MAX_REDIRECTS + 1):
            response, _ = await self._ask(url, ROBOTS, None, delay)
            if response.redirected_to is None:
                break
            url = _target(response, url)
            redirects.append(url)
        return response, redirects


def _rest(response: Response) -> timedelta | None:
    """Return for how long the whole host wants to be left alone, as `response` says; None if it does not."""
    if response.status == 429:
        return min(response.retry_after or REST, MAX_WAIT)
    if response.status == 503 and response.retry_after:
        return min(response.retry_after, MAX_WAIT)
    return None


def _rules_in(response: Response) -> bytes:
    """Return the robots.txt that an answer is; nothing where a site has none.

    Raises:
        RobotsUnavailable: the answer does not tell.
    """
    if response.status == 200:
        return response.body
    if 400 <= response.status < 500 and response.status != 429:
        return ALLOW_ALL
    raise RobotsUnavailable(f"status {response.status}")


def _site(url: str) -> tuple[str, str]:
    """Return the origin and the host of an address.

    Raises:
        BadUrl: it is none.
    """
    try:
        parsed = WebUrl(url)
    except ValueError as error:
        raise BadUrl("no address that a browser could open") from error
    return f"{parsed.protocol}//{parsed.host}", parsed.hostname


def _target(response: Response, url: str) -> str:
    """Return where `response`, the answer for `url`, sends us.

    Raises:
        BadUrl: nowhere.
    """
    try:
        return WebUrl(response.redirected_to or "", base=url).href
    except ValueError as error:
        raise BadUrl("redirected to what is no address") from error
