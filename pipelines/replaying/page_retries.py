"""Fetch the pages of rejected documents again."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from newslake.pipelines.follower.news import record_of
from newslake.pipelines.replaying.selection import Selected
from newslake.schemas.records import Document, PageRequest
from newslake.schemas.rows import Fetch, Rejected, Replacement
from newslake.transforms.beam.document_fields import rejected_document
from newslake.transforms.feeds.crawler import Crawler
from newslake.transforms.fetch.fetch_page import BACKOFF
from newslake.transforms.web.urls import canonical

WAIT_SECONDS = 60.0
"""Maximum time between two looks at the crawler, in seconds."""


@dataclass
class PageRetries:
    """The pages of the rejected documents of one chunk, after the requests."""

    arrived: list[Document | Rejected] = field(default_factory=list)
    """The pages, and those that are rejected again before they reach the DAG."""
    fetches: list[Fetch] = field(default_factory=list)
    """A row for each page that was requested."""
    file_fetches: list[Fetch] = field(default_factory=list)
    """A row for each robots.txt and tdmrep.json that was requested."""
    replacements: list[Replacement] = field(default_factory=list)
    """A row for each rejected document whose page is now another document."""
    deferred: int = 0
    """Number of pages that were not requested: over the limit of their site, or their host paused."""


def fetch_again(rejects: Iterable[Selected], crawler: Crawler) -> PageRetries:
    """Fetch the page of each of the `rejects`; if this fails, the page is rejected at once.

    Raises:
        Failure: The machine caused the failure of a fetch.
    """
    requests: dict[str, PageRequest] = {}
    rejected_ids = defaultdict(list)
    for one in rejects:
        request = _page_request(one)
        requests.setdefault(request.canonical_url, request)
        rejected_ids[request.canonical_url].append(one.row.document_id)
    retries = PageRetries()
    crawler.begin_period()
    crawler.replace_pages(requests.values())
    while not crawler.is_idle:
        crawler.wait(WAIT_SECONDS)
        arrived = crawler.take()
        retries.arrived += [record for one in arrived.fetched if (record := record_of(one))]
        retries.fetches += [one.row for one in arrived.fetched]
        retries.file_fetches += arrived.file_fetches
    for row in retries.fetches:
        retries.replacements += _replacements(row, rejected_ids)
    retries.deferred = len(requests) - len(retries.fetches)
    return retries


def _page_request(reject: Selected) -> PageRequest:
    """Return the request for the page of `reject`. If it fails, it is not repeated."""
    document, url = rejected_document(reject.row), reject.url or ""
    return PageRequest(
        url=url,
        canonical_url=reject.canonical_url or canonical(url) or url,
        feed=document.feed,
        entry_id=document.entry_id,
        published_at=document.published_at,
        published_precision=document.published_precision,
        failures=len(BACKOFF),
    )


def _replacements(row: Fetch, rejected_ids: Mapping[str, Sequence[str]]) -> Iterator[Replacement]:
    for rejected_id in rejected_ids[row.canonical_url]:
        if row.document_id and row.document_id != rejected_id:
            yield Replacement(rejected_id, row.document_id, row.final_url or row.url)
