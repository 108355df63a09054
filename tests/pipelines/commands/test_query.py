import contextlib
import csv
import io
import json
import re
import shutil
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest
from lakes import DAY, article, commit, duplicate, hexadecimal, mention
from paths import ROOT

from newslake.pipelines.cli import main
from newslake.pipelines.commands import prompt
from newslake.pipelines.sql import views
from newslake.schemas.rows import SHOWN_CONFIDENCE
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.lake_index import open_lake


@pytest.fixture
def query(seed_lake, capsys):
    def query(*words, exit_code=0):
        assert main(["query", *words, "--lake", str(seed_lake)]) == exit_code
        return capsys.readouterr()

    return query


def test_without_a_query_it_shows_what_the_lake_holds(query):
    assert "│ articles     │    4 │" in query().out


def test_a_result_is_printed_as_a_table(query):
    out = query("SELECT section, count(*) AS n FROM articles GROUP BY ALL ORDER BY n").out
    assert "EUROPE" in out


def test_the_example_of_the_readme_prints_what_the_readme_shows(query):
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    sql, shown = re.search(
        r'newslake query "([^"]+)" --lake lake\n\n```\n(.*?)```', readme, re.DOTALL
    ).groups()
    assert query(sql).out == shown


def test_a_table_may_be_pivoted_without_naming_its_columns(query):
    pivot = "PIVOT (SELECT language, source FROM articles) ON language USING count(*)"
    for sql in (
        pivot,
        f"-- by language\nFROM ({pivot})",
        f"WITH pivoted AS ({pivot}) FROM pivoted",
    ):
        assert "en" in query(sql).out


def test_words_of_other_statements_may_be_names_and_texts(query):
    sql = """SELECT '(copy' AS "insert", count(*) AS update, list(copy) AS copy
        FROM (SELECT title AS copy FROM articles) -- (delete"""
    assert "(copy" in query(sql).out


def test_only_the_displayed_rows_of_a_long_result_are_computed(query):
    said = query("FROM range(1000000000000)", "--limit", "3")
    assert "│     2 │" in said.out
    assert "│     3 │" not in said.out
    assert "only the first 3 rows are shown" in said.err


def test_json_is_one_object_a_row(query):
    out = query(
        "SELECT title, authors, published_at FROM articles ORDER BY title", "--format", "json"
    ).out
    rows = [json.loads(line) for line in out.splitlines()]
    assert len(rows) == 4
    assert rows[0] == {
        "title": "Escalating Tensions Amid Ceasefire Talks: Key Updates from Ukraine",
        "authors": [],
        "published_at": None,
    }


def test_csv_keeps_texts_whole(query):
    out = query("SELECT article_id, text FROM articles", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 4
    assert all("\n" in row["text"] for row in rows)


def test_a_result_can_be_written_as_parquet(query, tmp_path):
    path = tmp_path / "titles.parquet"
    query("SELECT title FROM articles -- all\n;", "--format", "parquet", "-o", str(path))
    assert len(duckdb.sql(f"SELECT title FROM '{path}'").fetchall()) == 4


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_text_in_csv_is_a_formula(query, text):
    out = query(f"SELECT '{text}' AS title, -1 AS number", "--format", "csv").out
    assert list(csv.DictReader(io.StringIO(out))) == [{"title": f"'{text}", "number": "-1"}]


def test_a_query_can_come_from_a_file(query, tmp_path):
    (tmp_path / "q.sql").write_text("SELECT 42 AS answer")
    assert json.loads(query("--file", str(tmp_path / "q.sql"), "--format", "json").out) == {
        "answer": 42
    }


def test_the_prompt_runs_queries_until_the_input_ends(seed_lake, capsys, monkeypatch):
    lines = iter(["SELECT count(*)", "FROM articles;", "", "SELEC;", "SELECT 'still' AS here;"])

    def read_line(shown):
        if (line := next(lines, None)) is None:
            raise EOFError
        return line

    monkeypatch.setattr(prompt, "is_interactive", lambda: True)
    monkeypatch.setattr("builtins.input", read_line)
    assert main(["query", "--lake", str(seed_lake)]) == 0
    shown = capsys.readouterr()
    assert "│            4 │" in shown.out
    assert "syntax error" in shown.err
    assert "still" in shown.out


@pytest.mark.parametrize("word", ["exit", "quit", " exit; ", "quit ;"])
def test_the_prompt_ends_on_command(word):
    queries = []
    lines = iter(["SELECT 1;", word, "SELECT 2;"])
    prompt.run_queries(queries.append, lambda shown: next(lines))
    assert queries == ["SELECT 1;"]


def test_a_semicolon_in_a_string_does_not_end_a_query():
    queries = []
    lines = iter(["SELECT 'first;", "second;';", "SELEC 1;", "quit"])
    prompt.run_queries(queries.append, lambda shown: next(lines))
    assert queries == ["SELECT 'first;\nsecond;';", "SELEC 1;"]


def test_events_have_the_names_of_plover(query):
    sql = "SELECT id, event, quad_code, source[1].actor_text AS source, cite_info.coder, text FROM events_plover"
    rows = [json.loads(line) for line in query(sql, "--format", "json").out.splitlines()]
    assert len(rows) > 10
    assert {row["coder"] for row in rows} == {"newslake"}
    assert all(len(row["event"]) == 1 and row["text"] for row in rows)
    [[events]] = [
        json.loads(query("SELECT count(*) AS n FROM events", "--format", "json").out).values()
    ]
    assert len(rows) == events


def test_a_query_can_list_all_tables_and_views(query):
    listed = json.loads(
        query("SELECT list(name) AS names FROM (SHOW TABLES)", "--format", "json").out
    )
    views = {"events", "events_plover", "open_rejects", "outcomes", "coverage"}
    assert {*listed["names"]} == {*TABLES} | views


def test_a_misspelt_table_is_recognised(query):
    assert 'Did you mean "articles"' in query("FROM article", exit_code=2).err


def test_a_view_may_be_named_by_an_expression(query):
    sql = "SELECT count(*) > 10 AS ok FROM query_table('ev' || 'ents')"
    assert json.loads(query(sql, "--format", "json").out) == {"ok": True}


def test_events_count_deduplicated_events(query):
    sql = "SELECT (SELECT count(*) FROM events) <= (SELECT count(*) FROM mentions) AS ok"
    assert json.loads(query(sql, "--format", "json").out) == {"ok": True}


def test_no_escape_sequence_of_the_news_reaches_the_terminal(query):
    out = query("SELECT 'red: ' || chr(27) || '[31m' || chr(8238) AS title").out
    assert "\x1b[31m" not in out
    assert "\u202e" not in out


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["SELEC 1"], "syntax error"),
        (["SELECT 1", "--file", "q.sql"], "not both"),
        (["SELECT 1", "--colour"], "unknown option --colour"),
        (["COPY (SELECT 1) TO 'x.parquet'"], "only one read-only SELECT is allowed"),
        (["CREATE TABLE t (a INT)"], "only one read-only SELECT is allowed"),
        (
            ["WITH x AS (/* é */ copy (SELECT 1) TO 'x.csv') FROM x"],
            "only one read-only SELECT is allowed",
        ),
        (
            ["WITH x AS (COPY articles TO 'x.csv') PIVOT x ON Count"],
            "only one read-only SELECT is allowed",
        ),
        (
            ["EXPLAIN ANALYZE COPY (SELECT 1) TO 'x.parquet'"],
            "only one read-only SELECT is allowed",
        ),
        (
            ["explain (analyze) COPY (SELECT 1) TO 'x.parquet'"],
            "only one read-only SELECT is allowed",
        ),
        (
            ["/**/ EXPLAIN ANALYZE COPY (SELECT 1) TO 'x.parquet'"],
            "only one read-only SELECT is allowed",
        ),
        (
            ["COPY (PIVOT articles ON language) TO 'x.parquet'"],
            "only one read-only SELECT is allowed",
        ),
        (
            ["FROM top_stories('2026-04-01', '2026-03-01')"],
            "2026-04-01 is after 2026-03-01; put the earlier time first",
        ),
        (["SELECT 1; SELECT 2"], "only one read-only SELECT is allowed"),
        ([";"], "only one read-only SELECT is allowed"),
        (["--file", "/nonexistent.sql"], "cannot be read"),
        (["SELECT 1", "--limit", "-3"], "not a whole number from 0 to"),
        (["SELECT 1", "--format", "parquet"], "needs --output"),
        (["SELECT 1", "--output", "x"], "needs --format"),
        (["SELECT 1", "--format", "csv", "--output", "/nonexistent/x"], "cannot be written"),
    ],
)
def test_wrong_use(seed_lake, capsys, words, message):
    with contextlib.suppress(SystemExit):
        assert main(["query", *words, "--lake", str(seed_lake)]) == 2
    assert message in capsys.readouterr().err


@pytest.mark.parametrize("name", ["br[a]cket", "st*r", "what?", "quo'te", "per%cent", "ü"])
def test_a_lake_may_have_any_name(seed_lake, tmp_path, capsys, name):
    shutil.copytree(seed_lake, tmp_path / name)
    sql = "SELECT count(*) AS n FROM articles"
    assert main(["query", sql, "--format", "json", "--lake", str(tmp_path / name)]) == 0
    assert json.loads(capsys.readouterr().out) == {"n": 4}


def test_a_lake_in_a_folder_like_a_partition_is_refused(seed_lake, tmp_path, capsys):
    shutil.copytree(seed_lake, tmp_path / "title=x")
    assert main(["query", "--lake", str(tmp_path / "title=x")]) == 2
    assert "as a partition; use another folder" in capsys.readouterr().err


def test_a_missing_file_of_the_user_is_reported(seed_lake, capsys, monkeypatch):
    monkeypatch.setattr(views.time, "sleep", pytest.fail)
    assert main(["query", "FROM 'typo.parquet'", "--lake", str(seed_lake)]) == 2
    assert "typo.parquet" in capsys.readouterr().err


def test_a_query_can_be_explained(query):
    lines = query("EXPLAIN SELECT title FROM articles WHERE live").out.splitlines()
    assert any("Parquet" in line or "PARQUET" in line for line in lines)
    assert len(lines) > 5


def test_json_output_has_no_nan_or_infinity(query):
    assert json.loads(query("SELECT 'nan'::DOUBLE AS x", "--format", "json").out) == {"x": None}


def test_a_folder_that_is_not_a_lake(capsys, tmp_path):
    assert main(["query", "--lake", str(tmp_path)]) == 2
    assert "is not a lake" in capsys.readouterr().err


@pytest.fixture
def query_copies(tmp_path, capsys):
    """Return a function that queries a lake with two articles and two copies of the second."""
    lake = open_lake(tmp_path / "lake")
    lake.create()
    copies = [
        replace(duplicate(name, "two"), source=f"{name}.example", published_at=DAY + timedelta(n))
        for n, name in enumerate(("far", "late"), start=1)
    ]
    commit(lake, article("one"), article("two"), *copies)

    def query_copies(sql):
        assert main(["query", sql, "--lake", str(lake.storage.root), "--format", "json"]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return query_copies


def test_copies_of_an_article(query_copies):
    found = query_copies(f"FROM copies('{hexadecimal('two')}')")
    assert [copy["source"] for copy in found] == ["far.example", "late.example"]
    assert query_copies(f"FROM copies('{hexadecimal('one')}')") == []


def test_the_publishers_of_a_text_and_their_times(query_copies):
    found = query_copies(f"SELECT source, kind FROM spread('{hexadecimal('two')}')")
    assert [(row["source"], row["kind"]) for row in found] == [
        ("example.org", "article"),
        ("far.example", "exact"),
        ("late.example", "exact"),
    ]


def test_top_stories_are_those_that_most_papers_published(query_copies):
    found = query_copies("SELECT title, sources FROM top_stories('2026-03-01', '2026-03-02')")
    assert [(row["title"], row["sources"]) for row in found] == [("one", 1), ("two", 1)]
    found = query_copies("SELECT title, sources FROM top_stories('2026-03-01', '2026-04-01')")
    assert [(row["title"], row["sources"]) for row in found] == [("two", 3), ("one", 1)]


@pytest.fixture
def unsure(tmp_path):
    """A lake with a mention that is sure enough, and one that is not."""
    lake = open_lake(tmp_path / "unsure")
    lake.create()
    one = article("one")
    doubtful = SHOWN_CONFIDENCE - 0.01
    sure = mention(one, mention_id=hexadecimal("sure"), confidence=SHOWN_CONFIDENCE)
    commit(lake, one, sure, mention(one, mention_id=hexadecimal("doubt"), confidence=doubtful))
    return lake.storage.root


@pytest.mark.parametrize("view", ["mentions", "events", "events_plover"])
def test_unsure_mentions_and_their_events_are_shown_only_on_demand(unsure, capsys, view):
    words = ["query", f"SELECT count(*) AS n FROM {view}", "--lake", str(unsure), "--format", "csv"]
    assert main(words) == 0
    assert capsys.readouterr().out.split() == ["n", "1"]
    assert main([*words, "--all"]) == 0
    assert capsys.readouterr().out.split() == ["n", "2"]


def test_the_overview_says_that_unsure_mentions_are_left_out(unsure, capsys):
    assert main(["query", "--lake", str(unsure)]) == 0
    assert "--all includes them" in capsys.readouterr().err
    assert main(["query", "--lake", str(unsure), "--all"]) == 0
    assert "--all" not in capsys.readouterr().err
