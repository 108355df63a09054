"""Make readers see what the log has promised: the second half of a commit, which can be done twice."""

from contextlib import suppress

from newslake.schemas.tables import TABLES, Table
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.log import Log, LogEntry, LoggedFile, PartitionSwap
from newslake.transforms.lake.parquet import to_arrow, write_parquet
from newslake.transforms.lake.storage import Storage

_EMPTY_FILE_DAY = "1970-01-01"


def publish(storage: Storage, log: Log, entry: LogEntry) -> None:
    """Link the entry's files to where readers see them, and exchange its folders.

    What is there already is left alone, so that this may be done twice.

    Raises:
        Damaged: a file or folder is neither staged nor shown.
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
                    f"{storage.root}: entry {entry.seq} promises {file.final}, but the file is "
                    "gone; restore the lake from a backup"
                ) from error
    for folder in sorted({file.folder for file in entry.files}):
        storage.sync(folder)
    for table in sorted({file.table for file in entry.files}):
        storage.sync(table)


def _swap(storage: Storage, seq: int, swap: PartitionSwap) -> None:
    """Swap the folders, unless they are swapped already, and lay the old one to rest."""
    if not _has_all(storage, swap.folder, swap.new_names):
        if not _has_all(storage, swap.staged, swap.new_names):
            raise Damaged(
                f"{storage.root}: entry {seq} exchanges {swap.folder}, but the new files are "
                "neither there nor staged; restore the lake from a backup"
            )
        storage.make_folder(swap.folder)  # the first rows of a day have nothing to replace
        storage.swap(swap.folder, swap.staged)
        storage.sync(swap.table)
    if storage.exists(swap.staged):
        storage.rename(swap.staged, swap.retired)
        storage.sync(layout.TMP)


def _has_all(storage: Storage, folder: str, names: list[str]) -> bool:
    return all(storage.exists(f"{folder}/{name}") for name in names)


def fsync_staged(storage: Storage, entry: LogEntry, staging: str) -> None:
    """Bring the staged files safely to disk, so that the entry promises nothing it lacks.

    Raises:
        Damaged: one of them is gone.
    """
    for file in entry.files:
        try:
            storage.sync(file.staged)
        except FileNotFoundError as error:
            raise Damaged(
                f"{storage.path(file.staged)} is gone: the run that staged it was taken for dead; "
                "run it again"
            ) from error
    fsync_staging(storage, staging)


def fsync_staging(storage: Storage, staging: str) -> None:
    """Bring the names in a room, and the room's own, safely to disk."""
    storage.sync(staging)
    storage.sync(layout.TMP)


def create_empty_files(storage: Storage, log: Log) -> None:
    """Write the first entry: a file without rows a table, so that plain globs over empty ones work."""
    staging = f"{layout.TMP}/w-create"
    storage.remove_folder(staging)
    storage.make_folder(staging)
    files = [empty_file(storage, table, staging) for table in TABLES.values()]
    entry = LogEntry(0, "create", "", staging, -1, {}, {}, files)
    fsync_staged(storage, entry, staging)
    log.append(entry)
    log.fsync(entry.seq)
    publish(storage, log, entry)


def empty_file(storage: Storage, table: Table, staging: str) -> LoggedFile:
    """Stage a file of `table` without rows in `staging`; return what the first entry is to say of it."""
    staged = f"{staging}/{table.name}.parquet"
    empty = to_arrow(table.name, [], "")
    digest, size = write_parquet(storage.path(staged), table.name, empty)
    return LoggedFile(
        table=table.name,
        partition=f"{table.partition_key}={_EMPTY_FILE_DAY}",
        staged=staged,
        name=layout.part_name(0, list(TABLES).index(table.name), digest),
        rows=0,
        size=size,
        digest=digest,
    )
