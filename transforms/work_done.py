"""Counts of finished work, for a line of progress. They decide nothing, and no row depends on them.

A command counts in its own process with `count`. The workers of a pipeline count in files of the
staging directory (`Shared`), because they are other processes.
"""

import os
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

SECONDS = 0.25
"""Minimum time between two writes of a process to its file, in seconds."""

PREFIX = "progress-"
"""Start of the names of the files."""

_own = 0


def count(number: int = 1) -> None:
    """Add to the work that this process has done."""
    global _own
    _own += number


def counted() -> int:
    """Return the work that this process has done since its start."""
    return _own


@dataclass(frozen=True)
class Shared:
    """The work of all workers of one bounded run. An instance can be sent to the workers."""

    folder: str
    """The staging directory."""

    def count(self, *, read: int = 0, searched: int = 0) -> None:
        """Add the documents that this process has read, and the articles searched for events."""
        counts = _counts.get(self.folder)
        if counts is None:
            _close()  # a worker serves one bounded run after another
            counts = _counts.setdefault(self.folder, _Counts())
        counts.read += read
        counts.searched += searched
        now = time.monotonic()
        if now >= counts.write_at:
            counts.write_at = now + SECONDS
            with suppress(OSError):  # the directory was removed, or the disk is full
                if counts.file is None:
                    path = Path(self.folder, f"{PREFIX}{os.getpid()}")
                    counts.file = os.open(path, os.O_WRONLY | os.O_CREAT)
                # A reader never sees a part of the text, because its length does not change.
                os.pwrite(counts.file, f"{counts.read:20}{counts.searched:20}".encode(), 0)

    def counted(self) -> tuple[int, int]:
        """Return the counts of all workers, at most `SECONDS` old: see `count`."""
        read = searched = 0
        with suppress(OSError):
            for path in Path(self.folder).glob(f"{PREFIX}*"):
                text = path.read_text() or "0 0"
                one, other = map(int, text.split())
                read, searched = read + one, searched + other
        return read, searched


@dataclass
class _Counts:
    read: int = 0
    searched: int = 0
    write_at: float = 0.0
    file: int | None = None
    """The file descriptor of the file."""


_counts: dict[str, _Counts] = {}
"""The counts of this process, by staging directory."""


def _close() -> None:
    """Forget the counts of earlier bounded runs."""
    for one in _counts.values():
        if one.file is not None:
            os.close(one.file)
    _counts.clear()
