"""The marker of a lake, `_lake.json`: its versions, its columns and the unit of its partitions."""

import json
from dataclasses import asdict, dataclass, replace
from typing import Any, Self

from newslake import __version__
from newslake.schemas.partitions import UNITS
from newslake.schemas.tables import SCHEMA_VERSION, fingerprint
from newslake.transforms.failure import RESTORE, explained
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import (
    NOT_JSON,
    Damaged,
    NotALake,
    UnknownFormat,
    damaged_json,
)
from newslake.transforms.lake.storage import Storage


@dataclass(frozen=True)
class Marker:
    """The content of `_lake.json`."""

    format: int = layout.FORMAT
    """Version of the layout and of the log entries."""
    schema: int = SCHEMA_VERSION
    fingerprint: str = ""
    """See `newslake.schemas.tables.fingerprint`; empty if an old version created the lake."""
    made_by: str = "an older version"
    """Name and version of the program that created the lake."""
    partition: str | None = None
    """`day`, `month` or `year`; None in a lake of an old format, or before the first commit."""

    @classmethod
    def current(cls, partition: str | None = None) -> Self:
        """Return the marker of a lake that this version creates."""
        made_by = f"newslake {__version__}"
        return cls(fingerprint=fingerprint(), made_by=made_by, partition=partition)

    @classmethod
    def read(cls, storage: Storage) -> Self:
        """Return the marker of the lake in `storage`.

        Raises:
            NotALake: the folder is not a lake.
            Damaged: the marker is missing or damaged.
            Failure: the marker cannot be read.
        """
        check_place(storage)
        path = storage.path(layout.MARKER)
        if not storage.exists(layout.MARKER):
            if storage.exists(layout.entry_name(0)):
                raise Damaged(f"{path} is missing; {RESTORE}")
            raise NotALake(f"{storage.root} is not a lake: it has no {layout.MARKER}")
        with explained(path):
            content = storage.read(layout.MARKER)
        try:
            found: dict[str, Any] = json.loads(content)
            texts = {key: str(found[key]) for key in ("fingerprint", "made_by") if key in found}
            format = int(found["format"])
            partition = found["partition"] if format == layout.FORMAT else None
            if partition not in (None, *UNITS):
                raise ValueError(f"the partition {partition!r} is not one of {', '.join(UNITS)}")
            return cls(format, int(found["schema"]), partition=partition, **texts)
        except NOT_JSON as error:
            raise damaged_json(str(path), content, error) from error

    def write(self, storage: Storage) -> None:
        """Write the marker of a new lake; it is complete as soon as it exists."""
        self._stage(storage)
        storage.link(f"{layout.TMP}/marker", layout.MARKER)
        storage.sync("")
        storage.remove(f"{layout.TMP}/marker")

    def set_unit(self, storage: Storage, unit: str) -> None:
        """Replace the unit in the marker, in one atomic step; the caller holds the lock."""
        replace(self, partition=unit)._stage(storage)
        storage.rename(f"{layout.TMP}/marker", layout.MARKER)
        storage.sync("")

    def _stage(self, storage: Storage) -> None:
        storage.write(f"{layout.TMP}/marker", json.dumps(asdict(self)).encode())
        storage.sync(f"{layout.TMP}/marker")

    @property
    def unit(self) -> str:
        """The unit of the partitions; a day if it is not set."""
        return self.partition or UNITS[0]

    @property
    def is_current(self) -> bool:
        """True if this version of newslake reads and writes such a lake."""
        ours = (layout.FORMAT, SCHEMA_VERSION, fingerprint())
        return (self.format, self.schema, self.fingerprint) == ours

    @property
    def is_newer(self) -> bool:
        """True if a newer version created the lake."""
        return self.format > layout.FORMAT or self.schema > SCHEMA_VERSION


def check_marker(storage: Storage) -> None:
    """Check that the folder is a lake that this version of newslake can read and write.

    Raises:
        NotALake: the folder is not a lake.
        UnknownFormat: another version created it, with another layout or other columns.
    """
    marker = Marker.read(storage)
    if marker.is_current:
        return
    if marker.is_newer:
        advice = "use a newer version"
    else:
        from newslake.transforms.lake.old_versions import obstacles  # it imports pyarrow

        found = obstacles(storage)
        advice = "copy it with `newslake migrate`"
        if found:
            advice = f"use {marker.made_by}, which created it ({'; '.join(found[:3])})"
    versions = marker.format, marker.schema
    if versions == (layout.FORMAT, SCHEMA_VERSION):
        difference = "has other columns than this version of newslake"
    else:
        difference = (
            "has format {} and schema {}, but this version of newslake uses format {} and schema {}"
        ).format(*versions, layout.FORMAT, SCHEMA_VERSION)
    raise UnknownFormat(f"{storage.root} {difference}: {advice}")


def check_place(storage: Storage) -> None:
    """Check that no folder in the lake's path looks like a partition.

    Raises:
        NotALake: the name of a folder contains `=`.
    """
    partitions = [part for part in storage.root.absolute().parts if "=" in part]
    if partitions:
        raise NotALake(
            f"{storage.root}: the path of a lake may not contain `=`, because readers would treat "
            f"{partitions[0]!r} as a partition; use another folder"
        )
