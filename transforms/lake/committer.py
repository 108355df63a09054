"""The commit protocol of a lake.

The committer is the process that holds the lake's lock. `Committer.commit` runs the steps of the
protocol in a fixed order. The process may die after any step, and each step may be repeated. Until
the log entry is written, the lake is unchanged. Once the entry exists, the commit is final: if this
process cannot publish the entry's files, the next committer publishes them.
"""

from collections import Counter
from contextlib import suppress
from dataclasses import replace

from newslake.schemas.partitions import UNITS, unit_for
from newslake.schemas.tables import TABLES
from newslake.transforms.failure import RESTORE, explanation
from newslake.transforms.lake import layout
from newslake.transforms.lake.conflicts import Conflicts
from newslake.transforms.lake.errors import Damaged, NoSpace, Stale
from newslake.transforms.lake.log import Log, LogEntry, LoggedFile, PartitionSwap
from newslake.transforms.lake.marker import Marker
from newslake.transforms.lake.parquet import read_table
from newslake.transforms.lake.partitioning import days_of, merge_partitions, without_rows
from newslake.transforms.lake.publishing import (
    create_empty_files,
    fsync_staged,
    fsync_staging,
    publish,
)
from newslake.transforms.lake.staging import GRACE_SECONDS, LEASE_SECONDS, CommitResult, sweep
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import (
    Change,
    StagedPartition,
    Transaction,
    check_balance,
    drop_ingested,
    kept_rows,
)

MIN_FREE_BYTES = 64 * 2**20
"""Minimum free space for a commit, in bytes; with less space, the commit raises `NoSpace`."""


class Committer:
    """Commits transactions and swaps partitions. No other class changes the rows that readers see.

    The caller holds the lake's lock.
    """

    def __init__(self, storage: Storage, log: Log, conflicts: Conflicts) -> None:
        self._storage = storage
        self._log = log
        self.conflicts = conflicts
        """Checks transactions before a commit. It has read the log up to entry `last`."""
        self.last = -1
        """Number of the last log entry."""

    def prepare(self) -> None:
        """Roll the last log entry forward, sweep the staging directories, and sync the index.

        In a new lake, first write log entry 0, which adds the empty seed files.

        Raises:
            LakeError: the lake is damaged or not writable.
        """
        last = self._log.last(self.conflicts.last())
        if last is None:
            if any(map(self._storage.list, TABLES)):
                folder = self._storage.path(layout.LOG)
                raise Damaged(f"{folder} is empty, but the lake has tables; {RESTORE}")
            create_empty_files(self._storage, self._log)
            last = 0
        elif not self._log.is_done(last):
            self._log.fsync(last)  # the writer may have died before the entry was durable
            publish(self._storage, self._log, self._log.read(last))
        self.last = last
        self.sweep()
        self.conflicts.sync(last)

    def sweep(self, grace: float = GRACE_SECONDS, lease: float = LEASE_SECONDS) -> None:
        """Remove staging directories of dead runs, and retired directories after `grace` seconds.

        Does nothing if one of these still holds files of the last log entry to publish.
        """
        if self._log.is_done(self.last):
            sweep(self._storage, grace, lease)

    def commit(self, transaction: Transaction) -> CommitResult:
        """Add `transaction` to the lake, either completely or not at all.

        Documents that the lake has ingested in the meantime are dropped with all their rows.
        Committing a transaction a second time therefore changes nothing.

        Returns:
            The number of the log entry and its counts; the number is None if no rows remained.

        Raises:
            Stale: the decisions of the run are out of date; the caller must retry the run.
            Unbalanced, NoSpace, Damaged: nothing was committed.
        """
        context = transaction.context
        # A stream can have several transactions in one window, for example after a restart.
        if (entry := self._log.read(self.last)).staging == context.staging and not context.stream:
            return CommitResult(entry.seq, entry.counts, entry.rejects_by_reason)
        settings = context.settings
        ingested = self.conflicts.ingested_documents(transaction.documents, settings)
        keep = kept_rows(transaction, ingested)
        remaining = drop_ingested(transaction, ingested, keep)
        check_balance(remaining.counts())
        if not remaining.files:
            return CommitResult(counts=remaining.counts())
        self.conflicts.check(remaining)
        kept = remaining
        if ingested:  # replace each file that loses some rows
            pairs = zip(transaction.files, keep, strict=True)
            files = [one for file, rows in pairs for one in without_rows(self._storage, file, rows)]
            kept = replace(remaining, files=tuple(files))
        kept, notice = self._partition(kept)
        entry = self._entry(kept)
        fsync_staged(self._storage, entry)
        self._append(entry)
        result = CommitResult(entry.seq, entry.counts, entry.rejects_by_reason, warning=notice)
        try:
            self._roll_forward(entry)
        except Exception as error:
            if (cause := explanation(error, self._storage.root)) is None:
                raise
            return replace(
                result,
                warning=f"entry {entry.seq} is committed, but not yet published: {cause}. The next "
                "command that writes to this lake publishes the entry",
            )
        return result

    # --- change

    def change(self, change: Change) -> LogEntry:
        """Swap partitions for the directories that a command staged without holding the lock.

        Files that were added to a partition in the meantime are linked into its new directory.

        Raises:
            Stale: a file that the command has read no longer exists; or the lake has changed after
                a `forget` or `reprocess` command had read it. The caller must start again.
            Unsupported: the file system cannot swap directories.
            NoSpace, Damaged: nothing was committed.
        """
        if change.kind in {"forget", "reprocess"} and self.last != change.as_of:
            raise Stale("another run has committed to the lake since this command read it")
        # Try a swap: a log entry whose swaps cannot be published would block the lake.
        probes = f"{change.staging}/probe-1", f"{change.staging}/probe-2"
        for probe in probes:
            self._storage.make_folder(probe)
        self._storage.swap(*probes)
        seq = self.last + 1
        swaps = [self._swap(seq, number, staged) for number, staged in enumerate(change.partitions)]
        entry = LogEntry(
            seq,
            change.kind,
            change.run_id,
            change.staging,
            change.as_of,
            counts={},
            rejects_by_reason={},
            swaps=swaps,
            forgotten=change.forgotten,
        )
        fsync_staging(self._storage, change.staging)
        self._append(entry)
        self._roll_forward(entry)
        return entry

    def _swap(self, seq: int, number: int, staged: StagedPartition) -> PartitionSwap:
        """Give the staged files their final names; link newer files into the new directory."""
        folder = f"{staged.table}/{staged.partition}"
        live = self._live_files(folder)
        read = {file.name for file in staged.read}
        if not read <= live.keys():
            raise Stale(f"{folder} was changed by another command; run this one again")
        after = []
        for part, file in enumerate(staged.new):
            name = layout.part_name(seq, part + 1_000 * number, file.digest)
            self._storage.rename(f"{staged.folder}/{file.name}", f"{staged.folder}/{name}")
            self._storage.sync(f"{staged.folder}/{name}")
            after.append(replace(file, name=name))
        for name in sorted(live.keys() - read):
            with suppress(FileExistsError):
                self._storage.link(f"{folder}/{name}", f"{staged.folder}/{name}")
            after.append(live[name])
        self._storage.sync(staged.folder)
        retired = layout.retired_name(seq, number)
        return PartitionSwap(
            staged.table, staged.partition, staged.folder, retired, sorted(live), after
        )

    def _live_files(self, folder: str) -> dict[str, LoggedFile]:
        """Return the files in a partition's directory, by name, as described in their log entries.

        Raises:
            Damaged: the directory has a file that newslake did not write: a swap would lose it.
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
        """Write `entry` to the log, if there is enough free space."""
        free = self._storage.free_bytes()
        if free < MIN_FREE_BYTES:
            raise NoSpace(
                f"{self._storage.root}: {free / 2**20:.0f} MB free, but a safe commit needs "
                f"{MIN_FREE_BYTES / 2**20:.0f} MB; free some space and run the same command again"
            )
        if not self._log.append(entry):
            raise Damaged(
                f"{self._storage.root}: entry {entry.seq} of the log appeared while the lock was "
                "held: another program writes here, or the file system's locks do not work"
            )
        self.last = entry.seq

    def _roll_forward(self, entry: LogEntry) -> None:
        """Make an appended entry durable, publish its files and sync the index."""
        self._log.fsync(entry.seq)
        publish(self._storage, self._log, entry)
        self.conflicts.sync(entry.seq)

    # --- log entries

    def _partition(self, transaction: Transaction) -> tuple[Transaction, str | None]:
        """Return the transaction in partitions of the lake's unit; also a notice of a new unit.

        In a new lake, first set the unit.
        """
        marker, notice = Marker.read(self._storage), None
        unit = marker.unit
        if marker.partition is None:
            days = days_of(transaction)
            unit = unit_for(days)
            marker.set_unit(self._storage, unit)
            if unit != UNITS[0]:
                notice = (
                    f"the first commit has rows of {len(days)} different days, so the lake is "
                    f"partitioned by {unit}; --partition sets another unit when a lake is created"
                )
        return merge_partitions(self._storage, transaction, unit), notice

    def _entry(self, transaction: Transaction) -> LogEntry:
        seq, context = self.last + 1, transaction.context
        files = []
        for number, file in enumerate(transaction.files):
            name, rows = layout.part_name(seq, number, file.digest), len(file.keys)
            files.append(
                LoggedFile(
                    file.table, file.partition, file.path, name, rows, file.size, file.digest
                )
            )
        counts, reasons = transaction.counts(), self._rejects_by_reason(files)
        as_of = self.last if context.as_of is None else context.as_of
        return LogEntry(
            seq,
            "commit",
            context.run_id,
            context.staging,
            as_of,
            counts,
            reasons,
            files,
            roots=list(context.roots),
        )

    def _rejects_by_reason(self, files: list[LoggedFile]) -> dict[str, int]:
        """Return the number of staged rejects per reason."""
        reasons: Counter[str] = Counter()
        for file in files:
            if file.table == "rejects":
                rows = read_table(self._storage.path(file.staged), columns=["reason"])
                reasons.update(rows["reason"].to_pylist())
        return dict(sorted(reasons.items()))
