"""Map a pure function over a collection and keep what the function refuses.

    drafts, rejected = documents | "Extract" >> Attempt(extract, stage="Extract")

A function refuses an input by raising `Reject`. Any other exception is a bug of ours; it is kept
too, as `crash_<ExceptionName>`, so that one bad page cannot stop a stream.
"""

import traceback
from collections.abc import Callable, Iterator
from typing import Any, NamedTuple, TypeVar

import apache_beam as beam

from newslake.schemas.identity import payload_digest
from newslake.schemas.reasons import Reject
from newslake.schemas.records import Document, Draft
from newslake.schemas.rows import Rejected
from newslake.transforms.text import visible
from newslake.transforms.web.optouts import optouts

MAX_PAYLOAD = 1_000_000
"""A refused document is kept whole up to this many bytes, if its publisher does not reserve it; else
only its digest."""

T = TypeVar("T")


class KeptAndRejected(NamedTuple):
    """The two outputs of a stage."""

    kept: beam.PCollection[Any]
    rejected: beam.PCollection[Rejected]


class MapWithDeadLetter(beam.PTransform):
    """`beam.Map` with a dead-letter output.

    Args:
        function: Takes a `Document` or a `Draft`, returns one record or raises `Reject`. What it
            is annotated to return is the type of `kept`.
        stage: The stage's label, for `Rejected.stage`.
        options: Keyword arguments passed on to `function` with every record.
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
        kept = self.function.__annotations__["return"]
        return KeptAndRejected(
            _typed(outputs.kept, kept),
            _typed(outputs.rejected, Rejected),
        )


def _typed(collection: beam.PCollection[Any], kind: type) -> beam.PCollection[Any]:
    collection.element_type = kind
    return collection


def map_one(
    record: Document | Draft, function: Callable[..., Any], stage: str, options: dict[str, Any]
) -> Iterator[Any]:
    """Yield what `function` makes of `record`, or why it does not, as a `Rejected`."""
    try:
        yield function(record, **options)
    except Exception as error:  # noqa: BLE001 a bug of ours is kept beside its input, not raised
        document = record.document if isinstance(record, Draft) else record
        yield beam.pvalue.TaggedOutput("rejected", refusal(document, stage, error))


def refusal(document: Document, stage: str, error: Exception) -> Rejected:
    """Return the record of a refusal: its reason if `error` is a `Reject`, else a crash."""
    if isinstance(error, Reject):
        reason, detail = error.reason, str(error)
    else:
        reason = f"crash_{type(error).__name__}"
        detail = "".join(traceback.format_exception(error, limit=-3))
    return Rejected(
        document_id=document.document_id,
        stage=stage,
        reason=reason,
        detail=visible(detail),
        locator=document.locator,
        payload=document.payload if _may_be_kept(document) else None,
        payload_digest=payload_digest(document.payload),
    )


def _may_be_kept(document: Document) -> bool:
    """Tell whether a refused document is small enough to be kept, and not reserved by its publisher."""
    if len(document.payload) > MAX_PAYLOAD:
        return False
    return not optouts(document.headers, document.payload.decode("latin-1"))
