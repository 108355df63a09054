"""Two lakes are compared row by row after renames."""

import json
import subprocess
import sys
from datetime import UTC, datetime, timedelta
from importlib import import_module

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from paths import BENCHMARKS

BEGIN = datetime(2026, 3, 1, tzinfo=UTC)
ROWS = {
    "articles": [
        {"article_id": "a1", "title": "Ferry sails", "keywords": ["sea"], "run_id": "r"},
        {"article_id": "a2", "title": "Bridge opens", "keywords": ["road"], "run_id": "r"},
    ],
    "fetches": [
        {
            "url": "https://example.org/1",
            "started_at": BEGIN + timedelta(seconds=1),
            "outcome": "waiting",
            "actors": [{"text": "mayor", "start": 1}],
        }
    ],
    "runs": [
        {
            "started_at": BEGIN,
            "finished_at": BEGIN + timedelta(seconds=9),
            "known": 3,
            "versions": json.dumps({"newslake": "1", "lxml": "6"}),
        }
    ],
}


@pytest.fixture
def program(monkeypatch):
    monkeypatch.syspath_prepend(BENCHMARKS)
    return import_module


@pytest.fixture
def lake(tmp_path):
    """Return a function that writes a lake with `ROWS`; arguments replace the rows of tables."""

    def lake(name, **tables):
        for table, rows in {**ROWS, **tables}.items():
            folder = tmp_path / name / table / "run_date=2026-03-01"
            folder.mkdir(parents=True)
            if rows:
                pq.write_table(pa.Table.from_pylist(rows), folder / "part.parquet")
        return tmp_path / name

    return lake


@pytest.fixture
def compared(program, monkeypatch, tmp_path, capsys):
    """Return a function that compares two lakes and returns the exit code and the output."""

    def compared(base, new, renames=""):
        (tmp_path / "renames.toml").write_text(renames, encoding="utf-8")
        words = [str(base), str(new), "--renames", str(tmp_path / "renames.toml")]
        monkeypatch.setattr(sys, "argv", ["same_rows", *words])
        code = program("same_rows").main()
        captured = capsys.readouterr()
        return code, captured.out + captured.err

    return compared


def other(table, **values):
    """Return the rows of a table, with other values in the first row."""
    first, *rest = ROWS[table]
    return [{**first, **values}, *rest]


def without(row, *names):
    return {name: value for name, value in row.items() if name not in names}


def test_equal_lakes_agree_in_any_order(lake, compared):
    code, output = compared(lake("base"), lake("new", articles=ROWS["articles"][::-1]))
    assert code == 0
    assert "articles: 2 rows in base, 2 in new, the same" in output


def test_values_that_depend_on_a_run_are_not_compared(lake, compared):
    later = BEGIN + timedelta(days=1)
    new = lake(
        "new",
        articles=[{**row, "run_id": "s"} for row in ROWS["articles"]],
        fetches=other("fetches", started_at=later + timedelta(seconds=5)),
        runs=other(
            "runs",
            started_at=later,
            finished_at=later + timedelta(seconds=7),
            versions=json.dumps({"lxml": "6", "newslake": "2"}),
        ),
    )
    assert compared(lake("base"), new)[0] == 0


def test_a_time_outside_of_the_runs_is_compared(lake, compared):
    new = lake("new", fetches=other("fetches", started_at=BEGIN - timedelta(days=9)))
    code, output = compared(lake("base"), new)
    assert code == 1
    assert "column started_at differs in 1" in output


def test_a_changed_value_is_reported_with_its_row_and_column(lake, compared):
    code, output = compared(lake("base"), lake("new", articles=other("articles", title="Sunk")))
    assert code == 1
    assert "1 rows differ" in output
    assert "column title differs in 1" in output
    assert all(one in output for one in ("article_id 'a1'", "base: 'Ferry sails'", "new:  'Sunk'"))


def test_an_additional_row_is_reported(lake, compared):
    more = [*ROWS["articles"], {**ROWS["articles"][0], "article_id": "a3"}]
    code, output = compared(lake("base"), lake("new", articles=more))
    assert code == 1
    assert "1 rows only in new" in output
    assert "article_id='a3'" in output


def test_equal_rows_are_counted(lake, compared):
    twice = [*ROWS["articles"], ROWS["articles"][0]]
    assert compared(lake("base"), lake("new", articles=twice))[0] == 1


def test_a_key_of_a_json_object_of_a_run_is_compared(lake, compared):
    new = lake("new", runs=other("runs", versions=json.dumps({"newslake": "1", "lxml": "7"})))
    code, output = compared(lake("base"), new)
    assert code == 1
    assert "versions.lxml" in output


def test_a_missing_table_and_a_column_of_another_type_are_reported(lake, compared):
    new = lake("new", articles=[], fetches=other("fetches", outcome=1))
    code, output = compared(lake("base"), new)
    assert code == 1
    assert "the table is only in base" in output
    assert "column outcome: string in base, int64 in new" in output


RENAMED_FETCH = {
    "url": "https://example.org/1",
    "started_at": BEGIN,
    "result": "pending",
    "parties": [{"phrase": "mayor", "start": 1}],
}
RENAMES = """
[tables]
fetches = "requests"

[columns.fetches]
outcome = "result"
actors = "parties"
"actors.text" = "parties.phrase"

[columns.runs]
known = "counts.skipped"

[values.fetches.outcome]
waiting = "pending"

[patterns.articles.title]
"^Ferry (\\\\w+)" = "Boat \\\\1"

[dropped]
runs = ["versions.lxml"]
"""


@pytest.fixture
def renamed(lake):
    run = without(ROWS["runs"][0], "known", "versions")
    path = lake(
        "new",
        articles=other("articles", title="Boat sails"),
        fetches=[],
        requests=[RENAMED_FETCH],
        runs=[{**run, "counts": {"skipped": 3}, "versions": '{"lxml": "7"}'}],
    )
    return path


def test_without_the_renames_lakes_differ_in_names(lake, renamed, compared):
    code, output = compared(lake("base"), renamed)
    assert code == 1
    assert "the table is only in new" in output


def test_with_the_renames_they_agree(lake, renamed, compared):
    code, output = compared(lake("base"), renamed, RENAMES)
    assert code == 0, output


def test_rows_can_be_excluded_by_value(lake, compared):
    new = lake("new", articles=ROWS["articles"][1:])
    renames = '[dropped_rows.articles]\ntitle = ["Ferry sails"]'
    assert compared(lake("base"), new, renames)[0] == 0


@pytest.mark.parametrize(
    ("renames", "named"),
    [
        ('[tables]\nboats = "ships"', "[tables] boats"),
        ('[columns.articles]\nbyline = "by"', "[columns] articles byline"),
        ('[values.articles.title]\nSunk = "Lost"', "[values] articles title Sunk"),
        ('[patterns.articles.title]\n"^x" = "y"', "[patterns] articles title ^x"),
        ('[dropped]\narticles = ["byline"]', "[dropped] articles byline"),
        ('[dropped_rows.articles]\ntitle = ["Sunk"]', "[dropped_rows] articles title Sunk"),
    ],
)
def test_a_rename_that_matches_nothing_is_an_error(lake, compared, renames, named):
    code, output = compared(lake("base"), lake("new"), renames)
    assert code == 1
    assert f"matches nothing: {named}" in output


@pytest.mark.parametrize(
    "renames", ["[table]\na = 'b'", "tables = 1", "[dropped]\nruns = 'x'", "[", "[patterns.a.b]\n'(' = ''"]
)  # fmt: skip
def test_an_invalid_file_of_renames_is_reported(lake, compared, renames):
    code, output = compared(lake("base"), lake("new"), renames)
    assert code == 2
    assert "renames.toml" in output


def test_the_renames_of_the_project_are_valid(program):
    program("renames").read_renames(BENCHMARKS / "renames.toml")


def test_a_folder_without_a_lake_is_reported(tmp_path, lake, compared):
    code, output = compared(lake("base"), tmp_path / "nowhere")
    assert code == 2
    assert "no lake in" in output


def test_each_file_is_served_by_its_own_host(program, tmp_path):
    (tmp_path / "a page.html").write_bytes(b"<p>")
    (tmp_path / "feed.xml").write_bytes(b"<rss/>")
    site = program("data_server").Site(tmp_path)
    assert site.addresses(pages=True) == ["http://f00000.test/a%20page.html"]
    assert site.addresses(pages=False) == ["http://f00001.test/feed.xml"]
    assert site.response("f00000.test", "/a%20page.html")[::2] == (200, b"<p>")
    assert site.response("f00001.test", "/a%20page.html")[0] == 404
    assert site.response("f00000.test", "/robots.txt")[0] == 404
    assert site.response("f00001.test", "/robots.txt")[0] == 200


def test_a_generated_feed_announces_pages(program, tmp_path):
    site = program("data_server").Site(tmp_path)
    address = site.make_feed("pages-0", ["http://f00000.test/a"], 0)
    assert b"<link>http://f00000.test/a</link>" in site.response("feed.test", "/pages-0")[2]
    assert address == "http://feed.test/pages-0"


@pytest.mark.parametrize(
    "call",
    ["getaddrinfo('example.org', 80)", "create_connection(('192.0.2.1', 80))",
     "create_connection(('127.0.0.1', 22))"],
)  # fmt: skip
def test_a_compared_version_cannot_use_the_network(call):
    environment = {"PYTHONPATH": str(BENCHMARKS / "loopback"), "SAME_ROWS_PORT": "9"}
    done = subprocess.run(
        [sys.executable, "-c", f"import socket; socket.{call}"],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "on loopback" in done.stderr


def test_all_hosts_resolve_to_one_server():
    code = "import socket; print(socket.getaddrinfo('f00001.test', 80, socket.AF_INET)[0][4])"
    environment = {"PYTHONPATH": str(BENCHMARKS / "loopback"), "SAME_ROWS_PORT": "9"}
    output = subprocess.check_output([sys.executable, "-c", code], env=environment, text=True)
    assert output.strip() == "('127.0.0.1', 9)"


def test_an_unknown_commit_is_reported(program, monkeypatch, capsys):
    monkeypatch.setattr(sys, "argv", ["two_versions", "no-such-commit"])
    assert program("two_versions").main() == 2
    assert "no commit no-such-commit" in capsys.readouterr().err
