"""Commits a window of a stream.

A runner may repeat a commit, or a part of the stream, at any time. Therefore rows that the lake
already has are left out, and a window whose verdicts are out of date is judged again.
"""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from datetime import date, timedelta

from newslake.schemas.partitions import first_day
from newslake.schemas.records import Candidate, StagedFile
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.lake_index import LakeIndex
from newslake.transforms.failure import CACHE, explained
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import Log
from newslake.transforms.lake.parquet import read_columns
from newslake.transforms.lake.partitioning import without_rows
from newslake.transforms.lake.staging import LEASE_SECONDS, CommitResult, remove_staged
from newslake.transforms.lake.transaction import Transaction, kept_rows
from newslake.transforms.write.judge_again import judge_again


def commit_window(
    lake: LakeFolder, transaction: Transaction, candidates: Sequence[Candidate]
) -> CommitResult:
    """Commit a window; `candidates` are its judged documents. A repeated commit changes nothing.

    Raises:
        LakeError: the commit failed; the runner repeats it.
    """
    context = transaction.context
    with lake.committer() as committer:
        conflicts = committer.conflicts
        assert isinstance(conflicts, LakeIndex)
        documents = transaction.documents
        ingested = conflicts.ingested_documents(documents, context.settings)
        for file, keep in zip(transaction.files, kept_rows(transaction, ingested), strict=True):
            if any(keep):
                _check_staged(lake, file)
        current = _without_stored_rows(lake, transaction)
        is_current = context.as_of in (None, committer.last)
        if ingested or transaction.unindexed_days or not is_current:
            with explained(lake.index_path, CACHE):
                current = judge_again(lake.storage, conflicts.index, current, candidates)
        result = committer.commit(current)
        if current.documents == documents and result.seq is not None and not result.warning:
            of_entry = {file.staged for file in lake.log.read(result.seq).files}
            known = {one.path for one in transaction.files if TABLES[one.table].accounts}
            remove_staged(lake.storage, of_entry | known)
        return result


def _check_staged(lake: LakeFolder, file: StagedFile) -> None:
    """Check that `file`, which has rows to commit, exists, or that a log entry has published it.

    A published file is removed. A repeated commit can tell by the index that the rows of documents
    are in the lake, but not those of announcements and fetches.

    Raises:
        Damaged: the file was removed before its commit.
    """
    is_lost = not lake.storage.exists(file.path)
    if is_lost and (TABLES[file.table].accounts or not _in_log(lake.log, file)):
        raise Damaged(
            f"{lake.storage.path(file.path)} is missing: a stream can be resumed for "
            f"{LEASE_SECONDS / 86_400:.0f} days; start the stream again without its saved state, "
            "and newslake fetches the documents again"
        )


def _in_log(log: Log, file: StagedFile) -> bool:
    """Return True if a log entry has published `file`."""
    entries = (log.read(seq) for seq in reversed(log.numbers()))
    return any(one.staged == file.path for entry in entries for one in entry.files)


def _without_stored_rows(lake: LakeFolder, transaction: Transaction) -> Transaction:
    """Return `transaction` without announcements and fetches that the lake already has.

    They belong to no document, so the index does not know them. If a window is repeated, they are in
    the partition of the window's day. If two streams announce one entry, the days may differ by one.
    """
    files: list[StagedFile] = []
    for file in transaction.files:
        table = TABLES[file.table]
        if table.accounts:
            files.append(file)
            continue
        if not lake.storage.exists(file.path):
            continue  # see `_check_staged`
        stored = set(_unique_values(lake, file))
        rows = read_columns(lake.storage.path(file.path), table.unique)
        keep = [tuple(row.values()) not in stored for row in rows]
        files += without_rows(lake.storage, file, keep)
    return replace(transaction, files=tuple(files))


def _unique_values(lake: LakeFolder, file: StagedFile) -> Iterator[tuple[object, ...]]:
    """Yield the unique columns of the rows in the partitions of the file's day and the day before."""
    key, _, value = file.partition.partition("=")
    day = date.fromisoformat(value)
    days = {first_day(one, lake.partition_unit) for one in (day, day - timedelta(days=1))}
    for folder in sorted(f"{file.table}/{key}={one}" for one in days):
        for name in lake.storage.list(folder):
            path = lake.storage.path(f"{folder}/{name}")
            for row in read_columns(path, TABLES[file.table].unique):
                yield tuple(row.values())
