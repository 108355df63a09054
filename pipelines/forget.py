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

from pipelines import terminal
from pipelines.changing import change
from pipelines.engine import WrongOption
from pipelines.views import connect
from schemas.identity import article_id
from transforms.extract.address import canonical
from transforms.write.change import Change, StagedPartition
from transforms.write.lake import Lake
from transforms.write.log import Forgotten, LoggedFile, live_files
from transforms.write.rewrite import stage_partition
from transforms.write.room import GRACE_SECONDS

EXAMPLES = """\
examples:
  newslake forget https://example.org/news/1 --lake lake
  newslake forget 0f3a…32 hex digits… --lake lake      an article by its id
  newslake forget example.org --lake lake              all articles of a source

Goes with the article: its copies, later versions and mentions, and the bytes of rejected documents
found at the same address. The command returns when the old files are gone, ten minutes later unless
--grace says otherwise: until then, readers that have just opened them may finish.
"""
_ID = re.compile(r"[0-9a-f]{32}")


@dataclass
class Found:
    """What the lake holds of what is to be forgotten, by id."""

    articles: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    rejects: list[str] = field(default_factory=list)
    """Documents whose rejected bytes go; their rows stay."""
    folders: list[str] = field(default_factory=list)
    """Partitions that hold any of it."""
    rows: dict[str, int] = field(default_factory=dict)
    """How many rows go, by table."""
    warc_files: list[str] = field(default_factory=list)
    """Archives that still hold it; they are not ours to change."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Describe the command to `parser`."""
    parser.epilog = EXAMPLES
    parser.add_argument("what", nargs="+", metavar="WHAT", help="URL, article_id or source")
    parser.add_argument("--lake", required=True, metavar="DIR", help="the lake")
    parser.add_argument(
        "--grace",
        type=float,
        default=GRACE_SECONDS,
        metavar="SECONDS",
        help=f"keep the old files so long for readers in flight; default {GRACE_SECONDS:.0f}",
    )
    parser.add_argument("--json", action="store_true", help="one JSON object, for programs")


def run(arguments: argparse.Namespace, rest: Sequence[str]) -> int:
    """Forget what the user named, and say what went; 1 if the lake holds nothing of it.

    Raises:
        WrongOption: unknown options.
        LakeError: the lake refuses; nothing was forgotten.
    """
    if rest:
        raise WrongOption(f"unknown option {rest[0]}; see newslake forget --help")
    lake = Lake(Path(arguments.lake).absolute())
    lake.check()
    found = forget(lake, arguments.what)
    if found is None:
        terminal.say("newslake: the lake holds nothing of it")
        return 1
    _wait(lake, arguments.grace)
    gone = {"forgotten": found.rows, "still_in_archives": found.warc_files}
    if arguments.json:
        sys.stdout.write(json.dumps(gone) + "\n")
        return 0
    terminal.table(("rows forgotten of", "count"), found.rows.items())
    for name in found.warc_files:
        terminal.say(f"note: the archive {name} still holds it")
    return 0


def forget(lake: Lake, names: Sequence[str]) -> Found | None:
    """Remove all that the lake holds of `names`; return what that was, None if nothing.

    Raises:
        LakeError: the lake refuses; nothing was forgotten.
    """
    found = Found()

    def plan(run_id: str, room: str, as_of: int) -> Change | None:
        nonlocal found
        live = live_files(lake.log.entries(as_of))
        found = search(lake, names, live)
        if not (found.documents or found.rejects):
            return None
        partitions = [_without(lake, room, folder, live, found) for folder in found.folders]
        forgotten = Forgotten(found.documents, found.articles, found.texts)
        return Change("forget", run_id, room, as_of, partitions, forgotten)

    return found if change(lake, plan) else None


def search(lake: Lake, names: Sequence[str], live: dict[str, LoggedFile]) -> Found:
    """Return what the lake holds of `names`: URLs, article ids or sources."""
    urls = [name for name in names if "://" in name]
    ids = [name for name in names if _ID.fullmatch(name)]
    sources = [name for name in names if name not in urls and name not in ids]
    ids += [article_id(canonical(url) or url, b"") for url in urls]
    with connect(lake.storage.root) as database:
        database.execute("CREATE TEMP TABLE named AS SELECT unnest(?::VARCHAR[]) AS id", [ids])
        database.execute(
            "CREATE TEMP TABLE gone AS SELECT article_id, text_hash, document_id, warc_file "
            "FROM articles WHERE article_id IN (FROM named) OR list_contains(?::VARCHAR[], source)",
            [sources],
        )
        database.execute(
            "CREATE TEMP TABLE copies AS SELECT document_id FROM duplicates "
            "WHERE duplicate_of IN (SELECT article_id FROM gone) "
            "OR list_contains(?::VARCHAR[], source) OR list_contains(?::VARCHAR[], url)",
            [sources, urls],
        )
        database.execute(
            "CREATE TEMP TABLE later AS SELECT document_id, text_hash FROM revisions "
            "WHERE article_id IN (SELECT article_id FROM gone)"
        )
        database.execute(
            "CREATE TEMP TABLE refused AS SELECT document_id FROM rejects "
            "WHERE payload IS NOT NULL AND (list_contains(?::VARCHAR[], locator) "
            "OR list_contains(?::VARCHAR[], regexp_extract(locator, '://(?:[^/]*\\.)?([^/.:]+\\.[^/:]+)', 1)))",
            [urls, sources],
        )
        found = Found(
            articles=_ids(database, "SELECT article_id FROM gone"),
            documents=_ids(
                database,
                "SELECT document_id FROM gone UNION SELECT document_id FROM copies "
                "UNION SELECT document_id FROM later",
            ),
            texts=_ids(database, "SELECT text_hash FROM gone UNION SELECT text_hash FROM later"),
            rejects=_ids(database, "SELECT document_id FROM refused"),
            warc_files=_ids(
                database, "SELECT DISTINCT warc_file FROM gone WHERE warc_file IS NOT NULL"
            ),
        )
    _locate(lake, live, found)
    return found


def _ids(database: duckdb.DuckDBPyConnection, sql: str) -> list[str]:
    return sorted(id for (id,) in database.execute(sql).fetchall())


_ROWS = {
    "articles": ("article_id", "articles"),
    "duplicates": ("document_id", "documents"),
    "revisions": ("document_id", "documents"),
    "mentions": ("article_id", "articles"),
    "rejects": ("document_id", "rejects"),
}
"""By which column a table's rows are found, and under which of the ids of `Found`."""


def _condition(table: str, found: Found) -> str:
    """Return the SQL condition of the rows of `table` that are to be forgotten."""
    column, kind = _ROWS[table]
    ids = ", ".join(f"'{id}'" for id in getattr(found, kind))
    return f"{column} IN ({ids})" if ids else "false"


def _locate(lake: Lake, live: dict[str, LoggedFile], found: Found) -> None:
    """Add to `found` the partitions that hold its rows, and their numbers."""
    with duckdb.connect() as database:
        for table in _ROWS:
            files = {
                str(lake.storage.path(file.final)): file
                for file in live.values()
                if file.table == table and file.rows
            }
            if not files:
                continue
            hits = database.execute(
                "SELECT filename, count(*) FROM read_parquet(?, filename = true, "
                f"hive_partitioning = false) WHERE {_condition(table, found)} GROUP BY filename",
                [list(files)],
            ).fetchall()
            if hits:
                found.rows[table] = sum(count for _, count in hits)
                found.folders.extend(sorted({files[name].folder for name, _ in hits}))


def _without(
    lake: Lake, room: str, folder: str, live: dict[str, LoggedFile], found: Found
) -> StagedPartition:
    """Stage the partition `folder` without what is to be forgotten."""
    table, partition = folder.split("/")
    read = [file for file in live.values() if file.folder == folder]
    condition = _condition(table, found)
    if table == "rejects":  # the rows stay, for the balance; what they hold goes
        emptied = (
            f"* REPLACE (CASE WHEN {condition} THEN NULL ELSE payload END AS payload, "
            f"CASE WHEN {condition} THEN 'forgotten' ELSE detail END AS detail)"
        )
        return stage_partition(lake.storage, room, table, partition, read, select=emptied)
    return stage_partition(
        lake.storage, room, table, partition, read, where=f"NOT coalesce({condition}, false)"
    )


def _wait(lake: Lake, grace: float) -> None:
    """Return when the old folders are gone."""
    end = time.monotonic() + grace
    if grace > 1:
        terminal.say(f"newslake: waiting {grace:.0f} s for readers of the old files; see --grace")
    time.sleep(max(0.0, end - time.monotonic()))
    with lake.committer() as committer:
        committer.sweep(grace)
