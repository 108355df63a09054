"""Transactions of bounded runs, and changes that commands make to committed partitions."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from newslake.schemas.records import RowKeys, RunContext, StagedFile
from newslake.schemas.tables import TABLES, Table
from newslake.transforms.lake.errors import Unbalanced
from newslake.transforms.lake.log import Forgotten, LoggedFile

STORED = ("articles", "duplicates", "revisions")
"""The tables of documents that are stored. Each document is in at most one row of these tables."""
OUTCOMES = (*STORED, "rejects", "already_ingested")
"""The counts that account for the documents read: their sum equals `read`."""


@dataclass(frozen=True)
class Transaction:
    """The staged files and counts that one bounded run wants to commit."""

    context: RunContext
    files: tuple[StagedFile, ...]
    """The staged files in the order of publication: articles before mentions."""
    metrics: dict[str, int]
    """Counts other than row counts: `read`, `already_ingested` and others."""
    unindexed_days: tuple[int, ...] = ()
    """Days with articles that the run could not compare, because they had no indexed signatures."""

    @property
    def keys(self) -> dict[str, list[RowKeys]]:
        """The keys of all rows, by table."""
        found: dict[str, list[RowKeys]] = {name: [] for name in TABLES}
        for file in self.files:
            found[file.table].extend(file.keys)
        return found

    @property
    def documents(self) -> set[str]:
        """Ids of the documents that the transaction accounts for."""
        return {key.document_id for file in self.files for key in file.keys if key.document_id}

    def counts(self) -> dict[str, int]:
        """Return the number of documents read, the rows per table, and the other counts."""
        rows = {
            name: len(keys) for name, keys in self.keys.items() if keys or TABLES[name].accounts
        }
        return {"read": 0, "already_ingested": 0} | self.metrics | rows


def row_keys(table: Table, row: Any) -> RowKeys:
    """Return the ids that the commit needs from `row`, a row of `table`."""
    if not table.accounts:
        return RowKeys()
    return RowKeys(
        getattr(row, "document_id", ""),
        getattr(row, "article_id", "") or getattr(row, "duplicate_of", ""),
        getattr(row, "text_hash", ""),
        getattr(row, "revision", 0),
    )


def make_transaction(
    context: RunContext,
    files: Iterable[StagedFile],
    metrics: Iterable[tuple[str, int]],
    unindexed_days: Iterable[int] = (),
) -> Transaction:
    """Return a transaction with `files` in the order of publication; `metrics` are totals."""
    order = {name: number for number, name in enumerate(TABLES)}
    in_order = sorted(files, key=lambda file: (order[file.table], file.partition, file.digest))
    return Transaction(context, tuple(in_order), dict(metrics), tuple(sorted(unindexed_days)))


COUNTED_ARTICLES, COUNTED_MENTIONS = "counted_articles", "counted_mentions"
"""The counts by which FindEvents reports each article, and the article's mentions."""


_TOO_EARLY = "nothing was committed. The runner has started the commit too early"


def check_complete(transaction: Transaction, judged: Collection[str]) -> Transaction:
    """Return `transaction` without the counts of FindEvents, which must equal the staged rows.

    `judged` are the ids of the documents whose judgement is there.

    Raises:
        Unbalanced: articles, mentions or judgements are missing: a runner has started the commit
            before all of its input was there.
    """
    for table in STORED:
        if missing := [key for key in transaction.keys[table] if key.document_id not in judged]:
            raise Unbalanced(
                f"{len(missing)} rows of {table} are staged, but their documents were not judged; "
                f"{_TOO_EARLY}"
            )
    metrics = dict(transaction.metrics)
    for table, name in (("articles", COUNTED_ARTICLES), ("mentions", COUNTED_MENTIONS)):
        rows, counted = len(transaction.keys[table]), metrics.pop(name, 0)
        if rows != counted:
            raise Unbalanced(
                f"{rows} rows of {table} are staged, but FindEvents counted {counted}; {_TOO_EARLY}"
            )
    return replace(transaction, metrics=metrics)


def kept_rows(transaction: Transaction, ingested: set[str]) -> list[list[bool]]:
    """Return a flag for each row of each file: True if the row must still be committed.

    All rows of a document are kept or dropped together; mentions are dropped with their article.
    `ingested` are the ids of documents that the lake has ingested in the meantime.
    """
    dropped = {
        key.article_id for key in transaction.keys["articles"] if key.document_id in ingested
    }
    return [
        [
            key.article_id not in dropped
            if file.table == "mentions"
            else key.document_id not in ingested
            for key in file.keys
        ]
        for file in transaction.files
    ]


def drop_ingested(
    transaction: Transaction, ingested: set[str], keep: list[list[bool]]
) -> Transaction:
    """Return `transaction` with only the rows that `keep` marks; count the ingested documents."""
    files = [
        replace(file, keys=[key for key, kept in zip(file.keys, rows, strict=True) if kept])
        for file, rows in zip(transaction.files, keep, strict=True)
    ]
    metrics = transaction.metrics | {
        "already_ingested": transaction.metrics.get("already_ingested", 0) + len(ingested)
    }
    return replace(transaction, files=tuple(file for file in files if file.keys), metrics=metrics)


def accounted_for(counts: Mapping[str, int]) -> int:
    """Return the number of documents that are accounted for; it must equal `read`."""
    return sum(counts.get(name, 0) for name in OUTCOMES)


def check_balance(counts: dict[str, int]) -> None:
    """Check that every document that was read is accounted for.

    Raises:
        Unbalanced: the counts do not add up to `read`.
    """
    if counts["read"] != accounted_for(counts):
        sums = " + ".join(f"{counts.get(name, 0)} {name}" for name in OUTCOMES)
        raise Unbalanced(
            f"{counts['read']} documents were read, but {sums} = {accounted_for(counts)}; nothing was "
            "committed. This is a bug in newslake: please report it with the command you ran"
        )


@dataclass(frozen=True)
class StagedPartition:
    """A new directory for one partition, before the partition swap."""

    table: str
    partition: str
    folder: str
    """Path of the new directory, relative to the lake's root; it holds only the new files."""
    read: list[LoggedFile]
    """The live files that the new files replace."""
    new: list[LoggedFile]
    """The new files, at least one. A file may have no rows, and its `name` is provisional."""


@dataclass(frozen=True)
class Change:
    """The partition swaps that one `compact`, `forget` or `reprocess` wants to commit."""

    kind: str
    """`compact`, `forget` or `reprocess`."""
    run_id: str
    staging: str
    """The staging directory that holds the new directories."""
    as_of: int
    """Number of the last log entry that the command read."""
    partitions: list[StagedPartition]
    forgotten: Forgotten = field(default_factory=Forgotten)
