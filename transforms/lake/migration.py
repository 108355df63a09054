"""A lake of an older schema, copied into one of the newest: the same rows, log and forgotten ids.

A column that the old lake lacks is null. The names of files stay, so that the log needs no other change
than sizes and digests; what `compact` and `forget` replaced long ago is in the log alone, as before.
"""

import json
import shutil
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import replace
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from newslake.schemas.tables import SCHEMA_VERSION, TABLES
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Damaged, LakeError, UnknownFormat
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import Log, LogEntry, LoggedFile, decode, live_files
from newslake.transforms.lake.parquet import stamped_schema, write_parquet
from newslake.transforms.lake.publishing import empty_file
from newslake.transforms.lake.storage import Storage

_OLD_FORMAT = 1
"""The format before; its entries and tables are those of today under other names."""

_LOG_NAMES = {"room": "staging", "exchanges": "swaps"}
"""Keys of an entry of the old format, and what they are today."""

_COUNT_NAMES = {
    "known": "already_ingested",
    "passed_over": "skipped",
    "unread_languages": "unsupported_language",
}
"""Counts of an entry, and columns of `runs`, likewise."""


def migrate(old: LakeFolder, target: Path, tick: Callable[[int, int], None]) -> int:
    """Copy the lake `old` to the folder `target`, which is not there yet; return the number of rows.

    The copy grows beside it and gets its name when it is whole, so that a copy that was killed is
    just begun again. Nothing is written to `old`, and nobody else can meanwhile.

    Args:
        old: A lake of an older schema.
        target: Where the new one is to lie.
        tick: Is told after each file how many are done, and how many there are.

    Raises:
        UnknownFormat: the lake is not older than this version.
        LakeError: it holds an unfinished commit, `target` exists or lies in it, or there is something
            that is not ours where the copy is to grow.
        Damaged: a file is not as the log says, or has a column that newer lakes have not.
    """
    _check(old, target)
    growing = LakeFolder(target.with_name(f"{target.name}.partial"))
    with old.storage.locked(layout.LOCK):
        _clear(growing.storage)
        entries = list(_OldLog(old.storage).entries())
        if not entries or not old.log.is_done(entries[-1].seq):
            raise LakeError(
                f"{old.storage.root}: a commit is unfinished; run `newslake verify` of the version "
                "that wrote this lake, then this command again"
            )
        live = live_files(entries)
        for folder in (layout.LOG, layout.TMP):
            growing.storage.make_folder(folder)
        copies = {}
        for number, file in enumerate(live.values(), start=1):
            copies[file.final] = _copy(old.storage, growing.storage, file)
            tick(number, len(live))
        for entry in _rewritten(entries, copies, list(_new_empty_files(growing.storage, live))):
            growing.log.append(entry)
            growing.log.fsync(entry.seq)
            growing.log.mark_done(entry.seq)
    growing.mark()
    growing.storage.sync_all()
    growing.storage.root.rename(target)
    Storage(target.parent).sync("")
    return sum(file.rows for file in copies.values())


def _check(old: LakeFolder, target: Path) -> None:
    format, schema = old.version()
    if format not in (_OLD_FORMAT, layout.FORMAT) or schema > SCHEMA_VERSION:
        raise UnknownFormat(
            f"{old.storage.root} has format {format} and schema {schema}, which this version of "
            "newslake does not know: use a newer one"
        )
    if (format, schema) == (layout.FORMAT, SCHEMA_VERSION):
        raise UnknownFormat(
            f"{old.storage.root} has schema {schema}, the newest; nothing to migrate"
        )
    if target.exists():
        raise LakeError(f"{target} exists; name a folder that does not")
    if target.resolve().is_relative_to(old.storage.root.resolve()):
        raise LakeError(f"{target} lies in the lake that is to be copied; name a place elsewhere")


class _OldLog(Log):
    """A log of the old format or of today's, with the names of today."""

    def read(self, seq: int) -> LogEntry:
        name = layout.entry_name(seq)
        content = self._storage.read(name)
        with suppress(ValueError, AttributeError):  # `decode` says what is wrong with it
            fields = json.loads(content)
            if fields.get("format") == _OLD_FORMAT:
                fields = _renamed(fields, _LOG_NAMES) | {"format": layout.FORMAT}
                fields["counts"] = _renamed(fields["counts"], _COUNT_NAMES)
                content = json.dumps(fields).encode()
        return decode(content, f"{self._storage.root}/{name}")


def _renamed(fields: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in fields.items()}


def _clear(growing: Storage) -> None:
    """Remove what a copy that was killed left.

    Raises:
        LakeError: there is something that no copy leaves.
    """
    ours = {layout.LOG, layout.TMP, layout.MARKER, *TABLES}
    if foreign := sorted(set(growing.list("")) - ours):
        raise LakeError(
            f"{growing.root} holds other things ({', '.join(foreign[:3])}): the copy would grow "
            "there; move them elsewhere, or name another folder"
        )
    if growing.root.exists():
        shutil.rmtree(growing.root)


def _copy(source: Storage, target: Storage, file: LoggedFile) -> LoggedFile:
    """Copy one file with the columns of today; return what the log is to say of it."""
    rows = pq.ParquetFile(source.path(file.final)).read()
    if rows.num_rows != file.rows:
        raise Damaged(f"{source.path(file.final)} has not the rows that the log says")
    target.make_folder(file.folder)
    try:
        digest, size = write_parquet(target.path(file.final), file.table, _fit(rows, file.table))
    except (pa.ArrowException, KeyError) as error:
        raise Damaged(f"{source.path(file.final)}: {error}") from error
    return replace(file, digest=digest, size=size)


def _fit(rows: pa.Table, table: str) -> pa.Table:
    """Return `rows` with the columns of today, in their order.

    Raises:
        KeyError: there is a column that is none of today's.
        ArrowException: a column has another type, or is missing and may not be null.
    """
    schema = stamped_schema(table)
    if table == "runs":
        rows = rows.rename_columns([_COUNT_NAMES.get(name, name) for name in rows.column_names])
    if unknown := set(rows.column_names) - set(schema.names):
        raise KeyError(f"{table} has no column {', '.join(sorted(unknown))}")
    columns = [
        rows[field.name].cast(field.type)
        if field.name in rows.column_names
        else pa.nulls(rows.num_rows, field.type)
        for field in schema
    ]
    fitted = pa.Table.from_arrays(columns, schema=schema)
    fitted.validate(full=True)
    return fitted


def _new_empty_files(storage: Storage, live: dict[str, LoggedFile]) -> Iterator[LoggedFile]:
    """Write and yield an anchor for each table that the old lake had not."""
    there = {file.table for file in live.values()}
    for table in TABLES.values():
        if table.name not in there:
            file = empty_file(storage, table, layout.TMP)
            storage.make_folder(file.folder)
            storage.rename(file.staged, file.final)
            yield file


def _rewritten(
    entries: list[LogEntry], copies: dict[str, LoggedFile], empty_files: list[LoggedFile]
) -> Iterator[LogEntry]:
    """Yield the entries with what they say of each file true of its copy."""

    def copied(files: list[LoggedFile]) -> list[LoggedFile]:
        return [copies.get(file.final, file) for file in files]

    for entry in entries:
        swaps = [replace(one, after=copied(one.after)) for one in entry.swaps]
        files = copied(entry.files) + (empty_files if entry.seq == 0 else [])
        yield replace(entry, files=files, swaps=swaps)
