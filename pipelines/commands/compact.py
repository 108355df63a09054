"""Merge the small files of idle partitions into a few sorted files."""

import argparse
from collections.abc import Iterator, Sequence
from functools import partial

from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.rewrite_loop import change, open_recovered, report, rewrite_all
from newslake.pipelines.progress import Progress
from newslake.pipelines.values import amount
from newslake.schemas.tables import TABLES
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LoggedFile, live_files
from newslake.transforms.lake.rewriting import Rewrite, stage_sorted
from newslake.transforms.lake.transaction import Change

SMALL_BYTES = 128 * 2**20
"""Files of at least this size, in bytes, are not merged."""

COUNTS = ("partitions", "files_before", "files_after", "bytes_before", "bytes_after")
"""The counts that the command prints."""

MAX_SMALL_FILES = 200
"""Partitions with more small files are merged even if they are not idle: a month is never idle."""

EXAMPLES = """\
examples:
  newslake compact --lake lake                     all tables; partitions without new files for 24 hours
  newslake compact --lake lake --table articles --idle 0

Readers see the same rows before, during and after compaction. If a reader listed a folder shortly
before a commit, it can get a "file not found" error. It must then list the folder again; `newslake
query` does this automatically. The old files are kept for ten minutes.
"""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    about = "compact only this table; may be repeated; default: all tables"
    parser.add_argument("--table", action="append", choices=list(TABLES), help=about)
    about = (
        "skip partitions that received a file within this time and have at most "
        f"{MAX_SMALL_FILES} small files; default: 24"
    )
    parser.add_argument("--idle", type=amount, default=24.0, metavar="HOURS", help=about)


def run(arguments: argparse.Namespace) -> int:
    """Merge the small files and print the totals; return the exit code.

    Raises:
        LakeError: a commit failed; partitions that are already merged stay merged.
    """
    lake = open_recovered(arguments.lake)
    folders = list(worth_merging(lake, arguments.table or list(TABLES), arguments.idle * 3600))
    small = [one for one in live_files(lake.log.entries()).values() if one.size < SMALL_BYTES]
    total = sum(file.rows for file in small if file.folder in {*folders})
    progress = Progress("compacting", "rows", total)
    totals = rewrite_all(folders, partial(merge, lake), COUNTS, progress)
    report(totals, arguments.json, "nothing to compact")
    return 0


def worth_merging(lake: LakeFolder, tables: Sequence[str], idle_seconds: float) -> Iterator[str]:
    """Yield the folders of partitions with many small files, and of idle ones with at least two."""
    partitions: dict[str, list[LoggedFile]] = {}
    for file in live_files(lake.log.entries()).values():
        if file.table in tables:
            partitions.setdefault(file.folder, []).append(file)
    for folder, files in sorted(partitions.items()):
        small = [file for file in files if file.size < SMALL_BYTES]
        is_full = len(small) > MAX_SMALL_FILES
        if is_full or (len(small) > 1 and _idle(lake, files) >= idle_seconds):
            yield folder


def _idle(lake: LakeFolder, files: list[LoggedFile]) -> float:
    """Return the age of the newest file, in seconds."""
    existing = [file.final for file in files if lake.storage.exists(file.final)]
    return min((lake.storage.age(name) for name in existing), default=0.0)


def merge(lake: LakeFolder, folder: str) -> dict[str, int] | None:
    """Merge the small files of the partition `folder`.

    Returns the `COUNTS` of the partition; None if there is nothing to merge.
    """
    table, partition = folder.split("/")
    read: list[LoggedFile] = []

    def plan(run_id: str, staging: str, as_of: int) -> Change | None:
        live = live_files(lake.log.entries(as_of)).values()
        read[:] = [file for file in live if file.folder == folder and file.size < SMALL_BYTES]
        if len(read) < 2:
            return None
        staged = stage_sorted(Rewrite(lake.storage, staging, table, partition, read))
        if len(staged.new) >= len(read):
            return None
        return Change("compact", run_id, staging, as_of, [staged])

    entry = change(lake, plan)
    if entry is None:
        return None
    [swap] = entry.swaps
    return {
        "partitions": 1,
        "files_before": len(swap.before),
        "files_after": len(swap.after),
        "bytes_before": sum(file.size for file in read),
        "bytes_after": sum(file.size for file in swap.after if file.name in swap.new_names),
    }


COMMAND = Command(run, EXAMPLES, add_arguments)
