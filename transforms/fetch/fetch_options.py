"""Options of fetching, and the state that all fetches of a process share."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from functools import cache
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

from newslake.transforms.fetch.archive import Archive
from newslake.transforms.fetch.client import DEFAULT_LIMITS, Client, RequestLimits, Resolver
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.site_scheduler import Budget
from newslake.transforms.fetch.visitor import Visitor, VisitorState

AGENT = "newslake"
"""Product token of newslake in User-Agent and robots.txt."""


@dataclass(frozen=True)
class FetchOptions:
    """Options of fetching: contact, limits per site, archive."""

    contact: str | None = None
    """Web or e-mail address for publishers to contact you; sent in the User-Agent. Default none."""
    pages_per_site: int = 60
    """Maximum number of pages of one site per run; others wait for the next run. Default 60."""
    minutes_per_site: int = 5
    """Maximum time for one site per run, in minutes. Default 5."""
    warc: str | None = None
    """Folder for a web archive (WARC 1.1) of all responses. Default none."""
    allow_private: bool = False
    """Allow private networks and all ports, for an intranet. Default no."""

    @property
    def user_agent(self) -> str:
        """The value of the header User-Agent."""
        try:
            number = version("newslake")
        except PackageNotFoundError:  # run from a checkout, not installed
            number = "unknown"
        return f"{AGENT}/{number} (+{self.contact})" if self.contact else f"{AGENT}/{number}"

    @property
    def budget(self) -> Budget:
        """The budget of one site per run."""
        return Budget(self.pages_per_site, self.minutes_per_site * 60)

    @property
    def archive(self) -> Archive | None:
        """This process's archive; None if no `warc` folder is set."""
        return archive_in(self.warc, self.user_agent) if self.warc else None

    @asynccontextmanager
    async def visitor(
        self, clock: Clock, resolver: Resolver | None = None, limits: RequestLimits = DEFAULT_LIMITS
    ) -> AsyncIterator[Visitor]:
        """Open a visitor that shares the state of all visitors of this process.

        At the end, the archive is flushed to disk.
        """
        archive = self.archive
        async with Client(self.user_agent, clock, self.allow_private, limits, resolver) as client:
            try:
                yield Visitor(client, clock, AGENT, visitor_state(), archive=archive)
            finally:
                if archive:
                    archive.sync()


@cache
def visitor_state() -> VisitorState:
    """Return the state that all visitors of this process share."""
    return VisitorState()


@cache
def archive_in(folder: str, software: str) -> Archive:
    """Return this process's archive in `folder`. The first caller must close the archive."""
    return Archive(Path(folder), Clock(), software)
