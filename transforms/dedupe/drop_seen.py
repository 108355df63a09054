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
from newslake.transforms.dedupe.index import Index, open_as_of
from newslake.transforms.failure import CACHE, explained


class DroppedSeen(NamedTuple):
    """The two outputs of the stage."""

    new: beam.PCollection[Any]
    metrics: beam.PCollection[Metric]


@dataclass(eq=False)
class DropSeen(beam.PTransform):
    """Pass on new documents and rejects of new documents; drop and count all others."""

    context: RunContext
    """The lake, its index and the last log entry that the run may read."""

    def expand(self, records: beam.PCollection[Any]) -> DroppedSeen:
        outputs = records | beam.ParDo(_DropSeen(self.context)).with_outputs("metrics", main="new")
        outputs.new.element_type = records.element_type
        outputs.metrics.element_type = Metric
        return DroppedSeen(outputs.new, outputs.metrics)


class IndexDoFn(beam.DoFn):
    """Base of the DoFns that query the state of the lake's index at the run's log entry."""

    def __init__(self, context: RunContext) -> None:
        self.path = Path(context.index)
        self.as_of = context.as_of
        self.index: Index | None = None

    def setup(self) -> None:
        with explained(self.path, CACHE):
            self.index = open_as_of(self.path, self.as_of)

    def teardown(self) -> None:
        if self.index is not None:
            self.index.close()


class _DropSeen(IndexDoFn):
    def __init__(self, context: RunContext) -> None:
        super().__init__(context)
        self.settings = context.settings

    def process(self, record: Document | Rejected) -> Iterator[Any]:
        assert self.index is not None
        with explained(self.path, CACHE):
            is_known = self.index.knows(record.document_id, self.settings, self.as_of)
        if is_known:
            yield beam.pvalue.TaggedOutput("metrics", Metric("already_ingested", 1))
        else:
            yield record
