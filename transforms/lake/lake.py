"""A lake: where it lies, that it is one, and who may write to it."""

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
        storage: Where it lies; or just the folder.
        open_conflicts: Opens what a committer asks before it commits; None for a lake that is only
            read.
    """

    def __init__(
        self, storage: Storage | str | Path, open_conflicts: OpenConflicts | None = None
    ) -> None:
        self.storage = storage if isinstance(storage, Storage) else Storage(storage)
        self.log = Log(self.storage)
        self._open_conflicts = open_conflicts

    @property
    def index_path(self) -> Path:
        """Where the index lies."""
        return self.storage.path(layout.INDEX)

    def check(self) -> None:
        """Return if this is a lake that this version can read.

        Raises:
            NotALake, UnknownFormat: it is none.
        """
        found = self.version()
        if found == (layout.FORMAT, SCHEMA_VERSION):
            return
        older = found < (layout.FORMAT, SCHEMA_VERSION)
        advice = "copy it with `newslake migrate`" if older else "use a newer version"
        raise UnknownFormat(
            f"{self.storage.root} has format and schema {found}, this version of newslake knows "
            f"{(layout.FORMAT, SCHEMA_VERSION)}: {advice}"
        )

    def version(self) -> tuple[int, int]:
        """Return the versions of the layout and of the schema that the lake was made with.

        Raises:
            NotALake: it is none.
            Damaged: its marker is not readable.
        """
        self._check_place()
        try:
            marker: dict[str, Any] = json.loads(self.storage.read(layout.MARKER))
            return int(marker["format"]), int(marker["schema"])
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotALake(f"{self.storage.root} is no lake: it has no {layout.MARKER}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(
                f"{self.storage.root}/{layout.MARKER} is not readable: {error}"
            ) from error

    def _check_place(self) -> None:
        """Return if readers can take no folder above the lake for a partition.

        Raises:
            NotALake: one of them has a `=` in its name.
        """
        above = [part for part in self.storage.root.absolute().parts if "=" in part]
        if above:
            raise NotALake(
                f"{self.storage.root}: a lake cannot lie in a folder named like {above[0]!r}, since "
                "readers would take that for a partition of its tables"
            )

    def create(self) -> None:
        """Make the lake if it is not there: its folders, its marker and its anchors.

        Raises:
            NotALake: the folder holds something else.
            UnknownFormat, Unsupported: see there.
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
                    f"{self.storage.root} holds other things ({', '.join(foreign[:3])}) and is no "
                    "lake: name a new or an empty folder"
                )
        for folder in ("", layout.LOG, layout.TMP):
            self.storage.make_folder(folder)
        with self.storage.locked(layout.LOCK):
            if not self.storage.exists(layout.MARKER):
                self.mark()
            self.check()
            with self._prepared():
                pass  # who holds the lock finishes what is half done, here the anchors

    def mark(self) -> None:
        """Say that this folder is a lake, of which layout and schema."""
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
        """Wait for the lock, finish what others left unfinished, and hold the lock.

        Raises:
            LakeError: the lake cannot be written to.
        """
        self.check()
        with self.storage.locked(layout.LOCK), self._prepared() as committer:
            yield committer

    @contextmanager
    def _prepared(self) -> Iterator[Committer]:
        """Yield the committer of who holds the lock."""
        assert self._open_conflicts, f"{self.storage.root} was opened to be read"
        conflicts = self._open_conflicts(self.storage, self.log)
        try:
            committer = Committer(self.storage, self.log, conflicts)
            committer.prepare()
            yield committer
        finally:
            conflicts.close()
