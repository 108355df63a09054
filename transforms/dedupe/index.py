"""The lake's index: a SQLite cache of ids, hashes and signatures.

The time of a lookup does not depend on the size of the lake. The index is derived from columns of
the lake, so it can be deleted at any time. It stores the number and the digest of the last log
entry that it has read. These values show whether the index is outdated or from another lake.
"""

import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from datetime import datetime
from importlib.resources import files
from pathlib import Path
from typing import Any, NamedTuple

from newslake.transforms.dedupe.near import SignedArticle
from newslake.transforms.dedupe.near_index import NearIndex
from newslake.transforms.dedupe.times import Order, from_micros, micros, order
from newslake.transforms.failure import AGAIN, Failure

_FORMAT = 4
"""Version of the schema in index.sql; an index with another version is rebuilt."""

_BUSY_TIMEOUT = 60.0
"""Maximum wait for another connection's lock, in seconds."""


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
    """The article's registrable domain; None if it has no URL, and for later versions."""
    published_precision: str | None = None
    """Precision of `published_at`, as in `articles`."""

    @property
    def order(self) -> Order:
        """Sort key among versions with the same text: the original is first."""
        return order(self.published_at, self.seen_at, self.article_id)


class Position(NamedTuple):
    """The last log entry that an index has read."""

    seq: int
    digest: str


class IndexBehind(Failure):
    """The index has not yet read the requested log entry."""


class Index:
    """The index of one lake, in the SQLite file `path`. A missing file is created.

    Only the process that holds the lake's lock may write to it.

    Raises:
        sqlite3.Error: the file is damaged, locked, read-only or cannot be opened.
    """

    def __init__(self, path: Path) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        # Runners call setup, process and teardown from different threads, never concurrently.
        self._db = sqlite3.connect(
            path, timeout=_BUSY_TIMEOUT, isolation_level=None, check_same_thread=False
        )
        self._db.execute("PRAGMA journal_mode=WAL")
        self._db.execute("PRAGMA synchronous=NORMAL")
        if not self._db.execute("SELECT 1 FROM sqlite_master LIMIT 1").fetchone():
            with closing(self._db.cursor()) as cursor:
                schema = (files(__package__) / "index.sql").read_text(encoding="utf-8")
                version = f"PRAGMA user_version = {_FORMAT};"
                cursor.executescript(f"BEGIN IMMEDIATE;{schema}{version}COMMIT;")
        self._near = NearIndex(self._db)

    def close(self) -> None:
        self._db.close()

    # --- reading

    def position(self) -> Position | None:
        """Return the last log entry applied; None if the index is empty or has another version."""
        if self._db.execute("PRAGMA user_version").fetchone() != (_FORMAT,):
            return None
        row = self._db.execute("SELECT seq, digest FROM position").fetchone()
        return row and Position(*row)

    def sizes(self) -> dict[str, int]:
        """Return the numbers of documents, articles and signatures."""
        queries = {
            "documents": "SELECT count(*) FROM "
            "(SELECT document_id FROM documents UNION SELECT document_id FROM rejected)",
            "articles": "SELECT count(*) FROM versions WHERE revision = 0",
            "signatures": "SELECT count(*) FROM signed",
        }
        return {name: self._db.execute(sql).fetchone()[0] for name, sql in queries.items()}

    def documents(self) -> Iterator[tuple[str, int]]:
        """Yield the id of each document, and the number of the entry that added it."""
        sql = "SELECT document_id, seq FROM documents UNION SELECT document_id, seq FROM rejected"
        return ((id.hex(), seq) for id, seq in self._db.execute(sql))

    def ingested_documents(self, ids: Iterable[str], settings: str) -> set[str]:
        """Return the subset of `ids` that the lake has ingested; see `knows`."""
        return {id for id in ids if self.knows(id, settings)}

    def knows(self, document_id: str, settings: str, as_of: int | None = None) -> bool:
        """Return True if an entry of the log, not after entry `as_of`, has ingested the document.

        A reject counts only if its run had the same `settings`.
        """
        found = self._db.execute(
            "SELECT 1 FROM documents WHERE document_id = ?1 AND seq <= ?3 UNION ALL "
            "SELECT 1 FROM rejected WHERE document_id = ?1 AND settings = ?2 AND seq <= ?3",
            (bytes.fromhex(document_id), settings, _bound(as_of)),
        )
        return found.fetchone() is not None

    def versions(self, article_id: str, as_of: int | None = None) -> list[Version]:
        """Return the article and its later versions, in order; empty if the lake has no such id."""
        rows = self._db.execute(
            f"SELECT {_VERSION} FROM versions WHERE article_id = ? AND seq <= ? ORDER BY revision",
            (bytes.fromhex(article_id), _bound(as_of)),
        )
        return [_version(row) for row in rows]

    def first_with_text(self, text_hash: str, as_of: int | None = None) -> Version | None:
        """Return the first version with this text, in `Version.order`; None if there is none."""
        row = self._db.execute(
            f"SELECT {_VERSION} FROM versions WHERE text_hash = ? AND seq <= ? ORDER BY "
            "published_at IS NULL, published_at, seen_at IS NULL, seen_at, article_id LIMIT 1",
            (bytes.fromhex(text_hash), _bound(as_of)),
        ).fetchone()
        return row and _version(row)

    def bucket_articles(
        self, bucket: int, days: range, as_of: int | None = None
    ) -> list[SignedArticle]:
        """Return the first articles of these days in an LSH bucket; see `near.BucketLookup`."""
        return self._near.bucket_articles(bucket, days, _bound(as_of))

    def unindexed(self, days: Iterable[int]) -> set[int]:
        """Return the `days` whose signatures were dropped; `restore` adds the signatures again."""
        return self._near.unindexed(days)

    @contextmanager
    def snapshot(self) -> Iterator[None]:
        """Run all queries inside the `with` block on one snapshot of the database."""
        with self._transaction("BEGIN"):
            yield

    def is_forgotten(self, *ids: str) -> bool:
        """Return True if `newslake forget` has deleted one of these articles or texts."""
        query = "SELECT 1 FROM forgotten WHERE id = ?"
        return any(self._db.execute(query, (bytes.fromhex(id),)).fetchone() for id in ids)

    # --- writing

    def apply(
        self,
        position: Position,
        documents: Iterable[tuple[str, int]],
        versions: Iterable[tuple[Version, int]],
        signed: Iterable[tuple[SignedArticle, int]] = (),
        forgotten: Iterable[str] = (),
        unindexed: Iterable[int] = (),
        rejected: Iterable[tuple[str, str, int]] = (),
    ) -> None:
        """Add the contents of log entries and store the last one's `position`, in one transaction.

        Document ids, versions and signed articles come with the seq of their log entry. `forgotten`
        has ids of articles and texts. `unindexed` has the days whose articles are not in `signed`.
        `rejected` has document ids with the settings and the seq.
        """
        with self._transaction("BEGIN IMMEDIATE"):
            self._db.executemany(
                "INSERT OR IGNORE INTO documents VALUES (?, ?)",
                ((bytes.fromhex(id), seq) for id, seq in documents),
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO rejected VALUES (?, ?, ?)",
                ((bytes.fromhex(id), settings, seq) for id, settings, seq in rejected),
            )
            self._db.executemany(
                "INSERT OR IGNORE INTO versions VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                ((*_columns(version), seq) for version, seq in versions),
            )
            self._near.set_unindexed(unindexed)
            self._near.add(signed, position.seq)
            forgotten = list(forgotten)
            ids = [(bytes.fromhex(id),) for id in forgotten]
            self._db.executemany("INSERT OR IGNORE INTO forgotten VALUES (?)", ids)
            self._db.executemany("DELETE FROM versions WHERE article_id = ?", ids)
            self._near.forget(forgotten)
            self._near.drop(position.seq)
            self._db.execute("DELETE FROM position")
            self._db.execute("INSERT INTO position VALUES (?, ?)", position)

    def restore(self, days: Iterable[int], signed: Iterable[tuple[SignedArticle, int]]) -> None:
        """Add all signed articles of the unindexed `days`, each with the seq of its log entry."""
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


def open_as_of(path: Path, as_of: int | None) -> Index:
    """Open an index to query the lake's state at log entry `as_of`; None means the latest state.

    Raises:
        IndexBehind: the index has not read this entry, because the index was deleted or replaced.
            For None, it has read no entry.
        sqlite3.Error: see `Index`.
    """
    index = Index(path)
    position = index.position()
    if position is None or (as_of is not None and position.seq < as_of):
        index.close()
        last = position and position.seq
        raise IndexBehind(
            f"{path} ends at log entry {last}, but entry {as_of or 0} is needed: another process deleted "
            f"the index; {AGAIN}"
        )
    return index


def remove(path: Path) -> None:
    """Delete an index and SQLite's `-wal` and `-shm` files."""
    for suffix in ("", "-wal", "-shm"):
        path.with_name(path.name + suffix).unlink(missing_ok=True)


def _bound(as_of: int | None) -> int:
    return 2**62 if as_of is None else as_of


_VERSION = "article_id, revision, text_hash, published_at, seen_at, site, published_precision"


def _version(row: tuple[Any, ...]) -> Version:
    id, revision, text, published, seen, *rest = row
    return Version(id.hex(), revision, text.hex(), from_micros(published), from_micros(seen), *rest)


def _columns(version: Version) -> tuple[Any, ...]:
    id, revision, text, published, seen, *rest = version
    return bytes.fromhex(id), revision, bytes.fromhex(text), micros(published), micros(seen), *rest
