"""The quick checks of a lake for `newslake doctor`. They write nothing and read no rows of articles."""

import os
import sqlite3
from collections.abc import Iterator
from contextlib import closing, suppress
from pathlib import Path

import duckdb

from newslake.pipelines.commands.compact import worth_merging
from newslake.pipelines.commands.repairs import position_fault
from newslake.pipelines.sql.views import run_query
from newslake.schemas.tables import SCHEMA_VERSION, TABLES
from newslake.transforms.dedupe.index import Index
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import RESTORE, Failure
from newslake.transforms.lake import layout
from newslake.transforms.lake.committer import MIN_FREE_BYTES
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LogEntry, live_files
from newslake.transforms.lake.repairer import linked_partitions, names_in_tables, not_folders

LOW_BYTES = 2**30
"""Free disk space below which there is a warning, in bytes."""

IDLE_SECONDS = 86_400.0
"""Small files are reported in partitions without a new file for this number of seconds."""

_OPEN = "SELECT count(*) FROM open_rejects"

Check = tuple[str, str, str, str | None]
"""Level, subject, text, and the command that helps, without `--lake`."""

_REPAIR = "newslake verify --repair"


def lake_findings(path: Path) -> Iterator[Check]:
    """Yield the findings about the lake in the folder `path`, whose marker is correct."""
    lake = open_lake(path)
    if names := not_folders(lake.storage):
        yield "error", "folders", f"{', '.join(names)}: not a folder", _REPAIR
        return
    yield "ok", "schema", f"version {SCHEMA_VERSION}, partitions by {lake.partition_unit}", None
    yield _disk(lake)
    yield _permissions(lake)
    entries: list[LogEntry] = []
    try:
        entries = list(lake.log.entries())
        yield _log(lake)
    except Failure as error:
        yield "error", "log", str(error), "newslake verify"
    if entries:
        yield _files(lake, entries)
        small = list(worth_merging(lake, list(TABLES), IDLE_SECONDS))
        if small:
            yield "warning", "small files", f"in {len(small):,} partitions", "newslake compact"
        else:
            yield "ok", "small files", "none to merge", None
        yield _index(lake)
    yield _staging(lake)
    if names := lake.storage.list(layout.ASIDE):
        text = f"{len(names):,} folders of earlier repairs; delete them if you do not need them"
        yield "ok", layout.ASIDE, text, None
    with suppress(duckdb.Error, Failure):
        [(count,)] = run_query(path, lambda rows: rows.execute(_OPEN).fetchall(), sql=_OPEN)
        command = "newslake replay --dry-run" if count else None
        yield "ok", "open rejects", f"{count:,}", command


def _disk(lake: LakeFolder) -> Check:
    free = lake.storage.free_bytes()
    text = f"{free / 2**30:.1f} GB free"
    if free < MIN_FREE_BYTES:
        return "error", "disk", f"{text}: commits are refused; free some space", None
    return ("warning" if free < LOW_BYTES else "ok"), "disk", text, None


def _permissions(lake: LakeFolder) -> Check:
    names = ["", *(name for name in (layout.LOG, layout.TMP, "_index", *TABLES))]
    names = [name for name in names if lake.storage.exists(name)]
    closed = [name or "." for name in names if not os.access(lake.storage.path(name), os.W_OK)]
    if closed:
        text = f"no permission to write to {', '.join(closed)}: change the owner or the mode"
        return "error", "permissions", text, None
    return "ok", "permissions", "all folders are writable", None


def _log(lake: LakeFolder) -> Check:
    numbers = lake.log.numbers()
    if not numbers and any(map(lake.storage.list, TABLES)):
        return "error", "log", f"it is empty, but the lake has tables; {RESTORE}", None
    unmarked = [seq for seq in numbers if not lake.log.is_done(seq)]
    if unmarked:
        text = f"entry {unmarked[-1]} of {len(numbers)} is not marked as published"
        return "warning", "log", text, _REPAIR
    return "ok", "log", f"{len(numbers)} entries, all published", None


def _files(lake: LakeFolder, entries: list[LogEntry]) -> Check:
    live = live_files(entries)
    sizes = {name: _size(lake.storage.path(name)) for name in live}
    lost = [name for name, size in sizes.items() if size is None]
    changed = [name for name, size in sizes.items() if size not in (None, live[name].size)]
    foreign = [name for name in names_in_tables(lake.storage) if name not in live]
    links = linked_partitions(lake.storage)
    kinds = (lost, "lost"), (changed, "changed"), (links, "links"), (foreign, "not in the log")
    for names, what in kinds:
        if names and (what != "not in the log" or lake.log.is_done(entries[-1].seq)):
            return "error", "files", f"{len(names):,} {what}, such as {names[0]}", _REPAIR
    return "ok", "files", f"{len(live):,}, all with the size in the log", None


def _size(path: Path) -> int | None:
    return path.stat().st_size if path.is_file() else None


def _index(lake: LakeFolder) -> Check:
    if why := position_fault(lake):
        return "error", "index", f"it {why.replace('was', 'is', 1)}", _REPAIR
    try:
        with closing(Index(lake.index_path)) as index:
            position = index.position()
    except sqlite3.Error as error:  # the lake is read-only, for example
        return "warning", "index", f"it cannot be opened ({error})", None
    seq, last = position.seq if position else 0, lake.log.last()
    return "ok", "index", f"at entry {seq} of {last}; the next commit updates it", None


def _staging(lake: LakeFolder) -> Check:
    names = [name for name in lake.storage.list(layout.TMP) if name.startswith("w-")]
    old = [name for name in names if lake.storage.age(f"{layout.TMP}/{name}") > IDLE_SECONDS]
    if old:
        text = f"{len(old):,} staging directories are older than a day"
        return "warning", "staging", text, _REPAIR
    return "ok", "staging", f"{len(names):,} staging directories of the last day", None
