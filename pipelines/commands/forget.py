"""Remove articles for good, with all that the lake holds of them, and never take them in again."""

import argparse
import json
import re
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.rewrite_loop import change
from newslake.pipelines.options import amount
from newslake.pipelines.sql.views import connect
from newslake.schemas.identity import article_id
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import LakeError
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import Forgotten, LoggedFile, live_files
from newslake.transforms.lake.rewriting import stage_filtered
from newslake.transforms.lake.staging import GRACE_SECONDS
from newslake.transforms.lake.transaction import Change, StagedPartition
from newslake.transforms.web.urls import canonical, publisher

EXAMPLES = """\
examples:
  newslake forget https://example.org/news/1 --lake lake
  newslake forget 0f3a…32 hex digits… --lake lake      an article by its id
  newslake forget example.org --lake lake              all articles of a source

Goes with the article: its copies, later versions and mentions, the headlines under which feeds
announced it, and the bytes of rejected documents that were fetched from that address or source. Rejected documents that were read from files have no
address: name them by their document_id. The command returns when the old files are gone, ten minutes later
unless --grace says otherwise: until then, readers that have just opened them may finish.
"""
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass
class Matches:
    """What the lake holds of what is to be forgotten, by id."""

    articles: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    tombstones: list[str] = field(default_factory=list)
    """Articles that may not come again: those found, and those of the URLs that were named."""
    rejects: list[str] = field(default_factory=list)
    """Documents whose rejected bytes go; their rows stay."""
    announcements: list[str] = field(default_factory=list)
    """Entries of feeds whose headlines go; their rows stay."""
    files: dict[str, list[LoggedFile]] = field(default_factory=dict)
    """Files that hold any of it, by partition."""
    rows: dict[str, int] = field(default_factory=dict)
    """How many rows go, by table."""
    warc_files: list[str] = field(default_factory=list)
    """Archives that still hold it; they are not ours to change."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command alone."""
    parser.add_argument(
        "what",
        nargs="+",
        metavar="WHAT",
        help="URL, article_id, source, or document_id of a reject",
    )
    parser.add_argument(
        "--grace",
        type=amount,
        default=GRACE_SECONDS,
        metavar="SECONDS",
        help=f"keep the old files so long for readers in flight; default {GRACE_SECONDS:.0f}",
    )


def run(arguments: argparse.Namespace) -> int:
    """Forget what the user named, and say what went; 1 if the lake holds nothing of some of it.

    Raises:
        LakeError: the lake refuses; nothing was forgotten.
    """
    lake = open_lake(Path(arguments.lake).absolute())
    lake.check()
    unknown = [name for name in arguments.what if not _holds(lake, name)]
    for name in unknown:
        terminal.say(f"newslake: the lake holds nothing of {name}")
    found = forget(lake, arguments.what)
    if found is None:
        return 1
    _wait(lake, arguments.grace)
    gone = {"forgotten": found.rows, "still_in_archives": found.warc_files}
    if arguments.json:
        sys.stdout.write(json.dumps(gone) + "\n")
    else:
        terminal.table(("rows forgotten of", "count"), found.rows.items())
    for name in found.warc_files:
        terminal.say(f"note: the archive {name} still holds it")
    return 1 if unknown else 0


def _holds(lake: LakeFolder, name: str) -> bool:
    found = search(lake, [name])
    return bool(found.documents or found.rejects)


def forget(lake: LakeFolder, names: Sequence[str]) -> Matches | None:
    """Remove all that the lake holds of `names`; return what that was, None if nothing.

    Raises:
        LakeError: the lake refuses; nothing was forgotten.
    """
    found = Matches()

    def plan(run_id: str, staging: str, as_of: int) -> Change | None:
        nonlocal found
        live = live_files(lake.log.entries(as_of))
        found = search(lake, names)
        if not (found.documents or found.rejects):
            return None
        _locate(lake, live, found)
        partitions = [
            _without(lake, staging, folder, files, found) for folder, files in found.files.items()
        ]
        forgotten = Forgotten(found.documents, found.tombstones, found.texts)
        return Change("forget", run_id, staging, as_of, partitions, forgotten)

    return found if change(lake, plan) else None


def search(lake: LakeFolder, names: Sequence[str]) -> Matches:
    """Return the ids of what the lake holds of `names`: URLs, article ids or sources."""
    named = [name for name in names if "://" in name]
    urls = sorted({*named, *(canonical(url) or url for url in named)})
    ids = [name for name in names if _ID.fullmatch(name)]
    sources = [name for name in names if name not in named and name not in ids]
    own = [article_id(url, b"") for url in urls]
    with connect(lake.storage.root) as database:
        database.execute("CREATE TEMP TABLE urls AS SELECT unnest(?::VARCHAR[]) AS url", [urls])
        database.execute("CREATE TEMP TABLE ids AS SELECT unnest(?::VARCHAR[]) AS id", [ids + own])
        database.execute(
            "CREATE TEMP TABLE sources AS SELECT unnest(?::VARCHAR[]) AS source", [sources]
        )
        database.execute(
            "CREATE TEMP TABLE gone AS SELECT article_id, text_hash, document_id, warc_file, "
            "canonical_url FROM articles WHERE article_id IN (FROM ids) OR url IN (FROM urls) "
            "OR canonical_url IN (FROM urls) OR source IN (FROM sources)"
        )
        database.execute(
            "CREATE TEMP TABLE copies AS SELECT document_id FROM duplicates "
            "WHERE duplicate_of IN (SELECT article_id FROM gone) OR url IN (FROM urls) "
            "OR source IN (FROM sources)"
        )
        database.execute(
            "CREATE TEMP TABLE later AS SELECT document_id, text_hash FROM revisions "
            "WHERE article_id IN (SELECT article_id FROM gone) "
            "OR text_hash IN (SELECT text_hash FROM gone)"
        )
        refused = database.execute(
            "SELECT document_id, locator FROM rejects WHERE payload IS NOT NULL"
        ).fetchall()
        found = Matches(
            articles=_ids(database, "SELECT article_id FROM gone"),
            documents=_ids(
                database,
                "SELECT document_id FROM gone UNION SELECT document_id FROM copies "
                "UNION SELECT document_id FROM later",
            ),
            texts=_ids(database, _TEXTS),
            rejects=sorted(
                id
                for id, url in refused
                if id in ids or url in urls or canonical(url) in urls or publisher(url) in sources
            ),
            announcements=_ids(database, _ANNOUNCED),
            warc_files=_ids(
                database, "SELECT DISTINCT warc_file FROM gone WHERE warc_file IS NOT NULL"
            ),
        )
    found.tombstones = sorted({*found.articles, *own})
    return found


_TEXTS = """
(SELECT text_hash FROM gone UNION SELECT text_hash FROM later)
EXCEPT (
    SELECT text_hash FROM articles WHERE article_id NOT IN (SELECT article_id FROM gone)
    UNION SELECT text_hash FROM revisions WHERE document_id NOT IN (SELECT document_id FROM later)
)
"""
"""Texts that may not come again: not those that a later version shared with an article that stays."""

_ANNOUNCED = """
SELECT announcement_id FROM announcements
WHERE title IS NOT NULL AND canonical_url IN (
    SELECT url FROM urls UNION SELECT canonical_url FROM gone
    UNION SELECT fetches.canonical_url FROM fetches WHERE document_id IN (
        SELECT document_id FROM gone UNION SELECT document_id FROM copies
        UNION SELECT document_id FROM later
    )
)
"""
"""Entries of feeds that announced what is to be forgotten: under its own address, or one that led there."""


def _ids(database: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return sorted(id for (id,) in database.execute(sql).fetchall())


_ROWS = {
    "articles": ("article_id", "articles"),
    "duplicates": ("document_id", "documents"),
    "revisions": ("document_id", "documents"),
    "mentions": ("article_id", "articles"),
    "rejects": ("document_id", "rejects"),
    "announcements": ("announcement_id", "announcements"),
}
"""By which column a table's rows are found, and among which ids of `Matches`."""

_EMPTIED: dict[str, dict[str, str | None]] = {
    "rejects": {"payload": None, "detail": "forgotten"},
    "announcements": {"title": None},
}
"""Rows that stay, so that what they stand for is known when it comes again; and what goes of them."""


def _locate(lake: LakeFolder, live: dict[str, LoggedFile], found: Matches) -> None:
    """Add to `found` the files that hold its rows, and the rows' numbers."""
    for file in live.values():
        if file.table in _ROWS and file.rows:
            column, kind = _ROWS[file.table]
            ids = pq.ParquetFile(lake.storage.path(file.final)).read(columns=[column])[column]
            hits = pc.sum(_among(ids, getattr(found, kind))).as_py()
            if hits:
                found.rows[file.table] = found.rows.get(file.table, 0) + hits
                found.files.setdefault(file.folder, []).append(file)


def _among(column: pa.ChunkedArray, ids: list[str]) -> pa.ChunkedArray:
    return pc.is_in(column, value_set=pa.array(ids, pa.string()))


def _without(
    lake: LakeFolder, staging: str, folder: str, read: list[LoggedFile], found: Matches
) -> StagedPartition:
    """Stage the files `read` of a partition without what is to be forgotten."""
    table, partition = folder.split("/")
    column, kind = _ROWS[table]
    ids = getattr(found, kind)

    def change(rows: pa.Table) -> pa.Table:
        hit = _among(rows[column], ids)
        if table not in _EMPTIED:
            return rows.filter(pc.invert(hit))
        for name, nothing in _EMPTIED[table].items():
            field = rows.schema.field(name)
            emptied = pc.if_else(hit, pa.scalar(nothing, field.type), rows[name])
            rows = rows.set_column(rows.schema.get_field_index(name), field, emptied)
        return rows

    return stage_filtered(lake.storage, staging, table, partition, read, change)


def _wait(lake: LakeFolder, grace: float) -> None:
    """Return when the old folders are gone."""
    end = time.monotonic() + grace
    if grace > 1:
        terminal.say(f"newslake: waiting {grace:.0f} s for readers of the old files; see --grace")
    time.sleep(max(0.0, end - time.monotonic()))
    with lake.committer() as committer:
        committer.sweep(grace)
    left = [name for name in lake.storage.list(layout.TMP) if name.startswith("retired-")]
    old = [name for name in left if lake.storage.age(f"{layout.TMP}/{name}") >= grace]
    if old:
        raise LakeError(
            f"{lake.storage.root}/{layout.TMP}: {', '.join(old)} could not be removed and may hold "
            "what was to be forgotten: remove them by hand"
        )


COMMAND = Command(run, EXAMPLES, add_arguments)
