"""A misspelt command, option, action, table or column is answered with a suggestion."""

import pytest
from rich.cells import cell_len

from newslake.pipelines.cli import main

QUERY = ["query", "--lake", "LAKE"]

DUCKDB_WIDTH = 90
"""DuckDB cuts the line of the SQL to about this width."""

SUGGESTED = [
    (["backfil", "in"], "did you mean backfill?"),
    (["Query"], "did you mean query?"),
    (["backfill", "in", "--laek", "LAKE"], "did you mean --lake?"),
    (["backfill", "in", "--lake", "LAKE", "--worker", "2"], "did you mean --workers?"),
    (["backfill", "in", "--lake", "LAKE", "--max_html_mb=2"], "did you mean --max-html-mb?"),
    (["query", "--formt=csv"], "did you mean --format?"),
    ([*QUERY, "--formt", "csv"], "did you mean --format?"),
    ([*QUERY, "--format", "jsn"], "did you mean json?"),
    (["feeds", "lst", "feeds.opml"], "did you mean list?"),
    (["feeds", "list", "feeds.opml", "--lkae", "LAKE"], "did you mean --lake?"),
    (["export", "--lake", "LAKE", "--table", "article"], "did you mean articles?"),
    (["compact", "--lake", "LAKE", "--table", "mention"], "did you mean mentions?"),
    (["schema", "artcles"], "did you mean articles?"),
    (["backfill", "in", "--lake", "LAKE", "--log-fromat", "json"], "did you mean --log-format?"),
]
"""Command lines; `LAKE` stands for the path of a lake."""

SQL = [
    ("FROM artcles", "articles"),
    ("FROM evnts", "events"),
    ("FROM copis('x')", "copies"),
    ("SELECT titel FROM articles", "title"),
    ("SELECT a.titel FROM articles a", "title"),
    ("SELECT actors[1].txt FROM mentions", "text"),
    ("SELECT quadd FROM events", "quad"),
]


@pytest.mark.parametrize(("words", "message"), SUGGESTED, ids=lambda one: " ".join(one))
def test_a_misspelt_word_is_answered_with_a_suggestion(lake, capsys, words, message):
    words = [str(lake.storage.root) if word == "LAKE" else word for word in words]
    assert main(words) == 2
    said = capsys.readouterr().err
    assert message in said
    assert said.count("\n") == 1


@pytest.mark.parametrize(
    ("words", "message"),
    [
        ([], "a command is required; see `newslake --help`"),
        (["--verson"], "did you mean --version?"),
        (["help"], "did you mean --help?"),
        (["--verson", "query"], "a command must be the first argument"),
    ],
)
@pytest.mark.parametrize("more", [[], ["--log-format=json"]])
def test_a_command_line_without_command_is_answered_in_one_sentence(capsys, words, message, more):
    assert main([*words, *more]) == 2
    said = capsys.readouterr().err
    assert message in said or "must be the first argument" in said
    assert said.count("\n") == 1
    assert said.startswith("{") == bool(more)


@pytest.mark.parametrize("words", [["zzz"], ["query", "--colour", "--lake", "x"]])
def test_a_word_like_no_other_is_answered_with_the_help(capsys, words):
    assert main(words) == 2
    said = capsys.readouterr().err
    assert "did you mean" not in said
    assert "--help`" in said


@pytest.mark.parametrize(("sql", "name"), SQL)
def test_a_misspelt_name_in_sql_is_answered_with_a_suggestion(run, sql, name):
    assert f'Did you mean "{name}"?' in run("query", sql, exit_code=2).err


def test_an_unknown_table_is_answered_with_the_tables(run):
    assert (
        "The tables and views are articles, duplicates"
        in run("query", "FROM zzzzz", exit_code=2).err
    )


@pytest.mark.parametrize("columns", [30, 40, 60, 80, 200])
@pytest.mark.parametrize(
    "sql",
    [
        "SELECT titel FROM articles",
        "SELECT title, source, published_at, language, word_count FROM articles WHERE titel = 'x'",
        "SELECT '日本語のニュース' AS 日本語, '한국어' AS b, titel FROM articles WHERE title = '日本語'",
        "SELECT titel, source, published_at, language, word_count FROM articles WHERE title = 'x'",
        "SELECT title,\n  source\nFROM articles\nWHERE titel = 'x' AND source = 'example.org'",
    ],
)
def test_the_caret_is_below_the_error_on_a_terminal_of_any_width(run, monkeypatch, sql, columns):
    monkeypatch.setenv("COLUMNS", str(columns))
    *_, line, carets = run("query", sql, exit_code=2).err.splitlines()
    assert cell_len(line[: line.index("titel")]) == carets.index("^")
    assert max(map(cell_len, (line, carets))) <= max(columns, DUCKDB_WIDTH if columns >= 80 else 0)
