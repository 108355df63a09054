"""Visits to the hostile server, and HTTP responses without a server."""

import asyncio
from contextlib import contextmanager
from unittest.mock import patch

from clocks import FakeClock
from hostile import hostile
from waits import HANG_SECONDS

from newslake.transforms.feeds.crawler import Crawler
from newslake.transforms.feeds.site_scheduler import SiteScheduler
from newslake.transforms.fetch import fetch_options
from newslake.transforms.fetch.client import Client, RequestLimits
from newslake.transforms.fetch.response import Response
from newslake.transforms.fetch.visitor import Visitor, VisitorState

PATIENT = RequestLimits(HANG_SECONDS, HANG_SECONDS, HANG_SECONDS)
NOW = FakeClock().now()


def visit(act, allow_private=True, names=None, limits=PATIENT, clock=None):
    """Run `act(visitor, server)` with the hostile server and return the result."""
    clock = clock or FakeClock()

    async def run():
        async with (
            hostile(clock) as server,
            Client("newslake/test", clock, allow_private, limits, names) as client,
        ):
            return await act(Visitor(client, clock, "newslake", VisitorState()), server)

    return asyncio.run(run())


def response(status=200, **headers):
    lines = tuple((name.replace("_", "-"), value) for name, value in headers.items())
    return Response("https://news.example/", status, "", lines, b"", b"", (), NOW)


@contextmanager
def holding(clock):
    """Let a `Leaping` clock run only while the follow loop waits and no request is running.

    The clock stops and starts in the crawler's thread only, so that the result does not depend on
    the time at which the follow loop continues. No rules of sites from earlier tests are used.
    """

    class HoldingClient(Client):
        async def get(self, *given, **named):
            with clock.held():
                return await super().get(*given, **named)

    async def in_thread(function, *given):
        if not function.__module__.startswith("newslake"):
            return await to_thread(function, *given)
        with clock.held():
            return await to_thread(function, *given)

    async def waiting(self, seconds):
        with clock.running():
            await wait(self, seconds)

    async def sleeping(seconds):
        with clock.running():
            await clock.sleep(seconds)

    to_thread, wait = asyncio.to_thread, SiteScheduler.wait
    fetch_options.visitor_state.cache_clear()
    with (
        clock.held(),
        patch.object(fetch_options, "Client", HoldingClient),
        patch.object(asyncio, "to_thread", in_thread),
        patch.object(SiteScheduler, "wait", waiting),
        patch.object(Crawler, "sleep", lambda self, seconds: self._wait_for(sleeping(seconds))),
    ):
        yield
