"""The crawler: polls feeds and fetches pages in the background, and hands out what has arrived."""

import asyncio
from collections.abc import Callable, Coroutine, Iterable
from concurrent.futures import Future
from threading import Thread
from typing import Any, Self, TypeVar

from newslake.schemas.records import PageRequest
from newslake.transforms.feeds.schedule.feed_state import FeedState
from newslake.transforms.feeds.site_scheduler import Arrived, SiteScheduler
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.fetch.visitor import Rest

T = TypeVar("T")


class Crawler:
    """Runs a `SiteScheduler` in an event loop of its own thread; a context manager.

    The crawler stores nothing: a page that was not taken, or was taken and not committed, must be
    requested again.
    """

    def __init__(self, fetch_options: FetchOptions, clock: Clock) -> None:
        self.fetch_options = fetch_options
        self._clock = clock
        self._ready: Future[SiteScheduler] = Future()
        self._is_stopped = False
        self._loop: asyncio.AbstractEventLoop | None = None

    def __enter__(self) -> Self:
        self._thread = Thread(target=self._run, name="crawler", daemon=True)
        self._thread.start()
        self._scheduler = self._ready.result()
        return self

    def __exit__(self, *error: object) -> None:
        assert self._loop
        self._loop.call_soon_threadsafe(self._end.set)
        self._thread.join()

    def add_polls(self, states: Iterable[FeedState]) -> int:
        """See `SiteScheduler.add_polls`."""
        return self._call(self._scheduler.add_polls, list(states))

    def replace_pages(self, page_requests: Iterable[PageRequest]) -> None:
        """See `SiteScheduler.replace_pages`."""
        self._call(self._scheduler.replace_pages, list(page_requests))

    def begin_period(self) -> None:
        """See `SiteScheduler.begin_period`."""
        self._call(self._scheduler.begin_period)

    def take(self) -> Arrived:
        """See `SiteScheduler.take`."""
        return self._call(self._scheduler.take)

    @property
    def is_idle(self) -> bool:
        """See `SiteScheduler.is_idle`."""
        return self._call(lambda: self._scheduler.is_idle)

    def backing_off(self, urls: Iterable[str]) -> set[str]:
        """See `SiteScheduler.backing_off`."""
        return self._call(self._scheduler.backing_off, list(urls))

    def stop(self) -> None:
        """Let `wait` and `sleep` return at once from now on. A handler of a signal may call this."""
        self._is_stopped = True
        if self._loop:
            self._loop.call_soon_threadsafe(self._stopped.set)

    def rests(self, urls: Iterable[str]) -> dict[str, Rest]:
        """See `SiteScheduler.rests`."""
        return self._call(self._scheduler.rests, list(urls))

    def wait(self, seconds: float) -> None:
        """See `SiteScheduler.wait`; return at once after `stop`."""
        self._wait_for(self._until_stopped(self._scheduler.wait(seconds)))

    def sleep(self, seconds: float) -> None:
        """Wait `seconds`, whatever arrives; return at once after `stop`."""
        self._wait_for(self._until_stopped(self._clock.sleep(seconds)))

    async def _until_stopped(self, coroutine: Coroutine[Any, Any, None]) -> None:
        waits = {asyncio.create_task(coroutine), asyncio.create_task(self._stopped.wait())}
        await asyncio.wait(waits, return_when=asyncio.FIRST_COMPLETED)
        for wait in waits:
            wait.cancel()

    def _call(self, function: Callable[..., T], *arguments: Any) -> T:
        """Call `function` in the event loop and return its result."""

        async def call() -> T:
            return function(*arguments)

        return self._wait_for(call())

    def _wait_for(self, coroutine: Coroutine[Any, Any, T]) -> T:
        assert self._loop
        return asyncio.run_coroutine_threadsafe(coroutine, self._loop).result()

    def _run(self) -> None:
        try:
            asyncio.run(self._serve())
        except BaseException as error:
            if self._ready.done():
                raise
            self._ready.set_exception(error)

    async def _serve(self) -> None:
        self._end, self._stopped = asyncio.Event(), asyncio.Event()
        self._loop = asyncio.get_running_loop()
        if self._is_stopped:
            self._stopped.set()
        pages_per_site = self.fetch_options.pages_per_site
        async with self.fetch_options.visitor(self._clock) as visitor:
            scheduler = SiteScheduler(visitor, self._clock, pages_per_site)
            self._ready.set_result(scheduler)
            await self._end.wait()
            await scheduler.close()
