import contextlib
import csv
import io
import json
import shutil

import pytest

from pipelines.cli import main


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


@pytest.mark.parametrize("text", ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1"])
def test_no_text_in_csv_is_a_formula(ask, text):
    out = ask(f"SELECT '{text}' AS title, -1 AS number", "--format", "csv").out
    assert list(csv.DictReader(io.StringIO(out))) == [{"title": f"'{text}", "number": "-1"}]


def test_a_question_can_come_from_a_file(ask, tmp_path):
    (tmp_path / "q.sql").write_text("SELECT 42 AS answer")
    assert json.loads(ask("--file", str(tmp_path / "q.sql"), "--format", "json").out) == {
        "answer": 42
    }


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
        (["COPY (SELECT 1) TO 'x.parquet'"], "a question is one SELECT"),
        (["CREATE TABLE t (a INT)"], "a question is one SELECT"),
        (["SELECT 1; SELECT 2"], "a question is one SELECT"),
        ([";"], "a question is one SELECT"),
        (["--file", "/nonexistent.sql"], "is not readable"),
        (["SELECT 1", "--limit", "-3"], "no whole number of at least 0"),
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
    assert "would take that for a partition" in capsys.readouterr().err


def test_json_has_no_numbers_that_json_has_not(ask):
    assert json.loads(ask("SELECT 'nan'::DOUBLE AS x", "--format", "json").out) == {"x": None}


def test_a_folder_that_is_no_lake(capsys, tmp_path):
    assert main(["query", "--lake", str(tmp_path)]) == 2
    assert "is no lake" in capsys.readouterr().err
