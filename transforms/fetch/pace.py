"""Pace: one request at a time to a host, with a pause between them."""

import asyncio
from collections import defaultdict
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import datetime

from newslake.transforms.fetch.clock import Clock

LastRequests = dict[str, datetime]
"""When the last request to each host ended."""


class Pace:
    """The turns at the hosts.

    The pause begins when the last request has ended: however long it was under way, the server sees
    at least the pause between two arrivals.

    Args:
        clock: What tells the time.
        last: When the last requests ended; kept up to date, so that the next `Pace` may know it.
    """

    def __init__(self, clock: Clock, last: LastRequests) -> None:
        self._clock = clock
        self._last = last
        self._locks: dict[str, asyncio.Lock] = defaultdict(asyncio.Lock)

    @asynccontextmanager
    async def turn(self, host: str, pause: float) -> AsyncIterator[None]:
        """Wait until a request to `host` may start, and keep others from starting one until it ends.

        Args:
            host: Its name.
            pause: Seconds since the last request.
        """
        async with self._locks[host]:
            if host in self._last:
                since = (self._clock.now() - self._last[host]).total_seconds()
                await self._clock.sleep(min(max(pause - since, 0.0), pause))
            try:
                yield
            finally:
                self._last[host] = self._clock.now()
