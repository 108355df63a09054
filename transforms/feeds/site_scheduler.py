"""Schedule polls and fetches: many sites concurrently, the requests to a site in sequence."""

import asyncio
from collections.abc import Iterable
from dataclasses import dataclass, field

from newslake.schemas.records import PageRequest
from newslake.schemas.rows import Fetch
from newslake.transforms.feeds.poll import Polled, poll
from newslake.transforms.feeds.schedule.feed_state import FeedState
from newslake.transforms.feeds.site_queue import SiteQueue
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_page import FetchResult, fetch, site
from newslake.transforms.fetch.visitor import Rest, Visitor

MAX_SITES = 200
"""Maximum number of sites that are visited concurrently."""

MAX_RESULTS, MAX_BYTES = 500, 64_000_000
"""If the results that have arrived reach this number or size, no visit starts until `take`."""

ENTRY_BYTES = 2_000
"""Approximate size of a feed entry without its text, in bytes."""


@dataclass
class Arrived:
    """The results that arrived since the last `take`."""

    polled: list[Polled] = field(default_factory=list)
    """Feeds after a poll."""
    fetched: list[FetchResult] = field(default_factory=list)
    """Pages after an attempt to fetch them."""
    file_fetches: list[Fetch] = field(default_factory=list)
    """A row of `fetches` for each robots.txt and tdmrep.json that was requested."""
    size: int = 0
    """Approximate size of the entries and pages, in bytes."""

    def add_poll(self, polled: Polled) -> None:
        """Add a feed after a poll."""
        self.polled.append(polled)
        self.size += sum(ENTRY_BYTES + len(item.html or "") for item in polled.entries)

    def add_page(self, result: FetchResult) -> None:
        """Add a page after an attempt to fetch it."""
        self.fetched.append(result)
        self.size += result.size

    @property
    def results(self) -> int:
        """The number of polls and pages."""
        return len(self.polled) + len(self.fetched)

    @property
    def fill(self) -> float:
        """The share of the limits that is used; 1 means that a limit is reached."""
        return max(self.results / MAX_RESULTS, self.size / MAX_BYTES)


class SiteScheduler:
    """Visits sites in background tasks of the running event loop, and collects the results.

    A visit that takes long delays only the other visits to its site. All methods must be called in
    the event loop.

    Args:
        visitor: Sends the requests.
        clock: The clock.
        pages_per_site: Maximum number of pages of a site per period, see `begin_period`.
    """

    def __init__(self, visitor: Visitor, clock: Clock, pages_per_site: int) -> None:
        self._visitor = visitor
        self._clock = clock
        self._pages_per_site = pages_per_site
        self._queues: dict[str, SiteQueue] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        """The task of each site that is being visited."""
        self._slots = asyncio.Semaphore(MAX_SITES)
        self._arrived = Arrived()
        self._feeds: set[str] = set()
        """Feeds whose poll waits, is running or has arrived."""
        self._pages: set[str] = set()
        """Canonical URLs of pages whose fetch is running or has arrived."""
        self._has_space, self._has_news = asyncio.Event(), asyncio.Event()
        self._has_space.set()
        self._error: Exception | None = None

    def add_polls(self, states: Iterable[FeedState]) -> int:
        """Poll these feeds as soon as possible; return how many of them were not yet in work."""
        new = [state for state in states if state.feed not in self._feeds]
        for state in new:
            self._feeds.add(state.feed)
            self._queue(site(state.address)).add_poll(state)
        self._start()
        return len(new)

    def replace_pages(self, page_requests: Iterable[PageRequest]) -> None:
        """Replace the pages that wait; pages that are being fetched, or have arrived, are skipped.

        Of each feed, the first page is fetched first.
        """
        by_site: dict[str, list[PageRequest]] = {name: [] for name in self._queues}
        for request in page_requests:
            if request.canonical_url not in self._pages:
                by_site.setdefault(site(request.url), []).append(request)
        for name, requests in by_site.items():
            self._queue(name).replace_pages(requests)
        self._start()

    def begin_period(self) -> None:
        """Allow `pages_per_site` further pages for each site."""
        self._queues = {name: queue for name, queue in self._queues.items() if name in self._tasks}
        for queue in self._queues.values():
            queue.pages_left = self._pages_per_site
        self._visitor.tidy()

    def take(self) -> Arrived:
        """Return the results that have arrived, and forget them.

        Raises:
            Exception: A bug stopped the visits to a site.
        """
        self._check()
        arrived, self._arrived = self._arrived, Arrived()
        arrived.file_fetches = self._visitor.take_file_fetches()
        self._feeds -= {one.state.feed for one in arrived.polled}
        self._pages -= {one.row.canonical_url for one in arrived.fetched}
        self._has_space.set()
        self._has_news.clear()
        return arrived

    @property
    def is_idle(self) -> bool:
        """True if nothing may be visited now, no visit is running, and nothing has arrived."""
        self._check()
        return not (self._arrived.results or self._tasks)

    def backing_off(self, urls: Iterable[str]) -> set[str]:
        """Return the URLs whose host has requested a pause that has not ended."""
        return {url for url in urls if self._visitor.is_backing_off(url)}

    def rests(self, urls: Iterable[str]) -> dict[str, Rest]:
        """Return how long hosts must be left alone, without the hosts that have the usual pace."""
        rests = {url: self._visitor.rest(url) for url in urls}
        return {url: rest for url, rest in rests.items() if rest != Rest()}

    async def wait(self, seconds: float) -> None:
        """Wait until a poll has arrived, many pages have arrived, or all visits have ended.

        Return after `seconds` at the latest.
        """
        waits = {
            asyncio.create_task(self._clock.sleep(seconds)),
            asyncio.create_task(self._has_news.wait()),
        }
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    async def close(self) -> None:
        """Cancel all visits."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    def _check(self) -> None:
        """Raise the exception that stopped the visits to a site."""
        if self._error:
            raise self._error

    def _queue(self, name: str) -> SiteQueue:
        if name not in self._queues:
            self._queues[name] = SiteQueue(self._pages_per_site)
        return self._queues[name]

    def _start(self) -> None:
        """Start a task for each site that has work and no task."""
        for name, queue in self._queues.items():
            if queue and name not in self._tasks:
                self._tasks[name] = asyncio.create_task(self._visit_site(name, queue))

    async def _visit_site(self, name: str, queue: SiteQueue) -> None:
        try:
            while queue:
                async with self._slots:
                    await self._has_space.wait()
                    if queue:
                        await self._visit(queue.next(), queue)
        except Exception as error:  # noqa: BLE001 `take` raises it
            self._error = error
        finally:
            del self._tasks[name]
            if not self._tasks:
                self._has_news.set()

    async def _visit(self, item: FeedState | PageRequest, queue: SiteQueue) -> None:
        if isinstance(item, FeedState):
            polled = await poll(item, self._visitor, self._clock)
            self._arrived.add_poll(polled)
            self._has_news.set()
        elif self._visitor.is_backing_off(item.url):
            queue.pages_left += 1  # the turn was not used
        else:
            self._pages.add(item.canonical_url)
            result = await fetch(item, self._visitor, self._clock)
            self._arrived.add_page(result)
        if self._arrived.fill >= 0.5:
            self._has_news.set()
        if self._arrived.fill >= 1:
            self._has_space.clear()
