"""What a lake holds, by id: a cache in SQLite that answers in time that depends on the question.

It is made of the lake's own columns and can be thrown away at any time. It remembers up to which
entry of the log it has read, so that a stale or foreign index is noticed.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from pathlib import Path
from typing import NamedTuple

from newslake.transforms.dedupe import near_index
from newslake.transforms.dedupe.near import Signed
from newslake.transforms.dedupe.near_index import NearIndex
from newslake.transforms.dedupe.times import Order, from_micros, micros, order

_FORMAT = 3
"""Version of the tables below; an index of another one is made anew."""

_SCHEMA = f"""
CREATE TABLE IF NOT EXISTS position (seq INTEGER NOT NULL, digest TEXT NOT NULL);
CREATE TABLE IF NOT EXISTS documents (document_id BLOB PRIMARY KEY, seq INTEGER NOT NULL) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS versions (
    article_id BLOB NOT NULL,
    revision INTEGER NOT NULL,
    text_hash BLOB NOT NULL,
    published_at INTEGER,
    seen_at INTEGER,
    site TEXT,
    seq INTEGER NOT NULL,
    PRIMARY KEY (article_id, revision)
) WITHOUT ROWID;
CREATE INDEX IF NOT EXISTS versions_by_text ON versions (
    text_hash, published_at IS NULL, published_at, seen_at IS NULL, seen_at, article_id
);
CREATE TABLE IF NOT EXISTS forgotten (id BLOB PRIMARY KEY) WITHOUT ROWID;
{near_index.SCHEMA}
PRAGMA user_version = {_FORMAT};
"""
_WAIT = 60.0
"""Seconds that a reader waits for a writer's transaction."""


class Version(NamedTuple):
    """An article (revision 0) or a later version of it."""

    article_id: str
    revision: int
    text_hash: str
    published_at: datetime | None
    """When the article appeared."""
    seen_at: datetime | None
    """When this version was fetched."""
    site: str | None = None
    """The article's registrable domain; None for what has no URL, and in later versions."""

    @property
    def order(self) -> Order:
        """The key that sorts the holders of one text by who was first."""
        return order(self.published_at, self.seen_at, self.article_id)


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
        self._near = NearIndex(self._db)

    def close(self) -> None:
        self._db.close()

    # --- asking

    def position(self) -> Position | None:
        """Return the last entry that was applied; None if the index cannot be used."""
        if self._db.execute("PRAGMA user_version").fetchone() != (_FORMAT,):
            return None
        row = self._db.execute("SELECT seq, digest FROM position").fetchone()
        return row and Position(*row)

    def sizes(self) -> dict[str, int]:
        """Return how many things it holds, by kind."""
        queries = {
            "documents": "SELECT count(*) FROM documents",
            "articles": "SELECT count(*) FROM versions WHERE revision = 0",
            "signatures": "SELECT count(*) FROM signed",
        }
        return {name: self._db.execute(sql).fetchone()[0] for name, sql in queries.items()}

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
        rows = self._db.execute(
            f"SELECT {_VERSION} FROM versions WHERE article_id = ? AND seq <= ? ORDER BY revision",
            (bytes.fromhex(article_id), _bound(as_of)),
        )
        return [_version(*row) for row in rows]

    def holder(self, text_hash: str, as_of: int | None = None) -> Version | None:
        """Return the first of the articles and later versions of that text, see `Version.order`."""
        row = self._db.execute(
            f"SELECT {_VERSION} FROM versions WHERE text_hash = ? AND seq <= ? ORDER BY "
            "published_at IS NULL, published_at, seen_at IS NULL, seen_at, article_id LIMIT 1",
            (bytes.fromhex(text_hash), _bound(as_of)),
        ).fetchone()
        return row and _version(*row)

    def bucket_articles(self, bucket: int, days: range, as_of: int | None = None) -> list[Signed]:
        """Return the first articles of a shelf in these days, see `newslake.transforms.dedupe.near`."""
        return self._near.bucket_articles(bucket, days, _bound(as_of))

    def unindexed(self, days: Iterable[int]) -> set[int]:
        """Return those of `days` whose articles have no signatures here; see `restore`."""
        return self._near.unindexed(days)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Let all questions have the answers of one moment."""
        with self._transaction("BEGIN"):
            yield

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
        signed: Iterable[tuple[Signed, int]] = (),
        forgotten: Iterable[str] = (),
        unindexed: Iterable[int] = (),
    ) -> None:
        """Take in what entries of the log brought, and move to `position`: all or nothing.

        Args:
            position: The last of these entries.
            documents: Ids, each with its entry.
            versions: Likewise.
            signed: Articles to find near copies of, likewise.
            forgotten: Ids of articles and texts that may never come again.
            unindexed: Days of articles whose signatures are left out.
        """
        with self._transaction("BEGIN IMMEDIATE"):
            self._db.executemany(
                "INSERT OR IGNORE INTO documents VALUES (?, ?)",
                ((bytes.fromhex(id), seq) for id, seq in documents),
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?)",
                (
                    (
                        bytes.fromhex(version.article_id),
                        version.revision,
                        bytes.fromhex(version.text_hash),
                        micros(version.published_at),
                        micros(version.seen_at),
                        version.site,
                        seq,
                    )
                    for version, seq in versions
                ),
            )
            self._near.set_unindexed(unindexed)
            self._near.add(signed, position.seq)
            gone = [bytes.fromhex(id) for id in forgotten]
            self._db.executemany(
                "INSERT OR IGNORE INTO forgotten VALUES (?)", ((id,) for id in gone)
            )
            self._db.executemany(
                "DELETE FROM versions WHERE article_id = ?", ((id,) for id in gone)
            )
            self._near.forget(gone)
            self._near.drop(position.seq)
            self._db.execute("DELETE FROM position")
            self._db.execute("INSERT INTO position VALUES (?, ?)", position)

    def restore(self, days: Iterable[int], signed: Iterable[tuple[Signed, int]]) -> None:
        """Take in all articles of absent `days`, each with its entry."""
        position = self.position()
        assert position is not None
        with self._transaction("BEGIN IMMEDIATE"):
            self._near.restore(days, signed, position.seq)

    @contextmanager
    def _transaction(self, begin: str) -> Iterator[None]:
        self._db.execute(begin)
        try:
            yield
        except BaseException:
            self._db.execute("ROLLBACK")
            raise
        self._db.execute("COMMIT")


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


_VERSION = "article_id, revision, text_hash, published_at, seen_at, site"


def _version(
    article_id: bytes,
    revision: int,
    text_hash: bytes,
    published_at: int | None,
    seen_at: int | None,
    site: str | None,
) -> Version:
    return Version(
        article_id.hex(),
        revision,
        text_hash.hex(),
        from_micros(published_at),
        from_micros(seen_at),
        site,
    )
