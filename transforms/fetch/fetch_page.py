"""Fetch a page that a feed announces: the result is a document, a reject, or a later retry."""

from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newslake.schemas.identity import document_id
from newslake.schemas.reasons import HttpError, ServerBusy, TemporaryFailure, UnknownType
from newslake.schemas.records import Document, PageRequest
from newslake.schemas.rows import Fetch
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_rows import answered, reason_of
from newslake.transforms.fetch.response import Response
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

    @property
    def size(self) -> int:
        """The size of the page, in bytes."""
        document = (
            self.outcome.document if isinstance(self.outcome, RejectedInput) else self.outcome
        )
        return len(document.payload) if document else 0


async def fetch(page_request: PageRequest, visitor: Visitor, clock: Clock) -> FetchResult:
    """Fetch one page and return the result; errors become rejects or retries.

    Reasons of rejects are `bad_url`, `bad_scheme`, `blocked_address`, `robots_disallowed`,
    `too_many_redirects`, `bad_encoding`, `bad_response`, `too_large`, `http_error` and
    `unknown_type`. A page that fails five times is rejected with `timeout_total`, `unreachable`,
    `truncated`, `server_busy` or `robots_unavailable`.
    """
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
        busy.retry_after, busy.status = response.retry_after, response.status
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
