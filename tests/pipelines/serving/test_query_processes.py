"""Each query runs in a process of its own: it reads the lake's tables, and nothing else."""

import os
import pickle
import shutil
import subprocess
import sys
from contextlib import ExitStack
from pathlib import Path

import pytest
from lakes import announcement, article, commit, mention
from waits import HANG_SECONDS

from newslake.pipelines.serving import landlock
from newslake.pipelines.serving.query_processes import WAITING, QueryProcesses
from newslake.pipelines.serving.query_request import (
    Problem,
    QueryError,
    QueryLimits,
    QueryRequest,
)
from newslake.pipelines.sql.statements import VIEWS
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.lake_index import open_lake

PATIENT = QueryLimits(seconds=HANG_SECONDS, megabytes=256, rows=100)
HURRIED = QueryLimits(seconds=1)


@pytest.fixture(scope="module")
def folder(made_lake, tmp_path_factory):
    """The path of a lake that these tests read."""
    folder = tmp_path_factory.mktemp("queries") / "the [lake] of *Bob's*"
    lake = open_lake(shutil.copytree(made_lake.storage.root, folder))
    commit(lake, announcement("https://example.org/1"), number=9)
    return folder


@pytest.fixture(scope="module")
def queries(folder):
    queries = QueryProcesses(folder, PATIENT)
    yield queries
    queries.close()


def problem_of(queries, sql, **options):
    with pytest.raises(QueryError) as caught:
        queries.run(sql, **options)
    return caught.value.problem


@pytest.mark.parametrize("name", [*TABLES, *(name for name in VIEWS if name != "macros")])
def test_a_query_reads_each_table_and_view(queries, name):
    result = queries.run(f"FROM {name}")
    assert not result.more
    assert all(len(row) == len(result.columns) == len(result.types) for row in result.rows)


def test_a_query_uses_the_macros(queries):
    [one] = queries.run("SELECT article_id FROM articles WHERE title = 'one'").rows
    assert queries.run("SELECT title FROM copies($id)", {"id": one[0]}).rows == [["copy-one"]]
    stories = queries.run("SELECT title FROM top_stories('2026-03-01', '2026-03-02') LIMIT 1")
    assert stories.records == [{"title": "one"}]


def test_values_are_those_of_json(queries):
    sql = "SELECT now()::DATE > '2026-01-01' AS day, 'a'::BLOB AS bytes, 'NaN'::DOUBLE AS none, [1] AS l"
    result = queries.run(sql)
    assert result.records == [{"day": True, "bytes": "61", "none": None, "l": [1]}]
    assert result.types == ["BOOLEAN", "BLOB", "DOUBLE", "INTEGER[]"]
    [times] = queries.run("SELECT published_at FROM articles WHERE title = 'one'").rows
    assert times == ["2026-03-01T12:00:00+00:00"]


def test_every_type_of_duckdb_has_a_value(queries):
    assert queries.run("FROM test_all_types()").rows


def test_a_result_has_at_most_the_allowed_rows_and_says_that_there_are_more(queries):
    result = queries.run("FROM range(1_000_000_000)")
    assert len(result.rows) == PATIENT.rows
    assert result.more
    result = queries.run("FROM range(3)", rows=3)
    assert (len(result.rows), result.more) == (3, False)
    assert len(queries.run("FROM range(1000)", rows=10**6).rows) == PATIENT.rows


def test_an_earlier_state_is_read_as_of_its_entry(queries):
    assert queries.run("SELECT count(*) FROM articles", as_of=2).rows == [[2]]
    assert problem_of(queries, "FROM articles", as_of=99) == Problem.GONE


def test_unsure_mentions_are_left_out_unless_asked_for(queries):
    sql = "SELECT count(*) FROM mentions"
    assert [queries.run(sql, min_confidence=one).rows for one in (0, 0.51)] == [[[3]], [[0]]]


def test_a_wrong_query_is_explained(queries):
    with pytest.raises(QueryError, match='Did you mean "articles"') as caught:
        queries.run("FROM artcles")
    assert caught.value.problem == Problem.INVALID
    assert problem_of(queries, "SELECT 'a'::INTEGER") == Problem.INVALID
    assert problem_of(queries, "SELECT" + "(" * 100_000) in {Problem.INVALID, Problem.MEMORY}


FOREIGN = [
    "FROM read_csv('/etc/passwd')",
    "FROM '/etc/passwd'",
    "FROM '/etc/ssl/openssl.cnf'",
    "FROM read_text('LAKE/_lake.json')",
    "FROM read_text('LAKE/_log/00000000.json')",
    "FROM read_blob('LAKE/articles/../_lake.json')",
    "FROM read_text('LAKE/articles/link')",
    "FROM read_text('LAKE/articles/folder/hostname')",
    "FROM glob('/etc/*')",
    "FROM glob('LAKE/*')",
    "FROM glob('LAKE/_log/*')",
    "FROM glob('LAKE/articles/../*')",
    "FROM read_blob('/proc/self/environ')",
    "FROM read_parquet('LAKE/_tmp/**/*.parquet')",
    "FROM read_duckdb('LAKE/_index/index.sqlite')",
    "FROM sniff_csv('/etc/passwd')",
    "FROM parquet_metadata('/tmp/x.parquet')",
    "FROM query('FROM read_text(''/etc/passwd'')')",
    "FROM query_table(['/etc/passwd'])",
    "FROM 'http://127.0.0.1:9/x.parquet'",
    "FROM read_csv('https://example.org/x.csv')",
    "FROM 's3://bucket/x.parquet'",
    "FROM duckdb_secrets()",
    "SELECT getenv('HOME')",
    "FROM queries",
    "FROM enable_logging('QueryLog', storage = 'file', storage_config = {'path': 'OUT'})",
    "FROM enable_profiling(save_location = 'OUT')",
    "FROM json_execute_serialized_sql(json_serialize_sql('FROM read_text(''/etc/passwd'')'))",
]
"""Queries that read or write something else than the tables."""

OTHER_STATEMENTS = [
    "ATTACH 'OUT'",
    "ATTACH 'LAKE/articles/x.db'",
    "COPY articles TO 'OUT'",
    "COPY articles TO 'LAKE/articles/published_date=2026-03-01/x.parquet'",
    "COPY (SELECT 1) TO 'LAKE/_lake.json'",
    "EXPORT DATABASE 'OUT'",
    "IMPORT DATABASE 'OUT'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET memory_limit = '100GB'",
    "RESET memory_limit",
    "SET VARIABLE a = 1",
    "PRAGMA database_list",
    "PRAGMA enable_profiling",
    "CALL enable_logging()",
    "CREATE TABLE t AS SELECT 1",
    "CREATE TABLE 'OUT' AS SELECT 1",
    "CREATE SECRET (TYPE s3)",
    "CREATE MACRO m() AS 1",
    "DROP VIEW articles",
    "INSERT INTO articles VALUES (1)",
    "DELETE FROM articles",
    "BEGIN",
    "VACUUM",
    "CHECKPOINT",
    "USE memory",
    "PREPARE p AS SELECT 1",
    "EXECUTE p",
    "DETACH memory",
    "EXPLAIN ANALYZE COPY articles TO 'OUT'",
    "EXPLAIN (ANALYZE) EXPLAIN COPY articles TO 'OUT'",
    "/* SELECT */ COPY articles TO 'OUT'",
    "WITH new AS (SELECT 1) INSERT INTO articles FROM new",
    "WITH x AS (COPY articles TO 'OUT') FROM x",
    "WITH x AS ( -- SELECT\n copy(SELECT 1 AS é) TO 'LAKE/articles/x.csv') FROM x",
    "WITH x AS (\u00a0COPY articles TO 'OUT') FROM x",
    "WITH x AS (\u00a0COPY articles TO 'OUT') PIVOT x ON Count",
    "WITH x AS MATERIALIZED (COPY articles TO 'OUT') PIVOT x ON Count",
    "WITH y AS (SELECT 1), x AS (COPY (FROM y) TO 'OUT') FROM x",
    "WITH x AS (WITH y AS (SELECT 1) INSERT INTO articles FROM y RETURNING *) FROM x",
    "EXPLAIN ANALYZE WITH x AS (COPY articles TO 'OUT') FROM x",
    "SELECT 1; SELECT 2",
    "SELECT 1; COPY articles TO 'OUT'",
    "PIVOT articles ON language; COPY articles TO 'OUT'",
    "",
    "-- nothing",
]
"""Statements that are not one SELECT."""

ENDLESS = [
    "SELECT sleep_ms(3600000)",
    "WITH RECURSIVE t AS (SELECT 1 AS a UNION ALL SELECT a + 1 FROM t) SELECT count(*) FROM t",
    "SELECT count(*) FROM range(100000) a, range(100000) b, range(100000) c",
    "SELECT max(hash(a.range, b.range)) FROM range(1000000) a, range(1000000) b",
]
HUGE = [
    "SELECT repeat('a', 1000000000)",
    "SELECT length(repeat('a', 1000000000) || repeat('b', range::INT)) FROM range(10)",
    "SELECT list(range) FROM range(1000000000)",
    "SELECT string_agg(repeat('x', 100000)) FROM range(100000)",
    "FROM range(100000000) a ORDER BY hash(a.range)",
    "SELECT repeat(text, 1000000) FROM articles",
]
"""Queries that need more time, or more memory or bytes, than is allowed."""


@pytest.fixture(scope="module")
def tree(folder):
    """Links in the folder of a table, and a function that returns all files with their sizes."""
    (folder / "articles/link").symlink_to("/etc/hostname")
    (folder / "articles/folder").symlink_to("/etc")

    def tree():
        return {
            path: (path.lstat().st_size, path.lstat().st_mtime_ns)
            for path in folder.parent.rglob("*")
        }

    yield tree
    (folder / "articles/link").unlink()
    (folder / "articles/folder").unlink()


@pytest.mark.parametrize("sql", [*FOREIGN, *OTHER_STATEMENTS])
def test_a_query_reads_and_writes_nothing_else(queries, folder, tree, sql):
    before = tree()
    lake = str(folder).replace("'", "''")
    sql = sql.replace("LAKE", lake).replace("OUT", f"{Path(lake).parent}/out")
    assert problem_of(queries, sql) in {Problem.REFUSED, Problem.INVALID}
    assert tree() == before


@pytest.mark.skipif(landlock.version() < 3, reason="the kernel cannot forbid this process to write")
@pytest.mark.parametrize("sql", [sql for sql in OTHER_STATEMENTS if "OUT" in sql or "LAKE" in sql])
def test_the_configuration_refuses_statements_that_the_check_of_the_kind_would_miss(
    folder, tree, sql
):
    """The lock of DuckDB and the kernel stop what reaches the files, without `check_read_only`."""
    before = tree()
    lake = str(folder).replace("'", "''")
    sql = sql.replace("LAKE", lake).replace("OUT", f"{Path(lake).parent}/out")
    run_unchecked(folder, sql)
    assert tree() == before


def run_unchecked(folder, sql):
    """Run `sql` in a process that does not check the kind of the statement."""
    code = """
import pickle, sys
from newslake.pipelines.serving import query_child
query_child.check_read_only = lambda connection, sql: None
query_child.main()
"""
    request = pickle.dumps(QueryRequest(str(folder), sql, {}, None, 10, 0.0, PATIENT))
    return subprocess.run(
        [sys.executable, "-c", code], input=request, capture_output=True, check=False
    )


@pytest.mark.parametrize("sql", ENDLESS)
def test_a_query_ends_when_its_time_is_over(folder, sql):
    queries = QueryProcesses(folder, HURRIED)
    assert problem_of(queries, sql) == Problem.TIME
    queries.close()


@pytest.mark.parametrize("sql", HUGE)
def test_a_query_ends_at_the_limit_of_memory_or_of_bytes(queries, sql):
    assert problem_of(queries, sql) in {Problem.MEMORY, Problem.SIZE}


def test_two_queries_run_at_once_and_a_third_waits_for_a_limited_time(folder):
    queries = QueryProcesses(folder, QueryLimits(seconds=0.2))
    with queries._slots, queries._slots:
        assert problem_of(queries, "SELECT 1") == Problem.BUSY
    queries.close()


def test_a_query_is_refused_at_once_if_many_wait(folder):
    queries = QueryProcesses(folder, PATIENT)
    with ExitStack() as waiting:
        for _ in range(PATIENT.at_once * WAITING):
            waiting.enter_context(queries._places)
        assert problem_of(queries, "SELECT 1") == Problem.BUSY
    queries.close()


def test_the_environment_of_the_server_is_unknown_to_the_process(queries, monkeypatch):
    monkeypatch.setenv("SECRET_OF_THE_SERVER", "1")
    queries.close()
    queries.run("SELECT 1")
    environment = Path(f"/proc/{queries._spare.pid}/environ").read_bytes()
    assert b"SECRET" not in environment


def test_no_process_is_left(folder):
    queries = QueryProcesses(folder, PATIENT)
    queries.run("SELECT 1")
    waiting = queries._spare.pid
    queries.close()
    with pytest.raises(ProcessLookupError):
        os.kill(waiting, 0)


def test_a_table_that_a_writer_adds_to_is_read_with_its_new_rows(lake):
    queries = QueryProcesses(lake.storage.root, PATIENT)
    new = article("new")
    commit(lake, new, mention(new), number=7)
    sql = "SELECT count(*) FROM articles JOIN events ON true WHERE title = 'new'"
    assert queries.run(sql).rows == [[4]]
    queries.close()
