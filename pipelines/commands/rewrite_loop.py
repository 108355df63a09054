"""The retry loop of `compact`, `forget` and `reprocess`: stage without the lock, then lock and commit.

If another command changes these partitions first, the loop stages the change again. After three
conflicts, the loop takes the lock before it stages.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from pathlib import Path

import duckdb

from newslake.pipelines.commands import terminal
from newslake.pipelines.progress import Progress
from newslake.pipelines.runners.run_ids import new_run_id
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Stale
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LogEntry
from newslake.transforms.lake.staging import staging
from newslake.transforms.lake.transaction import Change

MAX_TRIES = 3
"""Maximum number of attempts to stage without the lock."""

Plan = Callable[[str, str, int], Change | None]
"""Stages a change. Takes the run id, the staging directory and the number of the last log entry;
returns None if there is nothing to change."""


def open_recovered(folder: str) -> LakeFolder:
    """Return the lake in `folder`. If another process left a commit unfinished, complete it first.

    Raises:
        NotALake: the folder is not a lake.
        LakeError: the lake is damaged or not writable.
    """
    lake = open_lake(Path(folder).absolute())
    with lake.committer():
        pass  # taking the lock completes an unfinished commit
    return lake


def rewrite_all(
    partitions: Sequence[str],
    rewrite: Callable[[str], Mapping[str, int] | None],
    counts: Sequence[str],
    progress: Progress,
) -> Counter[str]:
    """Rewrite each of `partitions` and return the sums of the `counts`.

    `rewrite` returns the counts of a partition, or None if the partition did not change. It counts its
    progress with `newslake.transforms.work_done.count`.
    """
    totals = Counter(dict.fromkeys(counts, 0))
    with progress:
        for partition in partitions:
            totals.update(rewrite(partition) or {})
    return totals


def report(totals: Mapping[str, int], as_json: bool, nothing: str) -> None:
    """Print the totals as a table or as JSON. If all are 0, print the text `nothing`."""
    if as_json:
        terminal.print_json(totals)
    elif not any(totals.values()):
        terminal.print_line(nothing)
    else:
        terminal.table(("result", "count"), [(name, f"{n:,}") for name, n in totals.items()])


def change(lake: LakeFolder, plan: Plan) -> LogEntry | None:
    """Commit the change that `plan` stages; return the log entry, or None if nothing changes.

    Raises:
        LakeError: the commit failed; nothing was changed.
    """
    run_id = new_run_id()
    for attempt in range(MAX_TRIES):
        name = layout.staging_name(run_id, 0, attempt)
        with lake.staging(name) as as_of:
            try:
                staged = plan(run_id, name, as_of)
            except (FileNotFoundError, duckdb.IOException):
                continue  # probably, another command has replaced a file that `plan` reads
            if staged is None:
                return None
            with suppress(Stale), lake.committer() as committer:
                return committer.change(staged)
    name = layout.staging_name(run_id, 0, MAX_TRIES)
    with lake.committer() as committer, staging(lake.storage, name):
        staged = plan(run_id, name, committer.last)
        return committer.change(staged) if staged else None
