"""Crawl pace: one request to a host at a time, with a pause between requests."""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime
from weakref import WeakValueDictionary

from newslake.transforms.fetch.clock import Clock

LastRequests = dict[str, datetime]
"""End of the last request, by host."""


class Locks:
    """A lock per name. A lock that no task holds or waits for is deleted."""

    def __init__(self) -> None:
        self._locks: WeakValueDictionary[str, asyncio.Lock] = WeakValueDictionary()

    def of(self, name: str) -> asyncio.Lock:
        """Return the lock of `name`."""
        lock = self._locks.get(name)
        if lock is None:
            lock = self._locks[name] = asyncio.Lock()
        return lock


class Pace:
    """Serialises the requests to each host.

    The pause begins at the end of the previous request, so slow responses do not shorten it.

    Args:
        clock: The clock.
        last: End of the last request, by host; updated in place. Pass this to the next `Pace`.
    """

    def __init__(self, clock: Clock, last: LastRequests) -> None:
        self._clock = clock
        self._last = last
        self._locks = Locks()

    @asynccontextmanager
    async def turn(self, host: str, pause: float) -> AsyncIterator[None]:
        """Wait until a request to `host` may start. Other requests to `host` wait until its end.

        Args:
            host: The host name.
            pause: Minimum time since the end of the last request, in seconds.
        """
        async with self._locks.of(host):
            if host in self._last:
                since = (self._clock.now() - self._last[host]).total_seconds()
                await self._clock.sleep(min(max(pause - since, 0.0), pause))
            try:
                yield
            finally:
                self._last[host] = self._clock.now()
