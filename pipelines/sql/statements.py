"""The SQL that creates the tables, views and macros of a lake in DuckDB; it does not import DuckDB."""

import glob
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from newslake.pipelines.sql import read_sql
from newslake.schemas.tables import TABLES
from newslake.transforms.lake.errors import NoSuchState
from newslake.transforms.lake.storage import Storage

VIEWS = {
    "events": ("events",),
    "events_plover": ("events_plover",),
    "macros": ("copies", "spread", "top_stories"),
    "open_rejects": ("open_rejects",),
    "outcomes": ("outcomes",),
    "coverage": ("coverage",),
}
"""Maps each `.sql` file to its views and macros. A file uses only tables and earlier files."""

_LISTS_NAMES = re.compile(r"\b(show|describe)\b|schema|duckdb_|pg_|pragma_|sqlite_", re.IGNORECASE)
"""A query that may list tables, views and macros, or their columns."""


def lake_sql(lake: Path) -> str:
    """Return SQL that gives any DuckDB client the tables, views and macros of `lake`.

    The view `coverage` has no columns about silence.
    """
    created = statements(lake, [*TABLES, *VIEWS])
    return "\n".join(f"{statement.rstrip().removesuffix(';')};\n" for statement in created)


def needed(sql: str | None) -> list[str]:
    """Return the tables and the files of `VIEWS` that `sql` names, and all that these name."""
    if sql is None or _LISTS_NAMES.search(sql):
        return [*TABLES, *VIEWS]
    text, views = sql.lower(), list[str]()
    for file in reversed(VIEWS):
        if any(name in text for name in VIEWS[file]):
            text += read_sql(file)
            views.insert(0, file)
    return [*(name for name in TABLES if name in text), *views]


def statements(
    lake: Path, names: Iterable[str], as_of: int | None = None, min_confidence: float = 0.0
) -> Iterator[str]:
    """Yield the SQL that creates each of `names`: a table of the lake, or a file of `VIEWS`.

    Mentions with a lower confidence than `min_confidence` are left out.

    Raises:
        NoSuchState: the state at `as_of` is not available.
    """
    root = glob.escape(str(lake.absolute()))
    globs = {name: [f"{root}/{name}/**/*.parquet"] for name in TABLES}
    files = globs if as_of is None else _files_at(lake, as_of)
    yield "SET TimeZone = 'UTC'"
    for name in names:
        if name in TABLES:
            where = f" WHERE confidence >= {min_confidence}"
            limit = where if name == "mentions" and min_confidence else ""
            yield f"CREATE VIEW {name} AS SELECT * FROM {read_files(name, files[name])}{limit}"
        else:
            yield read_sql(name)


def read_files(table: str, files: Iterable[str]) -> str:
    """Return SQL that reads rows of `table` from `files`, which are paths or globs."""
    names = ", ".join("'" + path.replace("'", "''") + "'" for path in files)
    return (
        f"read_parquet([{names}], hive_partitioning = true, "
        f"hive_types = {{'{TABLES[table].partition_key}': DATE}})"
    )


def _files_at(lake: Path, as_of: int) -> dict[str, list[str]]:
    """Return the paths of each table's files in the state at log entry `as_of`.

    Raises:
        NoSuchState: the files of this state are not kept.
    """
    from newslake.transforms.lake.log import Log, live_files  # most queries need no log

    storage = Storage(lake)
    entries = list(Log(storage).entries())
    last = entries[-1].seq
    earliest = max((entry.seq for entry in entries if entry.swaps), default=0)
    if not earliest <= as_of <= last:
        raise NoSuchState(
            f"the lake can be read as of entries {earliest} to {last}, not {as_of}: the state "
            "before the last compact, forget or reprocess is not kept; choose one of these entries"
        )
    files: dict[str, list[str]] = {name: [] for name in TABLES}
    for file in live_files(entries[: as_of + 1]).values():
        files[file.table].append(glob.escape(str(storage.path(file.final).absolute())))
    return files
