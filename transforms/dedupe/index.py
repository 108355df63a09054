"""What a lake holds, by id: a cache in SQLite that answers in time that depends on the question.

It is made of the lake's own columns and can be thrown away at any time. It remembers up to which
entry of the log it has read, so that a stale or foreign index is noticed.
"""

import sqlite3
from collections.abc import Iterable
from contextlib import closing
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import NamedTuple

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS position (seq INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (document_id BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
    article_id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    text_hash BLOB NOT NULL,
    published_at INTEGER,
    seq INTEGER NOT NULL,
    PRIMARY KEY (article_id, revision)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS versions_by_text ON versions (text_hash, seq);
CREATE TABLE IF NOT EXISTS forgotten (id BLOB PRIMARY KEY) WITHOUT ROWID;
"""
_WAIT = 60.0
"""Seconds that a reader waits for a writer's transaction."""


class Version(NamedTuple):
    """An article (revision 0) or a later version of it."""

    article_id: str
    revision: int
    text_hash: str
    published_at: datetime | None


class Position(NamedTuple):
    """The last entry of the log that an index has read."""

    seq: int
    digest: str


class IndexBehind(Exception):
    """The index does not know the lake up to the entry that was asked for."""


def is_broken(error: sqlite3.DatabaseError) -> bool:
    """Return True if the file is no index any more, and not just busy, full or read-only."""
    return error.sqlite_errorcode in (sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB)


class Index:
    """The index of one lake; write to it only under the lake's lock.

    Args:
        path: The SQLite file; made if it is not there.

    Raises:
        sqlite3.DatabaseError: see `is_broken`.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Runners set up, use and tear down a stage in different threads, one at a time.
        self._db = sqlite3.connect(
            path, timeout=_WAIT, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        if not self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            with closing(self._db.cursor()) as cursor:
                cursor.executescript(f"BEGIN IMMEDIATE;{_SCHEMA}COMMIT;")

    def close(self) -> None:
        self._db.close()

    # --- asking

    def position(self) -> Position | None:
        """Return the last entry that was applied."""
        row = self._db.execute("SELECT seq, digest FROM position").fetchone()
        return row and Position(*row)

    def known_documents(self, ids: Iterable[str], as_of: int | None = None) -> set[str]:
        """Return those of `ids` that the lake has accounted for, up to entry `as_of`."""
        return {id for id in ids if self.knows(id, as_of)}

    def knows(self, document_id: str, as_of: int | None = None) -> bool:
        """Return True if the lake has accounted for the document, up to entry `as_of`."""
        query = "SELECT 1 FROM documents WHERE document_id = ? AND seq <= ?"
        found = self._db.execute(query, (bytes.fromhex(document_id), _bound(as_of))).fetchone()
        return found is not None

    def versions(self, article_id: str, as_of: int | None = None) -> list[Version]:
        """Return the article and its later versions, in order; none if the lake lacks it."""
        query = (
            "SELECT article_id, revision, text_hash, published_at FROM versions "
            "WHERE article_id = ? AND seq <= ? ORDER BY revision"
        )
        rows = self._db.execute(query, (bytes.fromhex(article_id), _bound(as_of)))
        return [_version(*row) for row in rows]

    def article_with_text(self, text_hash: str, as_of: int | None = None) -> str | None:
        """Return the id of the first article, or article with a version, of that text."""
        query = (
            "SELECT article_id FROM versions WHERE text_hash = ? AND seq <= ? "
            "ORDER BY seq, article_id LIMIT 1"
        )
        row = self._db.execute(query, (bytes.fromhex(text_hash), _bound(as_of))).fetchone()
        return row and row[0].hex()

    def is_forgotten(self, *ids: str) -> bool:
        """Return True if any of `ids`, of articles or texts, may never come into the lake again."""
        query = "SELECT 1 FROM forgotten WHERE id = ?"
        return any(self._db.execute(query, (bytes.fromhex(id),)).fetchone() for id in ids)

    # --- telling

    def apply(
        self,
        position: Position,
        documents: Iterable[tuple[str, int]],
        versions: Iterable[tuple[Version, int]],
        forgotten: Iterable[str] = (),
    ) -> None:
        """Take in what entries of the log brought, and move to `position`: all or nothing.

        Args:
            position: The last of these entries.
            documents: Ids, each with its entry.
            versions: Likewise.
            forgotten: Ids of articles and texts that may never come again.
        """
        with closing(self._db.cursor()) as cursor:
            cursor.execute("BEGIN IMMEDIATE")
            try:
                cursor.executemany(
                    "INSERT OR IGNORE INTO documents VALUES (?, ?)",
                    ((bytes.fromhex(id), seq) for id, seq in documents),
                )
                cursor.executemany(
                    "INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?, ?)",
                    (
                        (
                            bytes.fromhex(version.article_id),
                            version.revision,
                            bytes.fromhex(version.text_hash),
                            _micros(version.published_at),
                            seq,
                        )
                        for version, seq in versions
                    ),
                )
                gone = [(bytes.fromhex(id),) for id in forgotten]
                cursor.executemany("INSERT OR IGNORE INTO forgotten VALUES (?)", gone)
                cursor.executemany("DELETE FROM versions WHERE article_id = ?", gone)
                cursor.execute("DELETE FROM position")
                cursor.execute("INSERT INTO position VALUES (?, ?)", position)
                cursor.execute("COMMIT")
            except BaseException:
                cursor.execute("ROLLBACK")
                raise


def open_as_of(path: Path, as_of: int) -> Index:
    """Return an index to ask about the lake as it was at entry `as_of`.

    Raises:
        IndexBehind: it has not read that far, because somebody removed or replaced it.
    """
    index = Index(path)
    position = index.position()
    if position is None or position.seq < as_of:
        index.close()
        raise IndexBehind(f"{path} ends at {position and position.seq}, wanted is {as_of}")
    return index


def remove(path: Path) -> None:
    """Throw an index away, with the files that SQLite keeps beside it."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _bound(as_of: int | None) -> int:
    return 2**62 if as_of is None else as_of


def _version(article_id: bytes, revision: int, text_hash: bytes, micros: int | None) -> Version:
    published_at = None if micros is None else _EPOCH + timedelta(microseconds=micros)
    return Version(article_id.hex(), revision, text_hash.hex(), published_at)


def _micros(time: datetime | None) -> int | None:
    return None if time is None else (time - _EPOCH) // timedelta(microseconds=1)
