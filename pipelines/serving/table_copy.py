"""Keeps a copy of a lake's tables, without texts, in a file of DuckDB, for the page of `newslake serve`.

To read all Parquet files takes most of the time of a report. The log brings the copy up to date: only new
files are read, and the partitions whose rows a command has replaced.
"""

import glob
import time
from pathlib import Path

import duckdb

from newslake.pipelines.report.report_columns import USED_SQL, Rows, Selection, count
from newslake.pipelines.sql import read_sql
from newslake.pipelines.sql.coverage import complete
from newslake.pipelines.sql.statements import needed, read_files
from newslake.pipelines.sql.views import is_missing
from newslake.schemas.tables import TABLES
from newslake.transforms.lake.errors import NoSuchState
from newslake.transforms.lake.log import Log
from newslake.transforms.lake.storage import Storage

PUBLISHING_SECONDS = 0.1
"""Pause for a commit that is publishing its files."""

DUCKDB_MEGABYTES = 1024
"""Maximum memory of DuckDB, in units of 2**20 bytes; above it, DuckDB writes temporary files."""

_KEPT = "COLUMNS(lambda name: name <> 'text')"


class TableCopy:
    """The copy, in `file`, of one lake. The file is created if it is missing."""

    def __init__(self, file: Path) -> None:
        self._file = file

    def read_rows(self, lake: Path, selection: Selection, entry: int) -> Rows:
        """Return the rows of `lake` in the state at `entry`, the last entry of its log.

        Raises:
            NoSuchState: the lake has changed meanwhile.
            LakeError: the lake is damaged.
        """
        try:
            with duckdb.connect() as connection:
                self._attach(connection)
                self._update(connection, lake, entry)
                for name in needed(USED_SQL):
                    view = f"CREATE VIEW {name} AS FROM copy.{name}"
                    connection.execute(view if name in TABLES else read_sql(name))
                complete(connection, {})
                return count(connection, selection)
        except duckdb.IOException as error:
            if not is_missing(lake, str(error)):
                raise
            time.sleep(PUBLISHING_SECONDS)
            raise NoSuchState(str(error)) from error

    def _attach(self, connection: duckdb.DuckDBPyConnection) -> None:
        file = str(self._file).replace("'", "''")
        for name, value in {
            "TimeZone": "UTC",
            "memory_limit": f"{DUCKDB_MEGABYTES}MiB",
            "temp_directory": f"{file}.tmp",
            "threads": "1",  # takes less CPU time than two
        }.items():
            connection.execute(f"SET {name} = '{value}'")
        connection.execute(f"ATTACH '{file}' AS copy")
        connection.execute("CREATE TABLE IF NOT EXISTS copy.state (entry INTEGER, digest VARCHAR)")

    def _update(self, connection: duckdb.DuckDBPyConnection, lake: Path, entry: int) -> None:
        """Bring the copy to the state at `entry`."""
        log = Log(Storage(lake))
        state = connection.execute("FROM copy.state").fetchall()
        last, digest = state[0] if state else (-1, None)
        entries = [log.read(number) for number in range(last + 1, entry + 1)]
        is_other = last > entry or digest != log.digest(last)
        # A file of DuckDB keeps deleted rows for a while.
        if state and (is_other or any(one.kind == "forget" for one in entries)):
            connection.execute("DETACH copy")
            self._file.unlink()
            self._attach(connection)
            self._update(connection, lake, entry)
            return
        files = dict[tuple[str, str], list[str]]()
        replaced = set[tuple[str, str]]()
        for one in entries:
            for file in one.files:
                files.setdefault((file.table, file.partition), []).append(file.final)
            for swap in one.swaps:
                key = swap.table, swap.partition
                if one.kind == "compact" and key not in files:
                    continue  # the copy has these rows
                replaced.add(key)
                files[key] = [file.final for file in swap.after]
        connection.begin()
        for name, table in TABLES.items():
            gone = [partition.partition("=")[2] for one, partition in replaced if one == name]
            paths = [path for (one, _), added in files.items() if one == name for path in added]
            new = f"SELECT {_KEPT} FROM " + read_files(
                name, [glob.escape(str(lake.absolute() / path)) for path in paths]
            )
            if last < 0:
                connection.execute(f"CREATE TABLE copy.{name} AS {new}")
                continue
            if gone:
                where = f"list_contains($1::DATE[], {table.partition_key})"
                connection.execute(f"DELETE FROM copy.{name} WHERE {where}", [gone])
            if paths:
                connection.execute(f"INSERT INTO copy.{name} BY NAME {new}")
        connection.execute("DELETE FROM copy.state")
        connection.execute("INSERT INTO copy.state VALUES (?, ?)", [entry, log.digest(entry)])
        connection.commit()
