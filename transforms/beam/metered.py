"""Counts what each stage takes in and uses, as metrics of Beam: documents, bytes, CPU time.

    with Metered("Extract", len(document.payload)):
        return extract(document)

The driver reads these metrics when a bounded run ends, and stores the totals in `runs`.
"""

import time
from collections.abc import Iterable
from functools import cache
from typing import Any, Self

from apache_beam.metrics import Metrics

from newslake.schemas.rows import Fetch
from newslake.transforms.beam.sandbox import used_ns

PREFIX = "newslake."
"""The namespace of a metric is this prefix and the label of the stage."""
DOCUMENTS, BYTES, CPU = "documents", "bytes", "cpu_us"
"""Names of metrics: a counter, and two distributions. CPU time is in microseconds."""


class Metered:
    """Measures a block of code of a stage; a context manager.

    The CPU time is that of this thread, and of the calls that it makes in a sandbox. A block that
    raises an exception counts too.

    Args:
        stage: The label of the stage.
        size: Number of bytes that the block takes in. The block may change it.
        documents: Number of documents that the block takes in. The block may change it.
    """

    __slots__ = ("_stage", "_started", "documents", "size")

    def __init__(self, stage: str, size: int = 0, documents: int = 1) -> None:
        self._stage, self.size, self.documents = stage, size, documents

    def __enter__(self) -> Self:
        self._started = time.thread_time_ns() + used_ns()
        return self

    def __exit__(self, *error: object) -> None:
        used = time.thread_time_ns() + used_ns() - self._started
        documents, sizes, cpu = _metrics(self._stage)
        cpu.update(used // 1_000)
        if self.documents or self.size:
            documents.inc(self.documents)
            sizes.update(self.size)


@cache
def _metrics(
    stage: str,
) -> tuple[
    Metrics.DelegatingCounter, Metrics.DelegatingDistribution, Metrics.DelegatingDistribution
]:
    namespace = PREFIX + stage
    return (
        Metrics.counter(namespace, DOCUMENTS),
        Metrics.distribution(namespace, BYTES),
        Metrics.distribution(namespace, CPU),
    )


def count_pages(rows: Iterable[Any]) -> None:
    """Count the fetched pages among `rows` as documents of the stage Fetch."""
    for row in rows:
        if isinstance(row, Fetch) and row.document_id:
            documents, sizes, _ = _metrics("Fetch")
            documents.inc()
            sizes.update(row.size)
