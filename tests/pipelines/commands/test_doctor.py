"""doctor: one line for each check, a command that helps, and no request without --online."""

import json
import os
import shutil
import sqlite3
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from clocks import FakeClock
from hostile import http_response, server_in_a_thread
from lakes import FOLDER, article, commit
from states import empty, garbage, missing

from newslake.pipelines.cli import main
from newslake.pipelines.commands import doctor, lake_health
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.feeds.schedule.outages import Silence
from newslake.transforms.feeds.schedule.poll_schedule import first
from newslake.transforms.lake import layout
from newslake.transforms.lake.storage import Storage

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def findings(lake, capsys):
    """Return a function that returns level, text and command of the findings, by subject."""

    def findings(*words):
        capsys.readouterr()
        code = main(["doctor", "--lake", str(lake.storage.root), "--json", *words])
        found = json.loads(capsys.readouterr().out)["findings"]
        assert code == (1 if any(one["level"] == "error" for one in found) else 0)
        return {one["subject"]: (one["level"], one["text"], one["command"]) for one in found}

    return findings


def content(lake):
    return {
        path.relative_to(lake.storage.root): path.is_file() and path.read_bytes()
        for path in lake.storage.root.rglob("*")
        if path.suffix not in {".sqlite-shm", ".sqlite-wal"}
    }


def test_a_whole_lake_has_no_problem(findings):
    assert {level for level, _, _ in findings().values()} == {"ok"}


def test_the_installation_is_checked_without_a_lake(capsys, monkeypatch):
    assert main(["doctor"]) == 0
    assert "ok      apache-beam: version" in capsys.readouterr().out
    monkeypatch.setattr(doctor, "model_version", lambda: None)
    monkeypatch.setattr(doctor, "LIBRARIES", ("no-such-library",))
    assert main(["doctor"]) == 1
    said = capsys.readouterr().out
    assert "error   no-such-library: not installed\n        pip install newslake\n" in said
    assert "        pip install 'newslake[events]'\n" in said


def part(lake):
    return next(lake.storage.root.glob(f"{FOLDER}/*.parquet"))


def change(lake):
    part(lake).write_bytes(part(lake).read_bytes() + b"x")


@pytest.mark.parametrize(
    ("harm", "subject", "level", "text", "command"),
    [
        (lambda lake: missing(part(lake)), "files", "error", "1 lost, such as articles/", "verify"),
        (change, "files", "error", "1 changed, such as articles/", "verify"),
        (
            lambda lake: lake.storage.write(f"{FOLDER}/a.txt", b""),
            "files",
            "error",
            f"1 not in the log, such as {FOLDER}/a.txt",
            "verify",
        ),
        (
            lambda lake: lake.storage.write("mentions/a.txt", b""),
            "files",
            "error",
            "1 not in the log, such as mentions/a.txt",
            "verify",
        ),
        (lambda lake: missing(lake.index_path), "index", "error", "it is missing", "verify"),
        (lambda lake: garbage(lake.index_path), "index", "error", "it is damaged", "verify"),
        (lambda lake: empty(lake.index_path), "index", "error", "it is empty", "verify"),
        (
            lambda lake: lake.storage.remove(layout.done_name(3)),
            "log",
            "warning",
            "entry 3 of 6 is not marked",
            "verify",
        ),
    ],
    ids=[
        *("lost", "changed", "foreign", "no partition"),
        *("no index", "damaged index", "empty index", "no mark"),
    ],
)  # fmt: skip
def test_damage_comes_with_a_command(lake, findings, harm, subject, level, text, command):
    harm(lake)
    before = content(lake)
    found = findings()[subject]
    assert (found[0], found[1][: len(text)]) == (level, text)
    assert found[2] == f"newslake {command} --repair --lake {lake.storage.root}"
    assert content(lake) == before


def test_a_lost_entry_of_the_log_is_an_error(lake, findings):
    lake.storage.remove(layout.entry_name(2))
    assert findings()["log"][0] == "error"


def test_a_lost_log_is_an_error(lake, findings):
    shutil.rmtree(lake.storage.path(layout.LOG))
    level, text, _ = findings()["log"]
    assert level == "error"
    assert text.startswith("it is empty, but the lake has tables; restore it from a backup")


def test_a_partition_that_is_a_link_is_an_error(lake, findings):
    path = lake.storage.path(FOLDER)
    path.rename(lake.storage.root.parent / "elsewhere")
    path.symlink_to(lake.storage.root.parent / "elsewhere")
    assert findings()["files"][:2] == ("error", f"1 links, such as {FOLDER}")


@pytest.mark.parametrize("name", ["mentions", "_aside", "_tmp"])
def test_a_file_in_place_of_a_folder_is_an_error(lake, findings, name):
    shutil.rmtree(lake.storage.path(name), ignore_errors=True)
    lake.storage.write(name, b"")
    assert findings()["folders"][:2] == ("error", f"{name}: not a folder")


def test_an_index_that_cannot_be_opened_does_not_end_the_checks(lake, findings):
    lake.storage.path("_index/index.sqlite-wal").mkdir()  # SQLite would create this file
    found = findings()
    assert found["index"][:2] == ("warning", "it cannot be opened (unable to open database file)")
    assert found["feeds"][0] == "ok"


def test_a_disk_that_is_almost_full(lake, findings, monkeypatch):
    for free, level in ((2**20, "error"), (2**29, "warning"), (2**40, "ok")):
        monkeypatch.setattr(Storage, "free_bytes", lambda _, free=free: free)
        assert findings()["disk"][0] == level


def test_folders_that_cannot_be_written(lake, findings, monkeypatch):
    closed = lake.storage.path("mentions")
    monkeypatch.setattr(os, "access", lambda path, mode: path != closed)
    assert findings()["permissions"][:2] == (
        "error",
        "no permission to write to mentions: change the owner or the mode",
    )


def test_small_files_and_old_staging_directories(lake, findings, monkeypatch):
    lake.storage.make_folder("_tmp/w-dead")
    monkeypatch.setattr(lake_health, "IDLE_SECONDS", -1.0)
    found = findings()
    level, text, command = found["small files"]
    assert (level, text) == ("warning", "in 3 partitions")
    assert command.startswith("newslake compact --lake ")
    assert found["staging"][0] == "warning"


def test_a_lake_of_another_version_is_an_error(lake, findings):
    marker = lake.storage.path(layout.MARKER)
    marker.write_text(marker.read_text().replace('"schema": 3', '"schema": 99'))
    assert "use a newer version" in findings()["lake"][1]


def test_a_folder_that_is_no_lake_is_wrong_use(tmp_path, capsys):
    assert main(["doctor", "--lake", str(tmp_path)]) == 2
    assert "is not a lake" in capsys.readouterr().err


@pytest.fixture
def feeds(lake):
    """Store the state of a feed that answers, of one that fails, and of one that is dead."""
    good, bad, dead = (f"https://paper.example/{name}" for name in ("good", "bad", "dead"))
    with FeedStates(lake.storage.path(NAME)) as states:
        states.save(
            [
                first(good, NOW),
                replace(first(f"{good}?old", NOW), condition="removed", fault="http_404"),
                replace(first(f"{good}?quiet", NOW), condition="paused", fault="http_404"),
                replace(first(bad, NOW), failures=1, fault="http_404", answered_at=NOW),
                replace(first(dead, NOW), failures=11, fault="unreachable"),
            ]
        )
    return bad, dead


def test_feeds_that_fail_are_named_with_reason_and_command(findings, feeds):
    bad, dead = feeds
    found = findings()
    assert found["feeds"][1] == "1 of 3 feeds answer, 1 paused"
    assert found[bad] == (
        "warning",
        "http_404, 1 failure, last answer: 2026-03-01 12:00 UTC",
        f"newslake feeds check {bad}",
    )
    assert found[dead][:2] == ("error", "unreachable, 11 failures in a row, last answer: never")


def test_a_feed_that_has_become_silent_is_named(findings, feeds, monkeypatch):
    good = "https://paper.example/good"
    silent = [(good, Silence(since=NOW, missed=9.0, intervals=8.25))]
    monkeypatch.setattr(doctor, "silent_feeds", lambda _: silent)
    text = "no new entry since 2026-03-01 12:00 UTC, 8.2 times its usual interval at these hours"
    assert findings()[good] == ("warning", text, f"newslake feeds check {good}")


def test_a_damaged_state_of_the_feeds_is_named_and_kept(lake, findings, feeds):
    garbage(lake.storage.path(NAME))
    before = content(lake)
    assert findings()["feeds"][0] == "warning"
    assert content(lake) == before


def test_only_online_sends_requests(lake, findings, capsys):
    with server_in_a_thread(FakeClock()) as server:
        rss = b'<rss version="2.0"><channel><item><guid>1</guid></item></channel></rss>'
        server.pages["/feed"] = http_response(rss, Content_Type="text/xml")
        good, gone = server.url("/feed"), server.url("/gone")
        with FeedStates(lake.storage.path(NAME)) as states:
            states.save([first(url, NOW + timedelta(days=1)) for url in (good, gone)])
        findings()
        assert server.requests == []
        found = findings("--online", "--allow-private")
        assert sorted(server.requested()) == ["/feed", "/gone"]
    assert found[good] == ("ok", "answers with 1 entries", None)
    assert found[gone][:2] == ("error", "http_error: 404 Not Found")


def test_options_without_effect_are_refused(lake, capsys):
    assert main(["doctor", "--online"]) == 2
    assert main(["doctor", "--lake", str(lake.storage.root), "--allow-private"]) == 2
    assert "--allow-private has no effect without --online" in capsys.readouterr().err


def test_a_lake_with_one_more_commit_is_still_whole(lake, findings):
    commit(lake, article("new"), number=8)
    with sqlite3.connect(lake.index_path) as index:
        assert index.execute("SELECT seq FROM position").fetchone() == (6,)
    assert findings()["index"][:2] == ("ok", "at entry 6 of 6; the next commit updates it")
