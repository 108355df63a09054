"""The stage Read: reads documents from the listed files."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Annotated, Any, NamedTuple

import apache_beam as beam

from newslake.schemas.records import Document, FileSlice, Metric
from newslake.schemas.rows import Rejected
from newslake.transforms.beam.dead_letter import refusal
from newslake.transforms.beam.metered import Metered
from newslake.transforms.option import Option
from newslake.transforms.read.files import read_slice, rejected_file
from newslake.transforms.read.found import ReadResult, RejectedInput


class Input(NamedTuple):
    """The outputs of the stage Read."""

    kept: beam.PCollection[Document]
    rejected: beam.PCollection[Rejected]
    metrics: beam.PCollection[Metric]
    """Numbers of skipped WARC records, and of gzip files with trailing bytes."""


@dataclass(eq=False)
class Read(beam.PTransform):
    """Reads each `FileSlice`: a file, line, row, element or page becomes one document or reject.

    Reasons of rejects: `unknown_type`, `bad_name`, `unreadable`, `outside_root`, `empty`,
    `too_large`, `truncated_gzip` and `bad_gzip`. Further reasons are, in WARC files: `bad_record`,
    `bad_digest`, `cut_response`, `bad_encoding`; in CSV: `bad_csv`, `binary`, `undecodable`; in
    JSON arrays: `bad_json`; in Parquet: `bad_parquet`, `too_slow`, `out_of_memory`, `parser_died`.
    The output `metrics` counts WARC records that are not pages, and gzip files with trailing bytes.
    """

    # fmt: off
    max_document_mb: Annotated[int, Option(
        "Maximum size of a document after decompression, in MB (2^20 bytes). Larger documents are "
        "rejected as `too_large`.", "MB", can_reject=True)] = 64
    # fmt: on

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
    """Yield the documents, rejects and metrics of `slice`. Any exception becomes a reject.

    Raises:
        Failure: the machine has too little memory, threads or open files.
    """
    try:
        for result in _metered(read_slice(slice, max_document_bytes)):
            yield _tagged(result)
    except Exception as error:  # noqa: BLE001 a bug in newslake must not stop the run
        yield _tagged(RejectedInput(rejected_file(slice), error))


def _metered(results: Iterator[ReadResult]) -> Iterator[ReadResult]:
    """Yield the `results`, and measure each step of the iterator."""
    while True:
        with Metered("Read") as meter:
            result = next(results, None)
            document = result.document if isinstance(result, RejectedInput) else result
            if isinstance(document, Document):
                meter.size = len(document.payload)
            else:
                meter.documents = 0
        if result is None:
            return
        yield result


def _tagged(result: ReadResult) -> Any:
    """Return `result` tagged with the name of its output; a document is not tagged."""
    if isinstance(result, RejectedInput):
        return beam.pvalue.TaggedOutput("rejected", refusal(result.document, "Read", result.error))
    return beam.pvalue.TaggedOutput("metrics", result) if isinstance(result, Metric) else result
