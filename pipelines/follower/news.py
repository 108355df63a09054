"""The input of a bounded run: what the crawler has handed out since the last commit."""

import pickle
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import apache_beam as beam

from newslake.pipelines.windows import SourceOutput
from newslake.schemas.records import Document, Metric
from newslake.schemas.rows import Announcement, Fetch, Rejected
from newslake.transforms.beam.dead_letter import refusal
from newslake.transforms.failure import explained
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.fetch.fetch_page import FetchResult
from newslake.transforms.read.found import RejectedInput


@dataclass(frozen=True)
class News:
    """A source of announcements, rows of `fetches`, documents and rejects."""

    announcements: Sequence[Announcement]
    fetches: Sequence[Fetch]
    path: str
    """A file with documents and rejects, see `spooled`."""
    fetch_options: FetchOptions
    """The options of the crawler, which fetched the documents."""

    @property
    def stages(self) -> list[Any]:
        return [self.fetch_options]

    @property
    def roots(self) -> list[str]:
        return self.fetch_options.roots

    def __call__(self, pipeline: beam.Pipeline) -> SourceOutput:
        arrived = (
            pipeline
            | "File" >> create([self.path], str)
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
                | "Announcements" >> create(self.announcements, Announcement),
                "fetches": pipeline | "Fetches" >> create(self.fetches, Fetch),
            },
            metrics=pipeline | "Fetched" >> create(fetched, Metric),
        )


def spooled(folder: Path, records: Iterable[Document | Rejected]) -> str:
    """Write `records` to a file in `folder`, and return its path.

    Beam would copy the elements of a `Create` several times.

    Raises:
        Failure: The file cannot be written.
    """
    path = folder / "arrived.pickle"
    with explained(path), path.open("wb") as file:
        for record in records:
            pickle.dump(record, file)
    return str(path)


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


def record_of(result: FetchResult) -> Document | Rejected | None:
    """Return the page as a document or a reject; None if it is fetched again later.

    Raises:
        Failure: The machine caused the failure of the fetch.
    """
    outcome = result.outcome
    if isinstance(outcome, RejectedInput):
        return refusal(outcome.document, "Fetch", outcome.error)
    return outcome


def create(records: Sequence[object], kind: type) -> beam.PTransform:
    """Return the transform that outputs `records`, which have the type `kind`."""
    return beam.Create(records, reshuffle=False).with_output_types(kind)
