"""How to fetch: the options, and what of a process they share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from newslake.transforms.fetch.archive import Archive
from newslake.transforms.fetch.client import USUAL, Client, RequestLimits, Resolver
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.site_scheduler import Budget
from newslake.transforms.fetch.visitor import Memory, Visitor

AGENT = "newslake"
"""Our product token: the name by which a robots.txt may speak of us."""


@dataclass(frozen=True)
class FetchOptions:
    """How to fetch, and how much."""

    contact: str | None = None
    """Web or mail address at which publishers reach you; a part of the User-Agent. Default none."""
    pages_per_site: int = 60
    """Most pages of one site in one run; the others wait for the next. Default 60."""
    minutes_per_site: int = 5
    """Most time for one site in one run, in minutes. Default 5."""
    warc: str | None = None
    """Folder for a web archive (WARC 1.1) of all that is fetched. Default none."""
    allow_private: bool = False
    """Also fetch from private networks and unusual ports: for an intranet. Default no."""

    @property
    def user_agent(self) -> str:
        """Who we say that we are."""
        try:
            number = version("newslake")
        except PackageNotFoundError:  # run from a checkout, not installed
            number = "unknown"
        return f"{AGENT}/{number} (+{self.contact})" if self.contact else f"{AGENT}/{number}"

    @property
    def budget(self) -> Budget:
        """What one site may have of one run."""
        return Budget(self.pages_per_site, self.minutes_per_site * 60)

    @property
    def archive(self) -> Archive | None:
        """This process's archive, if one is wanted."""
        return archive_in(self.warc, self.user_agent) if self.warc else None

    @asynccontextmanager
    async def visitor(
        self, clock: Clock, resolver: Resolver | None = None, limits: RequestLimits = USUAL
    ) -> AsyncIterator[Visitor]:
        """Open a visitor who knows what earlier ones of this process learnt of the sites.

        What was fetched is safe in the archive at the end.
        """
        archive = self.archive
        asking = Client(self.user_agent, clock, self.allow_private, limits, resolver)
        async with asking as client:
            try:
                yield Visitor(client, clock, AGENT, memory(), archive=archive)
            finally:
                if archive:
                    archive.sync()


@cache
def memory() -> Memory:
    """Return what this process knows of the sites that it visits."""
    return Memory()


@cache
def archive_in(folder: str, software: str) -> Archive:
    """Return this process's archive in `folder`; whoever opened it first closes it."""
    return Archive(Path(folder), Clock(), software)
