"""Bring a lake's index up to the last entry of its log; call it under the lake's lock.

The index is a cache of the id columns. It remembers the last entry that it has read, with the
entry's digest: if the log disagrees (a lake that was restored, an index of another lake), or the
file is damaged, the index is thrown away and made anew of the files that are there.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import NamedTuple

from transforms.dedupe.index import Index, Position, Version, is_broken, remove
from transforms.write import layout
from transforms.write.errors import LakeError
from transforms.write.log import Entry, Log
from transforms.write.parquet import read_columns
from transforms.write.storage import Storage

_COLUMNS = {
    "articles": ["document_id", "article_id", "text_hash", "published_at"],
    "duplicates": ["document_id"],
    "revisions": ["document_id", "article_id", "revision", "text_hash", "published_at"],
    "rejects": ["document_id"],
}
"""What the index is made of, by table."""


class _File(NamedTuple):
    table: str
    name: str
    """Below the lake."""
    seq: int
    """The entry that brought it."""


def likely_last(path: Path) -> int | None:
    """Return the last entry that the index at `path` has read, None if it cannot tell."""
    try:
        index = Index(path)
        try:
            position = index.position()
        finally:
            index.close()
    except sqlite3.Error:
        return None
    return position.seq if position else None


def caught_up(path: Path, storage: Storage, log: Log, last: int) -> Index:
    """Return the index at `path`, which knows the lake up to entry `last`.

    Raises:
        LakeError: the index cannot be written to.
    """
    try:
        index = Index(path)
        try:
            if _catch_up(index, storage, log, last):
                return index
        except BaseException:
            index.close()
            raise
        index.close()
    except sqlite3.DatabaseError as error:
        if not is_broken(error):
            raise LakeError(f"{path} cannot be written to: {error}") from error
    remove(path)
    index = Index(path)
    _take_in(index, storage, log, list(log.entries(last)), _live_files(storage))
    return index


def apply(index: Index, storage: Storage, log: Log, entries: list[Entry]) -> None:
    """Take in what `entries`, in the order of the log, brought.

    Raises:
        FileNotFoundError: a file of theirs is not there any more.
    """
    files = (_File(file.table, file.final, entry.seq) for entry in entries for file in entry.files)
    _take_in(index, storage, log, entries, files)


def _catch_up(index: Index, storage: Storage, log: Log, last: int) -> bool:
    """Read what came since; return False if the index is of no use."""
    position = index.position()
    if position is None or log.digest(position.seq) != position.digest:
        return False
    missed = [log.read(seq) for seq in range(position.seq + 1, last + 1)]
    try:
        if missed:
            apply(index, storage, log, missed)
    except FileNotFoundError:  # a file of an old entry was merged into another since
        return False
    return True


def _take_in(
    index: Index, storage: Storage, log: Log, entries: list[Entry], files: Iterable[_File]
) -> None:
    """Apply the id columns of `files`, and what `entries` forget, and move to the last of them."""
    documents: list[tuple[str, int]] = []
    versions: list[tuple[Version, int]] = []
    forgotten: list[str] = []
    for file in files:
        if file.table not in _COLUMNS:
            continue
        rows = read_columns(storage.path(file.name), _COLUMNS[file.table])
        documents.extend((row["document_id"], file.seq) for row in rows)
        versions.extend((_version(row), file.seq) for row in rows if "text_hash" in row)
    for entry in entries:
        documents.extend((id, entry.seq) for id in entry.forgotten.documents)
        forgotten.extend(entry.forgotten.articles + entry.forgotten.texts)
    last = entries[-1].seq
    digest = log.digest(last)
    assert digest is not None
    index.apply(Position(last, digest), documents, versions, forgotten)


def _version(row: dict) -> Version:
    return Version(row["article_id"], row.get("revision", 0), row["text_hash"], row["published_at"])


def _live_files(storage: Storage) -> Iterator[_File]:
    for table in _COLUMNS:
        for partition in storage.list(table):
            for name in storage.list(f"{table}/{partition}"):
                if part := layout.PART.fullmatch(name):
                    yield _File(table, f"{table}/{partition}/{name}", int(part["seq"]))
