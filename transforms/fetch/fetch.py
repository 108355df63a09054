"""Stage Fetch: download announced pages as documents."""

import asyncio
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindows

from newslake.schemas.records import Document, Metric, PageRequest
from newslake.schemas.rows import Fetch, Rejected
from newslake.transforms.beam.dead_letter import refusal
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.crawl import FetchResult, crawl, site
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.read.found import RejectedInput


class Fetched(NamedTuple):
    """The outputs of the stage."""

    kept: beam.PCollection[Document]
    rejected: beam.PCollection[Rejected]
    fetches: beam.PCollection[Fetch]
    metrics: beam.PCollection[Metric]


@dataclass(eq=False)
class FetchPages(beam.PTransform):
    """Fetch the page of every `PageRequest`: output a document or a reject, or defer the page.

    One worker fetches all pages of a site. It fetches from many sites in one event loop. Reasons of
    rejects are `bad_url`, `bad_scheme`, `blocked_address`, `robots_disallowed`,
    `too_many_redirects`, `bad_encoding`, `bad_response`, `too_large`, `http_error` and
    `unknown_type`. A page that fails five times is rejected with `timeout_total`, `unreachable`,
    `truncated`, `server_busy` or `robots_unavailable`.
    """

    fetch_options: FetchOptions
    """The options of the requests, and the limits per site."""
    clock: Clock
    """The clock."""

    def expand(self, page_requests: beam.PCollection[PageRequest]) -> Fetched:
        visiting = beam.ParDo(_Visit(self.fetch_options, self.clock))
        outputs = (
            page_requests
            | "BySite" >> beam.Map(_by_site)
            | "GatherSites" >> beam.GroupByKey()
            | "Visit" >> visiting.with_outputs("rejected", "fetches", "metrics", main="kept")
        )
        outputs.kept.element_type = Document
        outputs.rejected.element_type = Rejected
        outputs.fetches.element_type = Fetch
        outputs.metrics.element_type = Metric
        return Fetched(outputs.kept, outputs.rejected, outputs.fetches, outputs.metrics)


def _by_site(page_request: PageRequest) -> tuple[str, PageRequest]:
    return site(page_request.url), page_request


class _Visit(beam.DoFn):
    """Collects the page requests of a bundle. At the end, fetches them concurrently."""

    def __init__(self, fetch_options: FetchOptions, clock: Clock) -> None:
        self.fetch_options = fetch_options
        self.clock = clock
        self.sites: dict[str, list[PageRequest]] = {}

    def start_bundle(self) -> None:
        self.sites = {}

    def process(self, group: tuple[str, Iterable[PageRequest]]) -> None:
        name, page_requests = group
        self.sites[name] = list(page_requests)

    def finish_bundle(self) -> Iterator[Any]:
        for tag, record in asyncio.run(self._visit_all()):
            value = GlobalWindows.windowed_value(record)
            yield value if tag == "kept" else beam.pvalue.TaggedOutput(tag, value)

    async def _visit_all(self) -> list[tuple[str, Any]]:
        async with self.fetch_options.visitor(self.clock) as visitor:
            results = crawl(self.sites, visitor, self.clock, self.fetch_options.budget)
            outputs = [output async for result in results for output in _outputs(result)]
            return outputs + [("fetches", row) for row in visitor.file_fetches]


def _outputs(result: FetchResult | PageRequest) -> Iterator[tuple[str, Any]]:
    """Yield the records of a result, each with the tag of its output."""
    if isinstance(result, PageRequest):
        yield "metrics", Metric("deferred", 1)
        return
    yield "fetches", result.row
    yield "metrics", Metric("fetched", 1)
    if isinstance(result.outcome, Document):
        yield "kept", result.outcome
    elif isinstance(result.outcome, RejectedInput):
        yield "rejected", refusal(result.outcome.document, "Fetch", result.outcome.error)
