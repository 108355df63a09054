"""Crawl: fetch the pages that feeds announce, from many sites concurrently."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newslake.schemas.identity import document_id
from newslake.schemas.reasons import HttpError, ServerBusy, TemporaryFailure, UnknownType
from newslake.schemas.records import Document, PageRequest
from newslake.schemas.rows import Fetch
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_rows import answered, reason_of
from newslake.transforms.fetch.response import Response
from newslake.transforms.fetch.site_scheduler import Budget, visits
from newslake.transforms.fetch.visitor import MAX_WAIT, Visit, Visitor
from newslake.transforms.formats import HTML, SERVED
from newslake.transforms.read.found import RejectedInput
from newslake.transforms.read.warc.fields import of_page
from newslake.transforms.web.urls import publisher

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (10, 40, 160, 640))
"""Delays before a page is fetched again, one per failure. One more failure rejects the page."""


@dataclass(frozen=True)
class FetchResult:
    """A page's row of `fetches`, and the page's document or reject if there is no retry."""

    row: Fetch
    outcome: Document | RejectedInput | None


async def crawl(
    sites: Mapping[str, Sequence[PageRequest]], visitor: Visitor, clock: Clock, budget: Budget
) -> AsyncIterator[FetchResult | PageRequest]:
    """Yield the result for each page. If a request must wait for the next run, yield the request.

    A request waits if the site's budget is used up, or if the host has requested a pause.

    Args:
        sites: Requests by site. If several feeds announce a page, the page is fetched once.
        visitor: Fetches pages.
        clock: The clock.
        budget: The budget of each site.
    """

    async def visit(page_request: PageRequest) -> FetchResult | None:
        if visitor.is_backing_off(page_request.url):
            return None
        return await fetch(page_request, visitor, clock)

    unique = {name: _unique(page_requests) for name, page_requests in sites.items()}
    async for page_request, result in visits(unique, visit, clock, budget):
        yield result or page_request


def _unique(requests: Sequence[PageRequest]) -> list[PageRequest]:
    """Sort the requests by URL. If several feeds announce a page, keep the first feed's request."""
    ordered = sorted(requests, key=lambda one: (one.feed or "", one.entry_id or ""), reverse=True)
    by_url = {one.canonical_url: one for one in ordered}
    return [by_url[url] for url in sorted(by_url)]


async def fetch(page_request: PageRequest, visitor: Visitor, clock: Clock) -> FetchResult:
    """Fetch one page and return the result; errors become rejects or retries."""
    started_at = clock.now()
    row = Fetch(
        url=page_request.url,
        canonical_url=page_request.canonical_url,
        started_at=started_at,
        seconds=0.0,
        outcome="document",
    )
    document = _empty_document(page_request, started_at)
    error: Exception | None = None
    try:
        visit = await visitor.get(page_request.url, of_page(page_request))
        row = with_visit(row, visit)
        document = _with_response(document, visit)
        check(visit.response)
    except Exception as problem:  # noqa: BLE001 bugs become rejects
        error = problem
    row = replace(row, seconds=(clock.now() - started_at).total_seconds())
    if error is None:
        return FetchResult(replace(row, document_id=document.document_id), document)
    reason = reason_of(error)
    if isinstance(error, TemporaryFailure) and page_request.failures < len(BACKOFF):
        until = next_try(error, page_request.failures, clock.now())
        return FetchResult(replace(row, outcome="waiting", reason=reason, wait_until=until), None)
    row = replace(row, outcome="rejected", reason=reason, document_id=document.document_id)
    return FetchResult(row, RejectedInput(document, error))


def next_try(error: TemporaryFailure, failures: int, now: datetime) -> datetime:
    """Return the time of the next attempt: after the backoff, or Retry-After (up to `MAX_WAIT`)."""
    wait = max(BACKOFF[failures], error.retry_after or timedelta())
    return now + min(wait, MAX_WAIT)


def check(response: Response) -> None:
    """Check that the response is a page of a supported type.

    Raises:
        ServerBusy, HttpError: See `check_status`.
        UnknownType: The media type is not supported.
    """
    check_status(response)
    if response.media_type not in SERVED:
        raise UnknownType(f"unsupported media type {response.media_type}")


def check_status(response: Response) -> None:
    """Check that the status of the response is 200.

    Raises:
        ServerBusy: The status is 429, or it is at least 500. A retry may succeed.
        HttpError: The status is neither 200 nor one of these.
    """
    status = f"{response.status} {response.phrase}".strip()
    if response.status == 429 or response.status >= 500:
        busy = ServerBusy(status)
        busy.retry_after = response.retry_after
        raise busy
    if response.status != 200:
        raise HttpError(status)


def site(url: str) -> str:
    """Return the registrable domain of `url`; the pages of a domain are fetched one at a time."""
    return publisher(url) or ""


def _empty_document(page_request: PageRequest, seen_at: datetime) -> Document:
    """Return an empty document for a page that could not be fetched."""
    return Document(
        document_id=document_id(page_request.url, b""),
        locator=page_request.url,
        payload=b"",
        media_type=HTML.media_type,
        source=site(page_request.url),
        url=page_request.url,
        seen_at=seen_at,
        feed=page_request.feed,
        entry_id=page_request.entry_id,
        published_at=page_request.published_at,
        published_precision=page_request.published_precision,
    )


def _with_response(document: Document, visit: Visit) -> Document:
    """Return `document` with the last response of `visit`."""
    response = visit.response
    return replace(
        document,
        document_id=document_id(response.url, response.body),
        locator=response.url,
        payload=response.body,
        media_type=SERVED.get(response.media_type, response.media_type),
        source=site(response.url),
        url=response.url,
        charset=response.charset,
        headers=response.header_lines(),
        seen_at=response.started_at,
        warc_file=visit.position.file,
        warc_offset=visit.position.offset,
        optouts=visit.optouts,
    )


def with_visit(row: Fetch, visit: Visit) -> Fetch:
    """Return `row` with the response, the opt-outs and the WARC position of `visit`."""
    return replace(
        answered(row, visit.response, (where for _, where in visit.redirects)),
        optouts=visit.optouts,
        warc_file=visit.position.file,
        warc_offset=visit.position.offset,
    )
