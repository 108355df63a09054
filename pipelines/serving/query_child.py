"""The process that runs one query: python -P -m newslake.pipelines.serving.query_child

It reads a pickled `QueryRequest` from standard input and writes a JSON object to standard output:
the columns and rows, or the kind and the message of an error. Before it runs the query, it

- gives up the right to write files and to connect to other machines, if the kernel can forbid it;
- allows DuckDB to read the folders of the lake's tables only, and locks this configuration;
- limits its own memory;
- starts a timer that ends it, even if the parent has ended.
"""

import glob
import json
import os
import pickle
import resource
import signal
import sys
from pathlib import Path
from typing import Any

import duckdb

from newslake.pipelines.commands.text_formats import to_json
from newslake.pipelines.serving.landlock import forbid_writing
from newslake.pipelines.serving.query_request import Problem, QueryError, QueryRequest
from newslake.pipelines.sql.views import check_read_only, connect, is_missing
from newslake.schemas.tables import TABLES
from newslake.transforms.beam.sandbox import limit_memory
from newslake.transforms.failure import Failure
from newslake.transforms.lake.errors import NoSuchState

MAX_BYTES = 16 * 2**20
"""Maximum size of a result."""

DUCKDB_SHARE = 0.75
"""The part of the memory that DuckDB may use for its buffers; it counts nothing else."""

BATCH = 1000
"""Number of rows that are fetched at once."""


def main() -> None:
    """Run the query on standard input."""
    forbid_writing()  # before DuckDB starts threads
    duckdb.connect().execute("SELECT now(), 1::DECIMAL").fetchall()  # loads pytz and decimal
    content = sys.stdin.buffer.read()
    if not content:  # the parent has ended
        return
    request: QueryRequest = pickle.loads(content)
    signal.setitimer(signal.ITIMER_REAL, request.limits.seconds + 1)
    os.nice(5)  # a commit comes first
    sys.stdout.buffer.write(_answer(request).encode())
    sys.stdout.buffer.flush()


def _answer(request: QueryRequest) -> str:
    """Return the result or the error as JSON."""
    megabytes = f"{request.limits.megabytes:,} MB"
    try:
        return _result(request)
    except QueryError as error:
        return _error(error.problem, str(error))
    except (duckdb.PermissionException, ValueError) as error:
        return _error(Problem.REFUSED, str(error))
    except (duckdb.OutOfMemoryException, MemoryError):
        return _error(Problem.MEMORY, f"the query needs more than {megabytes} of memory")
    except NoSuchState as error:
        return _error(Problem.GONE, str(error))
    except duckdb.IOException as error:
        missing = is_missing(Path(request.lake), str(error))
        return _error(Problem.MISSING if missing else Problem.FAILED, str(error))
    except duckdb.Error as error:
        return _error(Problem.INVALID, str(error))
    except Failure as error:
        return _error(Problem.FAILED, str(error))


def _error(problem: Problem, message: str) -> str:
    """Return an error as JSON. Of a message of DuckDB, it contains the part before the stack trace."""
    return json.dumps({"problem": problem, "message": message.split("\n\n")[0].strip()})


def _result(request: QueryRequest) -> str:
    """Run the query.

    Raises:
        QueryError: the result is too large.
        ValueError: the query is not one SELECT.
        duckdb.Error: DuckDB refuses the query.
        LakeError: the lake cannot be read.
    """
    lake = Path(request.lake)
    connection = connect(lake, request.as_of, request.sql, request.min_confidence)
    limit_memory(request.limits.megabytes)
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    lock(connection, lake, request.limits.megabytes)
    try:
        return _rows(connection, request)
    except duckdb.CatalogException:  # with all views, the error message suggests similar names
        connection = connect(lake, request.as_of, min_confidence=request.min_confidence)
        lock(connection, lake, request.limits.megabytes)
        return _rows(connection, request)


def lock(connection: duckdb.DuckDBPyConnection, lake: Path, megabytes: int) -> None:
    """Let `connection` read the lake's tables only, write nothing, and keep this configuration."""
    roots = {str(lake), glob.escape(str(lake))}  # views name the lake as a glob
    folders = [f"{root}/{table}/" for root in sorted(roots) for table in TABLES]
    for name, value in {
        "threads": 2,
        "memory_limit": f"{int(megabytes * DUCKDB_SHARE)}MiB",
        "temp_directory": "",
        "python_enable_replacements": False,
        "autoinstall_known_extensions": False,
        "autoload_known_extensions": False,
        "allow_community_extensions": False,
        "allowed_directories": folders,
        "enable_external_access": False,
        "lock_configuration": True,
    }.items():
        connection.execute(f"SET {name} = {_literal(value)}")


def _literal(value: Any) -> str:
    if isinstance(value, list):
        return f"[{', '.join(map(_literal, value))}]"
    return "'" + value.replace("'", "''") + "'" if isinstance(value, str) else str(value)


def _rows(connection: duckdb.DuckDBPyConnection, request: QueryRequest) -> str:
    """Return the columns and the first rows of the query as JSON."""
    check_read_only(connection, request.sql)
    cursor = connection.execute(request.sql, request.parameters)
    columns = [[name, str(kind)] for name, kind, *_ in cursor.description or []]
    rows: list[str] = []
    size = 0
    while len(rows) <= request.rows and (batch := cursor.fetchmany(BATCH)):
        for row in batch:
            rows.append(to_json(row))
            size += len(rows[-1].encode())
            if size > MAX_BYTES:
                message = f"the result has more than {MAX_BYTES >> 20} MB; select less"
                raise QueryError(Problem.SIZE, message)
    more = json.dumps(len(rows) > request.rows)
    shown = ", ".join(rows[: request.rows])
    return f'{{"columns": {json.dumps(columns)}, "more": {more}, "rows": [{shown}]}}'


if __name__ == "__main__":
    main()
