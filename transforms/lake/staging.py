"""Rooms: where a bounded run stages its files, out of sight of readers.

A flocked file `alive` shows that the run lives; a room without one is swept by the next committer.
A wrong sweep costs work, never rows: what was staged is computed again.
"""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from typing import Any

from newslake.schemas.records import RowKeys, RunContext, StagedFile
from newslake.transforms.lake import layout
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import Transaction


@dataclass(frozen=True)
class CommitResult:
    """What became of a bounded run's commit."""

    seq: int | None = None
    """The entry that holds it; None if there was nothing to commit."""
    counts: dict[str, int] = field(default_factory=dict)
    """As in the entry."""
    rejects_by_reason: dict[str, int] = field(default_factory=dict)
    stale: str | None = None
    """Why the run must decide anew; nothing was committed."""
    error: str | None = None
    """Why the lake refuses; nothing was committed."""
    warning: str | None = None
    """What a user should know although all is committed."""


@contextmanager
def staging(storage: Storage, name: str) -> Iterator[None]:
    """Make the room `name` and keep it alive; enter under the lake's lock, so that no sweep comes between.

    At the end the room stays where it is, for the next sweep: only who holds the lock can know that
    no entry of the log still needs what lies in it.
    """
    storage.make_folder(name)
    alive = storage.hold(f"{name}/{layout.ALIVE}")
    try:
        yield
    finally:
        if alive is not None:
            storage.release(alive)


GRACE_SECONDS = 600.0
"""So long the old folder of an exchange rests: a reader in it would otherwise find nothing."""


def sweep(storage: Storage, grace: float = GRACE_SECONDS) -> None:
    """Clear away the rooms of dead runs, and old folders whose time is over.

    Call it under the lake's lock, after roll-forward.

    Args:
        storage: The lake's.
        grace: How long an old folder rests, in seconds.
    """
    for name in storage.list(layout.TMP):
        where = f"{layout.TMP}/{name}"
        if not storage.path(where).is_dir():
            storage.remove(where)
        elif name.startswith("retired-") and storage.age(where) >= grace:
            storage.remove_folder(where)
        elif name.startswith("w-"):
            alive = storage.hold(f"{where}/{layout.ALIVE}")
            if alive is not None:
                storage.remove_folder(where)
                storage.release(alive)


def write_result(storage: Storage, name: str, outcome: CommitResult) -> None:
    """Leave word in the room `name` of what became of its commit."""
    storage.write(f"{name}/{layout.RESULT}", json.dumps(asdict(outcome)).encode())


def committed(storage: Storage, name: str) -> bool:
    """Return True if the room `name` holds word of a commit that was made."""
    try:
        return read_result(storage, name).seq is not None
    except FileNotFoundError:
        return False


def read_result(storage: Storage, name: str) -> CommitResult:
    """Return what `write_result` left.

    Raises:
        FileNotFoundError: the run has not come to its commit.
    """
    fields: dict[str, Any] = json.loads(storage.read(f"{name}/{layout.RESULT}"))
    return CommitResult(**fields)


def save_transaction(storage: Storage, transaction: Transaction) -> None:
    """Leave the bundle itself in its room, for a driver that will commit it."""
    content = json.dumps(asdict(transaction)).encode()
    storage.write(f"{transaction.context.staging}/{layout.TRANSACTION}", content)


def load_transaction(storage: Storage, name: str) -> Transaction:
    """Return what `save_transaction` left in the room `name`."""
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
