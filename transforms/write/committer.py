"""Who holds a lake's lock, and what he does with it: the commit protocol.

The order of the steps in `Committer.commit` is the protocol. Each may be the last that a process
does, and each may be done twice. Up to the log's entry nothing has happened; from there on the
commit will be shown, if not by us, then by the next one who takes the lock.
"""

import sqlite3
from collections import Counter
from dataclasses import replace
from pathlib import Path

import pyarrow.parquet as pq

from transforms.dedupe.index import Index
from transforms.write import layout
from transforms.write.bundle import Bundle, check_balance, kept_rows, without
from transforms.write.catch_up import apply, caught_up, likely_last
from transforms.write.errors import Damaged, LakeError, NoSpace, Stale
from transforms.write.log import Entry, Log, LoggedFile
from transforms.write.parquet import prune
from transforms.write.room import Outcome, sweep
from transforms.write.show import create_anchors, make_durable, show
from transforms.write.storage import Storage

MIN_FREE_BYTES = 64 * 2**20
"""No commit begins with less free space than this."""


class Committer:
    """Who holds a lake's lock: the only one who changes what readers see."""

    def __init__(self, storage: Storage, log: Log, index_path: Path) -> None:
        self._storage = storage
        self._log = log
        self._index_path = index_path
        self._index: Index | None = None
        self.last = -1
        """The last entry of the log."""

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
        """Show what the last entry promised, clear away what the dead left, catch up the index.

        Raises:
            LakeError: the lake is damaged, or not writable.
        """
        last = self._log.last(likely_last(self._index_path))
        if last is None:
            create_anchors(self._storage, self._log)
            last = 0
        elif not self._log.is_done(last):
            self._log.settle(last)  # its writer may have died before the entry was durable
            show(self._storage, self._log, self._log.read(last))
        self.last = last
        self.sweep()
        self._index = caught_up(self._index_path, self._storage, self._log, last)

    def sweep(self) -> None:
        """Clear away what dead runs left; what is committed shows already, so nothing is lost."""
        sweep(self._storage)

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
        make_durable(self._storage, entry, bundle.assignment.room)
        self._check_space()
        if not self._log.append(entry):
            raise Damaged(
                f"{self._storage.root}: entry {entry.seq} of the log appeared while the lock was "
                "held: another program writes here, or the file system's locks do not work"
            )
        self.last = entry.seq
        outcome = Outcome(entry.seq, entry.counts, entry.rejects_by_reason)
        try:
            self._log.settle(entry.seq)
            show(self._storage, self._log, entry)
            apply(self.index, self._storage, self._log, [entry])
        except (OSError, sqlite3.Error, LakeError) as error:
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
            assert key.text_hash
            known = self.index.article_with_text(key.text_hash, bundle.assignment.as_of)
            if self.index.article_with_text(key.text_hash) != known:
                raise Stale(f"the text of a version of {key.article_id} was published meanwhile")
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
