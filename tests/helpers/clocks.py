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

    It stops within `held()`, for example while a request waits for its response (see
    `visits.holding`).

    All tasks that sleep until the same time wake together, so that hosts wait in parallel. All
    tasks that sleep run in one event loop. All threads share one instance. Create it with `leaping`.
    """

    REST = 0.002
    """Seconds of wall time between two jumps, in which the woken tasks start."""
    STEPS = 20
    """Steps of the event loop before a jump, in which the tasks that are not asleep continue."""

    def __init__(self, now):
        self.time = now
        self._loop = None
        self._sleepers = []
        self._leap = None
        self._holds = 0
        self._was_held = False

    def now(self):
        return self.time

    async def sleep(self, seconds):
        if seconds <= 0:
            return await asyncio.sleep(0)
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            self._loop, self._sleepers, self._leap = loop, [], None
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
            self._was_held = True
            self._holds -= 1

    @contextmanager
    def running(self):
        """Let the clock run, within `held()`, while the context lasts."""
        self._holds -= 1
        try:
            yield
        finally:
            self._holds += 1

    def _to_the_next(self, loop, steps=0):
        if self._holds or self._was_held:
            self._was_held = False
            self._leap = loop.call_later(self.REST, self._to_the_next, loop)
            return
        if steps < self.STEPS:
            self._leap = loop.call_soon(self._to_the_next, loop, steps + 1)
            return
        while self._sleepers and self._sleepers[0][-1].done():  # the task was cancelled
            heappop(self._sleepers)
        if self._sleepers:
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
