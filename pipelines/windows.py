"""The windows of the DAG. The rows of one window are committed together, in one commit.

A bounded run has one window, Beam's global window. A stream has fixed windows. No other module
sets windows.
"""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from types import MappingProxyType
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.transforms.core import Windowing
from apache_beam.transforms.trigger import DefaultTrigger
from apache_beam.transforms.window import FixedWindows, GlobalWindows

from newslake.schemas.records import Document, Metric, RunContext
from newslake.schemas.rows import Rejected
from newslake.transforms.failure import Failure


class SourceOutput(NamedTuple):
    """The output of a source."""

    kept: beam.PCollection[Document]
    """Documents to ingest."""
    rejected: beam.PCollection[Rejected]
    """Inputs that could not be read or fetched."""
    metrics: beam.PCollection[Metric]
    """Counts that are not part of the balance, such as skipped WARC records."""
    rows: Mapping[str, beam.PCollection[Any]] = MappingProxyType({})
    """Rows to commit with the documents, by table, such as announcements and fetches."""

    def collections(self) -> Iterator[tuple[str, beam.PCollection[Any]]]:
        """Yield all collections with their names."""
        yield from zip(self._fields[:3], self[:3], strict=True)
        yield from self.rows.items()


class WrongWindows(Failure):
    """The windows of a source do not give exactly one commit each."""


def windows_of(length: timedelta) -> FixedWindows:
    """Return the windows of a stream."""
    return FixedWindows(length.total_seconds())


def in_windows(source: SourceOutput, length: timedelta) -> SourceOutput:
    """Return `source` in fixed windows of this length, by the times of its elements."""
    windowed = {
        name: collection | f"Window{name.capitalize()}" >> beam.WindowInto(windows_of(length))
        for name, collection in source.collections()
    }
    return SourceOutput(
        windowed.pop("kept"), windowed.pop("rejected"), windowed.pop("metrics"), windowed
    )


def check_windows(source: SourceOutput, context: RunContext) -> None:
    """Check that each window of `source` is committed exactly once.

    Raises:
        WrongWindows: a window would never be committed, would be committed several times, or with
            only a part of its rows.
    """
    windowings = {name: collection.windowing for name, collection in source.collections()}
    for name, collection in source.collections():
        if problem := _problem(windowings[name], collection.is_bounded, context):
            raise WrongWindows(f"the collection `{name}` of the source {problem}")
    for name, windowing in windowings.items():
        if windowing.windowfn != windowings["kept"].windowfn:
            raise WrongWindows(
                f"the collections `kept` and `{name}` of the source have different windows; a commit "
                "needs the rows of both, so use `in_windows`"
            )


def _problem(windowing: Windowing, is_bounded: bool, context: RunContext) -> str | None:
    """Return why the windows of a collection cannot be committed once each; None if they can."""
    if context.stream:
        if isinstance(windowing.windowfn, GlobalWindows):
            return "has no windows, so a stream would never commit it; use `in_windows`"
        if not isinstance(windowing.windowfn, FixedWindows):
            return "has windows that overlap or merge; a stream needs fixed windows"
    elif not is_bounded:
        return "is unbounded, so a bounded run would never commit it; use a context of a stream"
    elif not isinstance(windowing.windowfn, GlobalWindows):
        return "has windows, but a bounded run has one commit; use a context of a stream"
    if not isinstance(windowing.triggerfn, DefaultTrigger):
        return (
            f"has the trigger {windowing.triggerfn}, which may fire more than once in a window; use "
            "Beam's default trigger"
        )
    if windowing.allowed_lateness != 0:
        return (
            "allows late elements, which would need a second commit; use an allowed lateness of 0"
        )
    return None
