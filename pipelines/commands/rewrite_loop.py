"""What `compact`, `forget` and `reprocess` share: stage without the lock, exchange under it.

A change that another command overtakes is staged again; after three times it is staged under the
lock, where nobody can overtake it.
"""

import json
import sys
from collections.abc import Callable, Mapping
from contextlib import ExitStack, suppress
from pathlib import Path

import duckdb

from newslake.pipelines.commands import terminal
from newslake.pipelines.runners.runs import new_run_id
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Stale
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LogEntry
from newslake.transforms.lake.staging import staging
from newslake.transforms.lake.transaction import Change

MAX_TRIES = 3

Plan = Callable[[str, str, int], Change | None]
"""Stages a change: takes run id, room and the last entry; None if there is nothing to change."""


def recovered(folder: str) -> LakeFolder:
    """Return the lake in `folder`, after showing what others left unfinished.

    Raises:
        NotALake: there is none.
        LakeError: it is damaged, or not writable.
    """
    lake = open_lake(Path(folder).absolute())
    with lake.committer():
        pass  # who holds the lock finishes what is half done
    return lake


def report(totals: Mapping[str, int], as_json: bool, nothing: str) -> None:
    """Print what a change did, as a table or as JSON; to a person `nothing` if all counts are 0."""
    if as_json:
        sys.stdout.write(json.dumps(totals) + "\n")
    elif not any(totals.values()):
        terminal.out.print(nothing)
    else:
        terminal.table(("what", "count"), [(name, f"{n:,}") for name, n in totals.items()])


def change(lake: LakeFolder, plan: Plan) -> LogEntry | None:
    """Carry out what `plan` stages; return its entry, None if there was nothing to do.

    Raises:
        Stale: other commands changed the same partitions each time.
        LakeError: the lake refuses; nothing was changed.
    """
    run_id = new_run_id()
    for attempt in range(MAX_TRIES):
        name = layout.staging_name(run_id, 0, attempt)
        with ExitStack() as stack:
            with lake.committer() as committer:
                stack.enter_context(staging(lake.storage, name))
                as_of = committer.last
            try:
                staged = plan(run_id, name, as_of)
            except (FileNotFoundError, duckdb.IOException):
                continue  # another command has exchanged what was to be read
            if staged is None:
                return None
            with suppress(Stale), lake.committer() as committer:
                return committer.change(staged)
    name = layout.staging_name(run_id, 0, MAX_TRIES)
    with lake.committer() as committer, staging(lake.storage, name):
        staged = plan(run_id, name, committer.last)
        return committer.change(staged) if staged else None
