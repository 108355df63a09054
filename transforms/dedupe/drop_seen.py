"""Stage DropSeen: drop documents that an earlier run has ingested.

A rejected document is ingested only for runs with the same settings. Other runs try it again.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam

from newslake.schemas.records import Document, Metric, RunContext
from newslake.schemas.rows import Rejected
from newslake.transforms.beam.metered import Metered
from newslake.transforms.dedupe.index import Index, IndexBehind, open_as_of
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import CACHE, explained


class DroppedSeen(NamedTuple):
    """The two outputs of the stage."""

    new: beam.PCollection[Any]
    metrics: beam.PCollection[Metric]


@dataclass(eq=False)
class DropSeen(beam.PTransform):
    """Pass on new documents and rejects of new documents; drop and count all others."""

    context: RunContext
    """The lake, its index and the log entry up to which documents are known."""

    def expand(self, records: beam.PCollection[Any]) -> DroppedSeen:
        outputs = records | beam.ParDo(_DropSeen(self.context)).with_outputs("metrics", main="new")
        outputs.new.element_type = records.element_type
        outputs.metrics.element_type = Metric
        return DroppedSeen(outputs.new, outputs.metrics)


class IndexDoFn(beam.DoFn):
    """Base of the DoFns that query the lake's index: at the run's log entry or, in a stream, now."""

    def __init__(self, context: RunContext) -> None:
        self.path = Path(context.index)
        self.context = context
        self.index: Index | None = None

    def start_bundle(self) -> None:
        self.teardown()
        with explained(self.path, CACHE):
            try:
                self.index = open_as_of(self.path, self.context.as_of)
            except IndexBehind:
                if not self.context.stream:
                    raise  # the driver runs the pipeline again
                with open_lake(self.context.lake).committer():
                    pass  # a committer syncs the index
                self.index = open_as_of(self.path, self.context.as_of)

    def teardown(self) -> None:
        if self.index is not None:
            self.index.close()
            self.index = None


class _DropSeen(IndexDoFn):
    def process(self, record: Document | Rejected) -> Iterator[Any]:
        assert self.index is not None
        with Metered("DropSeen", len(record.payload or b"")), explained(self.path, CACHE):
            is_known = self.index.knows(
                record.document_id, self.context.settings, self.context.as_of
            )
        if is_known:
            yield beam.pvalue.TaggedOutput("metrics", Metric("already_ingested", 1))
        else:
            yield record
