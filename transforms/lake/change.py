"""A change of what the lake holds already: partitions staged anew, to be exchanged for the old ones."""

from dataclasses import dataclass, field

from newslake.transforms.lake.log import Forgotten, LoggedFile


@dataclass(frozen=True)
class StagedPartition:
    """A new folder for one partition."""

    table: str
    partition: str
    folder: str
    """Where the new files lie, below the lake; nothing else lies there."""
    read: list[LoggedFile]
    """The live files that the new ones were made of."""
    new: list[LoggedFile]
    """The new files; `name` is provisional. Never empty, though a file may have no rows."""


@dataclass(frozen=True)
class Change:
    """What one `compact`, `forget` or `reprocess` wants to change."""

    kind: str
    """`compact`, `forget` or `reprocess`."""
    run_id: str
    room: str
    """The room in which the folders were staged."""
    as_of: int
    """The last entry of the log that was looked at."""
    partitions: list[StagedPartition]
    forgotten: Forgotten = field(default_factory=Forgotten)
