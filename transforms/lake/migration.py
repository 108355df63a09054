"""Copies a lake of an older schema to a lake of the current schema, with log and forgotten ids.

Columns that the old lake does not have are null. Files keep their names; in the log, only their
sizes and digests change. Files that `compact` or `forget` has replaced stay listed in the log.
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
"""The previous format; it has the same log entries and tables, but uses some other names."""

_LOG_NAMES = {"room": "staging", "exchanges": "swaps"}
"""Renamed keys of a log entry, as `old name: current name`."""

_COUNT_NAMES = {
    "known": "already_ingested",
    "passed_over": "skipped",
    "unread_languages": "unsupported_language",
}
"""Renamed counts of log entries, and renamed columns of `runs`, as `old name: current name`."""


def migrate(old: LakeFolder, target: Path, tick: Callable[[int, int], None]) -> int:
    """Copy the lake `old` to the new folder `target`; return the number of rows.

    The copy is written to `<target>.partial` and renamed when it is complete. If it is interrupted,
    the next call starts from the beginning. `old` is not changed, and it is locked during the copy.

    Args:
        old: A lake of an older schema.
        target: Path of the new lake; it must not exist.
        tick: Called after each file with the number of copied files and the number of all files.

    Raises:
        UnknownFormat: this version does not support the lake, or the lake has the current schema.
        LakeError: the lake has an unfinished commit; or `target` exists or is inside the lake; or
            `<target>.partial` holds other files.
        Damaged: a file differs from the log, or has a column that the current schema does not have.
    """
    _check(old, target)
    partial = LakeFolder(target.with_name(f"{target.name}.partial"))
    with old.storage.locked(layout.LOCK):
        _clear(partial.storage)
        entries = list(_OldLog(old.storage).entries())
        if not entries or not old.log.is_done(entries[-1].seq):
            raise LakeError(
                f"{old.storage.root}: a commit is unfinished; run `newslake verify` with the "
                "version that wrote this lake, then run this command again"
            )
        live = live_files(entries)
        for folder in (layout.LOG, layout.TMP):
            partial.storage.make_folder(folder)
        copies = {}
        for number, file in enumerate(live.values(), start=1):
            copies[file.final] = _copy(old.storage, partial.storage, file)
            tick(number, len(live))
        for entry in _rewritten(entries, copies, list(_new_empty_files(partial.storage, live))):
            partial.log.append(entry)
            partial.log.fsync(entry.seq)
            partial.log.mark_done(entry.seq)
    partial.mark()
    partial.storage.sync_all()
    partial.storage.root.rename(target)
    Storage(target.parent).sync("")
    return sum(file.rows for file in copies.values())


def _check(old: LakeFolder, target: Path) -> None:
    format, schema = old.version()
    if format not in (_OLD_FORMAT, layout.FORMAT) or schema > SCHEMA_VERSION:
        raise UnknownFormat(
            f"{old.storage.root} has format {format} and schema {schema}, which this version of "
            "newslake does not support: use a newer version"
        )
    if (format, schema) == (layout.FORMAT, SCHEMA_VERSION):
        raise UnknownFormat(
            f"{old.storage.root} has schema {schema}, the current one; nothing to migrate"
        )
    if target.exists():
        raise LakeError(f"{target} exists; name a folder that does not exist")
    if target.resolve().is_relative_to(old.storage.root.resolve()):
        raise LakeError(f"{target} is inside the lake to copy; name a folder outside the lake")


class _OldLog(Log):
    """Reads a log of the old or the current format; uses the current names."""

    def read(self, seq: int) -> LogEntry:
        name = layout.entry_name(seq)
        content = self._storage.read(name)
        with suppress(ValueError, AttributeError):  # `decode` reports the error
            fields = json.loads(content)
            if fields.get("format") == _OLD_FORMAT:
                fields = _renamed(fields, _LOG_NAMES) | {"format": layout.FORMAT}
                if isinstance(fields.get("counts"), dict):
                    fields["counts"] = _renamed(fields["counts"], _COUNT_NAMES)
                content = json.dumps(fields).encode()
        return decode(content, f"{self._storage.root}/{name}")


def _renamed(fields: dict[str, Any], names: dict[str, str]) -> dict[str, Any]:
    return {names.get(name, name): value for name, value in fields.items()}


def _clear(partial: Storage) -> None:
    """Remove the incomplete copy of an interrupted migration.

    Raises:
        LakeError: the folder holds other files.
    """
    ours = {layout.LOG, layout.TMP, layout.MARKER, *TABLES}
    if foreign := sorted(set(partial.list("")) - ours):
        raise LakeError(
            f"{partial.root} holds other files ({', '.join(foreign[:3])}), but the incomplete copy "
            "is written there; move the files, or name another target folder"
        )
    if partial.root.exists():
        shutil.rmtree(partial.root)


def _copy(source: Storage, target: Storage, file: LoggedFile) -> LoggedFile:
    """Copy one file with the current columns; return the copy as listed in the new log."""
    rows = pq.ParquetFile(source.path(file.final)).read()
    if rows.num_rows != file.rows:
        raise Damaged(
            f"{source.path(file.final)} has {rows.num_rows} rows, but the log says {file.rows}"
        )
    target.make_folder(file.folder)
    try:
        digest, size = write_parquet(target.path(file.final), file.table, _fit(rows, file.table))
    except (pa.ArrowException, KeyError) as error:
        raise Damaged(f"{source.path(file.final)}: {error}") from error
    return replace(file, digest=digest, size=size)


def _fit(rows: pa.Table, table: str) -> pa.Table:
    """Return `rows` with the current columns, in the current order.

    Raises:
        KeyError: the current schema does not have one of the columns.
        ArrowException: a column has another type; or a required column is missing.
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
    """Write and yield the empty seed file of each table that the old lake does not have."""
    old_tables = {file.table for file in live.values()}
    for table in TABLES.values():
        if table.name not in old_tables:
            file = empty_file(storage, table, layout.TMP)
            storage.make_folder(file.folder)
            storage.rename(file.staged, file.final)
            yield file


def _rewritten(
    entries: list[LogEntry], copies: dict[str, LoggedFile], empty_files: list[LoggedFile]
) -> Iterator[LogEntry]:
    """Yield the log entries with the files replaced by their copies."""

    def copied(files: list[LoggedFile]) -> list[LoggedFile]:
        return [copies.get(file.final, file) for file in files]

    for entry in entries:
        swaps = [replace(one, after=copied(one.after)) for one in entry.swaps]
        files = copied(entry.files) + (empty_files if entry.seq == 0 else [])
        yield replace(entry, files=files, swaps=swaps)
