"""Map a pure function over a collection and output the rejected inputs as rows.

    drafts, rejected = documents | "Extract" >> MapWithDeadLetter(extract, stage="Extract")

The function rejects an input by raising `Reject`. If the machine has too little memory, threads, open
files or disk space, the run fails. Any other exception is a bug in newslake. The input is then rejected
as `crash_<ExceptionName>`, so that one bad page does not stop the pipeline.
"""

import traceback
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple

import apache_beam as beam

import newslake.transforms.beam.record_coder  # noqa: F401 registers the coders of all records
from newslake.schemas.identity import payload_digest
from newslake.schemas.reasons import MAX_PAYLOAD, Reject
from newslake.schemas.records import Document, Draft
from newslake.schemas.rows import Rejected
from newslake.transforms.beam.document_fields import stored_fields
from newslake.transforms.beam.metered import Metered
from newslake.transforms.failure import raise_if_of_machine
from newslake.transforms.text import visible
from newslake.transforms.web.optouts import optouts
from newslake.transforms.web.urls import web_address


class KeptAndRejected(NamedTuple):
    """The two outputs of a stage."""

    kept: beam.PCollection[Any]
    rejected: beam.PCollection[Rejected]


class MapWithDeadLetter(beam.PTransform):
    """`beam.Map` with a dead-letter output.

    `function` takes a `Document` or a `Draft`, and the `options`. It returns one record or raises
    `Reject`; its return annotation is the element type of `kept`.
    """

    def __init__(self, function: Callable[..., Any], stage: str, **options: Any) -> None:
        super().__init__()
        self.function = function
        self.stage = stage
        self.options = options

    def expand(self, records: beam.PCollection[Any]) -> KeptAndRejected:
        outputs = records | beam.FlatMap(
            map_one, function=self.function, stage=self.stage, options=self.options
        ).with_outputs("rejected", main="kept")
        outputs.kept.element_type = self.function.__annotations__["return"]
        outputs.rejected.element_type = Rejected
        return KeptAndRejected(outputs.kept, outputs.rejected)


def map_one(
    record: Document | Draft, function: Callable[..., Any], stage: str, options: dict[str, Any]
) -> Iterator[Any]:
    """Yield the result of `function(record)`, or a `Rejected` if it raises an exception."""
    document = record.document if isinstance(record, Draft) else record
    try:
        with Metered(stage, len(document.payload)):
            result = function(record, **options)
        yield result
    except Exception as error:  # noqa: BLE001 bugs become rejects
        yield beam.pvalue.TaggedOutput("rejected", refusal(document, stage, error))


def refusal(document: Document, stage: str, error: Exception) -> Rejected:
    """Return the `Rejected` row of `document`; errors other than `Reject` get a `crash_` reason.

    Raises:
        Failure: the state of the machine caused the error, so that the document may be good.
    """
    raise_if_of_machine(error)
    if isinstance(error, Reject):
        reason, detail = error.reason, str(error)
    else:
        reason = f"crash_{type(error).__name__}"
        detail = "".join(traceback.format_exception(error, limit=-3))
    is_kept = len(document.payload) <= MAX_PAYLOAD and not optouts(
        document.headers, document.payload.decode("latin-1"), document.optouts
    )
    return Rejected(
        document_id=document.document_id,
        stage=stage,
        reason=reason,
        detail=visible(detail),
        locator=document.locator,
        payload=document.payload if is_kept else None,
        payload_digest=payload_digest(document.payload),
        url=web_address(document.url),
        warc_file=document.warc_file,
        warc_offset=document.warc_offset,
        document=stored_fields(document),
    )
