"""A lake's folder: its creation, its version check, and its write lock."""

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from newslake.schemas.tables import SCHEMA_VERSION
from newslake.transforms.lake import layout
from newslake.transforms.lake.committer import Committer
from newslake.transforms.lake.conflicts import OpenConflicts
from newslake.transforms.lake.errors import Damaged, NotALake, UnknownFormat
from newslake.transforms.lake.log import Log
from newslake.transforms.lake.parquet import code_version
from newslake.transforms.lake.storage import Storage


class LakeFolder:
    """One lake, on local storage.

    Args:
        storage: The lake's storage, or the path of its folder.
        open_conflicts: Creates the checks to run before a commit; None if the lake is only read.
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

    def check(self) -> None:
        """Check that the folder is a lake that this version of newslake can read.

        Raises:
            NotALake, UnknownFormat: it is not a lake, or this version cannot read it.
        """
        found = self.version()
        if found == (layout.FORMAT, SCHEMA_VERSION):
            return
        older = 0 < found[0] <= layout.FORMAT and found[1] <= SCHEMA_VERSION
        advice = "copy it with `newslake migrate`" if older else "use a newer version"
        raise UnknownFormat(
            f"{self.storage.root} has format and schema {found}, this version of newslake supports "
            f"{(layout.FORMAT, SCHEMA_VERSION)}: {advice}"
        )

    def version(self) -> tuple[int, int]:
        """Return the layout version and the schema version with which the lake was created.

        Raises:
            NotALake: the folder is not a lake.
            Damaged: the marker is not readable.
        """
        self._check_place()
        try:
            marker: dict[str, Any] = json.loads(self.storage.read(layout.MARKER))
            return int(marker["format"]), int(marker["schema"])
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotALake(
                f"{self.storage.root} is not a lake: it has no {layout.MARKER}"
            ) from error
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(
                f"{self.storage.root}/{layout.MARKER} is not readable: {error}"
            ) from error

    def _check_place(self) -> None:
        """Check that no folder in the lake's path looks like a partition.

        Raises:
            NotALake: the name of a folder contains `=`.
        """
        partitions = [part for part in self.storage.root.absolute().parts if "=" in part]
        if partitions:
            raise NotALake(
                f"{self.storage.root}: the path of a lake may not contain `=`, because readers "
                f"would treat {partitions[0]!r} as a partition; use another folder"
            )

    def create(self) -> None:
        """Create the lake if it does not exist: its directories, marker and empty seed files.

        Raises:
            NotALake: the folder holds other files.
            UnknownFormat: the lake exists, and this version of newslake does not support it.
            Unsupported: the file system has no locks or no hard links.
        """
        if not self.storage.exists(layout.MARKER):
            ours = {layout.LOCK, layout.LOG, layout.TMP}
            if os.path.lexists(self.storage.root) and not self.storage.root.is_dir():
                raise NotALake(f"{self.storage.root} is a file; a lake is a folder")
            self._check_place()
            names = set(self.storage.list(""))
            foreign = sorted(names - ours)
            if foreign and layout.MARKER not in names:
                raise NotALake(
                    f"{self.storage.root} holds other files ({', '.join(foreign[:3])}) and is not "
                    "a lake: name a new or an empty folder"
                )
        for folder in ("", layout.LOG, layout.TMP):
            self.storage.make_folder(folder)
        with self.storage.locked(layout.LOCK):
            if not self.storage.exists(layout.MARKER):
                self.mark()
            self.check()
            with self._prepared():
                pass  # preparing the committer writes the empty seed files

    def mark(self) -> None:
        """Write the marker, which states the versions of the layout and of the schema."""
        marker = {
            "format": layout.FORMAT,
            "schema": SCHEMA_VERSION,
            "made_by": f"newslake {code_version()}",
        }
        self.storage.write(f"{layout.TMP}/marker", json.dumps(marker).encode())
        self.storage.sync(f"{layout.TMP}/marker")
        self.storage.link(f"{layout.TMP}/marker", layout.MARKER)
        self.storage.sync("")
        self.storage.remove(f"{layout.TMP}/marker")

    @contextmanager
    def committer(self) -> Iterator[Committer]:
        """Wait for the lock, roll an unfinished commit forward, and yield the committer.

        Raises:
            LakeError: the lake cannot be written to.
        """
        self.check()
        with self.storage.locked(layout.LOCK), self._prepared() as committer:
            yield committer

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
