"""What a stream has handed out, and the lake does not hold yet."""

from dataclasses import replace
from threading import Lock
from typing import NamedTuple

from newslake.pipelines.follower.pending import Handed
from newslake.pipelines.follower.pending_pages import stored_announcements
from newslake.transforms.lake.lake import LakeFolder

LATER_WINDOWS = 2
"""If this number of later windows was committed, what an earlier window should have stored is lost."""


class Flight(NamedTuple):
    """What was taken in one window, without the documents."""

    window: str
    """The id of the run that commits the window. The ids of later windows are greater."""
    handed: Handed


class InFlight:
    """What the crawler has put, from the moment when it is put until the lake holds it.

    All methods may be called by any thread.

    Args:
        lake: The lake. The commits that it holds at this moment are ignored.
        run_id: The end of the ids of the stream's runs. Other commits are ignored.
    """

    def __init__(self, lake: LakeFolder, run_id: str) -> None:
        self._lake, self._run_id = lake, run_id
        self._lock = Lock()
        self._ready: list[Handed] = []
        """What was put and not taken yet."""
        self._flights: list[Flight] = []
        self._number = 0
        self._is_lost = False
        self._seen = lake.log.last() or 0
        self._committed: set[str] = set()

    def __bool__(self) -> bool:
        """Return whether anything is in flight."""
        with self._lock:
            return bool(self._ready or self._flights)

    def put(self, handed: Handed) -> None:
        """Add what has arrived."""
        with self._lock:
            self._ready.append(handed)

    def take(self, number: int, window: str) -> list[Handed]:
        """Return what was put since the last call.

        Args:
            number: The number of the call. If it is not the next number, the runner has lost what was
                taken before.
            window: The id of the run that commits what is returned.
        """
        with self._lock:
            if number != self._number and self._flights:
                self._is_lost = True
            self._number = number + 1
            taken, self._ready = self._ready, []
            self._flights += [Flight(window, replace(one, arrived=())) for one in taken]
            return taken

    def landed(self) -> list[Handed] | None:
        """Return what the lake has stored since the last call.

        Returns:
            The parts that were taken, in order. None if something is lost; then nothing is in flight
            any longer.
        """
        has_commits = self._read_log()
        with self._lock:
            flights, is_lost = list(self._flights), self._is_lost
        landed, left = self._sorted(flights) if has_commits else ([], flights)
        is_lost |= any(
            sum(window > flight.window for window in self._committed) >= LATER_WINDOWS
            for flight in left
        )
        with self._lock:
            self._flights = [] if is_lost else left + self._flights[len(flights) :]
            self._ready = [] if is_lost else self._ready
            self._is_lost = False
        return None if is_lost else [flight.handed for flight in landed]

    def _read_log(self) -> bool:
        """Read the new entries of the log; return whether there is a commit of the stream."""
        last = self._lake.log.last(self._seen) or 0
        found = {self._lake.log.read(seq).run_id for seq in range(self._seen + 1, last + 1)}
        found = {run_id for run_id in found if run_id.endswith(f"-{self._run_id}")}
        self._seen = last
        self._committed = set(sorted(self._committed | found)[-LATER_WINDOWS:])
        return bool(found)

    def _sorted(self, flights: list[Flight]) -> tuple[list[Flight], list[Flight]]:
        """Return the flights of committed windows whose announcements are stored, and the others."""
        last, landed, left = max(self._committed), list[Flight](), list[Flight]()
        over = (flight.handed for flight in flights if flight.window <= last)
        ids = [row.announcement_id for handed in over for row in handed.announcements]
        stored = stored_announcements(self._lake.storage.root, ids)
        for flight in flights:
            rows = flight.handed.announcements
            is_stored = all(row.announcement_id in stored for row in rows)
            (landed if flight.window <= last and is_stored else left).append(flight)
        return landed, left
