"""Check that a lake is whole: what its log promises is there, and its rows agree with each other."""

import argparse
import json
import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from hashlib import sha256
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet as pq

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.sql.views import connect_tables
from newslake.schemas.tables import TABLES, arrow_schema
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import LakeError
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LogEntry, live_files
from newslake.transforms.lake.transaction import OUTCOMES, ended

EXAMPLES = """\
examples:
  newslake verify --lake lake           say what is wrong; exit code 1 if anything is
  newslake verify --lake lake --json    one JSON object, for programs
"""
_BATCH = 2_000


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command alone."""
    parser.description = (
        "Check that a lake is whole. First it finishes, as every command that writes does, what a "
        "writer that died has left unfinished; it changes nothing else."
    )


def run(arguments: argparse.Namespace) -> int:
    """Check the lake and say what is wrong; return 1 if anything is, else 0.

    Raises:
        NotALake, UnknownFormat: there is no lake that this version knows.
    """
    lake = open_lake(Path(arguments.lake))
    lake.check()
    problems: list[str] = []
    checked = 0
    try:
        with lake.committer():
            pass  # it finishes what a dead writer left: no fault, just not shown yet
    except LakeError as error:
        problems.append(str(error))
    except OSError as error:  # read-only, or full: what shows can be checked all the same
        terminal.say(f"newslake: the lake is not writable ({error.strerror}); checking what shows")
    for name, check in CHECKS.items():
        if problems and name in ROWS:
            terminal.say(f"newslake: {name} not checked: mend the files first")
            continue
        terminal.say(f"newslake: checking {name}")
        checked += 1
        try:
            problems.extend(check(lake))
        except (LakeError, OSError, pa.ArrowException, duckdb.Error) as error:
            problems.append(f"{name} could not be checked: {error}")
    if arguments.json:
        sys.stdout.write(json.dumps({"checks": checked, "problems": problems}) + "\n")
    else:
        for problem in problems:
            terminal.out.print(terminal.printable(problem), markup=False)
        found = f"{len(problems)} problems" if problems else "nothing wrong"
        terminal.out.print(f"{arguments.lake}: {checked} checks, {found}", markup=False)
    return 1 if problems else 0


# --- files against the log


def _entries(lake: LakeFolder) -> Iterator[LogEntry]:
    """Yield the entries that are there; `check_log` tells which are not."""
    last = lake.log.last()
    for seq in range(-1 if last is None else last + 1):
        with suppress(FileNotFoundError):
            yield lake.log.read(seq)


def check_log(lake: LakeFolder) -> Iterator[str]:
    """Yield what is wrong with the log itself: gaps, and entries that do not balance."""
    last = lake.log.last()
    if last is None:
        yield "the log is empty"
        return
    for seq in range(last + 1):
        try:
            entry = lake.log.read(seq)
        except FileNotFoundError:
            yield f"entry {seq} of the log is missing"
            continue
        read, accounted = entry.counts.get("read", 0), ended(entry.counts)
        if read != accounted:
            yield f"entry {seq} read {read} documents and accounts for {accounted}"
        for table in TABLES:
            rows = sum(file.rows for file in entry.files if file.table == table)
            if table in entry.counts and rows != entry.counts[table]:
                yield f"entry {seq} counts {entry.counts[table]} {table} and holds {rows}"


def check_compactions(lake: LakeFolder) -> Iterator[str]:
    """Yield the compactions whose new files hold more or fewer rows than those they replaced."""
    rows: dict[str, int] = {}
    for entry in _entries(lake):
        rows |= {file.final: file.rows for file in entry.files}
        for swap in entry.swaps:
            before = sum(rows.get(f"{swap.folder}/{name}", 0) for name in swap.before)
            after = sum(file.rows for file in swap.after)
            if entry.kind == "compact" and before != after:
                yield (
                    f"entry {entry.seq} compacted {swap.folder}: {before} rows before, "
                    f"{after} after"
                )
            rows |= {file.final: file.rows for file in swap.after}


def check_files(lake: LakeFolder) -> Iterator[str]:
    """Yield the files that are missing, changed, foreign, or not of the declared schema."""
    promised = live_files(_entries(lake))
    for name, file in promised.items():
        path = lake.storage.path(name)
        if not path.exists():
            yield f"{name} is missing; the log promises it"
        elif path.stat().st_size != file.size or _digest(path) != file.digest:
            yield f"{name} is not what the log says: it was changed or damaged"
        else:
            yield from _check_parquet(path, file.table, name, file.rows)
    for table in TABLES:
        root = lake.storage.path(table)
        for path in sorted(root.rglob("*")):
            name = f"{table}/{path.relative_to(root)}"
            if path.is_dir():
                if not layout.PARTITION.fullmatch(path.name):
                    yield f"{name} is no partition of ours"
            elif name not in promised:
                yield f"{name} is in no entry of the log; it was not written by newslake"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        digest = sha256()
        while chunk := file.read(2**20):
            digest.update(chunk)
    return digest.hexdigest()


def _check_parquet(path: Path, table: str, name: str, rows: int) -> Iterator[str]:
    try:
        file = pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        yield f"{name} is not readable: {error}"
        return
    if file.metadata.num_rows != rows:
        yield f"{name} has {file.metadata.num_rows} rows, the log says {rows}"
    if not file.schema_arrow.equals(arrow_schema(table)):
        yield f"{name} has not the columns of {table}"


# --- rows against each other


def _found(
    rows: duckdb.DuckDBPyConnection, sql: str, message: str, *parameters: object
) -> Iterator[str]:
    """Yield `message` for each of the first rows that `sql` finds, filled in with their values."""
    for row in rows.execute(f"{sql} LIMIT 20", parameters).fetchall():
        yield message.format(*row)


def check_ids(lake: LakeFolder) -> Iterator[str]:
    """Yield the ids that two rows share, over whole tables."""
    rows = connect_tables(lake.storage.root)
    for name, table in TABLES.items():
        if table.unique:
            columns = ", ".join(table.unique)
            yield from _found(
                rows,
                f"SELECT concat_ws(' ', {columns}), count(*) FROM {name} "
                f"GROUP BY {columns} HAVING count(*) > 1 ORDER BY 1",
                f"{name}: {{}} stands in {{}} rows",
            )
    yield from _found(
        rows,
        "SELECT document_id, count(*) FROM (SELECT document_id FROM articles UNION ALL "
        "SELECT document_id FROM duplicates UNION ALL SELECT document_id FROM revisions UNION ALL "
        "SELECT document_id FROM rejects) GROUP BY document_id HAVING count(*) > 1 ORDER BY 1",
        "document {} has ended in {} places",
    )


def check_references(lake: LakeFolder) -> Iterator[str]:
    """Yield the mentions, copies and versions whose article is not there."""
    rows = connect_tables(lake.storage.root)
    for table, column, id in (
        ("mentions", "article_id", "mention_id"),
        ("duplicates", "duplicate_of", "document_id"),
        ("revisions", "article_id", "document_id"),
    ):
        yield from _found(
            rows,
            f"SELECT {id}, {column} FROM {table} WHERE {column} NOT IN "
            "(SELECT article_id FROM articles) ORDER BY 1",
            f"{table}: {{}} points to article {{}}, which is not there",
        )
    yield from _found(
        rows,
        "SELECT mention_id FROM mentions JOIN articles USING (article_id) "
        "WHERE mentions.text_hash <> articles.text_hash ORDER BY 1",
        "mentions: {} was read in another text than its article's",
    )


_FORGOTTEN = {
    "articles": {"document_id": "documents", "article_id": "articles", "text_hash": "texts"},
    "duplicates": {"document_id": "documents", "duplicate_of": "articles"},
    "revisions": {"document_id": "documents", "article_id": "articles", "text_hash": "texts"},
    "mentions": {"article_id": "articles", "text_hash": "texts"},
}
"""By table: in which columns no id stands that is `Forgotten`, and the kind of these ids."""


def check_forgotten(lake: LakeFolder) -> Iterator[str]:
    """Yield the rows that hold what the lake was told to forget."""
    rows = connect_tables(lake.storage.root)
    forgotten = [entry.forgotten for entry in _entries(lake)]
    for table, columns in _FORGOTTEN.items():
        for column, kind in columns.items():
            yield from _found(
                rows,
                f"SELECT DISTINCT {column} FROM {table} WHERE {column} IN (SELECT unnest($1)) ORDER BY 1",
                f"{table}: {column} {{}} was to be forgotten, and is there",
                [id for one in forgotten for id in getattr(one, kind)],
            )


def check_offsets(lake: LakeFolder) -> Iterator[str]:
    """Yield the mentions whose offsets do not slice back to what they say."""
    answer = connect_tables(lake.storage.root).execute(
        "SELECT mention_id, text, trigger, trigger_start, trigger_end, evidence, evidence_start, "
        "evidence_end, list_concat(actors, recipients) FROM mentions JOIN articles "
        "USING (article_id)"
    )
    while rows := answer.fetchmany(_BATCH):
        for id, text, trigger, start, end, evidence, first, last, parties in rows:
            spans = [(trigger, start, end), (evidence, first, last)]
            spans += [(party["text"], party["start"], party["end"]) for party in parties]
            if any(text[start:end] != words for words, start, end in spans):
                yield f"mentions: offsets of {id} do not slice back to its words"


def check_runs(lake: LakeFolder) -> Iterator[str]:
    """Yield the runs that do not balance, or do not agree with their entries of the log."""
    rows = connect_tables(lake.storage.root)
    yield from _found(
        rows,
        "SELECT run_id, read, articles + duplicates + revisions + rejects + already_ingested FROM runs "
        "WHERE NOT balanced OR read <> articles + duplicates + revisions + rejects + already_ingested",
        "run {} read {} documents and accounts for {}",
    )
    stored: dict[str, dict[str, int]] = {}
    for entry in _entries(lake):
        counts = stored.setdefault(entry.run_id, dict.fromkeys(OUTCOMES[:4], 0))
        for name in counts:
            counts[name] += entry.counts.get(name, 0)
    answer = rows.execute(f"SELECT run_id, {', '.join(OUTCOMES[:4])} FROM runs ORDER BY run_id")
    for run_id, *told in answer.fetchall():
        if told != list(stored.get(run_id, {}).values()):
            yield f"run {run_id} counts {told} rows, its entries of the log hold {stored.get(run_id)}"


ROWS: dict[str, Callable[[LakeFolder], Iterator[str]]] = {
    "ids": check_ids,
    "references": check_references,
    "forgotten": check_forgotten,
    "offsets": check_offsets,
    "runs": check_runs,
}
"""What is asked of the tables, once all files are there."""

CHECKS = {"the log": check_log, "compactions": check_compactions, "files": check_files} | ROWS


COMMAND = Command(run, EXAMPLES, add_arguments)
