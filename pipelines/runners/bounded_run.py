"""One bounded run: a room in the lake, the DAG, the commit. `backfill` and `follow` are loops of it.

A run whose decisions another one overtook decides anew; after three refusals it runs under the
lake's lock, where nobody can overtake it.
"""

from collections.abc import Callable
from contextlib import ExitStack
from datetime import datetime

import apache_beam as beam

from newslake.pipelines.ingest import Settings, SourceOutput, ingest
from newslake.pipelines.runners.engine import Engine
from newslake.schemas.records import RunContext
from newslake.transforms.dedupe.index import IndexBehind
from newslake.transforms.lake import layout
from newslake.transforms.lake.committer import Committer
from newslake.transforms.lake.errors import LakeError
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult, load_transaction, read_result, staging

MAX_REFUSALS = 3
"""So often may a run be overtaken before it takes the lock for itself."""

Source = Callable[[beam.Pipeline], SourceOutput]
"""Appends to a pipeline what yields documents."""


def run_bounded(
    lake: LakeFolder,
    source: Source,
    settings: Settings,
    engine: Engine,
    run_id: str,
    number: int,
    started_at: datetime,
) -> CommitResult:
    """Ingest what `source` yields, and commit it.

    Args:
        lake: Where to.
        source: Where from; it is asked again if the run must decide anew.
        settings: The DAG's knobs.
        engine: What runs the DAG.
        run_id: The run that this one is a part of.
        number: Which part.
        started_at: When the run began.

    Returns:
        What was committed.

    Raises:
        LakeError: the lake refuses; nothing of this part was committed.
    """
    for attempt in range(MAX_REFUSALS):
        name = layout.staging_name(run_id, number, attempt)
        with ExitStack() as stack:
            with lake.committer() as committer:
                stack.enter_context(staging(lake.storage, name))
                context = run_context(lake, committer, name, run_id, started_at)
            try:
                _run(source, context, settings, engine, hold=False)
            except Exception as error:
                if not _is_behind(error):
                    raise
                continue  # somebody threw the index away; the next committer makes it anew
            outcome = read_result(lake.storage, name)
        if outcome.error:
            raise LakeError(outcome.error)
        if not outcome.stale:
            return outcome
    name = layout.staging_name(run_id, number, MAX_REFUSALS)
    with lake.committer() as committer, staging(lake.storage, name):
        context = run_context(lake, committer, name, run_id, started_at)
        _run(source, context, settings, engine, hold=True)
        return committer.commit(load_transaction(lake.storage, name))


def _is_behind(error: Exception) -> bool:
    """Return True for `IndexBehind`, also where a worker process could only send its name."""
    return isinstance(error, IndexBehind) or IndexBehind.__name__ in str(error)


def run_context(
    lake: LakeFolder, committer: Committer, name: str, run_id: str, started_at: datetime
) -> RunContext:
    """Return the place of a bounded run in `lake`: the room `name`, and all that is committed now."""
    return RunContext(
        lake=str(lake.storage.root),
        index=str(lake.index_path),
        staging=name,
        run_id=run_id,
        as_of=committer.last,
        run_date=started_at.date().isoformat(),
    )


def _run(
    source: Source,
    context: RunContext,
    settings: Settings,
    engine: Engine,
    hold: bool,
) -> None:
    with beam.Pipeline(engine.runner, engine.options) as pipeline:
        ingest(source(pipeline), context, settings, hold)
