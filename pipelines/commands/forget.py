"""Delete articles and all related rows permanently, and block their future ingestion."""

import argparse
import glob
import re
import sys
import time
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.compute as pc

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.rewrite_loop import change
from newslake.pipelines.messages import INFO
from newslake.pipelines.options import WrongOption, refuse_given
from newslake.pipelines.sql import read_sql
from newslake.pipelines.sql.views import connect_tables
from newslake.pipelines.values import amount, given_text
from newslake.schemas.column import Field
from newslake.schemas.identity import article_id
from newslake.schemas.tables import TABLES, Table
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import LakeError
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import Forgotten, LoggedFile, live_files
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.parquet import read_table
from newslake.transforms.lake.rewriting import Rewrite, stage_tables
from newslake.transforms.lake.staging import GRACE_SECONDS
from newslake.transforms.lake.transaction import Change, StagedPartition
from newslake.transforms.web.urls import canonical, publisher

EXAMPLES = """\
examples:
  newslake forget https://example.org/news/1 --lake lake
  newslake forget 0f3a…32 hex digits… --lake lake      an article, by its article_id
  newslake forget example.org --lake lake              all articles of a source
  newslake forget example.org --lake lake --dry-run    what would be deleted
  newslake forget example.org --lake lake --yes        without a question, for scripts

The command prints what would be deleted, and asks. Without a terminal it needs --yes.

The command deletes the articles with their copies, later versions and mentions, and newslake never
ingests them again. If announcements have the same URL or source, it clears their headlines. If rejected
documents have the same URL or source, it clears their bytes. A rejected document from a file has no
URL; use its document_id. The documents are never tried again.

If readers have opened the old files, they can finish: the command deletes these files after ten
minutes, or after the time that --grace sets.
"""
_ID = re.compile(r"[0-9a-f]{32}")
TITLES = 10
"""Maximum number of titles that are shown before the question."""
_TITLES = """
SELECT title, url, article_id FROM articles WHERE article_id IN (SELECT unnest($1::VARCHAR[]))
ORDER BY published_at, article_id LIMIT $2
"""


@dataclass
class Matches:
    """The ids of the rows to forget, and their files. The first five fields come from `matches.sql`."""

    articles: list[str] = field(default_factory=list)
    documents: list[str] = field(default_factory=list)
    texts: list[str] = field(default_factory=list)
    addresses: list[str] = field(default_factory=list)
    """Canonical URLs whose announcements and fetches are cleared; the rows are kept."""
    warc_files: list[str] = field(default_factory=list)
    """WARC files that contain the articles; newslake does not change them."""
    tombstones: list[str] = field(default_factory=list)
    """Ids of articles that are never ingested again: `articles`, and ids of the given URLs."""
    rejects: list[str] = field(default_factory=list)
    """Rejected documents whose rows are cleared; the rows are kept."""
    files: dict[str, list[LoggedFile]] = field(default_factory=dict)
    """Files that contain matching rows, by partition."""
    rows: dict[str, int] = field(default_factory=dict)
    """Number of rows that are deleted or cleared, by table."""

    def __bool__(self) -> bool:
        return bool(self.documents or self.rejects or self.addresses)

    def ids(self, table: Table) -> list[str]:
        """Return the ids to look for in the column `table.forget_by`."""
        by_column = {
            "article_id": self.articles,
            "document_id": [*self.documents, *self.rejects],
            "canonical_url": self.addresses,
        }
        return by_column.get(table.forget_by or "", [])


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    about = "URL, article_id, document_id or source"
    parser.add_argument("what", nargs="+", type=given_text, metavar="WHAT", help=about)
    about = f"time for which running readers can use the old files; default: {GRACE_SECONDS:.0f}"
    parser.add_argument(
        "--grace", type=amount, default=GRACE_SECONDS, metavar="SECONDS", help=about
    )
    about = "print what would be deleted, and delete nothing"
    parser.add_argument("--dry-run", action="store_true", help=about)
    parser.add_argument("--yes", action="store_true", help="delete without a question")


def run(arguments: argparse.Namespace) -> int:
    """Forget the given articles and print the numbers of rows.

    Returns:
        The exit code; 1 if a name matches nothing, or if the user does not agree.

    Raises:
        WrongOption: there is no terminal to ask the user, and the option `--yes` is not given; or an
            option has no effect.
        LakeError: the commit failed, so nothing was deleted; or old files could not be deleted.
    """
    if arguments.dry_run:
        refuse_given(arguments, ("yes", "grace"), "with --dry-run, which deletes nothing")
    lake = open_lake(Path(arguments.lake).absolute())
    check_marker(lake.storage)
    unmatched = [name for name in arguments.what if not search(lake, [name])]
    for name in unmatched:
        terminal.say(f"newslake: nothing in the lake matches {name}")
    if len(unmatched) == len(arguments.what):
        return 1
    if arguments.dry_run:
        _show_matches(lake, arguments.what, arguments.json)
        return 1 if unmatched else 0
    if not (arguments.yes or _agreed(lake, arguments.what, arguments.json)):
        terminal.say("newslake: nothing was forgotten")
        return 1
    found = forget(lake, arguments.what)
    if found is None:
        return 1
    _wait(lake, arguments.grace)
    _report(lake, found, arguments.json)
    return 1 if unmatched else 0


def _agreed(lake: LakeFolder, names: Sequence[str], as_json: bool) -> bool:
    """Show the matching rows and return whether the user agrees to delete them.

    Raises:
        WrongOption: standard input is not a terminal, or a program reads the output.
    """
    if as_json or not (sys.stdin and sys.stdin.isatty()):
        raise WrongOption(
            "nothing was forgotten: without a terminal and with --json, forget needs --yes; --dry-run "
            "prints what would be deleted"
        )
    _show_matches(lake, names)
    terminal.say("Delete these rows permanently? [y/N]")
    with suppress(EOFError):
        return input().strip().lower() in {"y", "yes"}
    return False


def _show_matches(lake: LakeFolder, names: Sequence[str], as_json: bool = False) -> None:
    """Print the rows that match `names`, the first titles, and the archives that keep them."""
    found = search(lake, names)
    _locate(lake, live_files(lake.log.entries()), found)
    with connect_tables(lake.storage.root) as database:
        titles = database.execute(_TITLES, [found.articles, TITLES]).fetchall()
    shown = [title or url or id for title, url, id in titles]
    if as_json:
        terminal.print_json(
            {"would_forget": found.rows, "titles": shown, "in_archives": found.warc_files}
        )
        return
    terminal.table(("table", "rows to forget"), found.rows.items())
    for title in shown:
        terminal.print_line(f"  {terminal.printable(title)}")
    if len(found.articles) > len(shown):
        terminal.print_line(f"  and {len(found.articles) - len(shown):,} more articles")
    _say_copies(lake, found)


def _report(lake: LakeFolder, found: Matches, as_json: bool) -> None:
    if as_json:
        terminal.print_json({"forgotten": found.rows, "still_in_archives": found.warc_files})
    else:
        terminal.table(("table", "rows forgotten"), found.rows.items())
    _say_copies(lake, found)


def _say_copies(lake: LakeFolder, found: Matches) -> None:
    """Name the files that newslake does not change and that may contain the forgotten texts."""
    for name in found.warc_files:
        terminal.say(f"note: the WARC file {name} contains them; newslake does not change it")
    if lake.storage.list(layout.ASIDE):
        aside = lake.storage.path(layout.ASIDE)
        terminal.say(f"note: {aside} may contain them; delete it if you do not need it")


def forget(lake: LakeFolder, names: Sequence[str]) -> Matches | None:
    """Delete all rows that match `names`; return the ids, or None if no row matches.

    Raises:
        LakeError: the commit failed; nothing was forgotten.
    """
    found = Matches()

    def plan(run_id: str, staging: str, as_of: int) -> Change | None:
        nonlocal found
        live = live_files(lake.log.entries(as_of))
        found = search(lake, names)
        if not found:
            return None
        _locate(lake, live, found)
        partitions = [
            _stage_without(lake, staging, folder, files, found)
            for folder, files in found.files.items()
        ]
        documents = sorted({*found.documents, *found.rejects})
        forgotten = Forgotten(documents, found.tombstones, found.texts)
        return Change("forget", run_id, staging, as_of, partitions, forgotten)

    return found if change(lake, plan) else None


def search(lake: LakeFolder, names: Sequence[str]) -> Matches:
    """Return the ids of the rows that match `names`: URLs, article ids, document ids or sources."""
    given_urls = [name for name in names if "://" in name]
    urls = sorted({*given_urls, *(canonical(url) or url for url in given_urls)})
    ids = [name for name in names if _ID.fullmatch(name)]
    sources = [name for name in names if name not in given_urls and name not in ids]
    ids_of_urls = [article_id(url, b"") for url in urls]
    with connect_tables(lake.storage.root) as database:
        rejects = {
            id: warc_file
            for id, url, warc_file in database.execute(
                "SELECT document_id, coalesce(url, locator), warc_file FROM rejects "
                f"WHERE {_to_forget(TABLES['rejects'])}"
            ).fetchall()
            if id in ids or url in urls or canonical(url) in urls or publisher(url) in sources
        }
        given = {
            "urls": urls,
            "ids": ids + ids_of_urls,
            "sources": sources,
            "documents": [*ids, *rejects],
        }
        [matches] = database.execute(read_sql("matches"), given).fetchall()
        pages = database.execute(
            f"SELECT canonical_url FROM announcements WHERE {_to_forget(TABLES['announcements'])} "
            f"UNION SELECT canonical_url FROM fetches WHERE {_to_forget(TABLES['fetches'])}"
        ).fetchall()
    found = Matches(*matches)
    found.tombstones = sorted({*found.articles, *ids_of_urls})
    found.rejects = sorted(rejects)
    found.warc_files = sorted({*found.warc_files, *filter(None, rejects.values())})
    found.addresses = sorted(
        url for (url,) in pages if url and (url in found.addresses or publisher(url) in sources)
    )
    return found


def _locate(lake: LakeFolder, live: dict[str, LoggedFile], found: Matches) -> None:
    """Add to `found` the files with matching rows, and the numbers of these rows."""
    with duckdb.connect() as database:
        for file in live.values():
            table = TABLES[file.table]
            ids = found.ids(table)
            if not (ids and file.rows):
                continue
            [(hits,)] = database.execute(
                "SELECT count(*) FROM read_parquet($1, hive_partitioning = false) WHERE "
                f"{table.forget_by} IN (SELECT unnest($2::VARCHAR[])) AND ({_to_forget(table)})",
                [glob.escape(str(lake.storage.path(file.final))), ids],
            ).fetchall()
            if hits:
                found.rows[file.table] = found.rows.get(file.table, 0) + hits
                found.files.setdefault(file.folder, []).append(file)


def _stage_without(
    lake: LakeFolder, staging: str, folder: str, read: list[LoggedFile], found: Matches
) -> StagedPartition:
    """Stage the partition's files in `read` without the forgotten rows and values."""
    name, partition = folder.split("/")
    table = TABLES[name]
    ids = found.ids(table)

    def change(rows: pa.Table) -> pa.Table:
        matches = pc.is_in(rows[table.forget_by], value_set=pa.array(ids, pa.string()))
        if not table.is_kept:
            return rows.filter(pc.invert(matches))
        for column in _cleared(table):
            number = rows.schema.get_field_index(column.name)
            field = rows.schema.field(number)
            value = pa.scalar(column.column.forgotten, field.type)
            rows = rows.set_column(number, field, pc.if_else(matches, value, rows[number]))
        return rows

    tables = (change(read_table(lake.storage.path(file.final))) for file in read)
    return stage_tables(Rewrite(lake.storage, staging, name, partition, read), tables)


def _to_forget(table: Table) -> str:
    """Return an SQL condition for the rows to change. Cleared rows of a table that keeps rows stay."""
    if not table.is_kept:
        return "true"
    conditions = [
        f"{one.name} IS DISTINCT FROM {duckdb.ConstantExpression(one.column.forgotten)}"
        for one in _cleared(table)
    ]
    return " OR ".join(conditions) or "false"


def _cleared(table: Table) -> list[Field]:
    """Return the columns whose values are cleared in the rows that are kept."""
    return [one for one in table.columns if one.column.protected]


def _wait(lake: LakeFolder, grace: float) -> None:
    """Wait for the grace period, then delete the old folders.

    Raises:
        LakeError: a folder could not be deleted.
    """
    if grace > 1:
        terminal.say(
            f"newslake: waiting {grace:.0f} s for readers of the old files to finish; see --grace",
            level=INFO,
        )
    time.sleep(grace)
    with lake.committer() as committer:
        committer.sweep(grace)
    left = [name for name in lake.storage.list(layout.TMP) if name.startswith("retired-")]
    old = [name for name in left if lake.storage.age(f"{layout.TMP}/{name}") >= grace]
    if old:
        raise LakeError(
            f"{lake.storage.root}/{layout.TMP}: {', '.join(old)} could not be deleted and may contain "
            "forgotten data; delete them yourself"
        )


COMMAND = Command(
    run, EXAMPLES, add_arguments, failures="a name matches nothing, or the user does not agree"
)
