"""Rewrites staged files before their commit: removes rows, or merges files of several days.

Files are merged if they were staged by day, but the lake has longer partitions. This happens in a
new lake: the first commit sets the unit of the partitions, see `marker.py`.
"""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date

import pyarrow as pa
import pyarrow.compute as pc

from newslake.schemas.partitions import NO_DATE, coarsened
from newslake.schemas.records import StagedFile
from newslake.schemas.tables import TABLES
from newslake.transforms.lake import layout
from newslake.transforms.lake.parquet import prune, read_table, write_parquet
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import Transaction


def days_of(transaction: Transaction) -> set[date]:
    """Return the days of publication in `transaction`, whose files are staged by day."""
    parts = (file.partition.partition("=") for file in transaction.files)
    days = {date.fromisoformat(day) for key, _, day in parts if key == "published_date"}
    return days - {NO_DATE}


def merge_partitions(storage: Storage, transaction: Transaction, unit: str) -> Transaction:
    """Return `transaction` in partitions of `unit`; merge the files of each partition."""
    if transaction.context.partition_unit == unit:
        return transaction
    groups: dict[tuple[str, str], list[StagedFile]] = {}
    for file in transaction.files:
        groups.setdefault((file.table, coarsened(file.partition, unit)), []).append(file)
    files = tuple(
        replace(files[0], partition=partition)
        if len(files) == 1
        else _merged(storage, partition, files)
        for (_, partition), files in groups.items()
    )
    return replace(transaction, files=files)


def without_rows(storage: Storage, file: StagedFile, keep: Sequence[bool]) -> list[StagedFile]:
    """Return `file` with only the rows that `keep` marks, as a new file; [] if no row remains."""
    if all(keep):
        return [file]
    if not any(keep):
        return []
    path = layout.beside(file.path, "pruned")
    storage.remove(path)
    digest, size = prune(storage.path(file.path), storage.path(path), file.table, keep)
    keys = [key for key, kept in zip(file.keys, keep, strict=True) if kept]
    return [replace(file, path=path, keys=keys, digest=digest, size=size)]


def _merged(storage: Storage, partition: str, files: Sequence[StagedFile]) -> StagedFile:
    """Write the sorted rows of `files` to a new staged file; all `files` are of one table."""
    table, path = files[0].table, layout.beside(files[0].path, "merged")
    rows = pa.concat_tables(read_table(storage.path(file.path)) for file in files)
    order = pc.sort_indices(rows, [(column, "ascending") for column in TABLES[table].sort_key])
    storage.remove(path)
    digest, size = write_parquet(storage.path(path), table, rows.take(order))
    keys = [key for file in files for key in file.keys]
    return StagedFile(table, partition, path, [keys[i] for i in order.to_pylist()], digest, size)
