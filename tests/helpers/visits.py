"""Visits to the hostile server, and HTTP responses without a server."""

import asyncio

from clocks import FakeClock
from hostile import hostile
from waits import HANG_SECONDS

from newslake.transforms.fetch.client import Client, RequestLimits
from newslake.transforms.fetch.response import Response
from newslake.transforms.fetch.visitor import Visitor, VisitorState

PATIENT = RequestLimits(total_seconds=HANG_SECONDS, connect_seconds=HANG_SECONDS)
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
