"""Index sync: update a lake's index to the last log entry. The caller must hold the lake's lock.

If the index file is damaged, the index is rebuilt from the lake's files. It is also rebuilt if the
digest of its last log entry has changed: the lake was restored, or the index belongs to another
lake. A rebuild reads only recent signatures. Older signatures are read when they are needed.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import datetime, timedelta
from pathlib import Path
from typing import NamedTuple

from newslake.schemas.partitions import NO_DATE, UNITS, first_day
from newslake.schemas.rows import FORGOTTEN
from newslake.transforms.dedupe.index import Index, Position, Version, remove
from newslake.transforms.dedupe.near import TIMELESS, WINDOW, SignedArticle, day_of
from newslake.transforms.dedupe.times import EPOCH
from newslake.transforms.failure import RESTORE
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.log import Log, LogEntry, live_files
from newslake.transforms.lake.parquet import read_columns
from newslake.transforms.lake.storage import Storage
from newslake.transforms.work_done import count

_TIMES = ["published_at", "seen_at"]
COLUMNS = {
    "articles": [
        *("document_id", "article_id", "text_hash", *_TIMES, "source", "url"),
        *("published_precision", "rejected_id"),
    ],
    "duplicates": ["document_id", "rejected_id"],
    "revisions": ["document_id", "article_id", "text_hash", *_TIMES, "revision", "rejected_id"],
    "rejects": ["document_id", "settings", "detail"],
}
"""The columns that the index reads from each table, besides the signatures."""

SIGNED = ["article_id", *_TIMES, "source", "url", "signature"]
"""The columns of `articles` needed to find near copies."""


class _File(NamedTuple):
    table: str
    name: str
    """Path relative to the lake."""
    seq: int
    """The log entry that added the file."""


def rebuild_index(path: Path, storage: Storage, log: Log, last: int) -> Index:
    """Replace the index at `path` with a new one built from the lake's files.

    Raises:
        Damaged: a file that the log lists is missing; its documents would be unknown.
    """
    entries, files = list(log.entries(last)), list(_live_files(storage))
    listed = {file.final for file in live_files(entries).values() if file.table in COLUMNS}
    if missing := sorted(listed - {file.name for file in files}):
        name = storage.path(missing[0])
        raise Damaged(f"{name} is missing, but the log lists it; {RESTORE}")
    remove(path)
    index = Index(path)
    if days := _apply_files(index, storage, log, entries, files, unindexed=True):
        restore(index, storage, index.unindexed(range(max(days) - WINDOW.days, max(days) + 1)))
        restore(index, storage, index.unindexed([TIMELESS]))
    return index


def restore(index: Index, storage: Storage, days: Collection[int]) -> None:
    """Add the signatures of unindexed `days` from the lake's files."""
    days = set(days)
    found = [
        (signed, file.seq)
        for file in _live_files(storage, partitions=_partitions(days))
        if file.table == "articles"
        for signed in signed_rows(storage.path(file.name))
        if signed.day in days
    ]
    index.restore(days, found)


def signed_rows(path: Path) -> Iterator[SignedArticle]:
    """Yield the articles of one file that have a signature."""
    for row in read_columns(path, SIGNED):
        if row["signature"] is not None:
            yield SignedArticle(row["article_id"], *_times(row), _site(row), row["signature"])


def read_missing_entries(index: Index, storage: Storage, log: Log, last: int) -> bool:
    """Read the missing log entries up to `last`; return False if the index must be rebuilt."""
    position = index.position()
    if position is None or log.digest(position.seq) != position.digest:
        return False
    missing = [log.read(seq) for seq in range(position.seq + 1, last + 1)]
    files = (_File(file.table, file.final, one.seq) for one in missing for file in one.files)
    try:
        if missing:
            _apply_files(index, storage, log, missing, files)
    except FileNotFoundError:  # a compaction has merged the file of an old entry
        return False
    return True


def _apply_files(
    index: Index,
    storage: Storage,
    log: Log,
    entries: list[LogEntry],
    files: Iterable[_File],
    unindexed: bool = False,
) -> set[int]:
    """Add the rows of `files` and the forgotten ids of `entries` to the index; set its position.

    `entries` are log entries that the index has not read; `files` are the files of these entries.
    If `unindexed` is True, skip signatures and mark days as unindexed. Return the articles' days.
    """
    documents: list[tuple[str, int]] = []
    rejected: list[tuple[str, str, int]] = []
    versions: list[tuple[Version, int]] = []
    signed: list[tuple[SignedArticle, int]] = []
    forgotten: list[str] = []
    days: set[int] = set()
    for file in files:
        if file.table not in COLUMNS:
            continue
        path = storage.path(file.name)
        rows = read_columns(path, COLUMNS[file.table])
        for row in rows:
            if file.table == "rejects" and row["detail"] != FORGOTTEN:
                rejected.append((row["document_id"], row["settings"] or "", file.seq))
            else:
                ids = row["document_id"], row.get("rejected_id")
                documents.extend((id, file.seq) for id in ids if id)
        count(len(rows))
        versions.extend((_version(row), file.seq) for row in rows if "text_hash" in row)
        if file.table == "articles":
            days.update(day_of(row["published_at"], row["seen_at"]) for row in rows)
            if not unindexed:
                signed.extend((one, file.seq) for one in signed_rows(path))
    for entry in entries:
        documents.extend((id, entry.seq) for id in entry.forgotten.documents)
        forgotten.extend(entry.forgotten.articles + entry.forgotten.texts)
    last = entries[-1].seq
    digest = log.digest(last)
    assert digest is not None
    position = Position(last, digest)
    missing = days if unindexed else ()
    index.apply(position, documents, versions, signed, forgotten, missing, rejected)
    return days


def _version(row: dict) -> Version:
    return Version(
        row["article_id"],
        row.get("revision", 0),
        row["text_hash"],
        *_times(row),
        _site(row),
        row.get("published_precision"),
    )


def _times(row: dict) -> tuple[datetime | None, datetime | None]:
    return row["published_at"], row["seen_at"]


def _site(row: dict) -> str | None:
    """Return the registrable domain of an article; None if it has no URL."""
    return row["source"] if row.get("url") else None


def _partitions(days: Iterable[int]) -> set[str]:
    """Return the names of all partitions (of any unit) that can contain articles of these days."""
    dates = {(EPOCH + timedelta(day)).date() for day in days if day != TIMELESS}
    values = {first_day(date, unit) for date in dates for unit in UNITS}
    return {f"published_date={value}" for value in {NO_DATE, *values}}


def _live_files(storage: Storage, partitions: Collection[str] | None = None) -> Iterator[_File]:
    """Yield the published files of all partitions, or only of the given partitions."""
    for table in COLUMNS:
        for partition in storage.list(table):
            if partitions is not None and partition not in partitions:
                continue
            for name in storage.list(f"{table}/{partition}"):
                if part := layout.PART.fullmatch(name):
                    yield _File(table, f"{table}/{partition}/{name}", int(part["seq"]))
