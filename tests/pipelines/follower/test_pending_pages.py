"""A page is pending if the lake has its announcement and no outcome of it."""

from datetime import timedelta

import pytest
from lakes import DAY, announcement, commit, fetch

from newslake.pipelines.follower.pending_pages import MAX_VERSIONS, new_announcements, pending_pages
from newslake.transforms.dedupe.lake_index import open_lake

ONE, TWO = "https://example.org/1", "https://example.org/2"
HOUR = timedelta(hours=1)


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    return lake


def urls(lake):
    return [one.page_request.url for one in pending_pages(lake.storage.root)]


def test_an_announced_page_is_pending_until_it_has_an_outcome(lake):
    commit(lake, announcement(TWO, seen_at=DAY + HOUR), announcement(ONE))
    assert urls(lake) == [ONE, TWO]
    commit(lake, fetch(ONE, "document"), run_id="second")
    assert urls(lake) == [TWO]
    commit(lake, fetch(TWO, "rejected"), run_id="third")
    assert urls(lake) == []


def test_a_failed_page_stays_pending_and_its_failures_are_counted(lake):
    commit(
        lake,
        announcement(ONE),
        fetch(ONE, "waiting", wait_until=DAY + HOUR),
        fetch(ONE, "waiting", DAY + HOUR, wait_until=DAY + 2 * HOUR),
    )
    [one] = pending_pages(lake.storage.root)
    assert (one.page_request.failures, one.until) == (2, DAY + 2 * HOUR)


def test_an_address_that_another_feed_announces_later_is_not_fetched_again(lake):
    commit(lake, announcement(ONE), fetch(ONE, started_at=DAY + HOUR))
    commit(lake, announcement(ONE, "https://other.example/", DAY + 2 * HOUR), run_id="second")
    assert urls(lake) == []


def test_an_entry_with_other_words_is_fetched_again_once(lake):
    commit(lake, announcement(ONE), fetch(ONE, started_at=DAY + HOUR))
    commit(
        lake, announcement(ONE, seen_at=DAY + 2 * HOUR, version="1", revised=True), run_id="second"
    )
    assert urls(lake) == [ONE]
    commit(lake, fetch(ONE, started_at=DAY + 3 * HOUR), run_id="third")
    assert urls(lake) == []


def test_one_url_of_five_feeds_is_pending_once_for_the_first_of_them(lake):
    feeds = [f"https://{name}.example/feed" for name in "abcde"]
    commit(
        lake,
        *(announcement(ONE, feed, DAY - number * HOUR) for number, feed in enumerate(feeds)),
    )
    [one] = pending_pages(lake.storage.root)
    assert one.page_request.feed == feeds[-1]


def test_a_pending_page_has_the_earliest_date_with_its_precision(lake):
    dates = [(DAY + HOUR, "second"), (DAY, "day"), (None, None)]
    commit(
        lake,
        *(
            announcement(ONE, f"https://{n}.example/", published_at=at, published_precision=unit)
            for n, (at, unit) in enumerate(dates)
        ),
    )
    [one] = pending_pages(lake.storage.root)
    assert (one.page_request.published_at, one.page_request.published_precision) == (DAY, "day")


def test_an_entry_with_the_full_text_is_not_pending(lake):
    commit(lake, announcement(ONE, content_source="entry"))
    commit(lake, announcement(TWO, canonical_url=None, content_source="none"), run_id="2")
    assert urls(lake) == []


def test_an_entry_that_the_lake_holds_is_not_new(lake):
    commit(lake, announcement(ONE))
    old, new = announcement(ONE, seen_at=DAY + HOUR), announcement(TWO)
    elsewhere = announcement(ONE, "https://other.example/feed")
    assert new_announcements(lake.storage.root, [old, new, elsewhere]) == [new, elsewhere]
    assert new_announcements(lake.storage.root, []) == []


def test_an_entry_in_another_version_is_revised(lake):
    commit(lake, announcement(ONE))
    [found] = new_announcements(lake.storage.root, [announcement(ONE, version="1")])
    assert found.revised


def test_an_entry_that_keeps_changing_is_left_alone(lake):
    commit(lake, *(announcement(ONE, version=str(number)) for number in range(MAX_VERSIONS)))
    assert new_announcements(lake.storage.root, [announcement(ONE, version="another")]) == []
