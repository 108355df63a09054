import csv
import io
import json
from datetime import timedelta

import pytest
from lakes import DAY, article, commit, mention

from newslake.pipelines.cli import main
from newslake.pipelines.commands import export
from newslake.transforms.dedupe.lake_index import open_lake

# fmt: off
NEWS_PLEASE = [
    "authors", "date_download", "date_modify", "date_publish", "description", "filename",
    "image_url", "language", "localpath", "maintext", "source_domain", "text", "title",
    "title_page", "title_rss", "url",
]
# fmt: on
"""The fields of `NewsArticle` in news-please 1.6."""


@pytest.fixture
def lake(tmp_path, unit):
    """A lake with articles of two days, and one without a date."""
    lake = open_lake(tmp_path / "lake")
    lake.create(unit)
    one = article("one", authors=["Ann Lee"], seen_at=DAY + timedelta(hours=1))
    later = article("two", text="=SUM(1)", published_at=DAY + timedelta(days=6))
    commit(lake, later, one, article("undated", published_at=None), mention(one))
    return lake.storage.root


@pytest.fixture
def exported(lake, capsys):
    def exported(*words, exit_code=0):
        assert main(["export", "--lake", str(lake), *words]) == exit_code
        return capsys.readouterr()

    return exported


def lines(output):
    return [json.loads(line) for line in output.out.splitlines()]


def test_articles_are_json_lines_by_day_with_the_undated_last(exported):
    assert [row["title"] for row in lines(exported())] == ["one", "two", "undated"]


def test_a_range_of_days_includes_both_ends(exported):
    assert [row["title"] for row in lines(exported("--published", "2026-03-01", "2026-03-06"))] == [
        "one"
    ]
    assert len(lines(exported("--published", "2026-03-01", "2026-03-07"))) == 2


def test_the_news_please_format_has_the_names_that_old_scripts_expect(exported):
    first = lines(exported("--names", "news-please"))[0]
    assert list(first) == NEWS_PLEASE
    assert first | {"url": None} == dict.fromkeys(NEWS_PLEASE) | {
        "authors": ["Ann Lee"],
        "date_download": "2026-03-01 13:00:00",
        "date_publish": "2026-03-01 12:00:00",
        "maintext": "The text of one.",
        "source_domain": "example.org",
        "title": "one",
    }


def test_csv_has_every_column_and_no_formula(exported, tmp_path):
    exported("--format", "csv", "--output", str(tmp_path / "all.csv"))
    rows = list(csv.DictReader(io.StringIO((tmp_path / "all.csv").read_text(encoding="utf-8"))))
    assert [row["text"] for row in rows] == [
        "The text of one.",
        "'=SUM(1)",
        "The text of undated.",
    ]


def test_any_table_can_be_exported(exported):
    assert [row["type"] for row in lines(exported("--table", "mentions"))] == ["ASSAULT"]
    assert lines(exported("--table", "runs")) == []


def test_unsure_mentions_are_exported_only_on_demand(lake, exported):
    one = article("unsure")
    commit(open_lake(lake), one, mention(one, confidence=0.1), number=2)
    assert len(lines(exported("--table", "mentions"))) == 1
    assert len(lines(exported("--table", "mentions", "--all"))) == 2
    assert "requires --table mentions" in exported("--all", exit_code=2).err


def test_the_rows_are_taken_a_day_at_a_time(lake, exported, monkeypatch):
    results = []

    def run_query(*arguments):
        results.append(result := real(*arguments))
        return result

    real = export.run_query
    monkeypatch.setattr(export, "run_query", run_query)
    exported()
    assert [len(result) for result in results[4:]] == [1, 1, 1]


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (["--colour"], "unknown option --colour"),
        (["--table", "runs", "--names", "news-please"], "requires --table articles"),
        (["--output", "/nonexistent/file"], "cannot be written"),
    ],
)
def test_wrong_use(exported, words, message):
    assert message in exported(*words, exit_code=2).err


def test_an_earlier_export_stays_if_the_lake_refuses(exported, tmp_path):
    before = tmp_path / "before.jsonl"
    before.write_text("kept")
    assert "can be read as of" in exported("--as-of", "99", "-o", str(before), exit_code=2).err
    assert before.read_text() == "kept"


def test_nothing_is_written_into_the_lake(exported, lake):
    output = lake / "articles" / "more.parquet"
    assert "is inside the lake" in exported("--output", str(output), exit_code=2).err
    assert not output.exists()
