"""The write-ahead log: numbered entries, each created in one step and never changed.

A log entry maps staged files to their final names in the lake. Once the entry exists, the commit is
final: if the writer dies before it publishes the files, the next committer publishes them.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from newslake.transforms.failure import RESTORE, explained
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import NOT_JSON, Damaged, UnknownFormat, damaged_json
from newslake.transforms.lake.storage import Storage


@dataclass(frozen=True)
class LoggedFile:
    """A file that a log entry adds to the lake."""

    table: str
    partition: str
    staged: str
    """Path of the staged file, relative to the lake's root."""
    name: str
    """Final file name in the partition."""
    rows: int
    size: int
    """Size in bytes."""
    digest: str
    """SHA-256 of the file, in hex."""

    @property
    def folder(self) -> str:
        """The partition's directory, relative to the lake's root."""
        return f"{self.table}/{self.partition}"

    @property
    def final(self) -> str:
        """Path of the published file, relative to the lake's root."""
        return f"{self.folder}/{self.name}"


@dataclass(frozen=True)
class PartitionSwap:
    """An exchange of a partition's directory with a rewritten directory.

    The new directory holds the same rows, fewer rows, or recomputed rows.
    """

    table: str
    partition: str
    staged: str
    """Path of the new directory, relative to the lake's root; a swap moves the old files there."""
    retired: str
    """Path of the old directory during its grace period, relative to the lake's root."""
    before: list[str]
    """Names of all files in the old directory."""
    after: list[LoggedFile]
    """All files in the new directory; a name that is also in `before` is a link to the old file."""

    @property
    def folder(self) -> str:
        """The partition's directory, relative to the lake's root."""
        return f"{self.table}/{self.partition}"

    @property
    def new_names(self) -> list[str]:
        """Names of the files that are only in the new directory; at least one name."""
        return sorted({file.name for file in self.after} - set(self.before))


@dataclass(frozen=True)
class Forgotten:
    """Ids of documents, articles and texts that the lake never ingests again."""

    documents: list[str] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LogEntry:
    """One commit in the log."""

    seq: int
    """Number of the entry; numbers start at 0 and have no gaps."""
    kind: str
    """`create` (writes the empty seed files), `commit`, `compact`, `forget` or `reprocess`."""
    run_id: str
    staging: str
    """Staging directory of the files; each entry has its own."""
    as_of: int
    """Number of the last entry that the run had read before this commit."""
    counts: dict[str, int]
    """Counts: read, articles, duplicates, revisions, rejects, already_ingested, mentions, ..."""
    rejects_by_reason: dict[str, int]
    files: list[LoggedFile] = field(default_factory=list)
    swaps: list[PartitionSwap] = field(default_factory=list)
    forgotten: Forgotten = field(default_factory=Forgotten)
    roots: list[str] = field(default_factory=list)
    """The folders of the inputs and of the web archive, quoted. Names in rejects are relative to them."""

    def file(self, final: str) -> LoggedFile | None:
        """Return the file that this entry publishes at the path `final`; None if there is none."""
        published = [*self.files, *(file for swap in self.swaps for file in swap.after)]
        return next((file for file in published if file.final == final), None)

    def encode(self) -> bytes:
        """Return the entry as JSON."""
        return json.dumps({"format": layout.FORMAT, **asdict(self)}, indent=1).encode()


KINDS = ("create", "commit", "compact", "forget", "reprocess")


def decode(content: bytes, name: str) -> LogEntry:
    """Return the log entry in the bytes `content`; `name` is the entry's path, for messages.

    Raises:
        UnknownFormat: this version of newslake does not support the entry's format or kind.
        Damaged: `content` is not a log entry.
    """
    try:
        fields: dict[str, Any] = json.loads(content)
        format, kind = fields.pop("format"), fields["kind"]
    except NOT_JSON as error:
        raise damaged_json(name, content, error) from error
    if format != layout.FORMAT or kind not in KINDS:
        raise UnknownFormat(
            f"{name} has format {format!r} and kind {kind!r}, which this version of newslake does "
            "not support: use the version that wrote it, or a newer one"
        )
    try:
        if not isinstance(fields["counts"], dict):
            raise TypeError("counts is not an object")
        files = _files(fields.pop("files"))
        swaps = [
            PartitionSwap(**swap | {"after": _files(swap["after"])}) for swap in fields.pop("swaps")
        ]
        forgotten = Forgotten(**fields.pop("forgotten"))
        return LogEntry(**fields, files=files, swaps=swaps, forgotten=forgotten)
    except NOT_JSON as error:
        raise damaged_json(name, content, error) from error


def _files(items: list[dict[str, Any]]) -> list[LoggedFile]:
    files = [LoggedFile(**item) for item in items]
    for file in files:
        parts = file.final.split("/")
        if len(parts) != 3 or not parts[2] or not {".", ".."}.isdisjoint(parts):
            raise ValueError(f"{file.final!r} is not the name of a file of a lake")
    return files


def live_files(entries: Iterable[LogEntry]) -> dict[str, LoggedFile]:
    """Return the files that are live after `entries` (a log from its start), by final path."""
    live: dict[str, LoggedFile] = {}
    for entry in entries:
        live |= {file.final: file for file in entry.files}
        for swap in entry.swaps:
            for name in swap.before:
                live.pop(f"{swap.folder}/{name}", None)
            live |= {file.final: file for file in swap.after}
    return live


class Log:
    """The write-ahead log of one lake."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def last(self, near: int | None = None) -> int | None:
        """Return the number of the last entry; None if the log is empty.

        If entry `near` exists, the search starts there and does not list the whole log.

        Raises:
            UnknownFormat, Damaged, Failure: see `read`.
        """
        if near is None or not self._storage.exists(layout.entry_name(near)):
            last = max(self.numbers(), default=None)
            return last and self.read(last).seq
        while self._storage.exists(layout.entry_name(near + 1)):
            near += 1
        return near

    def read(self, seq: int) -> LogEntry:
        """Return entry `seq`.

        Raises:
            UnknownFormat, Damaged: see `decode`.
            Failure: the file of the entry is missing, or cannot be read.
        """
        path = self._storage.path(layout.entry_name(seq))
        with explained(path):
            content = self._storage.read(layout.entry_name(seq))
        entry = self._decoded(content, str(path))
        if entry.seq != seq:
            raise Damaged(f"{path} is damaged: it holds log entry {entry.seq}; {RESTORE}")
        return entry

    def _decoded(self, content: bytes, name: str) -> LogEntry:
        return decode(content, name)

    def entries(self, until: int | None = None) -> Iterator[LogEntry]:
        """Yield the entries in order, up to entry `until` (by default, all `numbers`).

        Raises:
            UnknownFormat, Damaged, Failure: see `read`.
        """
        for seq in self.numbers() if until is None else range(until + 1):
            yield self.read(seq)

    def numbers(self) -> range:
        """Return the numbers of all entries that the log must have, even if files are lost."""
        names = self._storage.list(layout.LOG)  # one listing, because other processes commit
        found = [int(name[:8]) for name in names if _is_entry(name) or _is_mark(name)]
        return range(max(found, default=-1) + 1)

    def check(self) -> None:
        """Read all entries. A commit after a lost entry could repeat rows of this entry.

        Raises:
            UnknownFormat, Damaged, Failure: see `read`.
        """
        for _ in self.entries():
            pass

    def digest(self, seq: int) -> str | None:
        """Return the SHA-256 of entry `seq` in hex; None if the entry does not exist."""
        try:
            return sha256(self._storage.read(layout.entry_name(seq))).hexdigest()
        except FileNotFoundError:
            return None

    def append(self, entry: LogEntry) -> bool:
        """Write `entry` in one step; return False if an entry with this number exists.

        If the function returns True, the commit is final, even if a later step fails.
        """
        temporary = _temporary_name(entry.seq)
        self._storage.write(temporary, entry.encode())
        self._storage.sync(temporary)
        try:
            self._storage.link(temporary, layout.entry_name(entry.seq))
        except FileExistsError:
            return False
        return True

    def replace(self, entry: LogEntry) -> None:
        """Replace the entry of this number in one step, and make it durable; only for a repair."""
        temporary = _temporary_name(entry.seq)
        self._storage.write(temporary, entry.encode())
        self._storage.sync(temporary)
        self._storage.rename(temporary, layout.entry_name(entry.seq))
        self._storage.sync(layout.LOG)

    def fsync(self, seq: int) -> None:
        """Make entry `seq` durable. The entry then survives a power failure."""
        self._storage.sync(layout.LOG)
        self._storage.remove(_temporary_name(seq))

    def is_done(self, seq: int) -> bool:
        """Return True if all files of entry `seq` are marked as published."""
        return self._storage.exists(layout.done_name(seq))

    def mark_done(self, seq: int) -> None:
        """Mark all files of entry `seq` as published. Unmarked files are published again."""
        self._storage.write(layout.done_name(seq), b"")


def _is_entry(name: str) -> bool:
    return name.endswith(".json") and name[:-5].isdigit() and len(name) == len("00000000.json")


def _is_mark(name: str) -> bool:
    return _is_entry(f"{name.removesuffix('.done')}.json") and name.endswith(".done")


def _temporary_name(seq: int) -> str:
    """Return the path for writing an entry, from which the entry is then linked into the log."""
    return f"{layout.TMP}/entry-{seq:08}"
