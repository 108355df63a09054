"""The outcome of each page request: a document, a reject, or a later retry."""

from datetime import timedelta

import pytest
from clocks import FakeClock, Names
from hostile import HTML, http_response
from visits import response, visit

from newslake.schemas.reasons import HttpError, ServerBusy, UnknownType, Unreachable
from newslake.schemas.records import PageRequest
from newslake.transforms.fetch.fetch_page import BACKOFF, check, fetch, next_try
from newslake.transforms.fetch.visitor import MAX_WAIT
from newslake.transforms.read.files import RejectedInput

NOW = FakeClock().now()


def fetched(target, prepare=None, **fields):
    """Fetch the page `target` of news.example and return the result."""
    clock = FakeClock()

    async def act(visitor, server):
        if prepare:
            prepare(server)
        url = server.url(target, "news.example")
        return await fetch(PageRequest(url=url, canonical_url=url, **fields), visitor, clock)

    return visit(act, names=Names(anybody=[["127.0.0.1"]]), clock=clock)


def test_a_page_becomes_a_document():
    found = fetched("/page", feed="https://news.example/feed", entry_id="7")
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

    found = fetched("/old", prepare)
    assert found.outcome.url.endswith("/page")
    assert found.row.url.endswith("/old")
    assert found.row.redirects == [found.outcome.url]


@pytest.mark.parametrize(
    ("target", "reason"),
    [("/missing", "http_error"), ("/gzip-bomb", "too_large"), ("/loop", "too_many_redirects")],
)
def test_responses_without_a_document_are_refused(target, reason):
    found = fetched(target)
    assert isinstance(found.outcome, RejectedInput)
    assert found.outcome.error.reason == found.row.reason == reason
    assert found.row.outcome == "rejected"


def test_a_temporary_failure_is_retried_and_refused_after_five_failures():
    failures = range(len(BACKOFF) + 1)
    outcomes = []
    for number in failures:
        found = fetched("/short", failures=number)
        outcomes.append((found.row.outcome, found.outcome is None))
    assert outcomes == [("waiting", True)] * len(BACKOFF) + [("rejected", False)]


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
