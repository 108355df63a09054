"""Copies a lake of an older version to a lake of the current version, with log and forgotten ids.

New columns get their default, or null. The copy may have longer partitions than the old lake. Files keep
their names; in the log, only partitions, sizes and digests of files change. If `compact` or `forget` has
replaced a file, the log still lists the file.
"""

import os
import shutil
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa

from newslake.schemas.partitions import UNITS
from newslake.schemas.tables import TABLES
from newslake.transforms.failure import RESTORE
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import (
    Damaged,
    LakeError,
    NotALake,
    UnknownFormat,
    WrongPartition,
)
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LogEntry, LoggedFile, PartitionSwap, live_files
from newslake.transforms.lake.marker import Marker
from newslake.transforms.lake.old_versions import (
    OLD_FORMATS,
    OldLog,
    current_partition,
    obstacles,
    with_current_columns,
)
from newslake.transforms.lake.parquet import read_table, write_parquet
from newslake.transforms.lake.publishing import empty_file
from newslake.transforms.lake.storage import Storage


def migrate(
    old: LakeFolder,
    target: Path,
    tick: Callable[[int, int], None],
    partition_unit: str | None = None,
) -> int:
    """Copy the lake `old` to the new folder `target`; return the number of rows.

    The copy is written to `<target>.partial` and renamed when it is complete. If a call is interrupted,
    the next call starts from the beginning. `old` is not changed, and is locked during the copy.

    After each file, `tick` is called with the number of copied files and the number of all files.
    `partition_unit` is `day`, `month` or `year`; None means the unit of the old lake.

    Raises:
        UnknownFormat: the lake has the current schema or a newer schema; or a column was removed
            or has another type.
        WrongPartition: the old lake has longer partitions.
        NotALake: `target` exists or is inside the lake.
        LakeError: the lake has an unfinished commit; or `<target>.partial` holds other files.
        Damaged: a file differs from the log, or from the other files of its table.
    """
    unit = _check(old, target, partition_unit)
    partial = LakeFolder(target.with_name(f"{target.name}.partial"))
    with old.storage.locked(layout.LOCK):
        _clear(partial.storage)
        entries = list(OldLog(old.storage).entries())
        if not entries or not old.log.is_done(entries[-1].seq):
            raise LakeError(
                f"{old.storage.root}: a commit is unfinished; run `newslake verify` with the "
                "version that wrote this lake, then run this command again"
            )
        live = live_files(entries)
        for folder in (layout.LOG, layout.TMP):
            partial.storage.make_folder(folder)
        copies = {}
        for number, file in enumerate(live.values(), start=1):
            copies[file.final] = _copy(old.storage, partial.storage, file, unit)
            tick(number, len(live))
        empty_files = list(_new_empty_files(partial.storage, live))
        for entry in _rewritten(entries, copies, empty_files, unit):
            partial.log.append(entry)
            partial.log.fsync(entry.seq)
            partial.log.mark_done(entry.seq)
    Marker.current(unit).write(partial.storage)
    os.sync()
    partial.storage.root.rename(target)
    Storage(target.parent).sync("")
    return sum(file.rows for file in copies.values())


def _check(old: LakeFolder, target: Path, unit: str | None) -> str:
    """Check that `old` can be copied to `target`; return the unit of the new partitions."""
    marker = Marker.read(old.storage)
    unit = unit or marker.unit
    if marker.is_current and unit == marker.unit:
        raise UnknownFormat(f"{old.storage.root} has the current schema; nothing to migrate")
    if marker.is_newer or marker.format not in (*OLD_FORMATS, layout.FORMAT):
        raise UnknownFormat(
            f"{old.storage.root} has format {marker.format} and schema {marker.schema}, which this "
            "version of newslake does not support: use a newer version"
        )
    if found := obstacles(old.storage):
        raise UnknownFormat(
            f"{old.storage.root} does not fit into the current schema: {'; '.join(found)}; use "
            f"{marker.made_by}, which created it"
        )
    if UNITS.index(unit) < UNITS.index(marker.unit):
        raise WrongPartition(
            f"{old.storage.root} is partitioned by {marker.unit}; its partitions cannot be divided "
            f"by {unit}: ingest the documents into a new lake"
        )
    if target.exists():
        raise NotALake(f"{target} exists; name a folder that does not exist")
    if target.resolve().is_relative_to(old.storage.root.resolve()):
        raise NotALake(f"{target} is inside the lake to copy; name a folder outside the lake")
    return unit


def _clear(partial: Storage) -> None:
    """Remove the incomplete copy of an interrupted migration.

    Raises:
        LakeError: the folder holds other files.
    """
    ours = {layout.LOG, layout.TMP, layout.MARKER, *TABLES}
    if foreign := sorted(set(partial.list("")) - ours):
        raise LakeError(
            f"{partial.root} holds other files ({', '.join(foreign[:3])}), but the incomplete copy "
            "is written there; move the files, or name another target folder"
        )
    if partial.root.exists():
        shutil.rmtree(partial.root)


def _copy(source: Storage, target: Storage, file: LoggedFile, unit: str) -> LoggedFile:
    """Copy one file with the current columns; return the copy's item for the new log."""
    copy = replace(file, partition=current_partition(file.partition, unit))
    rows = read_table(source.path(file.final))
    if rows.num_rows != file.rows:
        raise Damaged(
            f"{source.path(file.final)} has {rows.num_rows} rows, but the log says {file.rows}; "
            f"{RESTORE}"
        )
    target.make_folder(copy.folder)
    try:
        digest, size = write_parquet(
            target.path(copy.final), file.table, with_current_columns(rows, file.table)
        )
    except pa.ArrowException as error:
        raise Damaged(f"{source.path(file.final)} is damaged: {error}; {RESTORE}") from error
    return replace(copy, digest=digest, size=size)


def _new_empty_files(storage: Storage, live: dict[str, LoggedFile]) -> Iterator[LoggedFile]:
    """Write and yield the empty seed file of each table that the old lake does not have."""
    old_tables = {file.table for file in live.values()}
    for table in TABLES.values():
        if table.name not in old_tables:
            file = empty_file(storage, table, layout.TMP)
            storage.make_folder(file.folder)
            storage.rename(file.staged, file.final)
            yield file


def _rewritten(
    entries: list[LogEntry],
    copies: dict[str, LoggedFile],
    empty_files: list[LoggedFile],
    unit: str,
) -> Iterator[LogEntry]:
    """Yield the log entries with the files replaced by their copies, in partitions of `unit`."""

    def moved(one: LoggedFile | PartitionSwap) -> Any:
        return replace(one, partition=current_partition(one.partition, unit))

    def copied(files: list[LoggedFile]) -> list[LoggedFile]:
        return [copies.get(file.final) or moved(file) for file in files]

    for entry in entries:
        swaps = [replace(moved(one), after=copied(one.after)) for one in entry.swaps]
        files = copied(entry.files) + (empty_files if entry.seq == 0 else [])
        yield replace(entry, files=files, swaps=swaps)
