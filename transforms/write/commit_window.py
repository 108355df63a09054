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
from newslake.transforms.lake.transaction import Transaction
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
        if missing := [one for one in transaction.files if not lake.storage.exists(one.path)]:
            if ingested == documents and (documents or _in_log(lake.log, missing)):
                return CommitResult()  # an earlier attempt has committed and removed the files
            raise Damaged(
                f"{lake.storage.path(missing[0].path)} is missing: a stream can be resumed for "
                f"{LEASE_SECONDS / 86_400:.0f} days; start the stream again without its saved state, "
                "and newslake fetches the documents again"
            )
        current = _without_stored_rows(lake, transaction)
        is_current = context.as_of in (None, committer.last)
        if ingested or transaction.unindexed_days or not is_current:
            with explained(lake.index_path, CACHE):
                current = judge_again(lake.storage, conflicts.index, current, candidates)
        result = committer.commit(current)
        if current.documents == documents and result.seq is not None and not result.warning:
            of_entry = [file.staged for file in lake.log.read(result.seq).files]
            remove_staged(lake.storage, [*of_entry, *(one.path for one in transaction.files)])
        return result


def _in_log(log: Log, files: Sequence[StagedFile]) -> bool:
    """Return True if a log entry has published one of `files`, which belong to one transaction."""
    ids = {_id(file.path) for file in files}
    entries = (log.read(seq) for seq in reversed(log.numbers()))
    return any(_id(file.staged) in ids for entry in entries for file in entry.files)


def _id(path: str) -> str:
    """Return the part of a staged file's name that stays if the file is rewritten."""
    return path.rpartition("-")[2]


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
