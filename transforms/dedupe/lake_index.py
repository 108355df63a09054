"""Check whether a transaction conflicts with articles, versions or forgotten ids in the lake.

Example:
    lake = open_lake("lake")
    with lake.committer() as committer:
        result = committer.commit(transaction)
"""

import sqlite3
from collections.abc import Collection
from pathlib import Path

from newslake.transforms.dedupe.index import Index
from newslake.transforms.dedupe.index_sync import (
    read_missing_entries,
    rebuild_index,
    restore,
    signed_rows,
)
from newslake.transforms.dedupe.near import near_copy
from newslake.transforms.failure import CACHE, explained, is_damaged
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Stale
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import Log
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import Transaction


def open_lake(storage: Storage | str | Path) -> LakeFolder:
    """Open the lake in this storage or folder; its index checks its commits."""
    return LakeFolder(storage, LakeIndex)


class LakeIndex:
    """The `Conflicts` of one committer, backed by the lake's index; see `lake.conflicts`."""

    def __init__(self, storage: Storage, log: Log) -> None:
        self._storage = storage
        self._log = log
        self._path = storage.path(layout.INDEX)
        self._index: Index | None = None

    @property
    def index(self) -> Index:
        """The index. It has read the log up to the last `sync`."""
        assert self._index is not None
        return self._index

    def close(self) -> None:
        if self._index is not None:
            self._index.close()
            self._index = None

    def last(self) -> int | None:
        try:
            self._index = Index(self._path)
            position = self._index.position()
        except sqlite3.Error:  # `sync` rebuilds the index or raises
            return None
        return position.seq if position else None

    def sync(self, last: int) -> None:
        with explained(self._path, CACHE):
            try:
                self._index = self._index or Index(self._path)
                if read_missing_entries(self._index, self._storage, self._log, last):
                    return
            except sqlite3.Error as error:
                if not is_damaged(error):
                    raise
        self.rebuild(last)

    def rebuild(self, last: int) -> None:
        self.close()
        with explained(self._path, CACHE):
            self._index = rebuild_index(self._path, self._storage, self._log, last)

    def ingested_documents(self, ids: Collection[str], settings: str) -> set[str]:
        with explained(self._path, CACHE):
            return self.index.ingested_documents(ids, settings)

    def check(self, transaction: Transaction) -> None:
        with explained(self._path, CACHE):
            self._check(transaction)

    def _check(self, transaction: Transaction) -> None:
        if unindexed := self.index.unindexed(transaction.unindexed_days):
            restore(self.index, self._storage, unindexed)
        if transaction.unindexed_days:
            raise Stale("the run could not compare its documents with articles of other days")
        self._check_articles(transaction)
        self._check_revisions(transaction)
        self._check_references(transaction)
        position, as_of = self.index.position(), transaction.context.as_of
        if position and as_of is not None and position.seq > as_of:
            self._check_near(transaction)

    def _check_articles(self, transaction: Transaction) -> None:
        for key in transaction.keys["articles"]:
            if self.index.versions(key.article_id) or self.index.first_with_text(key.text_hash):
                raise Stale(f"article {key.article_id} or its text is already in the lake")
            if self.index.is_forgotten(key.article_id, key.text_hash):
                raise Stale(
                    f"`newslake forget` has deleted the article {key.article_id} or its text"
                )

    def _check_revisions(self, transaction: Transaction) -> None:
        for key in transaction.keys["revisions"]:
            if self.index.is_forgotten(key.article_id, key.text_hash):
                raise Stale(f"`newslake forget` has deleted a version of {key.article_id}")
            versions = self.index.versions(key.article_id)
            if any(
                version.revision == key.revision or version.text_hash == key.text_hash
                for version in versions
            ):
                raise Stale(f"another run has committed a version of {key.article_id}")
            before = self.index.first_with_text(key.text_hash, transaction.context.as_of)
            if self.index.first_with_text(key.text_hash) != before:
                raise Stale(f"another run has committed the text of a version of {key.article_id}")

    def _check_references(self, transaction: Transaction) -> None:
        """Raise `Stale` if a row's article is neither in the transaction nor in the lake."""
        new = {key.article_id for key in transaction.keys["articles"]}
        for table in ("duplicates", "revisions", "mentions"):
            for key in transaction.keys[table]:
                if key.article_id not in new and not self.index.versions(key.article_id):
                    raise Stale(f"article {key.article_id} is no longer in the lake")

    def _check_near(self, transaction: Transaction) -> None:
        """Raise `Stale` if another run has published a near copy of one of the new articles."""
        for file in transaction.files:
            if file.table == "articles":
                for article in signed_rows(self._storage.path(file.path)):
                    if near_copy(article, [self.index.bucket_articles]):
                        raise Stale(f"another run committed a near copy of {article.article_id}")
