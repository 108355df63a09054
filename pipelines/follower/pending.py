"""Announcements and documents from polls since the last commit.

The order of writes is fixed: first the commit to the lake, then the feed states. A feed's new state
is stored only after all entries of the poll are committed. If a process dies between the two
writes, the next process polls the feed once more. The lake ignores entries that it already contains.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

import apache_beam as beam

from newslake.pipelines.follower.pending_pages import finished, new_announcements, pending_pages
from newslake.pipelines.ingest import SourceOutput
from newslake.schemas.records import Document, PageRequest
from newslake.schemas.rows import Announcement
from newslake.transforms.feeds.entries.announcement import page_request
from newslake.transforms.feeds.entries.full_text import as_document
from newslake.transforms.feeds.poll import Polled
from newslake.transforms.feeds.schedule.feed_state import FeedState, FeedStates
from newslake.transforms.feeds.schedule.poll_schedule import after, at_new_address, first, moved
from newslake.transforms.fetch.fetch import FetchPages
from newslake.transforms.fetch.fetch_options import MAX_PAGES
from newslake.transforms.lake.lake import LakeFolder


class Pending:
    """The feeds with their states, and their announcements since the last commit.

    `archive_entries` writes documents to a WARC file, and returns the documents with their
    positions. By default, documents are not archived.
    """

    def __init__(
        self,
        lake: LakeFolder,
        states: FeedStates,
        feeds: Iterable[str],
        now: datetime,
        archive_entries: Callable[[list[Document]], list[Document]] = list,
    ) -> None:
        self._lake = lake.storage.root
        self._store = states
        self._archive_entries = archive_entries
        feeds = list(feeds)
        stored = states.load(feeds)
        self.states = {feed: stored.get(feed) or first(feed, now) for feed in feeds}
        self._changed: dict[str, FeedState] = {}
        self.announcements: dict[str, Announcement] = {}
        """New announcements by id, not committed yet."""
        self.documents: list[Document] = []
        """Documents of the new entries that contain the whole article."""
        self.waiting = pending_pages(self._lake)
        """Pages that are announced in the lake, but have no outcome in the lake yet."""

    def due(self, now: datetime) -> list[FeedState]:
        """Return the feeds that are due for a poll."""
        return [state for state in self.states.values() if state.next_at <= now]

    def next_at(self) -> datetime | None:
        """Return the time when the next feed is due; None if there are no feeds."""
        return min((state.next_at for state in self.states.values()), default=None)

    def take(self, polled: Sequence[Polled]) -> None:
        """Add the new entries of `polled` to the announcements, and update the feed states."""
        items = {
            item.row.announcement_id: (one.state.feed, item)
            for one in polled
            for item in one.entries
            if item.row.announcement_id not in self.announcements
        }
        new: dict[str, list[Announcement]] = {}
        documents = []
        for row in new_announcements(self._lake, [item.row for _, item in items.values()]):
            feed, item = items[row.announcement_id]
            new.setdefault(feed, []).append(row)
            self.announcements[row.announcement_id] = row
            if item.html:
                documents.append(
                    as_document(
                        item.entry, item.html, row.feed, row.entry_id, row.seen_at, item.optouts
                    )
                )
        self.documents += self._archive_entries(documents)
        for one in polled:
            self._update_state(one, new.get(one.state.feed, []))

    def _update_state(self, polled: Polled, new: list[Announcement]) -> None:
        times = [row.published_at for row in new if row.published_at]
        result = replace(polled.result, new=len(new), oldest_new=min(times, default=None))
        state = after(polled.state, result)
        if address := moved(state):
            state = at_new_address(state, address)
        self.states[state.feed] = self._changed[state.feed] = state

    def page_requests(self, now: datetime) -> list[PageRequest]:
        """Return the pages to fetch now: first the pending pages that are due, then new pages."""
        due = [one.page_request for one in self.waiting if one.until is None or one.until <= now]
        seen_urls = {one.page_request.canonical_url for one in self.waiting}
        pages = [
            (row, page_request(row))
            for row in self.announcements.values()
            if row.content_source == "page"
        ]
        finished_urls = finished(self._lake, [page.canonical_url for _, page in pages])
        for row, page in pages:
            url = page.canonical_url
            if url not in seen_urls and (row.revised or url not in finished_urls):
                seen_urls.add(url)
                due.append(page)
        return due[:MAX_PAGES]

    def committed(self) -> None:
        """Clear the announcements and store the feed states. Call this after a commit."""
        self.announcements.clear()
        self.documents.clear()
        self.waiting = pending_pages(self._lake)
        self.store_states()

    def store_states(self) -> None:
        """Store the changed feed states. Call this after the feeds' announcements are committed.

        SQLite errors are ignored; the next commit tries again. The only effect is repeated polls.
        """
        with suppress(sqlite3.Error):
            self._store.save(self._changed.values())
            self._changed.clear()


@dataclass(frozen=True)
class News:
    """The input of a bounded run: announcements, documents from feed entries, and pages to fetch."""

    announcements: list[Announcement]
    documents: list[Document]
    page_requests: list[PageRequest]
    fetch: FetchPages

    @property
    def stages(self) -> list[Any]:
        return [self.fetch.fetch_options]

    def __call__(self, pipeline: beam.Pipeline) -> SourceOutput:
        entries = pipeline | "Entries" >> _create(self.documents, Document)
        fetched = (
            pipeline
            | "Addresses" >> _create(self.page_requests, PageRequest)
            | "Fetch" >> self.fetch
        )
        return SourceOutput(
            kept=(entries, fetched.kept) | "Arrived" >> beam.Flatten(),
            rejected=fetched.rejected,
            rows={
                "announcements": pipeline
                | "Announcements" >> _create(self.announcements, Announcement),
                "fetches": fetched.fetches,
            },
            metrics=fetched.metrics,
        )


def _create(records: Sequence[object], kind: type) -> beam.PTransform:
    return beam.Create(records, reshuffle=False).with_output_types(kind)
