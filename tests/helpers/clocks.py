"""Clocks and a name server that tests control."""

import asyncio
import socket
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from functools import cache
from heapq import heappop, heappush

from aiohttp.abc import AbstractResolver, ResolveResult


class FakeClock:
    """A clock whose time advances only by `sleep`."""

    def __init__(self, now=datetime(2026, 3, 1, 12, tzinfo=UTC)):
        self.time = now

    def now(self):
        return self.time

    async def sleep(self, seconds):
        self.time += timedelta(seconds=seconds)
        await asyncio.sleep(0)


class Leaping:
    """A clock that jumps to the time of the next sleeper when no task is running.

    It stops within `held()`, while a request waits for its response.

    All tasks that sleep until the same time wake together, so that hosts wait in parallel. All
    threads share one instance, which pickling preserves. Create it with `leaping`.
    """

    REST = 0.002
    """Seconds of wall time between two jumps, in which the woken tasks start."""

    def __init__(self, now):
        self.time = now
        self._sleepers = []
        self._leap = None
        self._holds = 0

    def __reduce__(self):
        return leaping, ()

    def now(self):
        return self.time

    async def sleep(self, seconds):
        if seconds <= 0:
            return await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        awake = loop.create_future()
        heappush(self._sleepers, (self.time + timedelta(seconds=seconds), id(awake), awake))
        if self._leap is None:
            self._leap = loop.call_later(self.REST, self._to_the_next, loop)
        return await awake

    @contextmanager
    def held(self):
        """Stop the clock while the context lasts."""
        self._holds += 1
        try:
            yield
        finally:
            self._holds -= 1

    def _to_the_next(self, loop):
        if self._holds:
            self._leap = loop.call_later(self.REST, self._to_the_next, loop)
            return
        self.time = max(self.time, self._sleepers[0][0])
        while self._sleepers and self._sleepers[0][0] <= self.time:
            awake = heappop(self._sleepers)[-1]
            if not awake.done():
                awake.set_result(None)
        more = bool(self._sleepers)
        self._leap = loop.call_later(self.REST, self._to_the_next, loop) if more else None


@cache
def leaping():
    return Leaping(datetime(2026, 3, 2, tzinfo=UTC))


class Names(AbstractResolver):
    """A name server that gives each host's answers in turn and then repeats the last one.

    The host `anybody` stands for all hosts without answers.
    """

    def __init__(self, **answers):
        self.answers = {host.replace("_", "."): list(lists) for host, lists in answers.items()}

    async def resolve(self, host, port=0, family=socket.AF_UNSPEC):
        answers = self.answers.get(host, self.answers.get("anybody"))
        if not answers:
            raise OSError(f"no {host}")
        return [
            ResolveResult(
                hostname=host,
                host=address,
                port=port,
                family=socket.AF_INET6 if ":" in address else socket.AF_INET,
                proto=socket.IPPROTO_TCP,
                flags=socket.AI_NUMERICHOST,
            )
            for address in (answers.pop(0) if len(answers) > 1 else answers[0])
        ]

    async def close(self):
        pass
