"""Who holds a lake's lock, and what he does with it: the commit protocol.

The order of the steps in `Committer.commit` is the protocol. Each may be the last that a process
does, and each may be done twice. Up to the log's entry nothing has happened; from there on the
commit will be shown, if not by us, then by the next one who takes the lock.
"""

import sqlite3
from collections import Counter
from contextlib import suppress
from dataclasses import replace

import pyarrow.parquet as pq

from newslake.transforms.lake import layout
from newslake.transforms.lake.conflicts import Conflicts
from newslake.transforms.lake.errors import Damaged, LakeError, NoSpace, Stale
from newslake.transforms.lake.log import Log, LogEntry, LoggedFile, PartitionSwap
from newslake.transforms.lake.parquet import prune
from newslake.transforms.lake.publishing import (
    create_empty_files,
    fsync_staged,
    fsync_staging,
    publish,
)
from newslake.transforms.lake.staging import GRACE_SECONDS, CommitResult, sweep
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import (
    Change,
    StagedPartition,
    Transaction,
    check_balance,
    kept_rows,
    without,
)

MIN_FREE_BYTES = 64 * 2**20
"""No commit begins with less free space than this."""


class Committer:
    """Who holds a lake's lock: the only one who changes what readers see."""

    def __init__(self, storage: Storage, log: Log, conflicts: Conflicts) -> None:
        self._storage = storage
        self._log = log
        self.conflicts = conflicts
        """What it asks before it commits; it knows the lake up to `last`."""
        self.last = -1
        """The last entry of the log."""

    def prepare(self) -> None:
        """Show what the last entry promised, clear away what the dead left, catch up the index.

        Raises:
            LakeError: the lake is damaged, or not writable.
        """
        last = self._log.last(self.conflicts.last())
        if last is None:
            create_empty_files(self._storage, self._log)
            last = 0
        elif not self._log.is_done(last):
            self._log.fsync(last)  # its writer may have died before the entry was durable
            publish(self._storage, self._log, self._log.read(last))
        self.last = last
        self.sweep()
        self.conflicts.sync(last)

    def sweep(self, grace: float = GRACE_SECONDS) -> None:
        """Clear away what dead runs left, and old folders that have rested for `grace` seconds.

        What is committed shows already, so nothing is lost.
        """
        sweep(self._storage, grace)

    def commit(self, transaction: Transaction) -> CommitResult:
        """Make `transaction` a part of the lake, whole or not at all.

        Documents that the lake has accounted for meanwhile are dropped with all their rows, so that
        a bundle that comes twice changes nothing.

        Returns:
            The entry's number and what it counts; number None if nothing was left to commit.

        Raises:
            Stale: the bundle's decisions are out of date; decide anew.
            Unbalanced, NoSpace, Damaged: nothing was committed.
        """
        if (entry := self._log.read(self.last)).staging == transaction.context.staging:
            return CommitResult(entry.seq, entry.counts, entry.rejects_by_reason)
        known = self.conflicts.known_documents(transaction.documents)
        keep = kept_rows(transaction, known)
        left = without(transaction, known, keep)
        check_balance(left.counts())
        if not left.files:
            return CommitResult(counts=left.counts())
        self.conflicts.check(left)
        transaction = self._prune(transaction, left, keep) if known else transaction

        entry = self._entry(transaction, left)
        fsync_staged(self._storage, entry, transaction.context.staging)
        self._check_space()
        self._append(entry)
        outcome = CommitResult(entry.seq, entry.counts, entry.rejects_by_reason)
        try:
            self._carry_out(entry)
        except (OSError, sqlite3.Error, LakeError) as error:
            return replace(
                outcome,
                warning=f"entry {entry.seq} is committed but does not show yet ({error}); the next "
                "command that writes to this lake will finish it",
            )
        return outcome

    # --- change

    def change(self, change: Change) -> LogEntry:
        """Exchange partitions for folders that were staged without the lock.

        Files that came into a partition meanwhile are linked into its new folder.

        Raises:
            Stale: a file that was read for it is gone, or more came than it may take over; begin again.
            Unsupported: the file system cannot exchange folders.
            NoSpace, Damaged: nothing was changed.
        """
        if change.kind in {"forget", "reprocess"} and self.last != change.as_of:
            raise Stale("the lake has changed since it was searched for what is to be changed")
        self._check_swap(change.staging)
        seq = self.last + 1
        swaps = [self._swap(seq, number, staged) for number, staged in enumerate(change.partitions)]
        entry = LogEntry(
            seq=seq,
            kind=change.kind,
            run_id=change.run_id,
            staging=change.staging,
            as_of=change.as_of,
            counts={},
            rejects_by_reason={},
            swaps=swaps,
            forgotten=change.forgotten,
        )
        fsync_staging(self._storage, change.staging)
        self._check_space()
        self._append(entry)
        self._carry_out(entry)
        return entry

    def _check_swap(self, staging: str) -> None:
        """Return if folders can be exchanged here: an entry that cannot be shown would block the lake.

        Raises:
            Unsupported: they cannot.
        """
        one, other = f"{staging}/probe-1", f"{staging}/probe-2"
        for folder in (one, other):
            self._storage.make_folder(folder)
        self._storage.swap(one, other)

    def _swap(self, seq: int, number: int, staged: StagedPartition) -> PartitionSwap:
        """Name the files of a staged folder, and link in what came since it was staged."""
        live = f"{staged.table}/{staged.partition}"
        there = self._live_in(live)
        read = {file.name for file in staged.read}
        if not read <= there.keys():
            raise Stale(f"{live} was changed by another command; run this one again")
        after = []
        for part, file in enumerate(staged.new):
            name = layout.part_name(seq, part + 1_000 * number, file.digest)
            self._storage.rename(f"{staged.folder}/{file.name}", f"{staged.folder}/{name}")
            self._storage.sync(f"{staged.folder}/{name}")
            after.append(replace(file, name=name))
        for name in sorted(there.keys() - read):
            with suppress(FileExistsError):
                self._storage.link(f"{live}/{name}", f"{staged.folder}/{name}")
            after.append(there[name])
        self._storage.sync(staged.folder)
        return PartitionSwap(
            table=staged.table,
            partition=staged.partition,
            staged=staged.folder,
            retired=layout.retired_name(seq, number),
            before=sorted(there),
            after=after,
        )

    def _live_in(self, folder: str) -> dict[str, LoggedFile]:
        """Return the files of a partition by name, as the entries that brought them describe them.

        Raises:
            Damaged: a file that is not ours lies there, and would be lost in an exchange.
        """
        found = {}
        for name in self._storage.list(folder):
            part = layout.PART.fullmatch(name)
            file = part and self._log.read(int(part["seq"])).file(f"{folder}/{name}")
            if not file:
                raise Damaged(
                    f"{self._storage.root}/{folder}/{name} was not written by newslake: move it "
                    "elsewhere and run the same command again"
                )
            found[name] = file
        return found

    def _append(self, entry: LogEntry) -> None:
        if not self._log.append(entry):
            raise Damaged(
                f"{self._storage.root}: entry {entry.seq} of the log appeared while the lock was "
                "held: another program writes here, or the file system's locks do not work"
            )
        self.last = entry.seq

    def _carry_out(self, entry: LogEntry) -> None:
        """Do what an entry that has just been appended promises."""
        self._log.fsync(entry.seq)
        publish(self._storage, self._log, entry)
        self.conflicts.sync(entry.seq)

    # --- checks

    def _prune(
        self, transaction: Transaction, left: Transaction, keep: list[list[bool]]
    ) -> Transaction:
        """Write the files that lose rows anew, and return the bundle of what is left."""
        remaining = iter(left.files)
        files = []
        for file, rows in zip(transaction.files, keep, strict=True):
            if not any(rows):
                continue
            kept = next(remaining)
            if not all(rows):
                staging = self._storage.path(transaction.context.staging)
                name = f"pruned-{file.name}"
                (staging / name).unlink(missing_ok=True)
                digest, size = prune(staging / file.name, staging / name, file.table, rows)
                kept = replace(kept, name=name, digest=digest, size=size)
            files.append(kept)
        return replace(left, files=tuple(files))

    def _entry(self, transaction: Transaction, left: Transaction) -> LogEntry:
        seq, context = self.last + 1, transaction.context
        files = [
            LoggedFile(
                table=file.table,
                partition=file.partition,
                staged=f"{context.staging}/{file.name}",
                name=layout.part_name(seq, number, file.digest),
                rows=len(file.keys),
                size=file.size,
                digest=file.digest,
            )
            for number, file in enumerate(transaction.files)
        ]
        return LogEntry(
            seq=seq,
            kind="commit",
            run_id=context.run_id,
            staging=context.staging,
            as_of=context.as_of,
            counts=left.counts(),
            rejects_by_reason=self._reasons(files),
            files=files,
        )

    def _reasons(self, files: list[LoggedFile]) -> dict[str, int]:
        """Return how many rows of the staged rejects have each reason."""
        reasons: Counter[str] = Counter()
        for file in files:
            if file.table == "rejects":
                staged = pq.ParquetFile(self._storage.path(file.staged))
                reasons.update(staged.read(columns=["reason"])["reason"].to_pylist())
        return dict(sorted(reasons.items()))

    def _check_space(self) -> None:
        free = self._storage.free_bytes()
        if free < MIN_FREE_BYTES:
            raise NoSpace(
                f"{self._storage.root}: {free / 2**20:.0f} MB free, {MIN_FREE_BYTES / 2**20:.0f} MB "
                "wanted for a safe commit; make room and run the same command again"
            )
