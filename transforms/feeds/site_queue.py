"""The polls and pages that wait for one site, and the order of their turns."""

from collections import deque
from collections.abc import Iterable

from newslake.schemas.records import PageRequest
from newslake.transforms.feeds.schedule.feed_state import FeedState


class SiteQueue:
    """The polls and pages that wait for one site.

    Polls and pages take turns, so that neither waits for all of the others. The feeds that
    announced the pages take turns too, so that a feed with many pages does not delay other feeds.
    """

    def __init__(self, max_pages: int) -> None:
        self.pages_left = max_pages
        """Number of pages that may still be visited in this period."""
        self._polls: deque[FeedState] = deque()
        self._pages: dict[str | None, deque[PageRequest]] = {}
        """Pages by feed; the feed whose turn is next comes first."""
        self._last_was_poll = False

    def __bool__(self) -> bool:
        """Return whether an item may be visited now."""
        return bool(self._polls or self._has_pages())

    def add_poll(self, state: FeedState) -> None:
        """Append a poll."""
        self._polls.append(state)

    def replace_pages(self, pages: Iterable[PageRequest]) -> None:
        """Replace the pages that wait; of each feed, the first page is visited first.

        Feeds that already had waiting pages keep their places in the order of turns.
        """
        by_feed: dict[str | None, deque[PageRequest]] = {feed: deque() for feed in self._pages}
        for page in pages:
            by_feed.setdefault(page.feed, deque()).append(page)
        self._pages = {feed: waiting for feed, waiting in by_feed.items() if waiting}

    def next(self) -> FeedState | PageRequest:
        """Remove and return the item whose turn it is. Call this only if the queue is true."""
        self._last_was_poll = bool(self._polls) and not (self._last_was_poll and self._has_pages())
        if self._last_was_poll:
            return self._polls.popleft()
        feed = next(iter(self._pages))
        waiting = self._pages.pop(feed)
        page = waiting.popleft()
        if waiting:
            self._pages[feed] = waiting  # the feed's next turn comes after those of all others
        self.pages_left -= 1
        return page

    def _has_pages(self) -> bool:
        return bool(self._pages) and self.pages_left > 0
