"""Takes in what the crawler has polled and fetched, and tells the crawler what to visit next."""

from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import timedelta

from newslake.pipelines.follower.pending import Pending
from newslake.pipelines.monitoring.crawler_state import CrawlerState
from newslake.schemas.rows import Fetch
from newslake.transforms.failure import Failure, explanation
from newslake.transforms.feeds.crawler import Crawler
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.poll import Polled
from newslake.transforms.fetch.clock import Clock


@dataclass
class Intake:
    """Connects the crawler with what is pending; `follow` and a stream share it."""

    pending: Pending
    """The feeds, and what has arrived."""
    crawler: Crawler
    """Polls feeds and fetches pages; the caller starts and ends it."""
    clock: Clock
    """Returns the current time."""
    read_feeds: Callable[[], list[Listed]] | None = None
    """Returns the list of feeds as it is now; None if the list never changes."""
    problem: str = ""
    """Why the list of feeds cannot be read at present; empty if it can be read."""
    counts: Counter[str] = field(default_factory=Counter)
    """Counts of polls: due, polled, not_modified, failed. The caller clears them."""
    total: Counter[str] = field(default_factory=Counter)
    """The same counts since the start."""
    requests: list[Fetch] = field(default_factory=list)
    """Rows of `fetches` for requests of feeds, robots.txt and tdmrep.json. The caller removes the rows."""

    fetched: Counter[str] = field(default_factory=Counter)
    """Number of requests since the start, by kind and outcome; see `CrawlerState.fetches`."""

    def __post_init__(self) -> None:
        self.pending.rests = self.crawler.rests

    def poll(self) -> None:
        """Read the list of feeds again, and let the crawler poll the feeds that are due.

        If the list cannot be read, the last list is used.
        """
        now, self.problem = self.clock.now(), ""
        if self.read_feeds:
            try:
                self.pending.feeds.replace(self.read_feeds(), now)
            except (Failure, OSError) as error:
                self.problem = f"{explanation(error)}. The feeds that it named before are polled"
        self._add({"due": self.crawler.add_polls(self.pending.feeds.due(now))})

    def gather(self) -> None:
        """Take what has arrived, and let the crawler fetch the pages that are next."""
        if not self.pending.is_full:
            arrived = self.crawler.take()
            self._count(arrived.polled)
            self.pending.take_polled(arrived.polled)
            self.requests += [self._row(one) for one in arrived.polled] + arrived.file_fetches
            self.pending.take_fetched(arrived.fetched)
            rows = [one.row for one in arrived.polled] + [one.row for one in arrived.fetched]
            rows += arrived.file_fetches
            self.fetched.update(f"{row.kind} {row.outcome}" for row in rows)
        if self.pending.has_new_pages(self.clock.now()):
            self.crawler.replace_pages(self.pending.next_pages())

    def begin_period(self) -> None:
        """Allow further pages for each site; see `SiteScheduler.begin_period`."""
        self.crawler.begin_period()
        self.crawler.replace_pages(self.pending.next_pages())

    @property
    def behind(self) -> timedelta:
        """The age of the oldest announced page that has no outcome and does not wait by rule."""
        pages = self.pending.pages
        return pages.behind(self.clock.now(), self.crawler.backing_off(pages.due_since))

    def crawler_state(self) -> CrawlerState:
        """Return the state of the crawler, for the monitor."""
        pages = self.pending.pages
        return CrawlerState(
            self.behind.total_seconds(),
            {
                "due": pages.due,
                "waiting": pages.waiting - pages.due,
                "uncommitted": self.pending.uncommitted,
            },
            self.pending.feeds.counts,
            self.fetched,
        )

    def _row(self, polled: Polled) -> Fetch:
        """Return the row of a poll, with the time of the next poll."""
        state = self.pending.feeds.states.get(polled.state.feed)
        return replace(polled.row, wait_until=state.next_at if state else None)

    def _count(self, polled: list[Polled]) -> None:
        self._add({"polled": len(polled)})
        for one in polled:
            is_unchanged = one.result.status == 304 or (
                one.result.status == 200 and one.result.body_hash == one.state.body_hash
            )
            self._add({"failed": bool(one.result.failure), "not_modified": is_unchanged})

    def _add(self, counts: Mapping[str, int]) -> None:
        self.counts.update(counts)
        self.total.update(counts)
