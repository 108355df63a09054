"""A lake's folder: its creation, its version check, and its write lock."""

import os
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from newslake.transforms.lake import layout
from newslake.transforms.lake.committer import Committer
from newslake.transforms.lake.conflicts import OpenConflicts
from newslake.transforms.lake.errors import NotALake, WrongPartition
from newslake.transforms.lake.log import Log
from newslake.transforms.lake.marker import Marker, check_marker, check_place
from newslake.transforms.lake.staging import staging
from newslake.transforms.lake.storage import Storage


class LakeFolder:
    """The lake in this storage or folder.

    `open_conflicts` creates the checks before a commit. It is None if the lake is only read.
    """

    def __init__(
        self, storage: Storage | str | Path, open_conflicts: OpenConflicts | None = None
    ) -> None:
        self.storage = storage if isinstance(storage, Storage) else Storage(storage)
        self.log = Log(self.storage)
        self._open_conflicts = open_conflicts

    @property
    def index_path(self) -> Path:
        """The path of the index."""
        return self.storage.path(layout.INDEX)

    @property
    def partition_unit(self) -> str:
        """The unit of the partitions: `day`, `month` or `year`; `day` if it is not set yet."""
        return Marker.read(self.storage).unit

    def create(self, partition_unit: str | None = None) -> None:
        """Create the lake if it does not exist: its directories, marker and empty seed files.

        `partition_unit` is `day`, `month` or `year`. None means the lake's unit; in a new lake, the
        unit that fits the first commit.

        Raises:
            NotALake: the folder holds other files.
            WrongPartition: the lake exists, and its partitions have another unit.
            UnknownFormat: the lake exists, and this version of newslake does not support it.
            Unsupported: the file system has no locks or no hard links.
            Damaged: the lake exists, and its marker or its log is damaged.
        """
        if any(map(self.storage.exists, (layout.MARKER, layout.entry_name(0)))):
            check_marker(self.storage)
            self.log.check()
        else:
            ours = {layout.LOCK, layout.LOG, layout.TMP}
            if os.path.lexists(self.storage.root) and not self.storage.root.is_dir():
                raise NotALake(f"{self.storage.root} is a file; a lake is a folder")
            check_place(self.storage)
            foreign = sorted(set(self.storage.list("")) - ours)
            if foreign:
                raise NotALake(
                    f"{self.storage.root} holds other files ({', '.join(foreign[:3])}) and is not "
                    "a lake: name a new or an empty folder"
                )
        for folder in ("", layout.LOG, layout.TMP):
            self.storage.make_folder(folder)
        with self.storage.locked(layout.LOCK):
            if not self.storage.exists(layout.MARKER):
                Marker.current().write(self.storage)
            check_marker(self.storage)
            self._choose_unit(partition_unit)
            with self._prepared():
                pass  # preparing the committer writes the empty seed files

    def _choose_unit(self, unit: str | None) -> None:
        marker = Marker.read(self.storage)
        if marker.partition is None and unit:
            marker.set_unit(self.storage, unit)
        elif unit not in (None, marker.partition):
            raise WrongPartition(
                f"{self.storage.root} is partitioned by {marker.unit}, not by {unit}: leave out "
                "--partition, or use another lake; `newslake migrate` can copy a lake to one with "
                "longer partitions"
            )

    @contextmanager
    def committer(self) -> Iterator[Committer]:
        """Wait for the lock, roll an unfinished commit forward, and yield the committer.

        Raises:
            LakeError: the lake cannot be written to.
        """
        check_marker(self.storage)
        with self.storage.locked(layout.LOCK), self._prepared() as committer:
            yield committer

    @contextmanager
    def staging(self, name: str) -> Iterator[int]:
        """Create the staging directory `name` and hold it; yield the number of the last log entry.

        Raises:
            LakeError: the lake cannot be written to.
        """
        with ExitStack() as stack:
            with self.committer() as committer:
                stack.enter_context(staging(self.storage, name))
                last = committer.last
            yield last

    @contextmanager
    def input_folder(self, run_id: str) -> Iterator[Path]:
        """Create a temporary folder for the input of a run, and yield its path.

        At the exit, the folder is deleted. If the process is killed, the next commit deletes it.

        Raises:
            LakeError: the lake cannot be written to.
        """
        name = layout.input_name(run_id)
        try:
            with self.staging(name):
                yield self.storage.path(name)
        finally:
            self.storage.remove_folder(name)

    @contextmanager
    def _prepared(self) -> Iterator[Committer]:
        """Yield a prepared committer; the caller holds the lock."""
        assert self._open_conflicts, f"{self.storage.root} was opened for reading only"
        conflicts = self._open_conflicts(self.storage, self.log)
        try:
            committer = Committer(self.storage, self.log, conflicts)
            committer.prepare()
            yield committer
        finally:
            conflicts.close()
