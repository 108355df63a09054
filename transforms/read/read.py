"""Stage Read: listed files in, their documents out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam

from newslake.schemas.records import Document, FileSlice, Metric
from newslake.schemas.rows import Rejected
from newslake.transforms.beam.dead_letter import refusal
from newslake.transforms.read.files import as_found, read_slice
from newslake.transforms.read.found import ReadResult, Refused


class Input(NamedTuple):
    """What a source of documents yields."""

    kept: beam.PCollection[Document]
    rejected: beam.PCollection[Rejected]
    metrics: beam.PCollection[Metric]
    """What it met that is no document and needs no row."""


@dataclass(eq=False)
class Read(beam.PTransform):
    """Read every `FileSlice`; each input ends as exactly one document or reject, each line once.

    Refused are `unknown_type`, `bad_name`, `unreadable`, `outside_root`, `empty`, `too_large`,
    `truncated_gzip`, `bad_gzip`; and of archives `bad_record`, `bad_digest`, `cut_response` and
    `bad_encoding`. Records of archives that are no pages are counted in `metrics`.
    """

    max_document_mb: int = 64
    """Largest document, unpacked, in MB of 2**20 bytes; larger ones are refused. Default 64."""

    def expand(self, slices: beam.PCollection[FileSlice]) -> Input:
        reading = beam.FlatMap(read, max_document_bytes=self.max_document_mb * 2**20)
        outputs = (
            slices
            | "Spread" >> beam.Reshuffle()
            | "ReadFiles" >> reading.with_outputs("rejected", "metrics", main="kept")
        )
        outputs.kept.element_type = Document
        outputs.rejected.element_type = Rejected
        outputs.metrics.element_type = Metric
        return Input(outputs.kept, outputs.rejected, outputs.metrics)


def read(slice: FileSlice, max_document_bytes: int) -> Iterator[Any]:
    """Yield what is found in `slice`, each under its output; a crash of the reader as `Rejected`."""
    try:
        for found in read_slice(slice, max_document_bytes):
            yield _tagged(found)
    except Exception as error:  # noqa: BLE001 a bug of ours is kept beside its input, not raised
        yield _tagged(Refused(as_found(slice), error))


def _tagged(found: ReadResult) -> Any:
    """Return `found` with the name of its output, if that is not the main one."""
    if isinstance(found, Refused):
        return beam.pvalue.TaggedOutput("rejected", refusal(found.document, "Read", found.error))
    return beam.pvalue.TaggedOutput("metrics", found) if isinstance(found, Metric) else found
