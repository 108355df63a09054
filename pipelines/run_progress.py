"""The progress of bounded runs: documents that are committed, and those of the run under way."""

import time
from collections.abc import Callable
from typing import Self

from newslake.pipelines.progress import Progress, State
from newslake.transforms.work_done import Shared

LAST = 0.99
"""The largest finished share of a run that is not committed."""


class RunProgress:
    """Shows the progress of several bounded runs; a context manager.

    Args:
        step: What is done, such as `ingesting`.
        size: The size of all inputs, in the unit of `begin`.
        has_events: True if the runs find events in articles, after they have read all documents.
        total: Number of all documents; None if it is unknown.
        clock: Returns seconds.
    """

    def __init__(
        self,
        step: str,
        size: int,
        has_events: bool,
        total: int | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._size, self._has_events = size, has_events
        self._read = self._finished = 0
        self._documents, self._of_run = 1, 0
        self._shared: Shared | None = None
        self._progress = Progress(
            step, "documents", total, self.state, keeps_last=True, clock=clock
        )

    def __enter__(self) -> Self:
        self._progress.__enter__()
        return self

    def __exit__(self, *error: object) -> None:
        self._progress.__exit__(*error)

    def begin(self, documents: int, size: int) -> None:
        """Begin a run over inputs with this size, which have about this number of documents."""
        self._documents, self._of_run = max(documents, 1), size

    def watch(self, folder: str) -> None:
        """Read the counts of the run in this staging directory; a run is repeated in another one."""
        self._shared = Shared(folder)

    def end(self, read: int) -> None:
        """End a run that has committed. `read` is the number of documents of all runs until now."""
        self._shared, self._read = None, read
        self._finished += self._of_run
        self._of_run = 0

    def state(self) -> State:
        """Return the documents that are read, the finished share of all work, and the current step."""
        shared = self._shared
        read, searched = shared.counted() if shared else (0, 0)
        steps = 2 if self._has_events else 1
        share = min((read + searched) / (steps * self._documents), LAST)
        done = (self._finished + share * self._of_run) / self._size if self._size else None
        detail = f"events of {searched:,} articles" if searched else ""
        return self._read + read, done, detail
