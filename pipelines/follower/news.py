"""The input of a bounded run of `follow`: what has arrived since the last commit."""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from newslake.pipelines.windows import SourceOutput
from newslake.schemas.records import Document, Metric
from newslake.schemas.rows import Announcement, Fetch, Rejected
from newslake.transforms.failure import explained
from newslake.transforms.lake.lake import LakeFolder


@dataclass(frozen=True)
class News:
    """A source of announcements, rows of `fetches`, documents and rejects."""

    announcements: Sequence[Announcement]
    fetches: Sequence[Fetch]
    path: str
    """A file with documents and rejects, see `spooled`."""
    stages: Sequence[Any]
    """The options of the crawler, which fetched the documents."""

    def __call__(self, pipeline: beam.Pipeline) -> SourceOutput:
        arrived = (
            pipeline
            | "File" >> _create([self.path], str)
            | "Arrived" >> beam.FlatMap(read).with_outputs("rejected", main="kept")
        )
        arrived.kept.element_type = Document
        arrived.rejected.element_type = Rejected
        fetched = [Metric("fetched", len(self.fetches))]
        return SourceOutput(
            kept=arrived.kept,
            rejected=arrived.rejected,
            rows={
                "announcements": pipeline
                | "Announcements" >> _create(self.announcements, Announcement),
                "fetches": pipeline | "Fetches" >> _create(self.fetches, Fetch),
            },
            metrics=pipeline | "Fetched" >> _create(fetched, Metric),
        )


@contextmanager
def spooled(lake: LakeFolder, run_id: str, records: Iterable[Document | Rejected]) -> Iterator[str]:
    """Write `records` to a temporary file of the lake, and yield its path.

    Beam would copy the elements of a `Create` several times.

    Raises:
        Failure: The file cannot be written.
    """
    with lake.input_folder(run_id) as folder:
        path = folder / "arrived.pickle"
        with explained(path), path.open("wb") as file:
            for record in records:
                pickle.dump(record, file)
        yield str(path)


def read(path: str) -> Iterator[Any]:
    """Yield the documents in a file of `spooled`, and its rejects with the tag `rejected`."""
    with open(path, "rb") as file:  # noqa: PTH123
        while True:
            try:
                record = pickle.load(file)
            except EOFError:
                return
            is_reject = isinstance(record, Rejected)
            yield beam.pvalue.TaggedOutput("rejected", record) if is_reject else record


def _create(records: Sequence[object], kind: type) -> beam.PTransform:
    return beam.Create(records, reshuffle=False).with_output_types(kind)
