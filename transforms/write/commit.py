"""Stage Commit: commits the staged files of a bounded run, or of a window of a stream, to the lake."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam

from newslake.schemas.records import Candidate, Judgement, Metric, RunContext, StagedFile
from newslake.transforms.beam.metered import Metered
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import explanation
from newslake.transforms.lake.errors import Stale
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult, committed, save_transaction, write_result
from newslake.transforms.lake.transaction import Transaction, check_complete, make_transaction
from newslake.transforms.write.commit_window import commit_window
from newslake.transforms.write.write import in_window


@dataclass(eq=False)
class Commit(beam.PTransform):
    """Commit all staged files of a window together. A bounded run has one window.

    A bounded run writes its result to its staging directory, where the driver reads it. A stream
    has no driver that waits: an error ends the bundle, and the runner repeats it.
    """

    context: RunContext
    """The lake, and the ids and paths of this bounded run or stream."""
    defer_commit: bool = False
    """If True, only save the transaction. The driver holds the lake's lock and commits it."""

    def expand(
        self,
        inputs: tuple[
            beam.PCollection[StagedFile], beam.PCollection[Metric], beam.PCollection[Judgement]
        ],
    ) -> beam.PCollection[None]:
        files, metrics, judgements = inputs
        return (
            {
                "files": files | "Files" >> beam.WithKeys(""),
                "metrics": metrics | "Metrics" >> beam.WithKeys(""),
                "judgements": judgements | "Judgements" >> beam.WithKeys(""),
            }
            | "Meet" >> beam.CoGroupByKey()
            | "CommitBundle" >> beam.Map(_commit, self.context, self.defer_commit)
        )


def _commit(
    group: tuple[str, dict[str, Iterable[Any]]],
    context: RunContext,
    defer_commit: bool,
    window: Any = beam.DoFn.WindowParam,
) -> None:
    _, staged = group
    context, candidates, unindexed_days = in_window(context, window), list[Candidate](), list[int]()
    for judgement in staged["judgements"]:  # one; none if no document was judged
        context = replace(context, as_of=judgement.as_of)
        candidates, unindexed_days = judgement.candidates, judgement.unindexed_days
    counts = Counter[str]()
    for metric in staged["metrics"]:
        counts[metric.name] += metric.count
    with Metered("Commit", documents=0) as meter:
        transaction = make_transaction(context, staged["files"], counts.items(), unindexed_days)
        transaction = check_complete(transaction, {one.document_id for one in candidates})
        meter.documents = len(transaction.documents)
        meter.size = sum(file.size for file in transaction.files)
        lake = open_lake(context.lake)
        if context.stream:
            commit_window(lake, transaction, candidates)
        elif defer_commit:
            save_transaction(lake.storage, transaction)
        else:
            _commit_run(lake, transaction)


def _commit_run(lake: LakeFolder, transaction: Transaction) -> None:
    """Commit a bounded run and write its result, also if the commit fails."""
    context = transaction.context
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
