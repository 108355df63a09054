"""What one bounded run wants to commit, and what a command wants to change of committed partitions."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace

from newslake.schemas.records import RowKeys, RunContext, StagedFile
from newslake.schemas.tables import TABLES
from newslake.transforms.lake.errors import Unbalanced
from newslake.transforms.lake.log import Forgotten, LoggedFile

OUTCOMES = ("articles", "duplicates", "revisions", "rejects", "already_ingested")
"""Where a document that was read can end."""


@dataclass(frozen=True)
class Transaction:
    """What one bounded run wants to commit."""

    context: RunContext
    files: tuple[StagedFile, ...]
    """In the order in which they are to show: articles before mentions."""
    metrics: dict[str, int]
    """Counts that are not counts of rows: `read`, `known` and others."""
    unindexed_days: tuple[int, ...] = ()
    """Days whose articles the run should have compared its own with, and had no signatures of."""

    @property
    def keys(self) -> dict[str, list[RowKeys]]:
        """The keys of all rows, by table."""
        found: dict[str, list[RowKeys]] = {name: [] for name in TABLES}
        for file in self.files:
            found[file.table].extend(file.keys)
        return found

    @property
    def documents(self) -> set[str]:
        """Ids of the documents that the bundle accounts for."""
        return {key.document_id for file in self.files for key in file.keys if key.document_id}

    def counts(self) -> dict[str, int]:
        """Return how many documents were read and where they ended, and the other tallies."""
        rows = {
            name: len(keys) for name, keys in self.keys.items() if keys or TABLES[name].accounts
        }
        return {"read": 0, "already_ingested": 0} | self.metrics | rows


def make_transaction(
    context: RunContext,
    files: Iterable[StagedFile],
    metrics: Iterable[tuple[str, int]],
    unindexed_days: Iterable[int] = (),
) -> Transaction:
    """Return the bundle of `files`, in their one order, with equal tallies summed."""
    order = {name: number for number, name in enumerate(TABLES)}
    total: Counter[str] = Counter()
    for name, count in metrics:
        total[name] += count
    in_order = sorted(files, key=lambda file: (order[file.table], file.partition, file.digest))
    return Transaction(context, tuple(in_order), dict(total), tuple(sorted(unindexed_days)))


def kept_rows(transaction: Transaction, known: set[str]) -> list[list[bool]]:
    """Return, for each row of each file, whether its document is still to be committed.

    A document's rows stay or go together: mentions go with their article.

    Args:
        transaction: What a run wants to commit.
        known: Ids of its documents that the lake has accounted for meanwhile.
    """
    dropped = {key.article_id for key in transaction.keys["articles"] if key.document_id in known}
    return [
        [
            key.article_id not in dropped
            if file.table == "mentions"
            else key.document_id not in known
            for key in file.keys
        ]
        for file in transaction.files
    ]


def without(transaction: Transaction, known: set[str], keep: list[list[bool]]) -> Transaction:
    """Return `transaction` with the rows that are kept, and what went counted as known."""
    files = [
        replace(file, keys=[key for key, kept in zip(file.keys, rows, strict=True) if kept])
        for file, rows in zip(transaction.files, keep, strict=True)
    ]
    metrics = transaction.metrics | {
        "already_ingested": transaction.metrics.get("already_ingested", 0) + len(known)
    }
    return replace(transaction, files=tuple(file for file in files if file.keys), metrics=metrics)


def ended(counts: Mapping[str, int]) -> int:
    """Return how many documents have ended somewhere, to be compared with `read`."""
    return sum(counts.get(name, 0) for name in OUTCOMES)


def check_balance(counts: dict[str, int]) -> None:
    """Return if every document that was read has ended somewhere.

    Raises:
        Unbalanced: the counts do not add up.
    """
    if counts["read"] != ended(counts):
        sums = " + ".join(f"{counts.get(name, 0)} {name}" for name in OUTCOMES)
        raise Unbalanced(
            f"{counts['read']} documents were read, but {sums} = {ended(counts)}; nothing was "
            "committed. This is a bug of newslake: please report it with the command you ran"
        )


@dataclass(frozen=True)
class StagedPartition:
    """A new folder for one partition."""

    table: str
    partition: str
    folder: str
    """Where the new files lie, below the lake; nothing else lies there."""
    read: list[LoggedFile]
    """The live files that the new ones were made of."""
    new: list[LoggedFile]
    """The new files; `name` is provisional. Never empty, though a file may have no rows."""


@dataclass(frozen=True)
class Change:
    """What one `compact`, `forget` or `reprocess` wants to change."""

    kind: str
    """`compact`, `forget` or `reprocess`."""
    run_id: str
    staging: str
    """The room in which the folders were staged."""
    as_of: int
    """The last entry of the log that was looked at."""
    partitions: list[StagedPartition]
    forgotten: Forgotten = field(default_factory=Forgotten)
