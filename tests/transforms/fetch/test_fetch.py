"""The outcome of each page request: a document, a reject, or a later retry."""

import asyncio
from collections import Counter
from datetime import timedelta

import pytest
from clocks import FakeClock, Names
from hostile import HTML, SITE_FILES, http_response, server_in_a_thread
from visits import response, visit

from newslake.schemas.reasons import HttpError, ServerBusy, UnknownType, Unreachable
from newslake.schemas.records import Document, PageRequest
from newslake.transforms.fetch import fetch_options
from newslake.transforms.fetch.crawl import BACKOFF, check, crawl, next_try
from newslake.transforms.fetch.fetch import FetchPages
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.fetch.site_scheduler import Budget
from newslake.transforms.fetch.visitor import HOST_BACKOFF, MAX_WAIT
from newslake.transforms.read.files import RejectedInput

NOW = FakeClock().now()
BUDGET = Budget()


def page_request(url, **fields):
    return PageRequest(url=url, canonical_url=url, **fields)


def crawled(targets, budget=BUDGET, names=None, clock=None, prepare=None, **fields):
    """Crawl `targets` (paths by host); return the results and the requests to the server."""
    clock = clock or FakeClock()

    async def act(visitor, server):
        if prepare:
            prepare(server)
        sites = {
            host: [page_request(server.url(path, host), **fields) for path in paths]
            for host, paths in targets.items()
        }
        found = [one async for one in crawl(sites, visitor, clock, budget)]
        return found, server.requests

    return visit(act, names=names or Names(anybody=[["127.0.0.1"]]), clock=clock)


def test_a_page_becomes_a_document():
    [found], _ = crawled(
        {"news.example": ["/page"]}, feed="https://news.example/feed", entry_id="7"
    )
    document = found.outcome
    assert document.payload == HTML
    assert document.media_type == "text/html"
    assert document.locator == document.url == found.row.final_url
    assert (document.feed, document.entry_id) == ("https://news.example/feed", "7")
    assert "Content-Type: text/html\n" in document.headers
    assert (found.row.outcome, found.row.document_id) == ("document", document.document_id)
    assert found.row.status == 200
    assert document.seen_at >= found.row.started_at


def test_a_page_is_known_by_the_address_that_it_was_found_at():
    def prepare(server):
        server.pages["/old"] = http_response(b"", "301 Moved", Location="/page?token=abc")

    [found], _ = crawled({"news.example": ["/old"]}, prepare=prepare)
    assert found.outcome.url.endswith("/page")
    assert found.row.url.endswith("/old")
    assert found.row.redirects == [found.outcome.url]


@pytest.mark.parametrize(
    ("target", "reason"),
    [("/missing", "http_error"), ("/gzip-bomb", "too_large"), ("/loop", "too_many_redirects")],
)
def test_responses_without_a_document_are_refused(target, reason):
    [found], _ = crawled({"news.example": [target]})
    assert isinstance(found.outcome, RejectedInput)
    assert found.outcome.error.reason == found.row.reason == reason
    assert found.row.outcome == "rejected"


def test_a_temporary_failure_is_retried_and_refused_after_five_failures():
    failures = range(len(BACKOFF) + 1)
    outcomes = []
    for number in failures:
        [found], _ = crawled({"news.example": ["/short"]}, failures=number)
        outcomes.append((found.row.outcome, found.outcome is None))
    assert outcomes == [("waiting", True)] * len(BACKOFF) + [("rejected", False)]


def test_a_bug_of_ours_costs_one_page():
    clock = FakeClock()

    class Broken:
        def is_backing_off(self, url):
            return False

        async def get(self, url, warc_fields):
            if url.endswith("1"):
                raise KeyError(url)
            raise HttpError("404 Not Found")

    async def run():
        sites = {"a": [page_request("https://a.example/1"), page_request("https://a.example/2")]}
        return [one async for one in crawl(sites, Broken(), clock, Budget())]

    assert [one.row.reason for one in asyncio.run(run())] == ["crash_KeyError", "http_error"]


def test_one_address_in_five_feeds_is_fetched_once():
    clock = FakeClock()

    async def act(visitor, server):
        url = server.url("/page")
        sites = {"one": [page_request(url, feed=f"https://{name}.example/") for name in "cabed"]}
        return [one async for one in crawl(sites, visitor, clock, Budget())], server.requested()

    [found], requested = visit(act, clock=clock)
    assert requested == ["/page"]
    assert found.outcome.feed == "https://a.example/"


def test_pages_over_a_sites_budget_wait_and_none_is_lost():
    paths = [f"/page?{number}" for number in range(10)]
    found, _ = crawled({"one.example": paths, "two.example": paths[:2]}, Budget(visits=4))
    deferred = [one for one in found if isinstance(one, PageRequest)]
    assert len(found) == 12
    assert len(deferred) == 6
    assert all("one.example" in one.url for one in deferred)


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

    async def act(visitor, server):
        server.pages["/busy"] = http_response(b"", status, **fields)
        urls = [server.url("/busy", "one.example"), server.url("/page", "one.example")]
        sites = {
            "example": [page_request(url) for url in [*urls, server.url("/page", "two.example")]]
        }
        found = [one async for one in crawl(sites, visitor, clock, BUDGET)]
        waiting = [one.url for one in found if isinstance(one, PageRequest)]
        requested = len(server.requested())
        clock.time += rest
        del server.pages["/busy"]
        found = [one async for one in crawl(sites, visitor, clock, BUDGET)]
        return (
            waiting == urls[1:],
            requested,
            [one for one in found if isinstance(one, PageRequest)],
        )

    names = Names(anybody=[["127.0.0.1"]])
    assert visit(act, names=names, clock=clock) == (True, 2, [])


def test_time_is_a_part_of_the_budget():
    def prepare(server):
        server.robots = http_response(
            b"User-agent: *\nCrawl-delay: 20\n", Content_Type="text/plain"
        )

    paths = [f"/page?{number}" for number in range(10)]
    found, requests = crawled({"one.example": paths}, Budget(seconds=80), prepare=prepare)
    assert len([one for one in found if not isinstance(one, PageRequest)]) == 3
    assert requests[-1].at - requests[0].at <= timedelta(seconds=80)


@pytest.mark.parametrize(
    ("failures", "requested", "wait"),
    [
        (0, None, BACKOFF[0]),
        (3, None, BACKOFF[3]),
        (0, timedelta(hours=2), timedelta(hours=2)),
        (3, timedelta(minutes=1), BACKOFF[3]),
        (0, timedelta(days=300), MAX_WAIT),
    ],
)
def test_the_delay_before_a_retry(failures, requested, wait):
    error = Unreachable("")
    error.retry_after = requested
    assert next_try(error, failures, NOW) == NOW + wait


@pytest.mark.parametrize(
    ("status", "media_type", "error"),
    [
        (404, "text/html", HttpError),
        (403, "text/html", HttpError),
        (304, "text/html", HttpError),
        (429, "text/html", ServerBusy),
        (503, "text/html", ServerBusy),
        (200, "application/pdf", UnknownType),
        (200, "image/png", UnknownType),
    ],
)
def test_responses_that_are_not_pages(status, media_type, error):
    with pytest.raises(error):
        check(response(status, Content_Type=media_type))


@pytest.mark.parametrize("header", [{}, {"Content_Type": "application/xhtml+xml; charset=utf-8"}])
def test_responses_that_are_pages(header):
    check(response(200, **header))


# --- the stage


def test_the_stage_loses_nothing(run_stage, tmp_path):
    fetch_options.visitor_state.cache_clear()
    clock = FakeClock()
    options = FetchOptions(
        allow_private=True,
        resolver=Names(anybody=[["127.0.0.1"]]),
        warc=str(tmp_path / "warc"),
        pages_per_site=2,
    )
    with server_in_a_thread(clock) as server:
        urls = [server.url(f"/page?{number}", "one.example") for number in range(5)]
        urls += [server.url(target, "two.example") for target in ("/missing", "/short")]
        stage = FetchPages(options, clock)
        kept, rejected, fetches, metrics = run_stage([page_request(url) for url in urls], stage)

    assert [type(document) for document in kept] == [Document] * 2
    assert [(row.stage, row.reason) for row in rejected] == [("Fetch", "http_error")]
    pages = [row for row in fetches if row.kind == "page"]
    for kind, path in zip(("robots", "tdmrep"), SITE_FILES, strict=True):
        assert sorted(row.url for row in fetches if row.kind == kind) == [
            server.url(path, host) for host in ("one.example", "two.example")
        ]
    assert sorted(row.outcome for row in pages) == ["document", "document", "rejected", "waiting"]
    assert Counter(metric.name for metric in metrics) == {"deferred": 3, "fetched": 4}
    assert {document.warc_file for document in kept} == {
        path.stem for path in (tmp_path / "warc").iterdir()
    }
