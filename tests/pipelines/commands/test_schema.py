import duckdb
import pytest
from lakes import announcement, article, commit, duplicate, fetch, mention

from newslake.api import connect
from newslake.pipelines.cli import main
from newslake.transforms.dedupe.lake_index import open_lake

VIEWS = "SELECT view_name FROM duckdb_views() WHERE NOT internal ORDER BY 1"
MACROS = "SELECT function_name FROM duckdb_functions() WHERE NOT internal AND function_type = 'table_macro' ORDER BY 1"
ON_SILENCE = ("silent_since", "missed", "silent_intervals")
FEED = "https://example.org/feed"


@pytest.fixture
def lake(tmp_path):
    """A lake with rows in each view, and a name that SQL must quote."""
    lake = open_lake(tmp_path / "o'lake [1]")
    lake.create()
    story, undated = article("one"), article("undated", published_at=None)
    followed = [announcement(story.url, feed=FEED), fetch(story.url), fetch(FEED, "answered")]
    commit(lake, story, mention(story), undated, duplicate("copy", "one"), *followed)
    return lake.storage.root


@pytest.fixture
def plain(lake, capsys):
    """DuckDB after it ran the printed SQL."""
    assert main(["schema", "--sql", "--lake", str(lake)]) == 0
    plain = duckdb.connect()
    plain.execute(capsys.readouterr().out)
    return plain


def rows(connection, query):
    return connection.execute(f"FROM ({query}) ORDER BY ALL").fetchall()


def test_any_duckdb_has_the_same_tables_views_and_rows(lake, plain):
    ours = connect(lake)
    assert rows(plain, VIEWS) == rows(ours, VIEWS)
    assert rows(plain, MACROS) == rows(ours, MACROS)
    for (view,) in rows(ours, VIEWS):
        without = f"EXCLUDE ({', '.join(ON_SILENCE)})" if view == "coverage" else ""
        found = rows(ours, f"SELECT * {without} FROM {view}")
        assert rows(plain, f"FROM {view}") == found
        assert found or view in {
            "revisions",
            "rejects",
            "open_rejects",
            "replacements",
            "feeds",
            "runs",
        }


@pytest.mark.parametrize("macro", ["copies", "spread", "top_stories"])
def test_any_duckdb_has_the_same_macros(lake, plain, macro):
    days = "'2026-03-01', '2026-03-02'"
    query = f"FROM {macro}({days if macro == 'top_stories' else '(FROM one)'})"
    one = "CREATE VIEW one AS SELECT article_id FROM articles WHERE title = 'one'"
    ours = connect(lake)
    ours.execute(one)
    plain.execute(one)
    assert rows(plain, query) == rows(ours, query)
    assert rows(ours, query)


def test_only_newslake_has_the_columns_on_silence(lake, plain):
    columns = {name for name, *_ in plain.execute("DESCRIBE coverage").fetchall()}
    assert columns.isdisjoint(ON_SILENCE)
    assert columns | {*ON_SILENCE} == {
        name for name, *_ in connect(lake).execute("DESCRIBE coverage").fetchall()
    }


@pytest.mark.parametrize(
    "words",
    [["--sql"], ["--lake", "lake"], ["articles", "--sql", "--lake", "lake"], ["nothing"]],
)
def test_wrong_use(capsys, words):
    assert main(["schema", *words]) == 2
    assert capsys.readouterr().err.startswith("newslake: ")


def test_a_folder_that_is_not_a_lake(tmp_path, capsys):
    assert main(["schema", "--sql", "--lake", str(tmp_path)]) == 2
    assert "is not a lake" in capsys.readouterr().err
