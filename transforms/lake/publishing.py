"""Publishing, the second half of a commit: makes the files of a log entry visible to readers.

`publish` may be repeated, so the next committer can complete an unfinished commit.
"""

from contextlib import suppress

from newslake.schemas.tables import TABLES, Table
from newslake.transforms.failure import RESTORE
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.log import Log, LogEntry, LoggedFile, PartitionSwap
from newslake.transforms.lake.parquet import to_arrow, write_parquet
from newslake.transforms.lake.storage import Storage

_EMPTY_FILE_DAY = "1970-01-01"
"""Partition of the empty seed files, as a date."""


def publish(storage: Storage, log: Log, entry: LogEntry) -> None:
    """Link the entry's files to their final names, swap its partitions, and mark the entry as done.

    Files and swaps that are already published are skipped.

    Raises:
        Damaged: a file or directory is neither staged nor published.
    """
    _link(storage, entry)
    for swap in entry.swaps:
        _swap(storage, entry.seq, swap)
    storage.sync("")
    log.mark_done(entry.seq)


def _link(storage: Storage, entry: LogEntry) -> None:
    for file in entry.files:
        storage.make_folder(file.folder)
        try:
            with suppress(FileExistsError):
                storage.link(file.staged, file.final)
        except FileNotFoundError as error:
            if not storage.exists(file.final):
                raise Damaged(
                    f"{storage.path(file.final)} is missing, but log entry {entry.seq} lists it; "
                    f"{RESTORE}"
                ) from error
    for folder in sorted({file.folder for file in entry.files}):
        storage.sync(folder)
    for table in sorted({file.table for file in entry.files}):
        storage.sync(table)


def _swap(storage: Storage, seq: int, swap: PartitionSwap) -> None:
    """Swap the directories if they have not been swapped yet, and retire the old directory."""
    if not has_all(storage, swap.folder, swap.new_names):
        if not has_all(storage, swap.staged, swap.new_names):
            raise Damaged(
                f"{storage.path(swap.folder)} lacks the files of log entry {seq}, which are "
                f"neither published nor staged; {RESTORE}"
            )
        storage.make_folder(swap.folder)  # a partition without rows has no directory yet
        storage.swap(swap.folder, swap.staged)
        storage.sync(swap.table)
    if storage.exists(swap.staged):
        storage.rename(swap.staged, swap.retired)
        storage.sync(layout.TMP)


def has_all(storage: Storage, folder: str, names: list[str]) -> bool:
    """Return whether all files with these `names` are in `folder`."""
    return all(storage.exists(f"{folder}/{name}") for name in names)


def fsync_staged(storage: Storage, entry: LogEntry) -> None:
    """Make the staged files of `entry` durable, before the entry is written.

    Raises:
        Damaged: a staged file is missing.
    """
    for file in entry.files:
        try:
            storage.sync(file.staged)
        except FileNotFoundError as error:
            raise Damaged(
                f"{storage.path(file.staged)} is missing: another process considered the run dead "
                "and removed its staged files; run the same command again"
            ) from error
    fsync_staging(storage, entry.staging)


def fsync_staging(storage: Storage, staging: str) -> None:
    """Fsync a staging directory and its parent directory, so that the names in both are durable."""
    storage.sync(staging)
    storage.sync(layout.TMP)


def create_empty_files(storage: Storage, log: Log) -> None:
    """Write log entry 0: it adds an empty seed file per table, so that globs match empty tables."""
    staging = f"{layout.TMP}/w-create"
    storage.remove_folder(staging)
    storage.make_folder(staging)
    files = [empty_file(storage, table, staging) for table in TABLES.values()]
    entry = LogEntry(0, "create", "", staging, -1, {}, {}, files)
    fsync_staged(storage, entry)
    log.append(entry)
    log.fsync(entry.seq)
    publish(storage, log, entry)


def empty_file(storage: Storage, table: Table, staging: str) -> LoggedFile:
    """Stage the empty seed file of `table` in `staging`; return its item for the log entry."""
    staged = f"{staging}/{table.name}.parquet"
    empty = to_arrow(table.name, [], "")
    digest, size = write_parquet(storage.path(staged), table.name, empty)
    name = layout.part_name(0, list(TABLES).index(table.name), digest)
    partition = f"{table.partition_key}={_EMPTY_FILE_DAY}"
    return LoggedFile(table.name, partition, staged, name, 0, size, digest)
