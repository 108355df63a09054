"""Check the integrity of a lake: compare its files with the log, and its rows with each other."""

import argparse
import errno
from collections.abc import Callable, Iterator, Sequence
from contextlib import suppress
from dataclasses import asdict
from hashlib import file_digest
from pathlib import Path

import duckdb
import pyarrow.parquet as pq

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.repairs import Lost, index_fault, lost_files, repair
from newslake.pipelines.messages import INFO
from newslake.pipelines.progress import Progress
from newslake.pipelines.sql.views import connect_tables
from newslake.schemas.arrow import arrow_schema
from newslake.schemas.partitions import NO_DATE
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import RESTORE, Failure, explanation
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import Damaged
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LogEntry, live_files
from newslake.transforms.lake.marker import check_marker
from newslake.transforms.lake.parquet import reading
from newslake.transforms.lake.repairer import RepairStep, linked_partitions
from newslake.transforms.lake.transaction import OUTCOMES, STORED, accounted_for
from newslake.transforms.work_done import count

EXAMPLES = """\
examples:
  newslake verify --lake lake           print the problems; exit code 1 if there is a problem
  newslake verify --lake lake --json    print one JSON object
  newslake verify --lake lake --repair  repair what can be repaired, then check

--repair completes or abandons an unfinished commit, builds a wrong index again, marks commits as
published, and sets aside what is not a part of the lake: foreign files, damaged files and left-over
staging directories. It prints where each file is now, and the command that puts it back. It removes no
row that readers see. If a file is lost, it names the documents of the file.
"""
SHOWN = 100
"""Maximum number of documents of a lost file that are printed; --json prints all."""
_BATCH = 2_000
"""Number of mentions that are read at a time."""
_UNBALANCED = f"{{}} documents were read, but {', '.join(OUTCOMES)} add up to {{}}"


_NOT_WRITABLE = (errno.EACCES, errno.EDQUOT, errno.ENOSPC, errno.EPERM, errno.EROFS)
"""Error numbers of a lake that is read-only or full: the published files can still be checked."""
_MOVE = "move it out of the lake"
_LOST_ENTRY = f"restore the log from a backup, or {_MOVE}"
_REPAIR = "run `newslake verify --repair`"
_REPROCESS = "run `newslake reprocess --events`"
_RESTORE_LAKE = (
    "restore the lake from a backup that has no problems, or ingest the inputs into a new lake"
)


def _repair(table: str) -> str:
    return _REPROCESS if table == "mentions" else _RESTORE_LAKE


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    parser.description = (
        "Check the integrity of a lake. Like every command that writes, verify first\n"
        "completes a commit that a killed process left unfinished. It changes nothing else."
    )
    about = "repair the files and the index before the check"
    parser.add_argument("--repair", action="store_true", help=about)


def run(arguments: argparse.Namespace) -> int:
    """Check the lake and print the problems; return 1 if there are problems, otherwise 0.

    Raises:
        NotALake: the folder is not a lake.
        UnknownFormat: a newer version of newslake wrote the lake.
    """
    lake = open_lake(Path(arguments.lake).absolute())
    check_marker(lake.storage)
    repairs = list(repair(lake)) if arguments.repair else []
    if arguments.repair and not arguments.json:
        _print_repairs(repairs)
    problems: list[str] = []
    checked = 0
    try:
        with lake.committer():
            pass  # taking the lock completes an unfinished commit, which is not a problem
    except OSError as error:
        if error.errno not in _NOT_WRITABLE:
            raise
        terminal.say(
            f"newslake: the lake is not writable ({error.strerror}); checking the published files"
        )
    except Failure as error:
        problems.append(str(error))
    for name, check in CHECKS.items():
        if problems and name in ROWS:
            terminal.say(f"newslake: skipping {name}: repair the files first")
            continue
        terminal.say(f"newslake: checking {name}", "check_started", INFO, check=name)
        checked += 1
        try:
            with Progress(f"checking {name}", *_work(lake, name), keeps_last=False):
                problems.extend(problem for problem in check(lake) if problem not in problems)
        except Exception as error:
            if (cause := explanation(error, lake.storage.root)) is None:
                raise
            problems.append(f"{name} could not be checked: {cause}")
    lost = lost_files(lake) if arguments.repair else []
    if arguments.json:
        result: dict[str, object] = {"checks": checked, "problems": problems}
        if arguments.repair:
            result |= {"repairs": [*map(asdict, repairs)], "lost": [*map(asdict, lost)]}
        terminal.print_json(result)
    else:
        for file in lost:
            terminal.print_line(_about_lost(file))
        for problem in problems:
            terminal.print_line(terminal.printable(problem))
        found = f"{len(problems)} problems" if problems else "no problems"
        terminal.print_line(f"{arguments.lake}: {checked} checks, {found}")
    return 1 if problems else 0


def _work(lake: LakeFolder, check: str) -> tuple[str, int | None]:
    """Return the unit and the amount of the work of a check; empty and None if it is not counted."""
    live = live_files(_entries(lake)).values()
    if check == "files":
        return "files", len(live)
    if check == "offsets":
        return "mentions", sum(file.rows for file in live if file.table == "mentions")
    return "", None


def _print_repairs(repairs: Sequence[RepairStep]) -> None:
    for one in repairs:
        terminal.print_line(terminal.printable(f"repaired: {one.what}"))
        if one.undo:
            terminal.print_line(terminal.printable(f"  to put it back: {one.undo}"))
    if not repairs:
        terminal.print_line("nothing to repair")


def _about_lost(file: Lost) -> str:
    """Return the documents of a lost file, and how to get them again."""
    shown = ", ".join(file.documents[:SHOWN])
    more = len(file.documents) - SHOWN
    documents = f"{shown} and {more:,} more" if more > 0 else shown or "none that is known"
    return terminal.printable(f"{file.name} is lost, with the documents {documents}; {file.remedy}")


# --- Compare files with the log


def _entries(lake: LakeFolder) -> Iterator[LogEntry]:
    """Yield the log entries that can be read; `check_log` reports the other entries."""
    for seq in lake.log.numbers():
        with suppress(Failure):
            yield lake.log.read(seq)


def check_log(lake: LakeFolder) -> Iterator[str]:
    """Yield the problems of the log itself: lost entries, and entries with wrong counts."""
    for seq in lake.log.numbers() or [0]:
        name = layout.entry_name(seq)
        try:
            entry = lake.log.read(seq)
        except Failure as error:
            yield str(error)
            continue
        read, accounted = entry.counts.get("read", 0), accounted_for(entry.counts)
        if read != accounted:
            yield f"{name}: {_UNBALANCED.format(read, accounted)}; {RESTORE}"
        for table in TABLES:
            rows = sum(file.rows for file in entry.files if file.table == table)
            counted = entry.counts.get(table, rows)
            if rows != counted:
                problem = f"counts {counted} rows of {table}, but its files contain {rows}"
                yield f"{name} {problem}; {RESTORE}"


def check_marks(lake: LakeFolder) -> Iterator[str]:
    """Yield the entries that are not marked as published, though later entries exist."""
    for seq in lake.log.numbers()[:-1]:
        if lake.storage.exists(layout.entry_name(seq)) and not lake.log.is_done(seq):
            yield f"{layout.done_name(seq)} is missing; {_REPAIR}"


def check_index(lake: LakeFolder) -> Iterator[str]:
    """Yield what is wrong with the index."""
    if why := index_fault(lake):
        yield f"the index {why}; {_REPAIR}"


def check_compactions(lake: LakeFolder) -> Iterator[str]:
    """Yield the compactions that changed the number of rows."""
    rows: dict[str, int] = {}
    for entry in _entries(lake):
        rows |= {file.final: file.rows for file in entry.files}
        for swap in entry.swaps:
            before = sum(rows.get(f"{swap.folder}/{name}", 0) for name in swap.before)
            after = sum(file.rows for file in swap.after)
            if entry.kind == "compact" and before != after:
                what = f"{layout.entry_name(entry.seq)} compacted {swap.folder}"
                yield f"{what}: {before} rows before, {after} after; {_RESTORE_LAKE}"
            rows |= {file.final: file.rows for file in swap.after}


def check_files(lake: LakeFolder) -> Iterator[str]:
    """Yield the files that are missing, changed, not in the log, or have a different schema."""
    for name in linked_partitions(lake.storage):
        yield f"{name} is a symbolic link, which readers do not follow; {_REPAIR}"
    entries = list(_entries(lake))
    logged = live_files(entries)
    unreadable = {*lake.log.numbers()} - {entry.seq for entry in entries}
    for name, file in logged.items():
        count()
        path = lake.storage.path(name)
        if not path.exists():
            yield f"{name} is missing, but the log lists it; {RESTORE}"
        elif path.stat().st_size != file.size or _digest(path) != file.digest:
            yield f"{name} does not match the log: it was changed or damaged; {RESTORE}"
        else:
            yield from _check_parquet(path, file.table, name, file.rows)
    for table in TABLES:
        root = lake.storage.path(table)
        for path in sorted(root.rglob("*")):
            name = f"{table}/{path.relative_to(root)}"
            if path.is_dir():
                if not layout.PARTITION.fullmatch(path.name):
                    yield f"{name} is not a partition of newslake; {_MOVE}"
            elif name not in logged:
                yield from _not_in_the_log(name, unreadable)


def _not_in_the_log(name: str, unreadable: set[int]) -> Iterator[str]:
    """Yield the problem of a file that no readable entry lists."""
    part = layout.PART.fullmatch(name.rpartition("/")[2])
    if part is None:
        yield f"{name} is not in the log: newslake did not write it; {_MOVE}"
    elif int(part["seq"]) not in unreadable:  # else, `check_log` names the entry
        yield f"{name} is not in the log: its entry is lost, or it is of another lake; {_LOST_ENTRY}"


def _digest(path: Path) -> str:
    with path.open("rb") as file:
        return file_digest(file, "sha256").hexdigest()


def _check_parquet(path: Path, table: str, name: str, rows: int) -> Iterator[str]:
    try:
        with reading(path):
            file = pq.ParquetFile(path)
    except Damaged as error:
        yield str(error)
        return
    if file.metadata.num_rows != rows:
        yield f"{name} has {file.metadata.num_rows} rows, but the log says {rows}; {RESTORE}"
    if not file.schema_arrow.equals(arrow_schema(table)):
        yield f"{name} does not have the schema of {table}; {RESTORE}"


# --- Compare rows with each other


def _messages(
    rows: duckdb.DuckDBPyConnection, sql: str, message: str, *parameters: object
) -> Iterator[str]:
    """Yield `message` for each of the first 20 rows of `sql`, with the values of the row."""
    for row in rows.execute(f"{sql} LIMIT 20", parameters).fetchall():
        yield message.format(*row)


def check_ids(lake: LakeFolder) -> Iterator[str]:
    """Yield the ids that occur in more than one row."""
    rows = connect_tables(lake.storage.root)
    for name, table in TABLES.items():
        if table.unique:
            columns = ", ".join(table.unique)
            yield from _messages(
                rows,
                f"SELECT concat_ws(' ', {columns}), count(*) FROM {name} "
                f"GROUP BY {columns} HAVING count(*) > 1 ORDER BY 1",
                f"{name}: {{}} occurs in {{}} rows; {_repair(name)}",
            )
    stored = " UNION ALL ".join(f"SELECT document_id FROM {name}" for name in STORED)
    yield from _messages(
        rows,
        f"SELECT document_id, count(*) FROM ({stored}) "
        "GROUP BY document_id HAVING count(*) > 1 ORDER BY 1",
        f"document {{}} is stored in {{}} rows; {_RESTORE_LAKE}",
    )


def check_partitions(lake: LakeFolder) -> Iterator[str]:
    """Yield the partitions that contain rows of another day, month or year."""
    rows, unit = connect_tables(lake.storage.root), lake.partition_unit
    for name, table in TABLES.items():
        key = table.partition_key
        day = key if key == "run_date" else f"coalesce(published_at::DATE, DATE '{NO_DATE}')"
        yield from _messages(
            rows,
            f"SELECT {key}, count(*) FROM {name} WHERE {key} <> date_trunc('{unit}', {day}) "
            "GROUP BY ALL ORDER BY 1",
            f"{name}: the partition {{}} has {{}} rows of another {unit}; {_RESTORE_LAKE}",
        )


def check_references(lake: LakeFolder) -> Iterator[str]:
    """Yield the mentions, duplicates and revisions whose article does not exist."""
    rows = connect_tables(lake.storage.root)
    for table, column, id in (
        ("mentions", "article_id", "mention_id"),
        ("duplicates", "duplicate_of", "document_id"),
        ("revisions", "article_id", "document_id"),
    ):
        yield from _messages(
            rows,
            f"SELECT {id}, {column} FROM {table} WHERE {column} NOT IN "
            "(SELECT article_id FROM articles) ORDER BY 1",
            f"{table}: {{}} refers to article {{}}, which does not exist; {_repair(table)}",
        )
    yield from _messages(
        rows,
        "SELECT mention_id FROM mentions JOIN articles USING (article_id) "
        "WHERE mentions.text_hash <> articles.text_hash ORDER BY 1",
        f"mentions: text_hash of {{}} differs from its article's; {_REPROCESS}",
    )


_FORGOTTEN = {
    "articles": {"document_id": "documents", "article_id": "articles", "text_hash": "texts"},
    "duplicates": {"document_id": "documents", "duplicate_of": "articles"},
    "revisions": {"document_id": "documents", "article_id": "articles", "text_hash": "texts"},
    "mentions": {"article_id": "articles", "text_hash": "texts"},
}
"""Maps tables and columns to a field of `Forgotten`. The column must not contain these ids."""


def check_forgotten(lake: LakeFolder) -> Iterator[str]:
    """Yield the rows that contain forgotten ids."""
    rows = connect_tables(lake.storage.root)
    forgotten = [entry.forgotten for entry in _entries(lake)]
    for table, columns in _FORGOTTEN.items():
        for column, kind in columns.items():
            yield from _messages(
                rows,
                f"SELECT DISTINCT {column} FROM {table} WHERE {column} IN (SELECT unnest($1)) ORDER BY 1",
                f"{table}: {column} {{}} was forgotten but still exists; {_RESTORE_LAKE}",
                [id for one in forgotten for id in getattr(one, kind)],
            )


def check_offsets(lake: LakeFolder) -> Iterator[str]:
    """Yield the mentions whose offsets do not match the words in the article's text."""
    mentions = connect_tables(lake.storage.root).execute(
        "SELECT mention_id, text, trigger, trigger_start, trigger_end, evidence, evidence_start, "
        "evidence_end, list_concat(actors, recipients) FROM mentions JOIN articles "
        "USING (article_id)"
    )
    while rows := mentions.fetchmany(_BATCH):
        count(len(rows))
        for id, text, trigger, start, end, evidence, first, last, parties in rows:
            spans = [(trigger, start, end), (evidence, first, last)]
            spans += [(party["text"], party["start"], party["end"]) for party in parties]
            if any(text[start:end] != words for words, start, end in spans):
                yield f"mentions: offsets of {id} do not match the text; {_REPROCESS}"


def check_runs(lake: LakeFolder) -> Iterator[str]:
    """Yield the runs that do not balance, or whose counts differ from the log entries' counts."""
    rows = connect_tables(lake.storage.root)
    yield from _messages(
        rows,
        "SELECT run_id, read, articles + duplicates + revisions + rejects + already_ingested FROM runs "
        "WHERE NOT balanced OR read <> articles + duplicates + revisions + rejects + already_ingested",
        f"run {{}}: {_UNBALANCED}; {_RESTORE_LAKE}",
    )
    stored: dict[str, dict[str, int]] = {}
    for entry in _entries(lake):
        counts = stored.setdefault(entry.run_id, dict.fromkeys(OUTCOMES[:4], 0))
        for name in counts:
            counts[name] += entry.counts.get(name, 0)
    runs = rows.execute(f"SELECT run_id, {', '.join(OUTCOMES[:4])} FROM runs ORDER BY run_id")
    for run_id, *counts_of_run in runs.fetchall():
        if counts_of_run != list(stored.get(run_id, {}).values()):
            logged = list(stored.get(run_id, {}).values())
            what = f"run {run_id} counts {counts_of_run} rows, but its log entries count {logged}"
            yield f"{what}; {_RESTORE_LAKE}"


ROWS: dict[str, Callable[[LakeFolder], Iterator[str]]] = {
    "ids": check_ids,
    "partitions": check_partitions,
    "references": check_references,
    "forgotten": check_forgotten,
    "offsets": check_offsets,
    "runs": check_runs,
    "the index": check_index,
}
"""Checks of the rows; they run only if all files are correct."""

CHECKS = {
    "the log": check_log,
    "marks": check_marks,
    "compactions": check_compactions,
    "files": check_files,
} | ROWS


COMMAND = Command(run, EXAMPLES, add_arguments, failures="the lake has problems")
