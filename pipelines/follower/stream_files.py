"""The files of a stream in its lake. The driver and the worker that crawls share them.

    lake/_streams/NAME/driver        locked by the driver, `newslake follow`
    lake/_streams/NAME/crawler       locked by the process that crawls
    lake/_streams/NAME/order.json    what the driver wants: which start must run, and until when
    lake/_streams/NAME/status.json   what the crawler has done
    lake/_streams/NAME/checkpoints   checkpoints of Flink

They hold no data of the lake. You can delete the folder of a stream that does not run.
"""

import json
from contextlib import suppress
from dataclasses import asdict, dataclass, field
from datetime import datetime
from hashlib import sha256
from pathlib import Path
from typing import Any

from newslake.transforms.lake import layout
from newslake.transforms.lake.storage import Storage


@dataclass(frozen=True)
class Status:
    """What the crawler of a stream has done since its start."""

    start_id: str
    """Id of the start of the stream."""
    polls: int = 0
    """Number of polls that have ended."""
    counts: dict[str, int] = field(default_factory=dict)
    """See `Intake.counts`."""
    waiting: int = 0
    """Number of pending pages."""
    behind: float = 0.0
    """See `Intake.behind`, in seconds."""
    queue: dict[str, int] = field(default_factory=dict)
    """See `CrawlerState.queue`."""
    feeds: dict[str, int] = field(default_factory=dict)
    """See `CrawlerState.feeds`."""
    fetches: dict[str, int] = field(default_factory=dict)
    """See `CrawlerState.fetches`."""
    next_at: datetime | None = None
    """Time when the next feed is due; None if there are no feeds."""
    problem: str = ""
    """A message for the user; empty if there is no problem."""
    at: float = 0.0
    """Time of this status, in seconds since the epoch."""
    overdue: float = 0.0
    """For how long a feed has been due without the end of a poll, in seconds."""
    drained: bool = False
    """True if the stream has ended, and the lake holds all that was polled and fetched."""


class StreamFiles:
    """The files of the stream `name` in the lake of `storage`."""

    def __init__(self, storage: Storage, name: str) -> None:
        self._storage = storage
        self._folder = f"{layout.STREAMS}/{name}"
        digest = sha256(str(storage.root).encode()).hexdigest()
        self.job_name = f"newslake-{name}-{digest[:8]}"
        """The name of the runner's job. Streams of other lakes have other names."""

    def create(self) -> None:
        """Create the folder of the stream."""
        self._storage.make_folder(self._folder)

    @property
    def driver(self) -> str:
        """The name of the lock of the driver."""
        return f"{self._folder}/driver"

    def hold_crawler(self) -> int | None:
        """Hold the lock of the process that crawls; return None if another process holds it."""
        return self._storage.hold(f"{self._folder}/crawler")

    def release(self, lock: int) -> None:
        """Free a lock of this class."""
        self._storage.release(lock)

    def has_driver(self) -> bool:
        """Return whether a driver is running."""
        lock = self._storage.hold(self.driver)
        if lock is not None:
            self.release(lock)
        return lock is None

    def start(self, start_id: str) -> None:
        """Request that only the start with the id `start_id` runs."""
        self._write("order.json", {"start": start_id, "stop": False})

    def stop(self, start_id: str) -> None:
        """Request that the start with the id `start_id` ends."""
        self._write("order.json", {"start": start_id, "stop": True})

    def must_stop(self, start_id: str) -> bool:
        """Return whether the start with the id `start_id` must end."""
        return not self.is_current(start_id) or self._read("order.json")["stop"]

    def is_current(self, start_id: str) -> bool:
        """Return whether `start_id` is the id of the last start."""
        order = self._read("order.json")
        return order is not None and order["start"] == start_id

    @property
    def checkpoints(self) -> Path:
        """The folder for checkpoints of Flink."""
        return self._storage.path(f"{self._folder}/checkpoints")

    def remove_checkpoints(self) -> None:
        """Remove the checkpoints of earlier starts: a new start does not use them."""
        self._storage.remove_folder(f"{self._folder}/checkpoints")

    def write_status(self, status: Status) -> None:
        """Replace the status."""
        next_at = status.next_at and status.next_at.isoformat()
        self._write("status.json", asdict(status) | {"next_at": next_at})

    def read_status(self, start_id: str) -> Status | None:
        """Return the status; None if nothing has crawled since the start with this id."""
        values = self._read("status.json")
        if values is None or values["start_id"] != start_id:
            return None
        next_at = values.pop("next_at")
        return Status(**values, next_at=next_at and datetime.fromisoformat(next_at))

    def _write(self, name: str, values: dict[str, Any]) -> None:
        new = f"{self._folder}/{name}.new"
        self._storage.write(new, json.dumps(values).encode())
        self._storage.rename(new, f"{self._folder}/{name}")

    def _read(self, name: str) -> Any:
        with suppress(FileNotFoundError):
            return json.loads(self._storage.read(f"{self._folder}/{name}"))
        return None
