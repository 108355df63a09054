"""Stage Commit: commits the staged files of a bounded run to the lake."""

from collections.abc import Sequence
from dataclasses import dataclass

import apache_beam as beam

from newslake.schemas.records import Metric, RunContext, StagedFile
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import explanation
from newslake.transforms.lake.errors import Stale
from newslake.transforms.lake.staging import CommitResult, committed, save_transaction, write_result
from newslake.transforms.lake.transaction import make_transaction


@dataclass(eq=False)
class Commit(beam.PTransform):
    """Commit all staged files together; write the result to the run's staging directory."""

    context: RunContext
    """The lake, and the ids and paths of this bounded run."""
    defer_commit: bool = False
    """If True, only save the transaction. The driver holds the lake's lock and commits it."""

    def expand(
        self,
        inputs: tuple[
            beam.PCollection[StagedFile], beam.PCollection[Metric], beam.PCollection[int]
        ],
    ) -> beam.PCollection[None]:
        files, metrics, unindexed_days = inputs
        counts = metrics | "NameAndCount" >> beam.Map(_pair) | "Sum" >> beam.CombinePerKey(sum)
        return (
            files.pipeline
            | "Once" >> beam.Impulse()
            | "CommitBundle"
            >> beam.Map(
                _commit,
                beam.pvalue.AsList(files),
                beam.pvalue.AsList(counts),
                beam.pvalue.AsList(unindexed_days),
                self.context,
                self.defer_commit,
            )
        )


def _pair(metric: Metric) -> tuple[str, int]:
    return metric.name, metric.count


def _commit(
    _: bytes,
    files: Sequence[StagedFile],
    metrics: Sequence[tuple[str, int]],
    unindexed_days: Sequence[int],
    context: RunContext,
    defer_commit: bool,
) -> None:
    transaction = make_transaction(context, files, metrics, unindexed_days)
    lake = open_lake(context.lake)
    if defer_commit:
        save_transaction(lake.storage, transaction)
        return
    if committed(lake.storage, context.staging):
        return  # the runner has repeated this step: keep the first result
    try:
        with lake.committer() as committer:
            result = committer.commit(transaction)
    except Stale as error:
        result = CommitResult(stale=str(error))
    except Exception as error:
        if (cause := explanation(error, context.lake)) is None:
            raise
        result = CommitResult(error=cause)
    write_result(lake.storage, context.staging, result)
