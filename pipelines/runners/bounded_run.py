"""One bounded run: create a staging directory, run the DAG, commit. `backfill` and `follow` repeat it.

If another run commits conflicting rows first, the transaction is stale, and the run starts again.
After three conflicts, the run holds the lake's lock, so no other run can commit. If a cluster loses the
job of the first start, the run starts again too.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Protocol

import apache_beam as beam

from newslake.pipelines.ingest import Settings, ingest
from newslake.pipelines.options import reject_settings
from newslake.pipelines.runners import pool
from newslake.pipelines.runners.contexts import run_context
from newslake.pipelines.runners.engine import Engine
from newslake.pipelines.runners.stage_use import Usage, usage, with_figures
from newslake.pipelines.windows import SourceOutput
from newslake.schemas.records import Metric, RunContext
from newslake.transforms.dedupe.index import IndexBehind
from newslake.transforms.failure import Failure
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult, load_transaction, read_result, staging

MAX_CONFLICTS = 3
"""Maximum number of conflicts. Then, the next attempt runs under the lake's lock."""


class Source(Protocol):
    """Adds a source of documents to a pipeline."""

    @property
    def stages(self) -> Sequence[Any]:
        """The stages of the source, with their options."""

    @property
    def roots(self) -> Sequence[str]:
        """The folders of the inputs and of the web archive, quoted; see `LogEntry.roots`."""

    def __call__(self, pipeline: beam.Pipeline) -> SourceOutput:
        """Append the source to `pipeline`."""


def run_bounded(
    lake: LakeFolder,
    source: Source,
    settings: Settings,
    engine: Engine,
    run_id: str,
    number: int,
    started_at: datetime,
    watch: Callable[[str], None] = lambda folder: None,
) -> CommitResult:
    """Ingest the documents of `source`, commit them and return the result of the commit.

    `source` is called again after a conflict. `number` is the number of the bounded run within the
    run `run_id`, which began at `started_at`. `watch` is called with the path of each staging directory
    before the work begins.

    Raises:
        Failure: the commit failed; nothing of this bounded run was committed.
    """

    def run(context: RunContext, defer_commit: bool) -> Usage:
        watch(f"{context.lake}/{context.staging}")
        pipeline = beam.Pipeline(engine.runner, engine.options)
        ingest(_counted(source(pipeline), pipeline), context, settings, defer_commit)
        result = pipeline.run()
        try:
            result.wait_until_finish()
        except KeyboardInterrupt:
            engine.cancel(result)  # a cluster would continue the job
            raise
        return usage(result)

    pool.expect_events(settings.find_events.events)
    rejecting = reject_settings([*source.stages, *vars(settings).values()])
    for attempt in range(MAX_CONFLICTS):
        name = layout.staging_name(run_id, number, attempt)
        with lake.staging(name) as last:
            context = run_context(lake, last, name, run_id, started_at, rejecting, source.roots)
            try:
                used = run(context, defer_commit=False)
            except Exception as error:
                # An error from a worker has the name of its class only in its message.
                if isinstance(error, IndexBehind) or IndexBehind.__name__ in str(error):
                    continue  # the index was deleted; the next committer rebuilds it
                if attempt == 0 and engine.has_lost_job(error):
                    continue
                raise
            result = with_figures(lake, read_result(lake.storage, name), used)
        if result.error:
            raise Failure(result.error)
        if not result.stale:
            return result
    name = layout.staging_name(run_id, number, MAX_CONFLICTS)
    with lake.committer() as committer, staging(lake.storage, name):
        context = run_context(
            lake, committer.last, name, run_id, started_at, rejecting, source.roots
        )
        used = run(context, defer_commit=True)
        result = committer.commit(load_transaction(lake.storage, name))
        return with_figures(lake, result, used)


def _counted(output: SourceOutput, pipeline: beam.Pipeline) -> SourceOutput:
    """Return `output` with a count of 0, so that a source without documents has a commit too."""
    nothing = beam.Create([Metric("read", 0)], reshuffle=False)
    metrics = (output.metrics, pipeline | "CountNothing" >> nothing)
    return output._replace(metrics=metrics | "WithNothing" >> beam.Flatten())
