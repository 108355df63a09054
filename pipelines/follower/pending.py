"""What the polls have brought since the last commit.

The order of truth: first the lake, then the state of the feeds. A state that says `I have seen this
document` is remembered only when all that stood in the document is committed; whoever dies before
polls the feed once more, and the lake knows what it has.
"""

import sqlite3
from collections.abc import Callable, Iterable, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime

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
from newslake.transforms.lake.lake import LakeFolder

MOST_PAGES = 2_000
"""So many addresses are fetched in one run, at most; the others wait for the next."""


class Pending:
    """The feeds, what is known of each, and what they have announced since the last commit.

    Args:
        lake: What is committed.
        states: What is remembered of the feeds.
        feeds: Addresses of those that are followed.
        now: The time.
        keep: Archives entries that hold their article, and returns them with their places; nobody
            does by default.
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
        self._remembered = states
        self._archive_entries = archive_entries
        feeds = list(feeds)
        known = states.load(feeds)
        self.states = {feed: known.get(feed) or first(feed, now) for feed in feeds}
        self._changed: dict[str, FeedState] = {}
        self.announcements: dict[str, Announcement] = {}
        """New ones, by id."""
        self.documents: list[Document] = []
        """Of the new ones that hold their article."""
        self.waiting = pending_pages(self._lake)
        """What the lake holds of announcements without an outcome."""

    def due(self, now: datetime) -> list[FeedState]:
        """Return the feeds whose time to be polled has come."""
        return [state for state in self.states.values() if state.next_at <= now]

    def next_at(self) -> datetime | None:
        """Return when the next feed is due; None without feeds."""
        return min((state.next_at for state in self.states.values()), default=None)

    def take(self, polled: Sequence[Polled]) -> None:
        """Take in what polls brought; their entries are compared with all that is known."""
        met = {
            told.row.announcement_id: (one.state.feed, told)
            for one in polled
            for told in one.entries
            if told.row.announcement_id not in self.announcements
        }
        new: dict[str, list[Announcement]] = {}
        whole = []
        for row in new_announcements(self._lake, [told.row for _, told in met.values()]):
            feed, told = met[row.announcement_id]
            new.setdefault(feed, []).append(row)
            self.announcements[row.announcement_id] = row
            if told.html:
                whole.append(
                    as_document(told.entry, told.html, row.feed, row.entry_id, row.seen_at)
                )
        self.documents += self._archive_entries(whole)
        for one in polled:
            self._learn(one, new.get(one.state.feed, []))

    def _learn(self, one: Polled, new: list[Announcement]) -> None:
        times = [row.published_at for row in new if row.published_at]
        answer = replace(one.answer, new=len(new), oldest_new=min(times, default=None))
        state = after(one.state, answer)
        if address := moved(state):
            state = at_new_address(state, address)
        self.states[state.feed] = self._changed[state.feed] = state

    def addresses(self, now: datetime) -> list[PageRequest]:
        """Return what is to be fetched now: what has waited long enough, and then what is new."""
        due = [one.page_request for one in self.waiting if one.until is None or one.until <= now]
        met = {one.page_request.canonical_url for one in self.waiting}
        pages = [
            (row, page_request(row))
            for row in self.announcements.values()
            if row.content_source == "page"
        ]
        had = finished(self._lake, [page.canonical_url for _, page in pages])
        for row, page in pages:
            if page.canonical_url not in met and (row.revised or page.canonical_url not in had):
                met.add(page.canonical_url)
                due.append(page)
        return due[:MOST_PAGES]

    def committed(self) -> None:
        """Begin anew, now that the lake holds all that the polls brought."""
        self.announcements.clear()
        self.documents.clear()
        self.waiting = pending_pages(self._lake)
        self.remember()

    def remember(self) -> None:
        """Remember what was polled; call it when the lake holds all that the polls brought.

        If that fails, it is tried again at the next commit: it costs polls, no more.
        """
        with suppress(sqlite3.Error):
            self._remembered.save(self._changed.values())
            self._changed.clear()


@dataclass(frozen=True)
class News:
    """A source: what was announced, what of it holds its article, and what is to be fetched."""

    announcements: list[Announcement]
    documents: list[Document]
    addresses: list[PageRequest]
    fetch: FetchPages

    def __call__(self, pipeline: beam.Pipeline) -> SourceOutput:
        told = pipeline | "Entries" >> _given(self.documents, Document)
        fetched = (
            pipeline | "Addresses" >> _given(self.addresses, PageRequest) | "Fetch" >> self.fetch
        )
        return SourceOutput(
            kept=(told, fetched.kept) | "Arrived" >> beam.Flatten(),
            rejected=fetched.rejected,
            rows={
                "announcements": pipeline
                | "Announcements" >> _given(self.announcements, Announcement),
                "fetches": fetched.fetches,
            },
            metrics=fetched.metrics,
        )


def _given(records: Sequence[object], kind: type) -> beam.PTransform:
    return beam.Create(records, reshuffle=False).with_output_types(kind)
