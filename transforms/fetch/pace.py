"""Crawl pace: one request to a host at a time, with a pause between requests."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from newslake.transforms.fetch.clock import Clock

LastRequests = dict[str, datetime]
"""End of the last request, by host."""


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
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(self, host: str, pause: float) -> AsyncIterator[None]:
        """Wait until a request to `host` may start. Other requests to `host` wait until its end.

        Args:
            host: The host name.
            pause: Minimum time since the end of the last request, in seconds.
        """
        async with self._locks[host]:
            if host in self._last:
                since = (self._clock.now() - self._last[host]).total_seconds()
                await self._clock.sleep(min(max(pause - since, 0.0), pause))
            try:
                yield
            finally:
                self._last[host] = self._clock.now()
