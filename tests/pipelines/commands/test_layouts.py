"""Every command works on lakes that are partitioned by day, month or year."""

import json
from datetime import UTC, datetime, timedelta

import pytest
from lakes import DAY, article, commit, duplicate, hexadecimal, mention, rejected, rows_of

from newslake.api import Lake
from newslake.pipelines.cli import main
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.extract.fields.dates import EARLIEST

TIMES = {
    "one": DAY,
    "next day": DAY + timedelta(days=1),
    "end of month": datetime(2026, 3, 31, 23, 59, 59, 999_999, UTC),
    "next month": datetime(2026, 4, 1, tzinfo=UTC),
    "last year": datetime(2025, 12, 31, 23, tzinfo=UTC),
    "undated": None,
}

PARTITIONS = {"day": 6, "month": 4, "year": 3}
"""Number of partitions with articles, by unit."""


@pytest.fixture
def lake(tmp_path, unit):
    """A lake with one commit per article."""
    lake = open_lake(tmp_path / "lake")
    lake.create(unit)
    for number, (title, time) in enumerate(TIMES.items()):
        story = article(title, published_at=time)
        rows = story, mention(story), duplicate(f"copy of {title}", title), rejected(f"bad {title}")
        commit(lake, *rows, number=number, as_of=lake.log.last())
    return lake


def titles(table):
    return [row["title"] for row in table.to_pylist()]


def test_the_partitions_have_the_unit_of_the_lake(lake, unit, run):
    folders = [name for name in lake.storage.list("articles") if "1970" not in name]
    assert len(folders) == PARTITIONS[unit]
    run("verify")


def test_compact_leaves_one_file_per_partition(lake, unit, run):
    before = rows_of(lake.storage.root)
    run("compact", "--idle", "0")
    files = [*lake.storage.root.glob("articles/*/*.parquet")]
    assert len(files) == PARTITIONS[unit] + 1  # the empty seed file
    assert rows_of(lake.storage.root) == before
    run("verify")


def test_forget_removes_one_article_of_a_partition(lake, run):
    run("compact", "--idle", "0")
    run("forget", hexadecimal("next day"), "--grace", "0", "--yes")
    assert "next day" not in titles(Lake(lake.storage.root).articles())
    assert len(rows_of(lake.storage.root)["articles"]) == len(TIMES) - 1
    run("verify")


RANGES = [
    (("2026-03-01", "2026-03-01"), ["one"]),
    (("2026-03-02", "2026-03-31"), ["next day", "end of month"]),
    (("2025-12-31", "2026-03-01"), ["last year", "one"]),
    (("1900-01-01", "2025-12-31"), ["last year"]),
    (("1900-01-01", "1900-12-31"), []),
]


@pytest.mark.parametrize(("days", "found"), RANGES)
def test_a_range_of_days_is_exact(lake, run, days, found):
    assert titles(Lake(lake.storage.root).articles(published=days)) == found
    lines = run("export", "--published", *days).out.splitlines()
    assert [json.loads(line)["title"] for line in lines] == found


def test_export_has_the_day_of_publication_and_not_the_partition(run):
    rows = [json.loads(line) for line in run("export").out.splitlines()]
    days = {title: time and f"{time:%Y-%m-%d}" for title, time in TIMES.items()}
    assert {row["title"]: row["published_date"] for row in rows} == days
    assert rows[-1]["title"] == "undated"


def test_tables_about_runs_are_exported_by_partition(run):
    days = ("--published", "2026-03-02", "2026-03-02")
    assert len(run("export", "--table", "rejects", *days).out.splitlines()) == len(TIMES)
    days = ("--published", "2027-03-02", "2027-03-02")
    assert run("export", "--table", "rejects", *days).out == ""


def test_an_earlier_state_can_be_read(lake):
    assert titles(Lake(lake.storage.root, as_of=2).articles()) == ["one", "next day"]


def test_verify_finds_rows_in_a_partition_of_another_time(lake, unit, run):
    """The partition is correct by its name, but its rows belong elsewhere."""
    wrong = {"day": "2026-03-02", "month": "2026-04-01", "year": "2025-01-01"}[unit]
    file = next(lake.storage.root.glob("articles/*/part-00000001-*.parquet"))
    right = file.parent.name
    moved = file.parent.parent / f"published_date={wrong}" / file.name
    file.rename(moved)
    entry = lake.storage.path("_log/00000001.json")
    fields = json.loads(entry.read_text())
    fields["files"][0]["partition"] = f"published_date={wrong}"
    entry.write_text(json.dumps(fields))
    assert right != moved.parent.name
    problems = json.loads(run("verify", "--json", exit_code=1).out)["problems"]
    [problem] = problems
    assert problem.startswith(f"articles: the partition {wrong} has 1 rows of another {unit}; ")


def test_a_partition_with_very_many_small_files_is_merged_before_it_is_idle(
    lake, unit, run, monkeypatch
):
    from newslake.pipelines.commands import compact

    monkeypatch.setattr(compact, "MAX_SMALL_FILES", 2)
    before = rows_of(lake.storage.root)
    merged = json.loads(run("compact", "--table", "articles", "--json").out)["partitions"]
    assert merged == {"day": 0, "month": 1, "year": 1}[unit]
    assert rows_of(lake.storage.root) == before


@pytest.mark.parametrize("command", ["backfill", "follow"])
def test_another_unit_is_wrong_use_and_nothing_is_written(lake, unit, run, tmp_path, command):
    other = {"day": "month", "month": "year", "year": "day"}[unit]
    source = tmp_path / "feeds.txt"
    source.write_text("https://feeds.example/rss")
    before = {path: path.stat().st_mtime_ns for path in lake.storage.root.rglob("*")}
    error = run(command, str(source), "--partition", other, exit_code=2).err
    assert f"is partitioned by {unit}, not by {other}: leave out --partition" in error
    assert {path: path.stat().st_mtime_ns for path in lake.storage.root.rglob("*")} == before


def dated(folder, days, first="2026-01-01"):
    """Write one document per day as JSON lines; return the path of the file."""
    path = folder / "dump.jsonl"
    start = datetime.fromisoformat(first)
    lines = [
        json.dumps(
            {
                "url": f"https://example.org/{n}",
                "title": f"Report {n}",
                "text": f"The council met for the {n}th time and talked about item {n * n}.",
                "date": f"{start + timedelta(days=n):%Y-%m-%d}",
            }
        )
        for n in range(days)
    ]
    path.write_text("\n".join(lines))
    return path


def test_a_backfill_of_many_days_makes_a_lake_by_month_and_says_so(tmp_path, capsys):
    lake = tmp_path / "lake"
    words = ["backfill", str(dated(tmp_path, 90)), "--no-events", "--lake", str(lake), "--json"]
    assert main(words) == 0
    output = capsys.readouterr()
    assert json.loads(output.out)["articles"] == 90
    assert "rows of 90 different days, so the lake is partitioned by month" in output.err
    assert len([*lake.glob("articles/published_date=2026-*/*.parquet")]) == 3
    assert main(["verify", "--lake", str(lake)]) == 0


def test_a_backfill_by_day_stays_by_day(tmp_path, capsys):
    lake = tmp_path / "lake"
    words = ["backfill", str(dated(tmp_path, 62)), "--no-events", "--lake", str(lake)]
    assert main([*words, "--partition", "day"]) == 0
    assert "is partitioned by" not in capsys.readouterr().err
    assert len([*lake.glob("articles/published_date=2026-*/*.parquet")]) == 62


def test_an_article_of_1900_is_stored_without_a_date(tmp_path):
    """Newslake takes dates before 1990 for errors, so the partition of 1900 has no dated rows."""
    assert EARLIEST.year == 1990
    lake = tmp_path / "lake"
    words = ["backfill", str(dated(tmp_path, 1, "1900-01-01")), "--no-events", "--lake", str(lake)]
    assert main([*words, "--partition", "year"]) == 0
    sql = "SELECT published_at, extra, published_date FROM articles"
    [row] = Lake(lake).sql(sql).to_pylist()
    assert row["published_at"] is None
    assert "1900-01-01" in row["extra"]
    assert str(row["published_date"]) == "1900-01-01"
