"""What is pending: the lake is read only if there may be other pages to fetch."""

import pytest
from lakes import DAY, announcement, commit, fetch

from newslake.pipelines.follower import pending as module
from newslake.pipelines.follower.pending import Pending
from newslake.transforms.feeds.entries.announcement import FeedItem
from newslake.transforms.feeds.lists import Listed
from newslake.transforms.feeds.poll import Polled
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates, PollResult
from newslake.transforms.feeds.schedule.poll_schedule import first
from newslake.transforms.fetch.fetch_page import FetchResult

URLS = [f"https://example.org/{number}" for number in range(4)]


@pytest.fixture
def reads(monkeypatch):
    """The portions of pages that were read from the lake."""
    found, read = [], module.pending_pages

    def reading(*given, **named):
        found.append(read(*given, **named))
        return found[-1]

    monkeypatch.setattr(module, "pending_pages", reading)
    return found


def test_pages_that_wait_for_a_commit_are_not_looked_for_in_the_lake(lake, reads):
    commit(lake, *map(announcement, URLS), run_id="announced", number=10)
    with FeedStates(lake.storage.path(NAME)) as states:
        pending = Pending(lake, states, [], DAY, pages_per_site=3)
        for url in URLS:
            pending.has_new_pages(DAY)
            assert url in [page.url for page in pending.next_pages()]
            pending.take_fetched([FetchResult(fetch(url), None)])
        assert pending.has_new_pages(DAY)
        assert pending.next_pages() == []
        assert [len(portion.next) for portion in reads] == [3, 2, 1, 0]
        assert not pending.has_new_pages(DAY)
        pending.settle([pending.hand_over()], DAY)
        assert [page.url for page in pending.next_pages()] == URLS[:3]


def test_a_version_is_revised_if_an_earlier_one_is_not_committed_yet(lake):
    """Else the page would not be fetched again, and the correction would be lost."""
    state = first("https://example.org/feed", DAY)
    with FeedStates(lake.storage.path(NAME)) as states:
        pending = Pending(lake, states, [Listed(state.feed)], DAY)
        for version in ("1", "2"):
            item = FeedItem(announcement(URLS[0], version=version), None, None, [])
            result, row = PollResult(at=DAY), fetch(state.feed, kind="feed")
            pending.take_polled([Polled(state, result, row, (item,))])
        [one, two] = pending.announcements.values()
        assert (one.revised, two.revised) == (False, True)
