"""Polls, pages and feeds of a site take turns."""

from papers import NOON

from newslake.schemas.records import PageRequest
from newslake.transforms.feeds.schedule.poll_schedule import first
from newslake.transforms.feeds.site_queue import SiteQueue


def pages(feed, *names):
    return [PageRequest(f"https://a.example/{name}", name, feed) for name in names]


def turns(queue, most=100):
    """Return the names of the next items; a poll has the name of its feed."""
    found = []
    while queue and len(found) < most:
        item = queue.next()
        found.append(item.canonical_url if isinstance(item, PageRequest) else item.feed)
    return found


def test_the_feeds_take_turns_whatever_the_number_of_their_pages():
    queue = SiteQueue(100)
    queue.replace_pages([*pages("large", *"abcdef"), *pages("small", "1", "2")])
    assert turns(queue) == ["a", "1", "b", "2", "c", "d", "e", "f"]


def test_a_feed_keeps_its_place_when_the_pages_are_replaced():
    queue = SiteQueue(100)
    queue.replace_pages([*pages("one", *"abc"), *pages("two", *"xyz")])
    assert turns(queue, 1) == ["a"]
    queue.replace_pages([*pages("one", "new", *"bc"), *pages("two", *"xyz")])
    assert turns(queue, 3) == ["x", "new", "y"]


def test_pages_that_are_not_requested_again_are_dropped():
    queue = SiteQueue(100)
    queue.replace_pages(pages("one", *"ab"))
    queue.replace_pages([])
    assert not queue


def test_polls_and_pages_take_turns():
    queue = SiteQueue(100)
    queue.replace_pages(pages("one", *"abc"))
    for name in ("poll 1", "poll 2"):
        queue.add_poll(first(name, NOON))
    assert turns(queue) == ["poll 1", "a", "poll 2", "b", "c"]


def test_after_the_last_allowed_page_only_polls_follow():
    queue = SiteQueue(2)
    queue.replace_pages(pages("one", *"abc"))
    for name in ("poll 1", "poll 2", "poll 3"):
        queue.add_poll(first(name, NOON))
    assert turns(queue) == ["poll 1", "a", "poll 2", "b", "poll 3"]
    queue.pages_left = 1
    assert turns(queue) == ["c"]
