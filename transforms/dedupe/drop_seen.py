"""Stage Recognise: what the lake has accounted for already goes no further."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

import apache_beam as beam

from newslake.schemas.records import Assignment, Document, Tally
from newslake.schemas.rows import Rejected
from newslake.transforms.dedupe.index import Index, open_as_of


class Recognised(NamedTuple):
    """The two outputs of the stage."""

    new: beam.PCollection[Any]
    tallies: beam.PCollection[Tally]


class Recognise(beam.PTransform):
    """Let new documents, or refusals of new documents, pass, and count the known ones.

    Args:
        assignment: The run's place in the lake, and what it may know of it.
    """

    def __init__(self, assignment: Assignment) -> None:
        super().__init__()
        self.assignment = assignment

    def expand(self, records: beam.PCollection[Any]) -> Recognised:
        outputs = records | beam.ParDo(_Ask(self.assignment)).with_outputs("tallies", main="new")
        outputs.new.element_type = records.element_type
        outputs.tallies.element_type = Tally
        return Recognised(outputs.new, outputs.tallies)


class AsksIndex(beam.DoFn):
    """Holds the lake's index open, as it was at the last entry that the run may know of."""

    def __init__(self, assignment: Assignment) -> None:
        self.path = Path(assignment.index)
        self.as_of = assignment.as_of
        self.index: Index | None = None

    def setup(self) -> None:
        self.index = open_as_of(self.path, self.as_of)

    def teardown(self) -> None:
        if self.index is not None:
            self.index.close()


class _Ask(AsksIndex):
    def process(self, record: Document | Rejected) -> Iterator[Any]:
        assert self.index is not None
        if self.index.knows(record.document_id, self.as_of):
            yield beam.pvalue.TaggedOutput("tallies", Tally("known", 1))
        else:
            yield record
