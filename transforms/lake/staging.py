"""Staging directories, in which bounded runs and streams write their files before the commit.

Readers ignore these directories. While a bounded run is alive, it locks (flock) the file `alive` in
its staging directory. The next committer removes each staging directory without such a lock. If a
committer removes a live run's directory by mistake, the run is repeated; no rows are lost.

A stream has no process that could hold a lock until it is resumed. The directory of a window is
therefore kept for `LEASE_SECONDS`.
"""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from newslake.schemas.records import RowKeys, RunContext, StagedFile
from newslake.schemas.rows import RejectCount, StageUse
from newslake.transforms.lake import layout
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import Transaction


@dataclass(frozen=True)
class CommitResult:
    """The result of a bounded run's commit."""

    seq: int | None = None
    """Number of the log entry; None if nothing was committed."""
    counts: dict[str, int] = field(default_factory=dict)
    """The counts of the log entry."""
    rejects_by_reason: dict[str, int] = field(default_factory=dict)
    stale: str | None = None
    """Why the run must be retried: its decisions are out of date. Nothing was committed."""
    error: str | None = None
    """Why the commit failed; nothing was committed."""
    warning: str | None = None
    """A message for the user about a commit that succeeded."""
    stages: Sequence[StageUse] = ()
    """What each stage took in and used. The driver adds it."""
    rejects: Sequence[RejectCount] = ()
    """The rejects by stage and reason. The driver adds them."""


@contextmanager
def staging(storage: Storage, name: str) -> Iterator[None]:
    """Create the staging directory `name` and hold its `alive` lock.

    Enter this context under the lake's lock. Otherwise a sweep could remove the directory before it
    is locked. The exit does not remove the directory: only the committer knows whether a log entry
    still needs the directory's files. Therefore the next sweep removes it.
    """
    storage.make_folder(name)
    alive = storage.hold(f"{name}/{layout.ALIVE}")
    try:
        yield
    finally:
        if alive is not None:
            storage.release(alive)


GRACE_SECONDS = 600.0
"""Grace period of a retired directory, in seconds. In this time, readers can finish reading it."""
LEASE_SECONDS = 7 * 86_400.0
"""Time for which a stream can be resumed, in seconds. The staging directory of a window is kept for this
time after its last change, unless the window's files are committed before."""


def sweep(storage: Storage, grace: float = GRACE_SECONDS, lease: float = LEASE_SECONDS) -> None:
    """Remove staging directories of dead runs, and other directories after their time.

    Call this under the lake's lock, after the last log entry has been rolled forward. `grace` and
    `lease` are the times of retired directories and of windows, in seconds.
    """
    times = {"retired": grace, "s": lease}
    for name in storage.list(layout.TMP):
        path, kind = f"{layout.TMP}/{name}", name.partition("-")[0]
        if not storage.path(path).is_dir():
            storage.remove(path)
        elif kind in times and storage.age(path) >= times[kind]:
            storage.remove_folder(path)
        elif kind == "w":
            alive = storage.hold(f"{path}/{layout.ALIVE}")
            if alive is not None:
                storage.remove_folder(path)
                storage.release(alive)


def remove_staged(storage: Storage, paths: Iterable[str]) -> None:
    """Remove staged files that are published, and their directories if nothing else is in them."""
    paths = sorted(paths)
    for path in paths:
        storage.remove(path)
    for folder in {path.rpartition("/")[0] for path in paths}:
        storage.remove_empty_folder(folder)


def write_result(storage: Storage, name: str, result: CommitResult) -> None:
    """Write the result of a commit to the staging directory `name`."""
    storage.write(f"{name}/{layout.RESULT}", json.dumps(asdict(result)).encode())


def committed(storage: Storage, name: str) -> bool:
    """Return True if the staging directory `name` holds the result of a successful commit."""
    try:
        return read_result(storage, name).seq is not None
    except FileNotFoundError:
        return False


def read_result(storage: Storage, name: str) -> CommitResult:
    """Return the result that `write_result` wrote to the staging directory `name`.

    Raises:
        FileNotFoundError: the run has not reached its commit.
    """
    fields: dict[str, Any] = json.loads(storage.read(f"{name}/{layout.RESULT}"))
    return CommitResult(**fields)


def save_transaction(storage: Storage, transaction: Transaction) -> None:
    """Write the transaction to its staging directory. The driver loads and commits it."""
    content = json.dumps(asdict(transaction)).encode()
    storage.write(f"{transaction.context.staging}/{layout.TRANSACTION}", content)


def load_transaction(storage: Storage, name: str) -> Transaction:
    """Return the transaction that `save_transaction` wrote to the staging directory `name`."""
    fields: dict[str, Any] = json.loads(storage.read(f"{name}/{layout.TRANSACTION}"))
    files = [
        StagedFile(**{**file, "keys": [RowKeys(**key) for key in file["keys"]]})
        for file in fields["files"]
    ]
    return Transaction(
        RunContext(**fields["context"]),
        tuple(files),
        fields["metrics"],
        tuple(fields["unindexed_days"]),
    )
