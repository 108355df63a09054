"""The stage ReadAgain: reads rejected inputs again from their files and web archives."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, NamedTuple

import apache_beam as beam

from newslake.schemas.records import Document, FileRetry, FileSlice, Metric
from newslake.schemas.rows import Rejected, Replacement
from newslake.transforms.beam.dead_letter import refusal
from newslake.transforms.read.files import read_slice, rejected_file
from newslake.transforms.read.found import RejectedInput

Found = Document | RejectedInput

NOT_FOUND = "not_found"
"""Metric: number of rejected inputs that are no longer in their file."""


class InputAgain(NamedTuple):
    """The outputs of the stage ReadAgain."""

    kept: beam.PCollection[Document]
    rejected: beam.PCollection[Rejected]
    replacements: beam.PCollection[Replacement]
    metrics: beam.PCollection[Metric]


@dataclass(eq=False)
class ReadAgain(beam.PTransform):
    """Reads the rejected inputs of each `FileRetry`. Reasons of rejects are those of `Read`.

    If an input has other bytes than the rejected document, it is a new document, and the output
    `replacements` names both. The output `metrics` counts inputs that are no longer in their file.
    """

    max_document_bytes: int
    """Maximum size of a document after decompression, in bytes."""

    def expand(self, retries: beam.PCollection[FileRetry]) -> InputAgain:
        reading = beam.FlatMap(read_again, max_document_bytes=self.max_document_bytes)
        names = InputAgain._fields[1:]
        outputs = retries | "ReadRejected" >> reading.with_outputs(*names, main="kept")
        for output, kind in zip(
            (outputs.kept, *(outputs[name] for name in names)),
            (Document, Rejected, Replacement, Metric),
            strict=True,
        ):
            output.element_type = kind
        return InputAgain(outputs.kept, *(outputs[name] for name in names))


def read_again(retry: FileRetry, max_document_bytes: int) -> Iterator[Any]:
    """Yield the documents, rejects, replacements and metrics of `retry`, tagged for their outputs.

    Raises:
        Failure: the machine has too little memory, threads or open files.
    """
    if retry.unit == "file":
        yield from _whole_file(retry, max_document_bytes)
        return
    left: dict[str, set[str]] = {}
    for reject in retry.rejects:
        left.setdefault(reject.locator, set()).add(reject.document_id)
    changed: dict[str, list[Found]] = {}
    for slice in retry.slices:
        for result in _results(retry, slice, max_document_bytes):
            document = _document(result)
            place = document.locator if retry.unit == "part" else retry.rejects[0].locator
            if same := left.get(place, set()) & {document.document_id, document.rejected_id}:
                left[place] -= same
                yield _tagged(result)
                if not any(left.values()):
                    return
            elif left.get(place):
                changed.setdefault(place, []).append(result)
    for place, results in changed.items():
        if left[place] and retry.may_change and len(results) == 1:
            yield _tagged(results[0])
            yield from (_replacement(id, results[0]) for id in sorted(left.pop(place)))
    if lost := sum(map(len, left.values())):
        yield beam.pvalue.TaggedOutput("metrics", Metric(NOT_FOUND, lost))


def _results(retry: FileRetry, slice: FileSlice, max_bytes: int) -> Iterator[Found]:
    """Yield the documents and rejects of `slice`; of an archive, only those of its first record."""
    for result in _read(slice, max_bytes):
        if retry.unit == "record" and _document(result).warc_offset != slice.offset:
            return
        yield result


def _whole_file(retry: FileRetry, max_bytes: int) -> Iterator[Any]:
    """Yield all documents of a file that was rejected as a whole.

    The file may have been cut into slices. The last slice replaces the rejected document, so that the
    reject stays open until all slices are committed.
    """
    [slice], [reject] = retry.slices, retry.rejects
    replaced_by: Found | None = None
    for number, result in enumerate(_read(slice, max_bytes)):
        yield _tagged(result)
        if _document(result).document_id == reject.document_id:
            return
        replaced_by = result if number == 0 else replaced_by
    if slice.lines is None and replaced_by:
        yield _replacement(reject.document_id, replaced_by)


def _read(slice: FileSlice, max_bytes: int) -> Iterator[Found]:
    """Yield the documents and rejects of `slice`. Any exception becomes a reject of the file."""
    try:
        for result in read_slice(slice, max_bytes):
            if not isinstance(result, Metric):
                yield result
    except Exception as error:  # noqa: BLE001 a bug in newslake must not stop the run
        yield RejectedInput(rejected_file(slice), error)


def _document(result: Found) -> Document:
    return result.document if isinstance(result, RejectedInput) else result


def _tagged(result: Found) -> Any:
    if isinstance(result, RejectedInput):
        return beam.pvalue.TaggedOutput("rejected", refusal(result.document, "Read", result.error))
    return result


def _replacement(rejected_id: str, result: Found) -> Any:
    document = _document(result)
    row = Replacement(rejected_id, document.document_id, document.locator)
    return beam.pvalue.TaggedOutput("replacements", row)
