"""Stage Read: listed files in, their documents out."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

import apache_beam as beam

from schemas.records import Document, FileSlice
from schemas.rows import Rejected
from transforms.attempt import Attempted, refusal
from transforms.read.files import Refused, as_found, read_slice


@dataclass(eq=False)
class Read(beam.PTransform):
    """Read every `FileSlice`; each input ends as exactly one document or reject, each line once.

    Refused are `unknown_type`, `bad_name`, `unreadable`, `outside_root`, `empty`, `too_large`,
    `truncated_gzip` and `bad_gzip`.
    """

    max_document_mb: int = 64
    """Largest document, unpacked, in MB of 2**20 bytes; larger ones are refused. Default 64."""

    def expand(self, slices: beam.PCollection[FileSlice]) -> Attempted:
        reading = beam.FlatMap(read, max_document_bytes=self.max_document_mb * 2**20)
        outputs = (
            slices
            | "Spread" >> beam.Reshuffle()
            | "ReadFiles" >> reading.with_outputs("rejected", main="kept")
        )
        outputs.kept.element_type = Document
        outputs.rejected.element_type = Rejected
        return Attempted(outputs.kept, outputs.rejected)


def read(slice: FileSlice, max_document_bytes: int) -> Iterator[Any]:
    """Yield the documents of `slice`, and as `Rejected` what is none or crashed the reader."""
    try:
        for found in read_slice(slice, max_document_bytes):
            yield _rejected(found) if isinstance(found, Refused) else found
    except Exception as error:  # noqa: BLE001 a bug of ours is kept beside its input, not raised
        yield _rejected(Refused(as_found(slice), error))


def _rejected(refused: Refused) -> beam.pvalue.TaggedOutput:
    return beam.pvalue.TaggedOutput("rejected", refusal(refused.document, "Read", refused.error))
