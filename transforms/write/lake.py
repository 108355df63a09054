"""A lake and its commit protocol: a write-ahead log, one committer at a time.

    with lake.committer() as committer:      # lock; finish what others left; catch up the index
        outcome = committer.commit(bundle)

The order of the steps in `commit` and `_show` is the protocol. Each may be the last that a process
does, and each may be done twice.
"""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow.compute as pc
import pyarrow.parquet as pq

from schemas.tables import SCHEMA_VERSION, TABLES
from transforms.dedupe import index as indexes
from transforms.dedupe.index import Index, Position, Version
from transforms.write import layout
from transforms.write.bundle import Bundle, check_balance, kept_rows, without
from transforms.write.errors import Damaged, LakeError, NoSpace, NotALake, Stale, UnknownFormat
from transforms.write.log import Entry, Log, LoggedFile
from transforms.write.parquet import code_version, prune, to_arrow, write_parquet
from transforms.write.room import Outcome, sweep
from transforms.write.storage import Storage

MIN_FREE_BYTES = 64 * 2**20
"""No commit begins with less free space than this."""

_ANCHOR_DAY = "1970-01-01"
_KEY_COLUMNS = {
    "articles": ["document_id", "article_id", "text_hash", "published_at"],
    "duplicates": ["document_id"],
    "revisions": ["document_id", "article_id", "revision", "text_hash", "published_at"],
    "rejects": ["document_id"],
}
"""What the index is made of."""


class Lake:
    """One lake, on local storage.

    Args:
        storage: Where it lies; or just the folder.
    """

    def __init__(self, storage: Storage | str | Path) -> None:
        self.storage = storage if isinstance(storage, Storage) else Storage(storage)
        self.log = Log(self.storage)

    @property
    def index_path(self) -> Path:
        """Where the index lies."""
        return self.storage.path(layout.INDEX)

    def check(self) -> None:
        """Return if this is a lake that this version can read.

        Raises:
            NotALake, UnknownFormat: it is none.
        """
        try:
            marker: dict[str, Any] = json.loads(self.storage.read(layout.MARKER))
            found = (marker["format"], marker["schema"])
        except (FileNotFoundError, NotADirectoryError) as error:
            raise NotALake(f"{self.storage.root} is no lake: it has no {layout.MARKER}") from error
        except (ValueError, KeyError, TypeError) as error:
            raise Damaged(
                f"{self.storage.root}/{layout.MARKER} is not readable: {error}"
            ) from error
        if found != (layout.FORMAT, SCHEMA_VERSION):
            raise UnknownFormat(
                f"{self.storage.root} has format and schema {found}, this version of newslake knows "
                f"{(layout.FORMAT, SCHEMA_VERSION)}: use the version that wrote it, or a newer one"
            )

    def create(self) -> None:
        """Make the lake if it is not there: its folders, its marker and its anchors.

        Raises:
            NotALake: the folder holds something else.
            UnknownFormat, Unsupported: see there.
        """
        if not self.storage.exists(layout.MARKER):
            ours = {layout.LOCK, layout.LOG, layout.ROOMS}
            if self.storage.root.exists() and not self.storage.root.is_dir():
                raise NotALake(f"{self.storage.root} is a file; a lake is a folder")
            foreign = sorted(set(self.storage.list("")) - ours)
            if foreign:
                raise NotALake(
                    f"{self.storage.root} holds other things ({', '.join(foreign[:3])}) and is no "
                    "lake: name a new or an empty folder"
                )
        for folder in ("", layout.LOG, layout.ROOMS):
            self.storage.make_folder(folder)
        with self.storage.locked(layout.LOCK):
            if not self.storage.exists(layout.MARKER):
                marker = {
                    "format": layout.FORMAT,
                    "schema": SCHEMA_VERSION,
                    "made_by": f"newslake {code_version()}",
                }
                self.storage.write(f"{layout.ROOMS}/marker", json.dumps(marker).encode())
                self.storage.sync(f"{layout.ROOMS}/marker")
                self.storage.link(f"{layout.ROOMS}/marker", layout.MARKER)
                self.storage.sync("")
                self.storage.remove(f"{layout.ROOMS}/marker")
        self.check()
        with self.committer():
            pass  # who holds the lock finishes what is half done, here the anchors

    @contextmanager
    def committer(self) -> Iterator["Committer"]:
        """Wait for the lock, finish what others left unfinished, and hold the lock.

        Raises:
            LakeError: the lake cannot be written to.
        """
        self.check()
        with self.storage.locked(layout.LOCK):
            committer = Committer(self)
            try:
                committer.prepare()
                yield committer
            finally:
                committer.close()


class Committer:
    """Who holds a lake's lock: the only one who changes what readers see."""

    def __init__(self, lake: Lake) -> None:
        self._lake = lake
        self._storage = lake.storage
        self._log = lake.log
        self._index: Index | None = None
        self.last = -1

    @property
    def index(self) -> Index:
        """The index, which knows the lake up to its last entry."""
        assert self._index is not None
        return self._index

    def close(self) -> None:
        """Let go of the index; its transactions have ended before the lock is freed."""
        if self._index is not None:
            self._index.close()

    def prepare(self) -> None:
        """Roll the last entry forward, make the anchors if there are none, catch up the index."""
        last = self._log.last(self._guess_last())
        if last is None:
            self._create_anchors()
            last = 0
        elif not self._log.is_done(last):
            self._show(self._log.read(last))
        self.last = last
        self.sweep()
        self._catch_up()

    def sweep(self) -> None:
        """Clear away what dead runs left; what is committed shows already, so nothing is lost."""
        sweep(self._storage)

    # --- commit

    def commit(self, bundle: Bundle) -> Outcome:
        """Make `bundle` a part of the lake, whole or not at all.

        Documents that the lake has accounted for meanwhile are dropped with all their rows, so that
        a bundle that comes twice changes nothing.

        Returns:
            The entry's number and what it counts; number None if nothing was left to commit.

        Raises:
            Stale: the bundle's decisions are out of date; decide anew.
            Unbalanced, NoSpace, Damaged: nothing was committed.
        """
        if (entry := self._log.read(self.last)).room == bundle.assignment.room:
            return Outcome(entry.seq, entry.counts, entry.rejects_by_reason)
        known = self.index.known_documents(bundle.documents)
        keep = kept_rows(bundle, known)
        left = without(bundle, known, keep)
        check_balance(left.counts())
        if not left.files:
            return Outcome(counts=left.counts())
        self._check_fresh(left)
        bundle = self._prune(bundle, left, keep) if known else bundle

        entry = self._entry(bundle, left)
        self._make_durable(entry, bundle.assignment.room)
        if not self._log.append(entry):
            raise Damaged(
                f"{self._storage.root}: entry {entry.seq} of the log appeared while the lock was "
                "held: another program writes here, or the file system's locks do not work"
            )
        self.last = entry.seq
        outcome = Outcome(entry.seq, entry.counts, entry.rejects_by_reason)
        try:
            self._log.settle(entry.seq)
            self._show(entry)
            self._apply([entry])
        except (OSError, sqlite3.Error) as error:
            return replace(
                outcome,
                warning=f"entry {entry.seq} is committed but does not show yet ({error}); the next "
                "command that writes to this lake will finish it",
            )
        return outcome

    def _check_fresh(self, bundle: Bundle) -> None:
        """Return if what the bundle decided still holds in the light of all that is committed."""
        for key in bundle.keys["articles"]:
            assert key.article_id
            assert key.text_hash
            if self.index.versions(key.article_id) or self.index.article_with_text(key.text_hash):
                raise Stale(f"article {key.article_id} or its text was published by another run")
        new = {key.article_id for key in bundle.keys["articles"]}
        for key in bundle.keys["revisions"]:
            assert key.article_id
            versions = self.index.versions(key.article_id)
            if any(
                version.revision == key.revision or version.text_hash == key.text_hash
                for version in versions
            ):
                raise Stale(f"a version of {key.article_id} was published by another run")
        for table in ("duplicates", "revisions", "mentions"):
            for key in bundle.keys[table]:
                assert key.article_id
                if key.article_id not in new and not self.index.versions(key.article_id):
                    raise Stale(f"article {key.article_id} is no longer in the lake")

    def _prune(self, bundle: Bundle, left: Bundle, keep: list[list[bool]]) -> Bundle:
        """Write the files that lose rows anew, and return the bundle of what is left."""
        remaining = iter(left.files)
        files = []
        for file, rows in zip(bundle.files, keep, strict=True):
            if not any(rows):
                continue
            kept = next(remaining)
            if not all(rows):
                room = self._storage.path(bundle.assignment.room)
                name = f"pruned-{file.name}"
                (room / name).unlink(missing_ok=True)
                digest, size = prune(room / file.name, room / name, file.table, rows)
                kept = replace(kept, name=name, digest=digest, size=size)
            files.append(kept)
        return replace(left, files=tuple(files))

    def _entry(self, bundle: Bundle, left: Bundle) -> Entry:
        seq, assignment = self.last + 1, bundle.assignment
        files = [
            LoggedFile(
                table=file.table,
                partition=file.partition,
                staged=f"{assignment.room}/{file.name}",
                name=layout.part_name(seq, number, file.digest),
                rows=len(file.keys),
                size=file.size,
                digest=file.digest,
            )
            for number, file in enumerate(bundle.files)
        ]
        return Entry(
            seq=seq,
            kind="commit",
            run_id=assignment.run_id,
            room=assignment.room,
            as_of=assignment.as_of,
            counts=left.counts(),
            rejects_by_reason=self._reasons(files),
            files=files,
        )

    def _reasons(self, files: list[LoggedFile]) -> dict[str, int]:
        found: dict[str, int] = {}
        for file in files:
            if file.table == "rejects":
                reasons = pq.ParquetFile(self._staged(file)).read(columns=["reason"])["reason"]
                for row in pc.value_counts(reasons).to_pylist():
                    found[row["values"]] = found.get(row["values"], 0) + row["counts"]
        return dict(sorted(found.items()))

    def _staged(self, file: LoggedFile) -> Path:
        """Return where a staged file lies.

        Raises:
            Damaged: it is gone.
        """
        path = self._storage.path(file.staged)
        if not path.exists():
            raise Damaged(
                f"{path} is gone: the run that staged it was taken for dead; run it again"
            )
        return path

    def _make_durable(self, entry: Entry, room: str) -> None:
        """Bring the staged files safely to disk, so that the entry promises nothing it lacks."""
        for file in entry.files:
            self._staged(file)
            self._storage.sync(file.staged)
        self._storage.sync(room)
        free = self._storage.free_bytes()
        if free < MIN_FREE_BYTES:
            raise NoSpace(
                f"{self._storage.root}: {free / 2**20:.0f} MB free, {MIN_FREE_BYTES / 2**20:.0f} MB "
                "wanted for a safe commit; make room and run the same command again"
            )

    # --- show: what the log has promised

    def _show(self, entry: Entry) -> None:
        """Link the entry's files to where readers see them; what is there already is left alone.

        Raises:
            Damaged: a file is neither staged nor shown.
        """
        for file in entry.files:
            self._storage.make_folder(file.folder)
            try:
                self._storage.link(file.staged, file.final)
            except FileExistsError:
                pass
            except FileNotFoundError as error:
                if not self._storage.exists(file.final):
                    raise Damaged(
                        f"{self._storage.root}: entry {entry.seq} promises {file.final}, but the "
                        "file is gone; restore the lake from a backup"
                    ) from error
        for folder in sorted({file.folder for file in entry.files}):
            self._storage.sync(folder)
        for table in sorted({file.table for file in entry.files}):
            self._storage.sync(table)
        self._storage.sync("")
        self._log.mark_done(entry.seq)

    # --- the index

    def _guess_last(self) -> int | None:
        try:
            index = Index(self._lake.index_path)
            try:
                position = index.position()
            finally:
                index.close()
        except sqlite3.Error:
            return None
        return position.seq if position else None

    def _catch_up(self) -> None:
        """Open the index and bring it up to the last entry; throw it away if the log disagrees."""
        try:
            self._index = Index(self._lake.index_path)
            position = self._index.position()
            if position and self._log.digest(position.seq) == position.digest:
                try:
                    self._apply(
                        [self._log.read(seq) for seq in range(position.seq + 1, self.last + 1)]
                    )
                    return
                except FileNotFoundError:
                    pass  # a file of an old entry was merged into another since
        except sqlite3.DatabaseError as error:
            if not indexes.is_broken(error):
                raise LakeError(f"{self._lake.index_path} cannot be written to: {error}") from error
        self._rebuild()

    def _rebuild(self) -> None:
        self.close()
        indexes.remove(self._lake.index_path)
        self._index = Index(self._lake.index_path)
        self._take_in(self._live_files())

    def _apply(self, entries: list[Entry]) -> None:
        if entries:
            self._take_in(
                (file.table, file.final, entry.seq) for entry in entries for file in entry.files
            )

    def _take_in(self, files: Any) -> None:
        """Apply the key columns of `files`, (table, name, entry) each, in one transaction."""
        documents: list[tuple[str, int]] = []
        versions: list[tuple[Version, int]] = []
        for table, name, seq in files:
            if table not in _KEY_COLUMNS:
                continue
            for row in (
                pq.ParquetFile(self._storage.path(name)).read(_KEY_COLUMNS[table]).to_pylist()
            ):
                documents.append((row["document_id"], seq))
                if "text_hash" in row:
                    version = Version(
                        row["article_id"],
                        row.get("revision", 0),
                        row["text_hash"],
                        row["published_at"],
                    )
                    versions.append((version, seq))
        digest = self._log.digest(self.last)
        assert digest is not None
        self.index.apply(Position(self.last, digest), documents, versions)

    def _live_files(self) -> Iterator[tuple[str, str, int]]:
        for table in _KEY_COLUMNS:
            for partition in self._storage.list(table):
                for name in self._storage.list(f"{table}/{partition}"):
                    if part := layout.PART.fullmatch(name):
                        yield table, f"{table}/{partition}/{name}", int(part["seq"])

    # --- the first entry

    def _create_anchors(self) -> None:
        """Give every table a file without rows, so that a plain glob over an empty one works."""
        room = f"{layout.ROOMS}/w-create"
        self._storage.remove_folder(room)
        self._storage.make_folder(room)
        files = []
        for number, table in enumerate(TABLES.values()):
            staged = f"{room}/{table.name}.parquet"
            digest, size = write_parquet(
                self._storage.path(staged), table.name, to_arrow(table.name, [], "")
            )
            files.append(
                LoggedFile(
                    table=table.name,
                    partition=f"{table.partition_key}={_ANCHOR_DAY}",
                    staged=staged,
                    name=layout.part_name(0, number, digest),
                    rows=0,
                    size=size,
                    digest=digest,
                )
            )
        entry = Entry(0, "create", "", room, -1, {}, {}, files)
        self._make_durable(entry, room)
        self._log.append(entry)
        self._log.settle(entry.seq)
        self._show(entry)
