"""Stage Fetch: announced addresses in, the documents of their pages out."""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractAsyncContextManager
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.transforms.window import GlobalWindows

from newslake.schemas.records import Document, Metric, PageRequest
from newslake.schemas.rows import Fetch, Rejected
from newslake.transforms.beam.dead_letter import refusal
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.crawl import FetchResult, crawl, site
from newslake.transforms.fetch.site_scheduler import Budget
from newslake.transforms.fetch.visitor import Visitor
from newslake.transforms.read.found import Refused

OpenVisitor = Callable[[Clock], AbstractAsyncContextManager[Visitor]]
"""Gives a visitor for a while; what must outlive it, outlives it."""


class Fetched(NamedTuple):
    """The outputs of the stage."""

    kept: beam.PCollection[Document]
    rejected: beam.PCollection[Rejected]
    fetches: beam.PCollection[Fetch]
    metrics: beam.PCollection[Metric]


class FetchPages(beam.PTransform):
    """Fetch the page of every `PageRequest`; each gives a document, a reject or waits for the next run.

    One event loop a worker visits many sites at once, each site is one worker's. Refused are
    `bad_url`, `bad_scheme`, `blocked_address`, `robots_disallowed`, `too_many_redirects`,
    `bad_encoding`, `bad_response`, `too_large`, `http_error` and `unknown_type`, and after five
    failures `timeout_total`, `unreachable`, `truncated`, `server_busy` and `robots_unavailable`.

    Args:
        open_visitor: Gives the visitor that gets the pages.
        budget: For each site and run.
        clock: What tells the time.
    """

    def __init__(self, open_visitor: OpenVisitor, budget: Budget, clock: Clock) -> None:
        super().__init__()
        self.open_visitor = open_visitor
        self.budget = budget
        self.clock = clock

    def expand(self, page_request: beam.PCollection[PageRequest]) -> Fetched:
        outputs = (
            page_request
            | "BySite" >> beam.Map(_by_site)
            | "GatherSites" >> beam.GroupByKey()
            | "Visit"
            >> beam.ParDo(_Visit(self.open_visitor, self.budget, self.clock)).with_outputs(
                "rejected", "fetches", "metrics", main="kept"
            )
        )
        outputs.kept.element_type = Document
        outputs.rejected.element_type = Rejected
        outputs.fetches.element_type = Fetch
        outputs.metrics.element_type = Metric
        return Fetched(outputs.kept, outputs.rejected, outputs.fetches, outputs.metrics)


def _by_site(page_request: PageRequest) -> tuple[str, PageRequest]:
    return site(page_request.url), page_request


class _Visit(beam.DoFn):
    """Gathers the sites of a bundle, to visit them all at once at its end."""

    def __init__(self, open_visitor: OpenVisitor, budget: Budget, clock: Clock) -> None:
        self.open_visitor = open_visitor
        self.budget = budget
        self.clock = clock
        self.sites: dict[str, list[PageRequest]] = {}

    def start_bundle(self) -> None:
        self.sites = {}

    def process(self, group: tuple[str, Iterable[PageRequest]]) -> None:
        name, page_request = group
        self.sites[name] = list(page_request)

    def finish_bundle(self) -> Iterator[Any]:
        for tag, record in asyncio.run(self._visit_all()):
            value = GlobalWindows.windowed_value(record)
            yield value if tag == "kept" else beam.pvalue.TaggedOutput(tag, value)

    async def _visit_all(self) -> list[tuple[str, Any]]:
        async with self.open_visitor(self.clock) as visitor:
            found = crawl(self.sites, visitor, self.clock, self.budget)
            outputs = [output async for one in found for output in _outputs(one)]
            return outputs + [("fetches", row) for row in visitor.beside]


def _outputs(found: FetchResult | PageRequest) -> Iterator[tuple[str, Any]]:
    """Yield what became of an address, each with the name of its output."""
    if isinstance(found, PageRequest):
        yield "metrics", Metric("deferred", 1)
        return
    yield "fetches", found.row
    yield "metrics", Metric("fetched", 1)
    if isinstance(found.outcome, Document):
        yield "kept", found.outcome
    elif isinstance(found.outcome, Refused):
        yield "rejected", refusal(found.outcome.document, "Fetch", found.outcome.error)
