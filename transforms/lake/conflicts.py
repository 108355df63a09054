"""The checks before a commit: which documents are already ingested, and whether a run is stale.

This package contains no search for copies. `newslake.transforms.dedupe.lake_index` implements the
checks, with an index that it syncs from the log. A test may use another implementation.
"""

from collections.abc import Callable, Collection
from typing import Protocol

from newslake.transforms.lake.log import Log
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import Transaction


class Conflicts(Protocol):
    """Checks transactions against the lake while one committer holds the lock.

    An implementation may keep an index, which has read the log up to some entry.
    """

    def last(self) -> int | None:
        """Return the number of the last log entry that the index has read; None if unknown."""

    def sync(self, last: int) -> None:
        """Read the log up to entry `last`.

        Raises:
            LakeError: the index cannot be written.
        """

    def rebuild(self, last: int) -> None:
        """Discard the index and rebuild it from the lake, up to entry `last`."""

    def ingested_documents(self, ids: Collection[str], settings: str) -> set[str]:
        """Return the `ids` of documents that the lake has already ingested.

        A rejected document counts only if the run that rejected it had the same `settings`.
        """

    def check(self, transaction: Transaction) -> None:
        """Check that the transaction's decisions are still correct after all commits so far.

        Raises:
            Stale: the decisions are out of date; the run must be retried.
        """

    def close(self) -> None:
        """Close the index."""


OpenConflicts = Callable[[Storage, Log], Conflicts]
"""Opens the `Conflicts` of a lake for one committer."""
