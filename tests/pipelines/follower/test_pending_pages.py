"""A page is pending if the lake has its announcement and no outcome of it."""

from collections import Counter
from datetime import timedelta

import pytest
from lakes import DAY, announcement, commit, fetch

from newslake.pipelines.follower import pending_pages as module
from newslake.pipelines.follower.pending_pages import MAX_VERSIONS, new_announcements
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.fetch.visitor import Rest

ONE, TWO = "https://example.org/1", "https://example.org/2"
HOUR = timedelta(hours=1)


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    return lake


LATER = DAY + 10 * HOUR


def pending_pages(lake, now=LATER, per_site=1_000, total=1_000, **options):
    return module.pending_pages(lake.storage.root, now, per_site, total, **options)


def urls(lake, *limits, **options):
    return [page.url for page in pending_pages(lake, *limits, **options).next]


def announced(site, feed, number, seen_at=DAY):
    """Return `number` announcements of a feed."""
    return [
        announcement(f"https://{site}/{feed}/{one:04}", f"https://{site}/{feed}", seen_at)
        for one in range(number)
    ]


def feeds_of(pages):
    return Counter(url.rpartition("/")[0] for url in pages)


def test_an_announced_page_is_pending_until_it_has_an_outcome(lake):
    commit(lake, announcement(TWO, seen_at=DAY + HOUR), announcement(ONE))
    assert sorted(urls(lake)) == [ONE, TWO]
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
    [page] = pending_pages(lake).next
    assert page.failures == 2
    before = pending_pages(lake, DAY + HOUR)
    assert (before.waiting, before.due, before.next) == (1, 0, ())
    assert before.next_due == DAY + 2 * HOUR


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
    [page] = pending_pages(lake).next
    assert page.feed == feeds[-1]


def test_a_pending_page_has_the_earliest_date_with_its_precision(lake):
    dates = [(DAY + HOUR, "second"), (DAY, "day"), (None, None)]
    commit(
        lake,
        *(
            announcement(ONE, f"https://{n}.example/", published_at=at, published_precision=unit)
            for n, (at, unit) in enumerate(dates)
        ),
    )
    [page] = pending_pages(lake).next
    assert (page.published_at, page.published_precision) == (DAY, "day")


def test_an_entry_with_the_full_text_is_not_pending(lake):
    commit(lake, announcement(ONE, content_source="entry"))
    commit(lake, announcement(TWO, canonical_url=None, content_source="none"), run_id="2")
    assert urls(lake) == []


def test_a_site_with_many_pages_takes_no_turn_of_another_site(lake):
    commit(lake, *announced("a.example", "all", 50), *announced("z.example", "all", 5))
    assert feeds_of(urls(lake, LATER, 1_000, 20)) == {
        "https://a.example/all": 15,
        "https://z.example/all": 5,
    }


def test_a_feed_with_many_pages_takes_no_turn_of_another_feed_of_its_site(lake):
    commit(lake, *announced("a.example", "large", 50), *announced("a.example", "small", 5))
    assert feeds_of(urls(lake, LATER, 20, 1_000)) == {
        "https://a.example/large": 15,
        "https://a.example/small": 5,
    }


def test_hosts_of_one_domain_are_one_site(lake):
    for host in ("www.example.com", "news.example.com", "example.org"):
        commit(lake, *announced(host, "all", 20), run_id=host)
    found = urls(lake, LATER, 1_000, 20)
    assert feeds_of(found)["https://example.org/all"] == 10


def test_the_newest_page_of_a_feed_is_first(lake):
    feed = "https://example.org/feed"
    commit(
        lake,
        announcement("https://example.org/old", feed, DAY),
        announcement("https://example.org/new", feed, DAY + HOUR),
        announcement("https://example.org/dated", feed, DAY + HOUR, published_at=DAY),
    )
    assert [url.rpartition("/")[2] for url in urls(lake)] == ["dated", "new", "old"]


def test_a_page_that_failed_has_its_turn_when_its_retry_is_due(lake):
    commit(
        lake,
        announcement(ONE, seen_at=DAY),
        announcement(TWO, seen_at=DAY + HOUR),
        fetch(ONE, "waiting", wait_until=DAY + 2 * HOUR),
    )
    assert urls(lake) == [ONE, TWO]


def test_of_too_many_feeds_those_that_waited_longest_come_first(lake):
    for hour in range(10):
        commit(
            lake, *announced("a.example", f"feed{hour}", 2, LATER - hour * HOUR), run_id=f"{hour}"
        )
    assert set(feeds_of(urls(lake, LATER, 3, 1_000))) == {
        f"https://a.example/feed{hour}" for hour in (7, 8, 9)
    }


def test_pages_over_the_limits_are_counted_and_read_later(lake):
    commit(lake, *announced("a.example", "all", 50))
    pages = pending_pages(lake, LATER, 20, 1_000)
    assert (pages.waiting, pages.due, len(pages.next)) == (50, 50, 20)
    first = {page.canonical_url for page in pages.next}
    second = set(urls(lake, LATER, 20, 1_000, excluded=first))
    assert len(second) == 20
    assert not first & second


def test_pages_of_a_host_that_pauses_leave_the_portion_to_others(lake):
    """Its pages are offered again when its pause has ended."""
    commit(
        lake,
        *announced("busy.example", "all", 50, LATER - 2 * HOUR),
        *announced("a.example", "all", 5),
        announcement(ONE),
        fetch(ONE, "waiting", wait_until=LATER + 3 * HOUR),
    )
    assert feeds_of(urls(lake, LATER, 50, 20))["https://busy.example/all"] == 15
    until = LATER + 2 * HOUR
    pages = pending_pages(
        lake, LATER, 50, 20, rests=lambda _: {"https://busy.example": Rest(until)}
    )
    assert feeds_of(page.url for page in pages.next) == {"https://a.example/all": 5}
    assert (pages.waiting, pages.due, pages.next_due) == (56, 55, until)
    assert pending_pages(lake, until, 50, 20).next_due == LATER + 3 * HOUR


def test_a_host_with_a_crawl_delay_gets_as_many_pages_as_a_period_has_turns(lake):
    for site in ("slow.example", "fast.example"):
        commit(lake, *announced(site, "a", 30), *announced(site, "b", 30), run_id=site)
    rests = {"https://slow.example": Rest(delay=30.0)}
    found = pending_pages(lake, LATER, 60, 50, rests=lambda _: rests, period=timedelta(minutes=2))
    assert feeds_of(page.url for page in found.next) == {
        "https://slow.example/a": 2,
        "https://slow.example/b": 2,
        "https://fast.example/a": 23,
        "https://fast.example/b": 23,
    }
    short = pending_pages(lake, LATER, 60, 50, rests=lambda _: rests, period=timedelta(seconds=1))
    assert len([page for page in short.next if "slow" in page.url]) == 1


def test_behind_is_the_age_of_the_oldest_page_that_does_not_wait_by_rule(lake):
    def behind(resting=()):
        return pending_pages(lake).behind(LATER, resting)

    assert behind() == timedelta()
    commit(
        lake,
        announcement(ONE, seen_at=LATER - 5 * HOUR),
        fetch(ONE, "waiting", wait_until=LATER + HOUR),
    )
    assert behind() == timedelta()
    commit(lake, *announced("a.example", "all", 3, LATER - HOUR), run_id="2")
    commit(lake, *announced("b.example", "all", 3, LATER - 2 * HOUR), run_id="3")
    assert behind() == 2 * HOUR
    assert behind({"https://b.example"}) == HOUR
    assert behind({"https://a.example", "https://b.example"}) == timedelta()


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


def test_a_stream_sees_only_pages_of_its_own_feeds(lake):
    commit(lake, *announced("a.example", "feed", 3), *announced("b.example", "feed", 2))
    pending = pending_pages(lake, feeds=["https://b.example/feed"])
    assert feeds_of(page.url for page in pending.next) == {"https://b.example/feed": 2}
    assert (pending.waiting, pending.due) == (2, 2)
