"""What has arrived since the last commit: announcements and pages; and which pages to fetch next.

The order of writes is fixed: first the commit to the lake, then the feed states. A feed's new state
is stored only after all entries of the poll are committed. If a process dies between the two
writes, the next process polls the feed once more. The lake ignores entries that it already contains.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

from newslake.pipelines.follower.followed_feeds import FollowedFeeds
from newslake.pipelines.follower.news import record_of
from newslake.pipelines.follower.pending_pages import (
    PendingPages,
    Rests,
    finished,
    new_announcements,
    no_rests,
    pending_pages,
)
from newslake.schemas.records import Document, PageRequest
from newslake.schemas.rows import Announcement, Fetch, Rejected
from newslake.transforms.failure import Failure
from newslake.transforms.feeds.entries.announcement import page_request
from newslake.transforms.feeds.entries.full_text import as_document
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.poll import Polled
from newslake.transforms.feeds.schedule.feed_state import FeedState, FeedStates
from newslake.transforms.fetch.fetch_options import MAX_PAGES
from newslake.transforms.fetch.fetch_page import FetchResult
from newslake.transforms.lake.lake import LakeFolder

MAX_BYTES, MAX_ANNOUNCEMENTS = 256_000_000, 10_000
"""If one of these limits or `MAX_PAGES` is reached, the next commit does not wait."""

_UNKNOWN = datetime.min.replace(tzinfo=UTC)


@dataclass(frozen=True)
class Handed:
    """What a stream has taken over, and what to store once the lake holds it."""

    announcements: Sequence[Announcement]
    arrived: Sequence[Document | Rejected]
    fetches: Sequence[Fetch]
    states: Mapping[str, FeedState]
    """The states of the feeds after polls. They may be stored once the announcements are in the lake."""
    size: int
    """Total size of the fetched pages, in bytes."""

    def __bool__(self) -> bool:
        """Return whether there is anything to commit."""
        return bool(self.announcements or self.arrived or self.fetches)


class Pending:
    """The feeds with their states, and what has arrived since the last commit.

    `archive_entries` writes documents to a WARC file, and returns the documents with their
    positions. By default, documents are not archived. `pages_per_site` is the maximum number of
    pages of one site that are read from the lake at once. `max_pages` is the number of fetched pages
    that are not in the lake yet, at which nothing more is taken. With `only_own_pages`, pages that
    other feeds have announced are left to others. `follower` is as in `FollowedFeeds`. `period` is
    the time between two commits.
    """

    def __init__(
        self,
        lake: LakeFolder,
        states: FeedStates,
        feeds: Iterable[Listed],
        now: datetime,
        archive_entries: Callable[[list[Document]], list[Document]] = list,
        pages_per_site: int = MAX_PAGES,
        max_pages: int = MAX_PAGES,
        only_own_pages: bool = False,
        follower: str = "",
        period: timedelta = timedelta(),
    ) -> None:
        self._lake = lake.storage.root
        self._archive_entries = archive_entries
        self._pages_per_site = pages_per_site
        self._max_pages = max_pages
        self._only_own_pages = only_own_pages
        self._period = period
        self.rests: Rests = no_rests
        """Returns how long hosts must be left alone; the owner of the crawler sets it."""
        self.feeds = FollowedFeeds(states, feeds, now, follower)
        self.announcements: dict[str, Announcement] = {}
        """New announcements by id, not committed yet."""
        self._not_handed: list[Announcement] = []
        self._announced: list[PageRequest] = []
        """The pages of the new announcements, the newest first."""
        self.arrived: list[Document | Rejected] = []
        """Fetched pages, and documents of new entries that contain the whole article."""
        self.fetches: list[Fetch] = []
        """Rows of the pages that were requested."""
        self._size = 0
        """Total size of the fetched pages, in bytes."""
        self._handed_size = 0
        self._fetched: set[str] = set()
        """Canonical URLs of the pages that were requested."""
        self._fetched_since_read = 0
        self._failure: Failure | None = None
        self.pages = PendingPages()
        """The pages that are announced in the lake, but have no outcome in the lake yet."""
        self._read_pages(now)

    def take_polled(self, polled: Sequence[Polled]) -> None:
        """Add the new entries of `polled` to the announcements, and update the feed states."""
        items = {
            item.row.announcement_id: (one.state.feed, item)
            for one in polled
            for item in one.entries
            if item.row.announcement_id not in self.announcements
        }
        new: dict[str, list[Announcement]] = {}
        documents = []
        uncommitted = {(row.feed, row.entry_id) for row in self.announcements.values()}
        for row in new_announcements(self._lake, [item.row for _, item in items.values()]):
            feed, item = items[row.announcement_id]
            if (row.feed, row.entry_id) in uncommitted:
                row = replace(row, revised=True)
            new.setdefault(feed, []).append(row)
            self.announcements[row.announcement_id] = row
            self._not_handed.append(row)
            if item.html:
                documents.append(
                    as_document(
                        item.entry, item.html, row.feed, row.entry_id, row.seen_at, item.optouts
                    )
                )
        if documents:
            self.arrived += self._archive_entries(documents)
        self._announced = (
            self._to_fetch([row for rows in new.values() for row in rows]) + self._announced
        )
        for one in polled:
            self.feeds.add_poll(one, new.get(one.state.feed, []))
        self._has_new_pages |= bool(new)

    def _to_fetch(self, rows: Sequence[Announcement]) -> list[PageRequest]:
        """Return the pages of `rows` that must be fetched, the newest first."""
        pages = [(row, page_request(row)) for row in rows if row.content_source == "page"]
        done = finished(self._lake, [page.canonical_url for _, page in pages])
        unfinished = [page for row, page in pages if row.revised or page.canonical_url not in done]
        return sorted(unfinished, key=lambda page: page.published_at or _UNKNOWN, reverse=True)

    def take_fetched(self, results: Iterable[FetchResult]) -> None:
        """Add pages after an attempt to fetch them."""
        for result in results:
            try:
                if record := record_of(result):
                    self.arrived.append(record)
            except Failure as failure:
                self._failure = failure  # the page stays pending
                continue
            self.fetches.append(result.row)
            self._fetched.add(result.row.canonical_url)
            self._fetched_since_read += 1
            self._size += result.size

    def raise_failure(self) -> None:
        """Raise the last `Failure` of a fetch once, if the machine caused one."""
        failure, self._failure = self._failure, None
        if failure:
            raise failure

    @property
    def is_full(self) -> bool:
        """True if the next commit must not wait any longer."""
        pages = max(len(self.arrived), len(self._fetched))
        return (
            pages >= self._max_pages
            or self._size >= MAX_BYTES
            or len(self.announcements) >= MAX_ANNOUNCEMENTS
        )

    @property
    def uncommitted(self) -> int:
        """Number of announcements and pages that the lake does not hold yet."""
        return len(self.announcements) + len(self._fetched)

    def __bool__(self) -> bool:
        """Return whether there is anything to commit."""
        return bool(self.announcements or self.fetches)

    def has_new_pages(self, now: datetime) -> bool:
        """Return whether `next_pages` returns pages that it has not returned before.

        The pages of the lake are read in portions: a further portion is read if half of the last
        one has been fetched, if a retry is due, or if a host's pause has ended.
        """
        portion, next_due = self.pages.next, self.pages.next_due
        is_partial = 0 < len(portion) < self.pages.due
        is_used = is_partial and 2 * self._fetched_since_read >= len(portion)
        if is_used or (next_due and next_due <= now):
            self._read_pages(now)
        return self._has_new_pages

    def next_pages(self) -> list[PageRequest]:
        """Return the pages to fetch next; of each feed, the newest first.

        The pages of the new announcements come before the pages of the lake.
        """
        self._has_new_pages = False
        pages: dict[str, PageRequest] = {}
        for page in (*self._announced, *self.pages.next):
            if page.canonical_url not in self._fetched:
                pages.setdefault(page.canonical_url, page)
        return list(pages.values())

    def committed(self, now: datetime) -> None:
        """Clear what has arrived and store the feed states. Call this after a commit."""
        self._clear()
        self._read_pages(now)
        self.feeds.store_changed()

    def hand_over(self) -> Handed:
        """Return what has arrived since the last call. It is not in the lake yet; see `settle`."""
        size = self._size - self._handed_size
        self._handed_size = self._size
        changed = self.feeds.take_changed()
        handed = Handed(self._not_handed, self.arrived, self.fetches, changed, size)
        self._not_handed, self.arrived, self.fetches = [], [], []
        return handed

    def settle(self, handed: Sequence[Handed], now: datetime) -> None:
        """Forget what was handed over, and store the feed states: the lake holds it now."""
        announced = [row for one in handed for row in one.announcements]
        pages = {row.canonical_url for row in announced}
        self._announced = [page for page in self._announced if page.canonical_url not in pages]
        for row in announced:
            self.announcements.pop(row.announcement_id, None)
        self._fetched -= {row.canonical_url for one in handed for row in one.fetches}
        size = sum(one.size for one in handed)
        self._size, self._handed_size = self._size - size, self._handed_size - size
        self.feeds.store({feed: state for one in handed for feed, state in one.states.items()})
        self._read_pages(now)

    def start_again(self, now: datetime) -> None:
        """Forget all that is not in the lake; the feeds are polled and the pages fetched again."""
        self._clear()
        self.feeds.start_again(now)
        self._read_pages(now)

    def _clear(self) -> None:
        self.announcements.clear()
        self._not_handed.clear()
        self._announced.clear()
        self.arrived.clear()
        self.fetches.clear()
        self._fetched.clear()
        self._size = self._handed_size = 0

    def _read_pages(self, now: datetime) -> None:
        names = self.feeds.names() if self._only_own_pages else None
        self.pages = pending_pages(
            self._lake,
            now,
            self._pages_per_site,
            MAX_PAGES,
            excluded=self._fetched,
            feeds=names,
            rests=self.rests,
            period=self._period,
        )
        self._fetched_since_read = 0
        self._has_new_pages = True
