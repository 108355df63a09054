"""Stage Write: writes the rows of all tables as Parquet files to the staging directory."""

import uuid
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any, NamedTuple

import apache_beam as beam
from apache_beam.transforms.window import BoundedWindow

from newslake.schemas.records import Metric, RunContext, StagedFile
from newslake.schemas.tables import TABLES, Table
from newslake.transforms.beam.metered import Metered, count_pages
from newslake.transforms.lake import layout
from newslake.transforms.lake.parquet import to_arrow, write_parquet
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import STORED, row_keys

WINDOW_FORMAT = "%Y%m%dT%H%M%S.%fZ"
"""Format of the start of a window in the ids of runs, in UTC."""


class Written(NamedTuple):
    """The outputs of the stage."""

    files: beam.PCollection[StagedFile]
    metrics: beam.PCollection[Metric]


@dataclass(eq=False)
class Write(beam.PTransform):
    """Write the sorted rows of each partition to a Parquet file in the staging directory."""

    context: RunContext
    """The lake, and the ids and paths of this bounded run or stream."""

    def expand(self, rows: Mapping[str, beam.PCollection[Any]]) -> Written:
        """Write `rows`, which maps names of tables to their rows."""
        staged = [
            collection | f"Write{name.capitalize()}" >> _WriteTable(name, self.context)
            for name, collection in rows.items()
        ]
        return Written(
            [written.files for written in staged] | "AllFiles" >> beam.Flatten(),
            [written.metrics for written in staged] | "AllMetrics" >> beam.Flatten(),
        )


@dataclass(eq=False)
class _WriteTable(beam.PTransform):
    table: str
    context: RunContext

    def expand(self, rows: beam.PCollection[Any]) -> Written:
        keyed = beam.typehints.KV[str, TABLES[self.table].record]
        outputs = (
            rows
            | "ByPartition"
            >> beam.Map(with_partition, self.table, self.context).with_output_types(keyed)
            | "Gather" >> beam.GroupByKey()
            | "Stage"
            >> beam.FlatMap(stage, self.table, self.context).with_outputs("metrics", main="files")
        )
        outputs.files.element_type = StagedFile
        outputs.metrics.element_type = Metric
        return Written(outputs.files, outputs.metrics)


def in_window(context: RunContext, window: BoundedWindow) -> RunContext:
    """Return `context` with the ids and paths of a stream's `window`.

    A bounded run has only one window, and its context is complete.
    """
    if not context.stream:
        return context
    start: datetime = window.start.to_utc_datetime(has_tz=True)
    name = format(start, WINDOW_FORMAT)
    return replace(
        context,
        staging=layout.window_staging_name(context.stream, name),
        run_id=f"{name}-{context.run_id}",
        run_date=start.date().isoformat(),
    )


def with_partition(
    row: Any, table: str, context: RunContext, window: Any = beam.DoFn.WindowParam
) -> tuple[str, Any]:
    """Return `row`, a row of `table`, with its partition as key."""
    return TABLES[table].partition(row, in_window(context, window)), row


def stage(
    group: tuple[str, Iterable[Any]],
    table: str,
    context: RunContext,
    window: Any = beam.DoFn.WindowParam,
) -> Iterator[Any]:
    """Write one file to the staging directory and yield its `StagedFile`.

    If a run reads a document twice and rejects it twice, the same row occurs twice. It is written
    once, and the second row is counted as already ingested.
    """
    partition, rows = group
    with Metered("Write", documents=0) as meter:
        unique, surplus = in_order(TABLES[table], rows)
        file = write_file(table, partition, unique, in_window(context, window))
        meter.size = file.size
        if table in {*STORED, "rejects"}:
            meter.documents = len(unique)
    count_pages(unique)
    if surplus and TABLES[table].accounts:
        yield beam.pvalue.TaggedOutput("metrics", Metric("already_ingested", surplus))
    yield file


def write_file(table: str, partition: str, rows: Sequence[Any], context: RunContext) -> StagedFile:
    """Write the sorted `rows` to a file in the staging directory; return its `StagedFile`."""
    storage, path = Storage(context.lake), f"{context.staging}/{table}-{uuid.uuid4().hex}.parquet"
    if context.stream:
        storage.make_folder(context.staging)  # a bounded run's driver creates it and holds it
    digest, size = write_parquet(storage.path(path), table, to_arrow(table, rows, context.run_id))
    keys = [row_keys(TABLES[table], row) for row in rows]
    return StagedFile(table, partition, path, keys, digest, size)


def in_order(table: Table, rows: Iterable[Any]) -> tuple[list[Any], int]:
    """Return the unique rows, sorted by time and id, and the number of repeated rows.

    Rows without a time come last.
    """
    rows = list(rows)
    if not table.unique:
        return rows, 0
    by_id = {tuple(getattr(row, column) for column in table.unique): row for row in rows}

    def key(row: Any) -> tuple[Any, ...]:
        values = [getattr(row, column) for column in table.sort_key]
        return tuple((value is None, value) if value is not None else (True,) for value in values)

    return sorted(by_id.values(), key=key), len(rows) - len(by_id)
