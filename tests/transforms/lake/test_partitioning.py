"""The unit of a lake's partitions: chosen by the user or by the first commit, then fixed."""

import json
from datetime import UTC, date, datetime, timedelta

import pyarrow.parquet as pq
import pytest
from lakes import (
    DAY,
    article,
    commit,
    let_die,
    mention,
    names,
    rejected,
    rows_of,
    transaction_of,
    whole,
)

from newslake.schemas.partitions import unit_for
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake import layout
from newslake.transforms.lake.committer import Committer
from newslake.transforms.lake.errors import Damaged, WrongPartition


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    return lake


def stories(days):
    """Return an article per day and its mention, latest first."""
    articles = [
        article(f"{n}", published_at=DAY + timedelta(days=n)) for n in reversed(range(days))
    ]
    return [row for one in articles for row in (one, mention(one))]


def partitions(lake, table="articles"):
    return [name.partition("=")[2] for name in names(lake, table)]


SEED = "1970-01-01"
"""Partition of the empty seed files."""


@pytest.mark.parametrize(
    ("days", "step", "unit"),
    [
        (0, 1, "day"),
        (60, 1, "day"),
        (61, 1, "month"),
        (60, 31, "day"),
        (1800, 1, "month"),
        (2000, 1, "year"),
        (100, 366, "year"),
    ],
)
def test_the_finest_unit_with_at_most_60_partitions_fits(days, step, unit):
    assert unit_for({date(1999, 1, 1) + timedelta(days=n * step) for n in range(days)}) == unit


def test_a_first_commit_of_few_days_chooses_days(lake):
    result = commit(lake, *stories(3), article("undated", published_at=None))
    assert (lake.partition_unit, result.warning) == ("day", None)
    assert partitions(lake) == ["1900-01-01", SEED, "2026-03-01", "2026-03-02", "2026-03-03"]


def test_a_first_commit_of_many_days_chooses_months_and_says_so(lake):
    result = commit(lake, *stories(61), article("undated", published_at=None), rejected("bad"))
    assert lake.partition_unit == "month"
    assert "61 different days, so the lake is partitioned by month" in result.warning
    assert partitions(lake) == ["1900-01-01", SEED, "2026-03-01", "2026-04-01"]
    assert partitions(lake, "rejects") == [SEED, "2026-03-01"]
    assert len(names(lake, "articles/published_date=2026-03-01")) == 1
    assert len(rows_of(lake.storage.root)["mentions"]) == 61
    assert whole(lake)


def test_merged_rows_are_sorted_and_their_documents_are_known(lake):
    commit(lake, *stories(61))
    (name,) = names(lake, "articles/published_date=2026-03-01")
    file = pq.ParquetFile(lake.storage.path(f"articles/published_date=2026-03-01/{name}"))
    times = file.read(columns=["published_at"])["published_at"].to_pylist()
    assert times == sorted(times)
    again = commit(lake, *stories(61), article("new"), run_id="again", as_of=lake.log.last())
    assert (again.counts["already_ingested"], again.counts["articles"]) == (61, 1)
    assert whole(lake)


def test_a_unit_that_the_user_chose_is_kept(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create("year")
    assert commit(lake, *stories(3)).warning is None
    assert partitions(lake) == [SEED, "2026-01-01"]


def test_later_commits_keep_the_unit(lake):
    commit(lake, *stories(2))
    commit(lake, *stories(200), number=1, as_of=lake.log.last())
    assert lake.partition_unit == "day"
    assert len(partitions(lake)) == 201


def test_a_run_that_began_before_the_first_commit_follows_it(lake):
    late = transaction_of(lake, [article("late", published_at=DAY.replace(day=30))], "late")
    commit(lake, *stories(61))
    with lake.committer() as committer:
        committer.commit(late)
    let_die(lake, late)
    assert partitions(lake) == [SEED, "2026-03-01", "2026-04-01"]
    assert whole(lake)


def test_a_kill_after_the_choice_leaves_a_lake_that_accepts_commits(lake, monkeypatch):
    class Killed(BaseException):
        pass

    def killed(self, entry):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(Committer, "_append", killed)
        with pytest.raises(Killed):
            commit(lake, *stories(61))
    assert lake.partition_unit == "month"
    assert commit(lake, *stories(61), run_id="again").counts["articles"] == 61
    assert partitions(lake) == [SEED, "2026-03-01", "2026-04-01"]
    assert whole(lake)


def test_the_user_can_still_choose_before_the_first_commit(lake):
    lake.create("month")
    commit(lake, *stories(1))
    assert partitions(lake) == [SEED, "2026-03-01"]


def test_another_unit_is_refused_before_anything_is_written(lake):
    commit(lake, *stories(1))
    lake.create("day")
    lake.create()
    before = {path: path.stat().st_mtime_ns for path in lake.storage.root.rglob("*")}
    with pytest.raises(WrongPartition, match="is partitioned by day, not by month"):
        lake.create("month")
    assert {path: path.stat().st_mtime_ns for path in lake.storage.root.rglob("*")} == before


@pytest.mark.parametrize("harm", [{"partition": "week"}, {"partition": ["day"]}, None])
def test_a_marker_without_a_valid_unit_is_reported(lake, harm):
    marker = json.loads(lake.storage.read(layout.MARKER))
    del marker["partition"]
    lake.storage.path(layout.MARKER).write_text(json.dumps(marker | (harm or {})))
    with pytest.raises(Damaged, match=r"_lake\.json is damaged"):
        commit(lake, *stories(1))


def test_dates_of_1900_share_the_partition_of_unknown_dates(lake):
    """Newslake itself treats such dates as implausible and stores null."""
    lake.create("year")
    old = article("old", published_at=datetime(1900, 7, 1, tzinfo=UTC))
    older = article("older", published_at=datetime(1876, 7, 1, tzinfo=UTC))
    commit(lake, article("undated", published_at=None), old, older)
    assert partitions(lake) == ["1876-01-01", "1900-01-01", SEED]
    assert whole(lake)
