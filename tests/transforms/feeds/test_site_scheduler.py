"""Many sites are visited concurrently, the requests to a site in sequence; nothing is lost."""

import asyncio
from collections import Counter
from datetime import timedelta
from itertools import pairwise

import pytest
from clocks import FakeClock, Names
from hostile import SITE_FILES, http_response, server_in_a_thread
from visits import visit

from newslake.schemas.reasons import HttpError
from newslake.schemas.records import PageRequest
from newslake.transforms.feeds import site_scheduler
from newslake.transforms.feeds.crawler import Crawler
from newslake.transforms.feeds.schedule.poll_schedule import first
from newslake.transforms.feeds.site_scheduler import SiteScheduler
from newslake.transforms.fetch import fetch_options, fetch_page
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.fetch.visitor import HOST_BACKOFF, MAX_WAIT

NAMES = Names(anybody=[["127.0.0.1"]])
RSS = b"<rss version='2.0'><channel><title>News</title><item><guid>1</guid></item></channel></rss>"


def request(url, **fields):
    return PageRequest(url=url, canonical_url=url, **fields)


def scheduled(act, clock=None, pages_per_site=100):
    """Run `act(scheduler, server)` and return the result."""
    clock = clock or FakeClock()

    async def run(visitor, server):
        scheduler = SiteScheduler(visitor, clock, pages_per_site)
        try:
            return await act(scheduler, server)
        finally:
            await scheduler.close()

    return visit(run, names=NAMES, clock=clock)


async def all_of(scheduler):
    """Return all that arrives until the scheduler is idle."""
    polled, fetched = [], []
    while not scheduler.is_idle:
        await scheduler.wait(0)
        arrived = scheduler.take()
        polled += arrived.polled
        fetched += arrived.fetched
    return polled, fetched


def test_each_page_and_each_poll_has_one_result():
    async def act(scheduler, server):
        server.pages["/feed"] = http_response(RSS, Content_Type="application/rss+xml")
        feeds = [
            first(server.url("/feed", host), FakeClock().now())
            for host in ("a.example", "b.example")
        ]
        urls = [
            server.url(f"/page?{number}", f"{host}.example")
            for host in "abc"
            for number in range(5)
        ]
        assert scheduler.add_polls(feeds) == 2
        assert scheduler.add_polls(feeds) == 0
        scheduler.replace_pages(map(request, urls))
        polled, fetched = await all_of(scheduler)
        assert [len(one.entries) for one in polled] == [1, 1]
        return urls, [one.row.url for one in fetched]

    urls, fetched = scheduled(act)
    assert sorted(fetched) == sorted(urls)


def test_a_page_is_requested_once_however_often_it_is_announced():
    async def act(scheduler, server):
        url = server.url("/page", "a.example")
        scheduler.replace_pages([request(url)])
        while not server.requested():
            await scheduler.wait(0)
            scheduler.replace_pages([request(url)])
        scheduler.replace_pages([request(url)])
        await all_of(scheduler)
        return server.requested()

    assert scheduled(act) == ["/page"]


def test_a_bug_of_ours_costs_one_page():
    class Broken:
        def is_backing_off(self, url):
            return False

        def take_file_fetches(self):
            return []

        async def get(self, url, warc_fields):
            if url.endswith("1"):
                raise KeyError(url)
            raise HttpError("404 Not Found")

    async def run():
        scheduler = SiteScheduler(Broken(), FakeClock(), 10)
        scheduler.replace_pages(request(f"https://a.example/{number}") for number in (1, 2))
        _, fetched = await all_of(scheduler)
        return [one.row.reason for one in fetched]

    assert asyncio.run(run()) == ["crash_KeyError", "http_error"]


def test_a_bug_in_the_scheduler_is_raised(monkeypatch):
    async def act(scheduler, server):
        monkeypatch.setattr(site_scheduler, "fetch", None)
        scheduler.replace_pages([request(server.url("/page", "a.example"))])
        with pytest.raises(TypeError):
            await all_of(scheduler)

    scheduled(act)


def test_pages_over_a_sites_limit_wait_for_the_next_period():
    async def act(scheduler, server):
        urls = [server.url(f"/page?{number}", "a.example") for number in range(10)]
        urls += [server.url(f"/page?{number}", "b.example") for number in range(2)]
        scheduler.replace_pages(map(request, urls))
        _, fetched = await all_of(scheduler)
        done = {one.row.url for one in fetched}
        scheduler.begin_period()
        scheduler.replace_pages(request(url) for url in urls if url not in done)
        _, later = await all_of(scheduler)
        return Counter(one.row.url for one in [*fetched, *later]), len(fetched), len(later)

    found, first_period, second_period = scheduled(act, pages_per_site=4)
    assert (first_period, second_period) == (6, 4)
    assert set(found.values()) == {1}


@pytest.mark.parametrize(
    ("status", "fields", "rest"),
    [
        ("429 Too Many Requests", {}, HOST_BACKOFF),
        ("429 Too Many Requests", {"Retry_After": 3600}, timedelta(hours=1)),
        ("503 Service Unavailable", {"Retry_After": 3600}, timedelta(hours=1)),
        ("429 Too Many Requests", {"Retry_After": 10**7}, MAX_WAIT),
    ],
)
def test_a_host_that_reports_overload_is_left_alone_and_others_are_not(status, fields, rest):
    clock = FakeClock()

    async def act(scheduler, server):
        server.pages["/busy"] = http_response(b"", status, **fields)
        busy, left, other = (
            server.url("/busy", "one.example"),
            server.url("/page", "one.example"),
            server.url("/page", "two.example"),
        )
        scheduler.replace_pages(map(request, (busy, left, other)))
        _, fetched = await all_of(scheduler)
        assert {one.row.url for one in fetched} == {busy, other}
        assert scheduler.backing_off([left, other]) == {left}
        [(url, pause)] = scheduler.rests([left, other]).items()
        assert (url, pause.until > clock.time, pause.delay) == (left, True, 1.0)
        clock.time += rest
        del server.pages["/busy"]
        scheduler.replace_pages(map(request, (left,)))
        _, fetched = await all_of(scheduler)
        return [one.row.url for one in fetched] == [left]

    assert scheduled(act, clock)


def test_a_host_that_pauses_uses_no_turns_of_its_site():
    async def act(scheduler, server):
        server.pages["/busy"] = http_response(b"", "429 Too Many Requests")
        busy = [server.url("/busy", "a.example.com")]
        busy += [server.url(f"/page?{number}", "a.example.com") for number in range(5)]
        other = server.url("/page", "b.example.com")
        scheduler.replace_pages(map(request, [*busy, other]))
        _, fetched = await all_of(scheduler)
        return {one.row.url for one in fetched} == {busy[0], other}

    assert scheduled(act, pages_per_site=2)


def test_a_page_that_hangs_delays_no_other_site():
    async def act(scheduler, server):
        urls = [server.url("/drip-body", "slow.example")]
        urls += [server.url("/page", f"site{number}.example") for number in range(20)]
        scheduler.replace_pages(map(request, urls))
        fetched = []
        while len(fetched) < 20:
            await scheduler.wait(0)
            fetched += scheduler.take().fetched
        assert not scheduler.is_idle
        return {one.row.outcome for one in fetched}

    assert scheduled(act) == {"document"}


def test_visits_stop_until_the_results_are_taken(monkeypatch):
    results = []

    async def fetch(*given):
        results.append(await fetch_page.fetch(*given))
        return results[-1]

    monkeypatch.setattr(site_scheduler, "MAX_RESULTS", 5)
    monkeypatch.setattr(site_scheduler, "fetch", fetch)

    async def act(scheduler, server):
        urls = [server.url(f"/page?{number}", "a.example") for number in range(20)]
        scheduler.replace_pages(map(request, urls))
        while len(results) < 5:
            await scheduler.wait(0)
        for _ in range(100):  # in which another visit would send its request
            await asyncio.sleep(0)
        requests, arrived = len(server.requested()), scheduler.take()
        _, rest = await all_of(scheduler)
        return requests, len(arrived.fetched), len(arrived.fetched) + len(rest)

    assert scheduled(act) == (5, 5, 20)


def test_requests_to_a_host_keep_their_pause_under_load():
    async def act(scheduler, server):
        urls = [server.url(f"/page?{number}", "a.example") for number in range(5)]
        scheduler.replace_pages(map(request, urls))
        await all_of(scheduler)
        return [one.at for one in server.requests]

    times = scheduled(act)
    assert all(later - earlier >= timedelta(seconds=1) for earlier, later in pairwise(times))


def test_the_crawler_works_in_the_background():
    fetch_options.visitor_state.cache_clear()
    clock = FakeClock()
    options = FetchOptions(allow_private=True, resolver=NAMES)
    with server_in_a_thread(clock) as server, Crawler(options, clock) as crawler:
        crawler.replace_pages([request(server.url("/page", "a.example"))])
        fetched, files = [], []
        while not crawler.is_idle:
            crawler.wait(0)
            arrived = crawler.take()
            fetched += arrived.fetched
            files += arrived.file_fetches
    assert [one.row.outcome for one in fetched] == ["document"]
    assert [row.url for row in files] == [server.url(path, "a.example") for path in SITE_FILES]
