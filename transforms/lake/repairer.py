"""Repairs the files of a lake: what the log lists, and what is there. The caller holds the lake's lock.

No repair removes a row that readers see. What a repair takes away, it moves to a new folder in `_aside`.
"""

import glob
import os
import shlex
import shutil
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from hashlib import file_digest
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from newslake.schemas.tables import TABLES
from newslake.transforms.failure import Failure
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.log import Log, LogEntry, LoggedFile, live_files
from newslake.transforms.lake.publishing import empty_file, has_all, publish
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import OUTCOMES

REPROCESS = "run `newslake reprocess --events`"


@dataclass(frozen=True)
class RepairStep:
    """A repair that was made; one of the steps of `verify --repair`."""

    what: str
    """What was wrong, and what was done."""
    undo: str | None = None
    """The shell command that puts back what was set aside; None if nothing was set aside."""


class Repairer:
    """Repairs the files of one lake."""

    def __init__(self, storage: Storage, log: Log) -> None:
        self._storage = storage
        self._log = log

    def repair(self) -> Iterator[RepairStep]:
        """Make each repair that is possible and yield it. Afterwards, a second call yields nothing."""
        yield from self._folders()
        yield from self._stray_marks()
        yield from self._last_entry()
        yield from self._marks()
        entries, unreadable = self._entries()
        live = live_files(entries)
        if entries and not unreadable:
            yield from self._lost_files(live)
        yield from self._damaged_files(live)
        if entries:
            yield from self._foreign_files(live, unreadable)
        yield from self._abandoned(entries)

    def set_aside(self, name: str, what: str, remade: bool = False) -> RepairStep:
        """Move the file or folder `name` to a new folder in `_aside`; return the repair `what`.

        `remade` is true if the name will be used again, so that undoing it removes the new one.
        """
        target = f"{self._aside_folder()}/{Path(name).name}"
        self._storage.rename(name, target)
        self._storage.sync(str(Path(name).parent))
        return self._step(what, target, name, remade)

    # --- the folders

    def _folders(self) -> Iterator[RepairStep]:
        """Set aside what has the name of a folder and is none; replace links that readers do not follow."""
        storage = self._storage
        for name in not_folders(storage):
            place = f"{name}-file"
            storage.rename(name, place)  # it may have the name of the folder for what is set aside
            yield self.set_aside(place, f"{name} was not a folder; it was renamed to {place}")
        if not storage.exists(layout.TMP):
            storage.make_folder(layout.TMP)
            yield RepairStep(f"{layout.TMP} was missing: it is an empty folder now")
        for name in linked_partitions(storage):
            copy = f"{layout.TMP}/{Path(name).name}"
            storage.remove_folder(copy)
            shutil.copytree(storage.path(name), storage.path(copy))
            yield self.set_aside(
                name, f"{name} was a link, which readers do not follow: it is a copy now"
            )
            storage.rename(copy, name)

    # --- the log

    def _entries(self) -> tuple[list[LogEntry], set[int]]:
        """Return the readable entries, and the numbers of the others."""
        entries, unreadable = [], set()
        for seq in self._log.numbers():
            try:
                entries.append(self._log.read(seq))
            except Failure:
                unreadable.add(seq)
        return entries, unreadable

    def _stray_marks(self) -> Iterator[RepairStep]:
        """Set marks after the last entry aside, unless files show that their entries are lost."""
        marks = [seq for seq in self._log.numbers() if self._log.is_done(seq)]
        parts = (layout.PART.fullmatch(Path(name).name) for name in names_in_tables(self._storage))
        used = {int(part["seq"]) for part in parts if part}
        for seq in reversed(marks):
            if self._storage.exists(layout.entry_name(seq)) or seq in used:
                return
            name = layout.done_name(seq)
            yield self.set_aside(name, f"{name} marked an entry that does not exist")

    def _last_entry(self) -> Iterator[RepairStep]:
        """Complete the last entry. If files are lost that nobody has seen, make it without them."""
        if not (numbers := self._log.numbers()) or self._log.is_done(numbers[-1]):
            return
        with suppress(Failure):
            entry = self._log.read(numbers[-1])
            try:
                publish(self._storage, self._log, entry)
            except Damaged:
                yield from self._without_lost_files(entry)
            else:
                yield RepairStep(f"log entry {entry.seq} was not complete: its files are published")

    def _without_lost_files(self, entry: LogEntry) -> Iterator[RepairStep]:
        """Replace `entry` by an entry with the files that exist; if no file is published, with none."""
        storage = self._storage
        for file in entry.files:
            if not (file.rows or storage.exists(file.final) or storage.exists(file.staged)):
                yield from self._seed_again(file)
        is_seen = any(storage.exists(file.final) for file in entry.files)
        files = [
            file
            for file in entry.files
            if is_seen and (storage.exists(file.final) or storage.exists(file.staged))
        ]
        swaps = [
            swap
            for swap in entry.swaps
            if has_all(storage, swap.folder, swap.new_names)
            or has_all(storage, swap.staged, swap.new_names)
        ]
        name = layout.entry_name(entry.seq)
        target = f"{self._aside_folder()}/{Path(name).name}"
        storage.link(name, target)
        counts = _counts(entry, files)
        changed = replace(entry, files=files, swaps=swaps, counts=counts, rejects_by_reason={})
        self._log.replace(changed)
        publish(storage, self._log, changed)
        dropped = [one for one in entry.files if one not in files]
        lost = len(dropped) + len(entry.swaps) - len(swaps)
        again = "its documents come back when their inputs are ingested again"
        if files and any(one.table == "mentions" for one in dropped):
            again += f"; for the events of its articles, {REPROCESS}"
        if entry.kind != "commit":
            again = f"run the command again ({entry.kind})"
        what = f"log entry {entry.seq} could not be completed: it is abandoned for {lost} lost files; {again}"
        yield self._step(what, target, name)

    def _marks(self) -> Iterator[RepairStep]:
        """Mark all entries before the last as published: a later entry exists only if they were."""
        for seq in self._log.numbers()[:-1]:
            if self._storage.exists(layout.entry_name(seq)) and not self._log.is_done(seq):
                self._log.mark_done(seq)
                yield RepairStep(f"log entry {seq} was not marked as published: it is marked now")

    # --- the files of the tables

    def _lost_files(self, live: dict[str, LoggedFile]) -> Iterator[RepairStep]:
        """Put lost files back that have another name now; write lost empty seed files again."""
        storage = self._storage
        lost = {one.digest: one for name, one in live.items() if not storage.exists(name)}
        sizes = {one.size for one in lost.values()}
        for path in self._files_not_in(live) if lost else ():
            if path.stat().st_size in sizes and (file := lost.pop(_digest(path), None)):
                name = str(path.relative_to(storage.root))
                storage.make_folder(file.folder)
                storage.rename(name, file.final)
                yield RepairStep(f"{file.final} had the name {name}: it has its own name again")
        for file in lost.values():
            if file.rows == 0:
                yield from self._seed_again(file)

    def _seed_again(self, file: LoggedFile) -> Iterator[RepairStep]:
        made = empty_file(self._storage, TABLES[file.table], layout.TMP)
        if made.digest == file.digest:
            self._storage.make_folder(file.folder)
            self._storage.rename(made.staged, file.final)
            yield RepairStep(f"{file.final} was missing: it has no rows and was written again")
        else:
            self._storage.remove(made.staged)

    def _damaged_files(self, live: dict[str, LoggedFile]) -> Iterator[RepairStep]:
        """Set listed files aside that no reader can open, so that readers can read the others.

        pyarrow refuses some footers that DuckDB reads.
        """
        for name, file in live.items():
            path = self._storage.path(name)
            if path.exists() and not (path.is_file() and (_is_parquet(path) or _rows(path))):
                what = f"{name} could not be opened, so no reader could read {file.table}"
                yield self.set_aside(name, what)

    def _foreign_files(
        self, live: dict[str, LoggedFile], unreadable: set[int]
    ) -> Iterator[RepairStep]:
        """Set files and folders aside that the log does not list, unless they contain other rows."""
        for name in names_in_tables(self._storage):
            part = layout.PART.fullmatch(Path(name).name)
            if name in live or (part and int(part["seq"]) in unreadable):
                continue
            path, table = self._storage.path(name), name.split("/")[0]
            inside = [*path.rglob("*.parquet")] if path.is_dir() else [path]
            files = [one for one in inside if one.is_file()]  # a named pipe would block its reader
            if not any(self._has_other_rows(one, table, live) for one in files):
                yield self.set_aside(name, f"{name} was not in the log")

    def _has_other_rows(self, path: Path, table: str, live: dict[str, LoggedFile]) -> bool:
        """Return whether a file has rows of `table` that no listed file has."""
        columns = ", ".join(TABLES[table].unique) or "*"
        listed = [
            self._storage.path(name)
            for name, one in live.items()
            if one.table == table and self._storage.path(name).is_file()
        ]
        rows = f"SELECT {columns} FROM read_parquet(?, hive_partitioning = false)"
        count = _rows(path, columns)  # 0 if no reader can read it as a part of this table
        if not (count and listed):
            return bool(count)
        given = [_escaped(path)]
        with duckdb.connect() as database:
            sql = f"SELECT count(*) FROM ({rows} EXCEPT {rows})"
            [(count,)] = database.execute(sql, [given, [*map(_escaped, listed)]]).fetchall()
        return bool(count)

    def _files_not_in(self, live: dict[str, LoggedFile]) -> list[Path]:
        """Return the files in the folders of the tables that the log does not list."""
        paths = [
            self._storage.path(name) for name in names_in_tables(self._storage) if name not in live
        ]
        inside = (path.rglob("*") if path.is_dir() else [path] for path in paths)
        return [path for found in inside for path in found if path.is_file()]

    # --- temporary files

    def _abandoned(self, entries: list[LogEntry]) -> Iterator[RepairStep]:
        """Set the staging directories of dead runs aside, and folders that newslake does not know.

        The next commit deletes the staging directories of runs that have committed.
        """
        numbers = self._log.numbers()
        if not numbers or not self._log.is_done(numbers[-1]):
            return
        committed = {entry.staging for entry in entries}
        for name in self._storage.list(layout.TMP):
            path = f"{layout.TMP}/{name}"
            kept_for_a_time = name.startswith(("retired-", "s-"))  # `s-`: windows of streams
            if kept_for_a_time or not self._storage.path(path).is_dir():
                continue
            if path in committed or self._storage.exists(f"{path}/{layout.RESULT}"):
                continue
            if name.startswith("w-"):
                alive = self._storage.hold(f"{path}/{layout.ALIVE}")
                if alive is None:
                    continue
                self._storage.release(alive)
            yield self.set_aside(path, f"{path} was left over by a run that ended")

    # --- putting aside

    def _aside_folder(self) -> str:
        """Create and return a new folder in `_aside`."""
        used = [int(name) for name in self._storage.list(layout.ASIDE) if name.isdigit()]
        folder = f"{layout.ASIDE}/{max(used, default=0) + 1:04}"
        self._storage.make_folder(folder)
        return folder

    def _step(self, what: str, target: str, name: str, remade: bool = False) -> RepairStep:
        old, new = (shlex.quote(str(self._storage.path(one))) for one in (name, target))
        undo = f"rm -r {old} && mv {new} {old}" if remade else f"mv {new} {old}"
        return RepairStep(f"{what}; it is set aside as {target}", undo)


def names_in_tables(storage: Storage) -> Iterator[str]:
    """Yield the files in all partitions, and all else in the folders of the tables."""
    for table in TABLES:
        for partition in storage.list(table):
            folder = f"{table}/{partition}"
            is_partition = layout.PARTITION.fullmatch(partition)
            if not (is_partition and storage.path(folder).is_dir()):
                yield folder
                continue
            yield from (f"{folder}/{name}" for name in storage.list(folder))


def not_folders(storage: Storage) -> list[str]:
    """Return the names of folders of a lake that are files, or links to nothing."""
    paths = {name: storage.path(name) for name in (layout.TMP, layout.ASIDE, *TABLES)}
    return [name for name, path in paths.items() if os.path.lexists(path) and not path.is_dir()]


def linked_partitions(storage: Storage) -> list[str]:
    """Return the partitions that are symbolic links to folders; globs do not follow such links."""
    return [
        f"{table}/{name}"
        for table in TABLES
        if storage.path(table).is_dir()
        for name in storage.list(table)
        if layout.PARTITION.fullmatch(name)
        and storage.path(f"{table}/{name}").is_symlink()
        and storage.path(f"{table}/{name}").is_dir()
    ]


def _counts(entry: LogEntry, files: list[LoggedFile]) -> dict[str, int]:
    """Return the counts of `entry` with only these `files`; they are balanced."""
    if not entry.counts:
        return {}
    counts = dict(entry.counts)
    for table in TABLES:
        if table in counts:
            counts[table] = sum(file.rows for file in files if file.table == table)
    if not files:
        counts["already_ingested"] = 0
    return counts | {"read": sum(counts.get(name, 0) for name in OUTCOMES)}


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _is_parquet(path: Path) -> bool:
    """Return whether the footer of a file can be read."""
    try:
        pq.read_metadata(path)
    except (pa.ArrowException, OSError):
        return False
    return True


def _rows(path: Path, columns: str = "*") -> int:
    """Return the number of rows that DuckDB can read; 0 if it cannot read the file."""
    sql = f"SELECT count(*) FROM (SELECT {columns} FROM read_parquet(?, hive_partitioning = false))"
    try:
        with duckdb.connect() as database:
            [(count,)] = database.execute(sql, [[_escaped(path)]]).fetchall()
    except duckdb.Error:
        return 0
    return int(count)


def _escaped(path: str | Path) -> str:
    return glob.escape(str(path))
