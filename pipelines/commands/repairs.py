"""`newslake verify --repair`: repairs the files and the index of a lake, and names what is lost."""

import os
import shlex
import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing, suppress
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb
import pyarrow as pa

from newslake.pipelines.sql.views import connect_tables
from newslake.transforms.dedupe.index import Index
from newslake.transforms.failure import RESTORE, Failure, is_damaged
from newslake.transforms.lake import layout
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LogEntry, LoggedFile, live_files
from newslake.transforms.lake.repairer import Repairer, RepairStep, names_in_tables
from newslake.transforms.lake.transaction import STORED
from newslake.transforms.read.names import unquote

_INDEX_FOLDER = str(Path(layout.INDEX).parent)
_IDS = " UNION ALL ".join(
    [f"SELECT unnest([document_id, rejected_id]) AS id FROM {name}" for name in STORED]
    + ["SELECT document_id FROM rejects", "SELECT unnest($1::VARCHAR[])"]
)
"""SQL for the ids of all documents that the lake knows; the parameter has the forgotten ids."""


@dataclass(frozen=True)
class Lost:
    """A file that the log lists and that no longer exists."""

    name: str
    documents: list[str]
    """The ids of its documents, each with its URL if it is known."""
    remedy: str
    """How to get the documents again."""


def repair(lake: LakeFolder) -> Iterator[RepairStep]:
    """Make each repair that is possible, and yield it.

    Raises:
        LakeError: the lake is not writable.
    """
    with lake.storage.locked(layout.LOCK):
        repairer = Repairer(lake.storage, lake.log)
        yield from repairer.repair()
        why = step = None
        with suppress(duckdb.Error):
            why = index_fault(lake) if is_rebuildable(lake) else None
        if why:
            folder = lake.storage.path(_INDEX_FOLDER)
            is_other = os.path.lexists(folder) and not folder.is_dir()
            step = RepairStep(f"the index {why}")
            if is_other or lake.storage.list(_INDEX_FOLDER):
                step = repairer.set_aside(_INDEX_FOLDER, step.what, remade=True)
    is_built = False
    with suppress(Failure), lake.committer():
        is_built = True  # `verify` reports a failure
    if step:
        done = "it was built again" if is_built else "it could not be built again"
        yield replace(step, what=f"{step.what}; {done}")


def is_rebuildable(lake: LakeFolder) -> bool:
    """Return whether the index can be built from the files: all entries and files are there."""
    try:
        return bool(lake.log.numbers()) and not _missing(lake)
    except Failure:
        return False


def position_fault(lake: LakeFolder) -> str | None:
    """Return why the index does not fit the log; None if it fits, or is only behind."""
    path = lake.index_path
    if not path.is_file():
        return "was a folder" if path.exists() else "was missing"
    position = None
    try:
        if path.stat().st_size:  # in an empty file, `Index` would create its tables
            with closing(Index(path)) as index:
                position = index.position()
    except sqlite3.Error as error:
        return f"was damaged ({error})" if is_damaged(error) else None
    if position is None:
        return "was empty, or of another version"
    digest = lake.log.digest(position.seq)
    if digest is None:
        return f"was ahead of the log, at entry {position.seq}"
    if digest != position.digest:
        return f"was made from another entry {position.seq} of the log"
    return None


def index_fault(lake: LakeFolder) -> str | None:
    """Return what is wrong with the index; None if it is right, or only behind the log.

    Raises:
        duckdb.Error: a file of the lake cannot be read.
    """
    if why := position_fault(lake):
        return why
    if not {*names_in_tables(lake.storage)} <= {*live_files(lake.log.entries())}:
        return None  # the index may have been built with or without the rows of other files
    try:
        with closing(Index(lake.index_path)) as index:
            position, sizes = index.position(), index.sizes()
    except sqlite3.Error as error:
        return f"was damaged ({error})" if is_damaged(error) else None
    expected = expected_sizes(lake)
    if position is None or lake.log.last(position.seq) != position.seq:
        return None  # a commit has added documents, so that the numbers may differ
    found = [
        f"{sizes[name]} {name} instead of {count}"
        for name, count in expected.items()
        if sizes[name] != count
    ]
    return f"had {', '.join(found)}" if found else None


def expected_sizes(lake: LakeFolder) -> dict[str, int]:
    """Return the numbers of documents and articles that the index must have."""
    forgotten = [entry.forgotten for entry in lake.log.entries()]
    documents_of = [id for one in forgotten for id in one.documents]
    articles_of = [id for one in forgotten for id in one.articles]
    with connect_tables(lake.storage.root) as rows:
        sql = f"SELECT count(DISTINCT id) FROM ({_IDS})"
        [(documents,)] = rows.execute(sql, [documents_of]).fetchall()
        sql = "SELECT count(*) FROM articles WHERE article_id NOT IN (SELECT unnest($1::VARCHAR[]))"
        [(articles,)] = rows.execute(sql, [articles_of]).fetchall()
    return {"documents": documents, "articles": articles}


def _missing(lake: LakeFolder) -> list[tuple[LogEntry, LoggedFile]]:
    """Return the lost files, each with the entry that added it."""
    entries = list(lake.log.entries())
    names = [name for name in live_files(entries) if not lake.storage.exists(name)]
    return [(entry, file) for entry in entries for name in names if (file := entry.file(name))]


def lost_files(lake: LakeFolder) -> list[Lost]:
    """Return the lost files with their documents, and how the documents can be ingested again.

    If it is unknown which file had a document, because a compaction wrote the file, the last file of
    the result has the document.
    """
    with suppress(Failure):
        if missing := _missing(lake):
            documents = _lost_documents(lake)
            urls = _urls(lake, [id for ids in documents.values() for id in ids])
            found = [
                Lost(file.final, documents.pop(entry.seq, []), _remedy(lake, entry.run_id))
                for entry, file in missing
            ]
            found[-1].documents.extend(id for ids in documents.values() for id in ids)
            return [
                replace(one, documents=[f"{id} {urls.get(id, '')}".strip() for id in one.documents])
                for one in found
            ]
    return []


def _lost_documents(lake: LakeFolder) -> dict[int, list[str]]:
    """Return the documents that the index knows and no file has, by the entry that added them."""
    with suppress(sqlite3.Error, duckdb.Error), closing(Index(lake.index_path)) as index:
        ids, seqs = zip(*index.documents(), strict=True)
        forgotten = [id for entry in lake.log.entries() for id in entry.forgotten.documents]
        with connect_tables(lake.storage.root) as rows:
            rows.register("known", pa.table({"id": ids, "seq": seqs}))
            found = rows.execute(
                f"SELECT seq, list(id ORDER BY id) FROM known ANTI JOIN ({_IDS}) USING (id) "
                "GROUP BY seq ORDER BY seq",
                [forgotten],
            )
            return dict(found.fetchall())
    return {}


def _urls(lake: LakeFolder, ids: Sequence[str]) -> dict[str, str]:
    """Return the URLs at which documents were fetched."""
    with suppress(duckdb.Error), connect_tables(lake.storage.root) as rows:
        found = rows.execute(
            "SELECT document_id, any_value(coalesce(final_url, url)) FROM fetches "
            "WHERE document_id IN (SELECT unnest($1::VARCHAR[])) GROUP BY document_id",
            [list(ids)],
        )
        return dict(found.fetchall())
    return {}


def _remedy(lake: LakeFolder, run_id: str) -> str:
    """Return how the documents of a run can be ingested again."""
    with suppress(duckdb.Error), connect_tables(lake.storage.root) as rows:
        sql = "SELECT command, inputs FROM runs WHERE run_id = ? AND command IN ('backfill', 'follow')"
        for command, inputs in rows.execute(sql, [run_id]).fetchall():
            words = shlex.join([command, *map(unquote, inputs)])
            return f"{RESTORE}: `newslake {words} --lake NEW`"
    return RESTORE
