"""Times are printed with their zone; `--tz` selects it."""

import csv
import io
import json
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from newslake.pipelines.cli import main
from newslake.transforms.failure import explanation
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.feeds.schedule.poll_schedule import first

SQL = "SELECT title, published_at FROM articles WHERE title = 'later'"
FEED = "https://paper.example/feed"


@pytest.mark.parametrize(
    ("words", "time"),
    [
        ([], "2026-03-09 00:00:00+00:00"),
        (["--tz", "UTC"], "2026-03-09 00:00:00+00:00"),
        (["--tz", "Europe/Paris"], "2026-03-09 01:00:00+01:00"),
        (["--tz", "America/New_York"], "2026-03-08 20:00:00-04:00"),
        (["--tz", "Asia/Kolkata"], "2026-03-09 05:30:00+05:30"),
    ],
)
def test_a_query_prints_times_with_their_zone(run, words, time):
    assert time in run("query", SQL, *words).out
    [row] = run("query", SQL, "--format", "json", *words).out.splitlines()
    assert json.loads(row)["published_at"] == time.replace(" ", "T")
    [row] = csv.DictReader(io.StringIO(run("query", SQL, "--format", "csv", *words).out))
    assert row["published_at"] == time.replace(" ", "T")


def test_times_in_lists_and_objects_have_the_zone_too(run):
    sql = "SELECT [{'at': published_at}] AS found FROM articles WHERE title = 'later'"
    assert '"at": "2026-03-09T09:00:00+09:00"' in run("query", sql, "--tz", "Asia/Tokyo").out


def test_sql_computes_in_utc_and_a_time_without_zone_has_none(run):
    sql = "SELECT published_at::DATE AS day, published_at::TIMESTAMP AS naive FROM articles WHERE title = 'later'"
    out = run("query", sql, "--tz", "America/New_York").out
    assert "│ 2026-03-09 │ 2026-03-09 00:00:00 │" in out


def test_an_export_has_times_with_their_zone(run):
    rows = [json.loads(one) for one in run("export", "--tz", "Asia/Tokyo").out.splitlines()]
    assert {row["published_at"][-6:] for row in rows if row["published_at"]} == {"+09:00"}
    utc = [json.loads(one) for one in run("export").out.splitlines()]
    for row, other in zip(rows, utc, strict=True):
        times = [
            one["published_at"] and datetime.fromisoformat(one["published_at"])
            for one in (row, other)
        ]
        assert times[0] == times[1]


def test_the_state_of_feeds_has_times_with_their_zone(lake, tmp_path, monkeypatch, capsys):
    now = datetime(2026, 7, 1, 12, 30, tzinfo=UTC)
    with FeedStates(lake.storage.path(NAME)) as states:
        states.save(
            [replace(first(FEED, now + timedelta(hours=1)), answered_at=now, fault="http_error")]
        )
    (tmp_path / "feeds.txt").write_text(FEED)
    words = ["feeds", "list", str(tmp_path / "feeds.txt"), "--lake", str(lake.storage.root)]
    assert main(words) == 0
    assert "2026-07-01 12:30 UTC" in capsys.readouterr().out
    assert main([*words, "--tz", "Europe/Paris"]) == 0
    assert "2026-07-01 14:30 CEST" in capsys.readouterr().out
    main(["doctor", "--lake", str(lake.storage.root), "--tz", "Europe/Paris"])
    assert "last answer: 2026-07-01 14:30 CEST" in capsys.readouterr().out


def test_a_port_in_use_has_a_remedy():
    error = OSError(98, "Address already in use")
    assert "stop the program that uses this port, or choose another port" in explanation(error)
