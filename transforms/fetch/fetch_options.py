"""Options of fetching, and the state that all fetches of a process share."""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Annotated

from aiohttp.abc import AbstractResolver

from newslake import __version__
from newslake.transforms.fetch.archive import Archive
from newslake.transforms.fetch.client import DEFAULT_LIMITS, Client, RequestLimits
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.contact import contact_address
from newslake.transforms.fetch.visitor import Visitor, VisitorState
from newslake.transforms.local_path import local_folder
from newslake.transforms.option import Option
from newslake.transforms.read.names import quote

AGENT = "newslake"
"""Product token of newslake in User-Agent and robots.txt."""

MAX_PAGES = 2_000
"""If `follow` has fetched this number of pages, the next commit does not wait. This is also the
maximum number of pages that are read from the lake at once."""


@dataclass(frozen=True)
class RequestOptions:
    """Options of HTTP requests."""

    # fmt: off
    contact: Annotated[str | None, Option(
        "Web or e-mail address at which publishers can reach you. It is sent in the header "
        "User-Agent.", "ADDRESS", check=contact_address)] = None
    allow_private: Annotated[bool, Option(
        "Allow requests to private networks and to all ports. An intranet needs this.")] = False
    allow_metadata: Annotated[bool, Option(
        "Allow requests to the metadata services of clouds, such as 169.254.169.254. These services "
        "hand out the credentials of the machine. --allow-private does not allow them.")] = False
    # fmt: on
    resolver: AbstractResolver | None = None
    """Resolves host names; None means the resolver of the operating system."""
    limits: RequestLimits = DEFAULT_LIMITS
    """Limits of each request."""

    @property
    def user_agent(self) -> str:
        """The value of the header User-Agent."""
        product = f"{AGENT}/{__version__}"
        return f"{product} (+{self.contact})" if self.contact else product

    @property
    def archive(self) -> Archive | None:
        """This process's archive of all responses; None if responses are not archived."""
        return None

    @asynccontextmanager
    async def visitor(self, clock: Clock) -> AsyncIterator[Visitor]:
        """Open a visitor that shares the state of all visitors of this process.

        At the end, the archive is flushed to disk.
        """
        archive = self.archive
        options = (self.allow_private, self.limits, self.resolver, self.allow_metadata)
        async with Client(self.user_agent, clock, *options) as client:
            try:
                yield Visitor(client, clock, AGENT, visitor_state(), archive=archive)
            finally:
                if archive:
                    archive.sync()


@dataclass(frozen=True)
class FetchOptions(RequestOptions):
    """Options of fetching pages: those of HTTP requests, limit per site, archive."""

    # fmt: off
    pages_per_site: Annotated[int, Option(
        "Maximum number of pages of one site between two commits, up to 2000. The other pages wait "
        "for the next commit.",
        maximum=MAX_PAGES)] = 600
    warc: Annotated[str | None, Option(
        "Folder for a web archive (WARC 1.1) of all responses. Without this option, responses are "
        "not archived.", "DIR", check=local_folder)] = None
    # fmt: on

    @property
    def archive(self) -> Archive | None:
        return archive_in(os.path.realpath(self.warc), self.user_agent) if self.warc else None

    @property
    def roots(self) -> list[str]:
        """The folder of the web archive, quoted; empty without `warc`."""
        return [quote(os.path.realpath(self.warc))] if self.warc else []


@cache
def visitor_state() -> VisitorState:
    """Return the state that all visitors of this process share."""
    return VisitorState()


@cache
def archive_in(folder: str, software: str) -> Archive:
    """Return this process's archive in `folder`. The first caller must close the archive."""
    return Archive(Path(folder), Clock(), software)
