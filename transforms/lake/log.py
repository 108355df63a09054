"""The write-ahead log: numbered entries, each created whole, never changed.

An entry says which staged file becomes which file of the lake. From the moment it exists its
commit will happen; whoever comes next finishes what its writer could not.
"""

import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Damaged, UnknownFormat
from newslake.transforms.lake.storage import Storage


@dataclass(frozen=True)
class LoggedFile:
    """One file of an entry."""

    table: str
    partition: str
    staged: str
    """Its name before the commit, below the lake."""
    name: str
    """Its name in the partition."""
    rows: int
    size: int
    """Bytes."""
    digest: str
    """SHA-256 in hex."""

    @property
    def folder(self) -> str:
        """The partition's folder, below the lake."""
        return f"{self.table}/{self.partition}"

    @property
    def final(self) -> str:
        """Where it shows, below the lake."""
        return f"{self.folder}/{self.name}"


@dataclass(frozen=True)
class PartitionSwap:
    """A partition whose folder is swapped for another one: the same rows, fewer, or made anew."""

    table: str
    partition: str
    staged: str
    """The new folder before the exchange, and the old one just after it, below the lake."""
    retired: str
    """Where the old folder rests until nobody reads in it any more, below the lake."""
    before: list[str]
    """Names of all files of the old folder."""
    after: list[LoggedFile]
    """All files of the new folder; a name of both is one file, linked into both."""

    @property
    def folder(self) -> str:
        """The partition's folder, below the lake."""
        return f"{self.table}/{self.partition}"

    @property
    def new_names(self) -> list[str]:
        """The names by which the new folder is known from the old one; never empty."""
        return sorted({file.name for file in self.after} - set(self.before))


@dataclass(frozen=True)
class Forgotten:
    """What may never come into the lake again, by id."""

    documents: list[str] = field(default_factory=list)
    articles: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)


@dataclass(frozen=True)
class LogEntry:
    """One commit."""

    seq: int
    """Its number, from 0 without gaps."""
    kind: str
    """`create` (the lake's anchors), `commit`, `compact`, `forget` or `reprocess`."""
    run_id: str
    staging: str
    """The room that its files were staged in; no two entries share one."""
    as_of: int
    """The last entry that its run had read."""
    counts: dict[str, int]
    """read, articles, duplicates, revisions, rejects, known, mentions and other tallies."""
    rejects_by_reason: dict[str, int]
    files: list[LoggedFile] = field(default_factory=list)
    swaps: list[PartitionSwap] = field(default_factory=list)
    forgotten: Forgotten = field(default_factory=Forgotten)

    def file(self, final: str) -> LoggedFile | None:
        """Return the file that this entry shows as `final`, None if it does not."""
        brought = [*self.files, *(file for swap in self.swaps for file in swap.after)]
        return next((file for file in brought if file.final == final), None)

    def encode(self) -> bytes:
        """Return the entry as JSON."""
        return json.dumps({"format": layout.FORMAT, **asdict(self)}, indent=1).encode()


KINDS = {"create", "commit", "compact", "forget", "reprocess"}


def decode(content: bytes, name: str) -> LogEntry:
    """Return the entry that `content` holds.

    Raises:
        UnknownFormat: it is of a format or kind that this version does not know.
        Damaged: it is no entry.
    """
    try:
        fields: dict[str, Any] = json.loads(content)
        format, kind = fields.pop("format"), fields["kind"]
    except (ValueError, KeyError, AttributeError, TypeError) as error:
        raise Damaged(f"{name} is no entry of a log: {error}; restore it from a backup") from error
    if format != layout.FORMAT or kind not in KINDS:
        raise UnknownFormat(
            f"{name} is of format {format!r} and kind {kind!r}, which this version of newslake "
            "does not know: use the version that wrote it, or a newer one"
        )
    try:
        files = _files(fields.pop("files"))
        swaps = [
            PartitionSwap(**{**swap, "after": _files(swap["after"])})
            for swap in fields.pop("swaps")
        ]
        forgotten = Forgotten(**fields.pop("forgotten"))
        return LogEntry(**fields, files=files, swaps=swaps, forgotten=forgotten)
    except (KeyError, TypeError) as error:
        raise Damaged(f"{name} is not whole: {error}; restore it from a backup") from error


def _files(items: list[dict[str, Any]]) -> list[LoggedFile]:
    return [LoggedFile(**item) for item in items]


def live_files(entries: Iterable[LogEntry]) -> dict[str, LoggedFile]:
    """Return the files that show after `entries`, a beginning of the log, by name below the lake."""
    live: dict[str, LoggedFile] = {}
    for entry in entries:
        live |= {file.final: file for file in entry.files}
        for swap in entry.swaps:
            for name in swap.before:
                live.pop(f"{swap.folder}/{name}", None)
            live |= {file.final: file for file in swap.after}
    return live


class Log:
    """The entries of one lake."""

    def __init__(self, storage: Storage) -> None:
        self._storage = storage

    def last(self, near: int | None = None) -> int | None:
        """Return the number of the last entry, None if there is none.

        Args:
            near: An entry that is likely to be one of the last; the search then takes as long as
                there are later ones, and not as long as the log.
        """
        if near is None or not self._storage.exists(layout.entry_name(near)):
            numbers = [int(name[:8]) for name in self._storage.list(layout.LOG) if _is_entry(name)]
            return max(numbers, default=None)
        while self._storage.exists(layout.entry_name(near + 1)):
            near += 1
        return near

    def read(self, seq: int) -> LogEntry:
        """Return entry `seq`.

        Raises:
            FileNotFoundError: there is none.
            UnknownFormat, Damaged: see `decode`.
        """
        name = layout.entry_name(seq)
        return decode(self._storage.read(name), f"{self._storage.root}/{name}")

    def entries(self, until: int | None = None) -> Iterator[LogEntry]:
        """Yield the entries in order, up to `until` or the last.

        Raises:
            FileNotFoundError: one is missing.
            UnknownFormat, Damaged: see `decode`.
        """
        last = self.last() if until is None else until
        for seq in range(-1 if last is None else last + 1):
            yield self.read(seq)

    def digest(self, seq: int) -> str | None:
        """Return the SHA-256 of entry `seq` in hex, None if there is none."""
        try:
            return sha256(self._storage.read(layout.entry_name(seq))).hexdigest()
        except FileNotFoundError:
            return None

    def append(self, entry: LogEntry) -> bool:
        """Write `entry` whole; return False if its number is taken.

        Once this has returned True the commit will happen, whatever goes wrong after it.
        """
        whole = _whole_name(entry.seq)
        self._storage.write(whole, entry.encode())
        self._storage.sync(whole)
        try:
            self._storage.link(whole, layout.entry_name(entry.seq))
        except FileExistsError:
            return False
        return True

    def fsync(self, seq: int) -> None:
        """Make sure that entry `seq` survives a power cut."""
        self._storage.sync(layout.LOG)
        self._storage.remove(_whole_name(seq))

    def is_done(self, seq: int) -> bool:
        """Return True if all files of entry `seq` are known to show."""
        return self._storage.exists(layout.done_name(seq))

    def mark_done(self, seq: int) -> None:
        """Remember that all files of entry `seq` show; it is no loss if that is forgotten."""
        self._storage.write(layout.done_name(seq), b"")


def _is_entry(name: str) -> bool:
    return name.endswith(".json") and name[:-5].isdigit() and len(name) == len("00000000.json")


def _whole_name(seq: int) -> str:
    """Return where an entry is written before it gets its name in the log."""
    return f"{layout.TMP}/entry-{seq:08}"
