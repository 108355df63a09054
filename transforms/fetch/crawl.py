"""Many sites at once, each politely: what becomes of the addresses that feeds announce."""

from collections.abc import AsyncIterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from newslake.schemas.identity import document_id
from newslake.schemas.reasons import HttpError, Passing, ServerBusy, UnknownType
from newslake.schemas.records import Document, PageRequest
from newslake.schemas.rows import Fetch
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_rows import answered, reason_of
from newslake.transforms.fetch.response import Response
from newslake.transforms.fetch.site_scheduler import Budget, visits
from newslake.transforms.fetch.visitor import MAX_WAIT, Visit, Visitor
from newslake.transforms.read.found import Refused
from newslake.transforms.read.warc.fields import MEDIA_TYPES, of_page
from newslake.transforms.web.urls import publisher

BACKOFF = tuple(timedelta(minutes=minutes) for minutes in (10, 40, 160, 640))
"""How long an address waits after each failure; after one more it is refused."""


@dataclass(frozen=True)
class FetchResult:
    """What became of one address: a row, and a document or its refusal unless it waits."""

    row: Fetch
    outcome: Document | Refused | None


async def crawl(
    sites: Mapping[str, Sequence[PageRequest]], visitor: Visitor, clock: Clock, budget: Budget
) -> AsyncIterator[FetchResult | PageRequest]:
    """Yield what becomes of each address, and as they are those that must wait for the next run.

    These are the ones over the budget, and those of a host that has said to be asked too much.

    Args:
        sites: Addresses by site; each is fetched once, however many feeds announce it.
        visitor: Gets pages.
        clock: What tells the time.
        budget: For each site.
    """

    async def visit(page_request: PageRequest) -> FetchResult | None:
        return (
            None if visitor.rests(page_request.url) else await fetch(page_request, visitor, clock)
        )

    once = {name: _each_once(page_request) for name, page_request in sites.items()}
    async for page_request, found in visits(once, visit, clock, budget):
        yield found or page_request


def _each_once(page_request: Sequence[PageRequest]) -> list[PageRequest]:
    """Return the addresses in one order, each once, with the first feed that announces it."""
    by_address = {
        one.canonical_url: one
        for one in sorted(
            page_request, key=lambda one: (one.feed or "", one.entry_id or ""), reverse=True
        )
    }
    return [by_address[address] for address in sorted(by_address)]


async def fetch(page_request: PageRequest, visitor: Visitor, clock: Clock) -> FetchResult:
    """Return what becomes of one address; never raises."""
    started_at = clock.now()
    row = Fetch(
        url=page_request.url,
        canonical_url=page_request.canonical_url,
        started_at=started_at,
        seconds=0.0,
        outcome="document",
    )
    document = _nothing(page_request, started_at)
    error: Exception | None = None
    try:
        visit = await visitor.get(page_request.url, of_page(page_request))
        row = with_visit(row, visit)
        document = _document(page_request, visit)
        check(visit.response)
    except Exception as problem:  # noqa: BLE001 a bug of ours is kept beside its input, not raised
        error = problem
    row = replace(row, seconds=(clock.now() - started_at).total_seconds())
    if error is None:
        return FetchResult(replace(row, document_id=document.document_id), document)
    reason = reason_of(error)
    if isinstance(error, Passing) and page_request.failures < len(BACKOFF):
        until = next_try(error, page_request.failures, clock.now())
        return FetchResult(replace(row, outcome="waiting", reason=reason, wait_until=until), None)
    row = replace(row, outcome="rejected", reason=reason, document_id=document.document_id)
    return FetchResult(row, Refused(document, error))


def next_try(error: Passing, failures: int, now: datetime) -> datetime:
    """Return when to ask again: later each time, and not before the server wants it."""
    wait = max(BACKOFF[failures], error.retry_after or timedelta())
    return now + min(wait, MAX_WAIT)


def check(response: Response) -> None:
    """Return if the answer is a page that we read.

    Raises:
        ServerBusy, HttpError: see `check_status`.
        UnknownType: it is something else than text.
    """
    check_status(response)
    if response.media_type not in MEDIA_TYPES:
        raise UnknownType(f"the server calls it {response.media_type}")


def check_status(response: Response) -> None:
    """Return if the answer is what was asked for.

    Raises:
        ServerBusy: its status says that it may be later.
        HttpError: its status says that it is not.
    """
    status = f"{response.status} {response.phrase}".strip()
    if response.status == 429 or response.status >= 500:
        busy = ServerBusy(status)
        busy.retry_after = response.retry_after
        raise busy
    if response.status != 200:
        raise HttpError(status)


def site(url: str) -> str:
    """Return what is visited by one visitor at a time: the registrable domain."""
    return publisher(url) or ""


def _nothing(page_request: PageRequest, seen_at: datetime) -> Document:
    """Return the document of an address that gave none."""
    return Document(
        document_id=document_id(page_request.url, b""),
        locator=page_request.url,
        payload=b"",
        media_type="text/html",
        source=site(page_request.url),
        url=page_request.url,
        seen_at=seen_at,
        feed=page_request.feed,
        entry_id=page_request.entry_id,
        published_at=page_request.published_at,
    )


def _document(page_request: PageRequest, visit: Visit) -> Document:
    """Return the document that the last answer is."""
    response = visit.response
    return Document(
        document_id=document_id(response.url, response.body),
        locator=response.url,
        payload=response.body,
        media_type=MEDIA_TYPES.get(response.media_type, response.media_type),
        source=site(response.url),
        url=response.url,
        charset=response.charset,
        headers=response.header_lines(),
        seen_at=response.started_at,
        feed=page_request.feed,
        entry_id=page_request.entry_id,
        published_at=page_request.published_at,
        warc_file=visit.position.file,
        warc_offset=visit.position.offset,
    )


def with_visit(row: Fetch, visit: Visit) -> Fetch:
    """Return `row` with what its visit tells."""
    return replace(
        answered(row, visit.response, (where for _, where in visit.redirects)),
        optouts=visit.shut_out,
        warc_file=visit.position.file,
        warc_offset=visit.position.offset,
    )
