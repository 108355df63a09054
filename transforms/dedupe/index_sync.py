"""Bring a lake's index up to the last entry of its log; call it under the lake's lock.

The index is a cache of the columns of ids, times and signatures. It remembers the last entry that
it has read, with the entry's digest: if the log disagrees (a lake that was restored, an index of
another lake), or the file is damaged, the index is thrown away and made anew of the files that are
there. Of the signatures, those of the last days are taken in then; others when a run asks for them.
"""

from collections.abc import Collection, Iterable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from newslake.schemas.tables import NO_DATE
from newslake.transforms.dedupe.index import Index, Position, Version, remove
from newslake.transforms.dedupe.near import TIMELESS, WINDOW, Signed, day_of
from newslake.transforms.dedupe.times import EPOCH
from newslake.transforms.lake import layout
from newslake.transforms.lake.log import Log, LogEntry
from newslake.transforms.lake.parquet import read_columns
from newslake.transforms.lake.storage import Storage

_TIMES = ["published_at", "seen_at"]
_COLUMNS = {
    "articles": ["document_id", "article_id", "text_hash", *_TIMES, "source", "url"],
    "duplicates": ["document_id"],
    "revisions": ["document_id", "article_id", "text_hash", *_TIMES, "revision"],
    "rejects": ["document_id"],
}
"""What the index is made of, by table, besides the signatures."""

SIGNED = ["article_id", *_TIMES, "source", "url", "signature"]
"""Columns of `articles` that near copies are found by."""


class _File(NamedTuple):
    table: str
    name: str
    """Below the lake."""
    seq: int
    """The entry that brought it."""


def rebuilt(path: Path, storage: Storage, log: Log, last: int) -> Index:
    """Return a new index in place of the one at `path`, made of the files that are there."""
    remove(path)
    index = Index(path)
    days = _take_in(
        index, storage, log, list(log.entries(last)), _live_files(storage), unindexed=True
    )
    if days:
        restore(index, storage, index.unindexed(range(max(days) - WINDOW.days, max(days) + 1)))
        restore(index, storage, index.unindexed([TIMELESS]))
    return index


def restore(index: Index, storage: Storage, days: Collection[int]) -> None:
    """Read the signatures of absent `days` from the lake again."""
    wanted = set(days)
    found = [
        (signed, file.seq)
        for file in _live_files(storage, partitions=_partitions(wanted))
        if file.table == "articles"
        for signed in signed_rows(storage.path(file.name))
        if signed.day in wanted
    ]
    index.restore(wanted, found)


def signed_rows(path: Path) -> Iterator[Signed]:
    """Yield the articles of one file that near copies can be found of."""
    for row in read_columns(path, SIGNED):
        if row["signature"] is not None:
            yield Signed(
                row["article_id"],
                row["published_at"],
                row["seen_at"],
                _site(row),
                row["signature"],
            )


def read_missed(index: Index, storage: Storage, log: Log, last: int) -> bool:
    """Read the entries up to `last` that the index has not read; return False if it is of no use."""
    position = index.position()
    if position is None or log.digest(position.seq) != position.digest:
        return False
    missed = [log.read(seq) for seq in range(position.seq + 1, last + 1)]
    try:
        if missed:
            files = (_File(file.table, file.final, one.seq) for one in missed for file in one.files)
            _take_in(index, storage, log, missed, files)
    except FileNotFoundError:  # a file of an old entry was merged into another since
        return False
    return True


def _take_in(
    index: Index,
    storage: Storage,
    log: Log,
    entries: list[LogEntry],
    files: Iterable[_File],
    unindexed: bool = False,
) -> set[int]:
    """Apply the columns of `files`, and what `entries` forget, and move to the last of them.

    Args:
        index: What takes it in.
        storage: The lake's.
        log: Likewise.
        entries: What happened since.
        files: What the entries brought.
        unindexed: Leave the signatures out.

    Returns:
        The days of the articles that were taken in.
    """
    documents: list[tuple[str, int]] = []
    versions: list[tuple[Version, int]] = []
    signed: list[tuple[Signed, int]] = []
    forgotten: list[str] = []
    days: set[int] = set()
    for file in files:
        if file.table not in _COLUMNS:
            continue
        path = storage.path(file.name)
        rows = read_columns(path, _COLUMNS[file.table])
        documents.extend((row["document_id"], file.seq) for row in rows)
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
    index.apply(position, documents, versions, signed, forgotten, days if unindexed else ())
    return days


def _version(row: dict) -> Version:
    return Version(
        row["article_id"],
        row.get("revision", 0),
        row["text_hash"],
        row["published_at"],
        row["seen_at"],
        _site(row),
    )


def _site(row: dict) -> str | None:
    """Return the registrable domain of an article with a URL, None for all else."""
    return row["source"] if row.get("url") else None


def _partitions(days: Iterable[int]) -> set[str]:
    """Return the names of the partitions that may hold articles of these days."""
    dated = {f"published_date={(EPOCH + timedelta(day)).date()}" for day in days if day != TIMELESS}
    return {f"published_date={NO_DATE}", *dated}


def _live_files(storage: Storage, partitions: Collection[str] | None = None) -> Iterator[_File]:
    """Yield the files that readers see; only those of some partitions, if these are given."""
    for table in _COLUMNS:
        for partition in storage.list(table):
            if partitions is not None and partition not in partitions:
                continue
            for name in storage.list(f"{table}/{partition}"):
                if part := layout.PART.fullmatch(name):
                    yield _File(table, f"{table}/{partition}/{name}", int(part["seq"]))
