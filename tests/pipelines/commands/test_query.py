import contextlib
import csv
import io
import json
import shutil
from dataclasses import replace
from datetime import timedelta

import duckdb
import pytest
from lakes import DAY, article, commit, duplicate, hexadecimal

from newslake.pipelines.cli import main
from newslake.pipelines.commands import prompt
from newslake.pipelines.sql import views
from newslake.transforms.dedupe.lake_index import open_lake


@pytest.fixture
def ask(seed_lake, capsys):
    def ask(*words, exit_code=0):
        assert main(["query", *words, "--lake", str(seed_lake)]) == exit_code
        return capsys.readouterr()

    return ask


def test_without_a_question_it_tells_what_the_lake_holds(ask):
    assert "│ articles   │    4 │" in ask().out


def test_a_question_is_answered_as_a_table(ask):
    out = ask("SELECT section, count(*) AS n FROM articles GROUP BY ALL ORDER BY n").out
    assert "EUROPE" in out


def test_a_table_may_be_turned_without_naming_its_columns(ask):
    asked = "PIVOT (SELECT language, source FROM articles) ON language USING count(*)"
    for sql in (asked, f"-- by language\nFROM ({asked})", f"WITH turned AS ({asked}) FROM turned"):
        assert "en" in ask(sql).out


def test_of_a_long_answer_only_the_rows_that_are_shown_are_made(ask):
    said = ask("FROM range(1000000000000)", "--limit", "3")
    assert "│     2 │" in said.out
    assert "│     3 │" not in said.out
    assert "only the first 3 rows are shown" in said.err


def test_json_is_one_object_a_row(ask):
    out = ask(
        "SELECT title, authors, published_at FROM articles ORDER BY title", "--format", "json"
    ).out
    rows = [json.loads(line) for line in out.splitlines()]
    assert len(rows) == 4
    assert rows[0] == {
        "title": "Escalating Tensions Amid Ceasefire Talks: Key Updates from Ukraine",
        "authors": [],
        "published_at": None,
    }


def test_csv_keeps_texts_whole(ask):
    out = ask("SELECT article_id, text FROM articles", "--format", "csv").out
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == 4
    assert all("\n" in row["text"] for row in rows)


def test_an_answer_can_become_a_parquet_file(ask, tmp_path):
    path = tmp_path / "titles.parquet"
    ask("SELECT title FROM articles -- all\n;", "--format", "parquet", "-o", str(path))
    assert len(duckdb.sql(f"SELECT title FROM '{path}'").fetchall()) == 4


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_text_in_csv_is_a_formula(ask, text):
    out = ask(f"SELECT '{text}' AS title, -1 AS number", "--format", "csv").out
    assert list(csv.DictReader(io.StringIO(out))) == [{"title": f"'{text}", "number": "-1"}]


def test_a_question_can_come_from_a_file(ask, tmp_path):
    (tmp_path / "q.sql").write_text("SELECT 42 AS answer")
    assert json.loads(ask("--file", str(tmp_path / "q.sql"), "--format", "json").out) == {
        "answer": 42
    }


def test_a_person_can_ask_until_the_input_ends(seed_lake, capsys, monkeypatch):
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
def test_the_prompt_ends_when_told_to(word):
    asked = []
    lines = iter(["SELECT 1;", word, "SELECT 2;"])
    prompt.run_queries(asked.append, lambda shown: next(lines))
    assert asked == ["SELECT 1;"]


def test_a_semicolon_in_a_string_ends_no_question():
    asked = []
    lines = iter(["SELECT 'first;", "second;';", "SELEC 1;", "quit"])
    prompt.run_queries(asked.append, lambda shown: next(lines))
    assert asked == ["SELECT 'first;\nsecond;';", "SELEC 1;"]


def test_events_bear_the_names_of_plover(ask):
    sql = "SELECT id, event, quad_code, source[1].actor_text AS source, cite_info.coder, text FROM events_plover"
    rows = [json.loads(line) for line in ask(sql, "--format", "json").out.splitlines()]
    assert len(rows) > 10
    assert {row["coder"] for row in rows} == {"newslake"}
    assert all(len(row["event"]) == 1 and row["text"] for row in rows)
    [[events]] = [
        json.loads(ask("SELECT count(*) AS n FROM events", "--format", "json").out).values()
    ]
    assert len(rows) == events


def test_events_count_happenings(ask):
    sql = "SELECT (SELECT count(*) FROM events) <= (SELECT count(*) FROM mentions) AS ok"
    assert json.loads(ask(sql, "--format", "json").out) == {"ok": True}


def test_no_escape_sequence_of_the_news_reaches_the_terminal(ask):
    out = ask("SELECT 'red: ' || chr(27) || '[31m' || chr(8238) AS title").out
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
        (["SELECT 1; SELECT 2"], "only one read-only SELECT is allowed"),
        ([";"], "only one read-only SELECT is allowed"),
        (["--file", "/nonexistent.sql"], "cannot be read"),
        (["SELECT 1", "--limit", "-3"], "not a whole number of at least 0"),
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


def test_a_file_of_the_users_that_is_not_there_is_told_at_once(seed_lake, capsys, monkeypatch):
    monkeypatch.setattr(views.time, "sleep", pytest.fail)
    assert main(["query", "FROM 'typo.parquet'", "--lake", str(seed_lake)]) == 2
    assert "typo.parquet" in capsys.readouterr().err


def test_how_a_question_would_be_answered_can_be_asked(ask):
    assert "plan" in ask("EXPLAIN SELECT * FROM articles").out


def test_json_has_no_numbers_that_json_has_not(ask):
    assert json.loads(ask("SELECT 'nan'::DOUBLE AS x", "--format", "json").out) == {"x": None}


def test_a_folder_that_is_no_lake(capsys, tmp_path):
    assert main(["query", "--lake", str(tmp_path)]) == 2
    assert "is not a lake" in capsys.readouterr().err


@pytest.fixture
def ask_copies(tmp_path, capsys):
    """Return a function that queries a lake with two articles and two copies of the second."""
    lake = open_lake(tmp_path / "lake")
    lake.create()
    copies = [
        replace(duplicate(name, "two"), source=f"{name}.example", published_at=DAY + timedelta(n))
        for n, name in enumerate(("far", "late"), start=1)
    ]
    commit(lake, article("one"), article("two"), *copies)

    def ask_copies(sql):
        assert main(["query", sql, "--lake", str(lake.storage.root), "--format", "json"]) == 0
        return [json.loads(line) for line in capsys.readouterr().out.splitlines()]

    return ask_copies


def test_copies_of_an_article(ask_copies):
    found = ask_copies(f"FROM copies('{hexadecimal('two')}')")
    assert [copy["source"] for copy in found] == ["far.example", "late.example"]
    assert ask_copies(f"FROM copies('{hexadecimal('one')}')") == []


def test_who_published_it_when(ask_copies):
    found = ask_copies(f"SELECT source, kind FROM spread('{hexadecimal('two')}')")
    assert [(row["source"], row["kind"]) for row in found] == [
        ("example.org", "article"),
        ("far.example", "exact"),
        ("late.example", "exact"),
    ]


def test_top_stories_are_those_that_most_papers_had(ask_copies):
    found = ask_copies("SELECT title, sources FROM top_stories('2026-03-01', '2026-03-02')")
    assert [(row["title"], row["sources"]) for row in found] == [("one", 1), ("two", 1)]
    found = ask_copies("SELECT title, sources FROM top_stories('2026-03-01', '2026-04-01')")
    assert [(row["title"], row["sources"]) for row in found] == [("two", 3), ("one", 1)]
