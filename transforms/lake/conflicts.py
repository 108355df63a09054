"""What a committer asks before it commits: what of it the lake holds already, and what conflicts with it.

The lake does not know how copies are found. `newslake.transforms.dedupe.lake_index` answers from an
index that follows the log; a test may answer as it likes.
"""

from collections.abc import Callable, Collection
from typing import Protocol

from newslake.transforms.lake.log import Log
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import Transaction


class Conflicts(Protocol):
    """Answers for as long as one committer holds the lock; it knows the log up to an entry."""

    def last(self) -> int | None:
        """Return the last entry that it knows; None if it cannot tell."""
        ...

    def sync(self, last: int) -> None:
        """Read the log up to entry `last`.

        Raises:
            LakeError: what it keeps cannot be written.
        """
        ...

    def rebuild(self, last: int) -> None:
        """Forget what it keeps, and read the lake anew, up to entry `last`."""
        ...

    def known_documents(self, ids: Collection[str]) -> set[str]:
        """Return those of `ids` that the lake has accounted for."""
        ...

    def check(self, transaction: Transaction) -> None:
        """Return if what the run decided holds in the light of all that is committed.

        Raises:
            Stale: it does not; the run must decide anew.
        """
        ...

    def close(self) -> None:
        """Let go of what it keeps; its transactions have ended."""
        ...


OpenConflicts = Callable[[Storage, Log], Conflicts]
"""Opens it for a committer."""
