"""The metrics of `follow` and of a lake, without a server."""

import threading
from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from lakes import announcement, article, commit, fetch, rejected
from prometheus_client import CollectorRegistry, generate_latest
from scraping import values
from waits import wait_until

from newslake.pipelines.monitoring import lake_metrics
from newslake.pipelines.monitoring.crawler_state import CrawlerState
from newslake.pipelines.monitoring.follow_metrics import FollowMetrics
from newslake.pipelines.monitoring.labels import open_reason
from newslake.pipelines.monitoring.lake_metrics import LakeMetrics
from newslake.pipelines.monitoring.latency import visible_after
from newslake.schemas.rows import StageUse
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake.staging import CommitResult

NOON = datetime(2026, 3, 1, 12, tzinfo=UTC)


@pytest.fixture
def metrics(lake):
    """A monitor, and a function that returns the values of its metrics."""
    registry = CollectorRegistry()
    return FollowMetrics(lake, registry), lambda: values(generate_latest(registry).decode())


def test_requests_of_a_worker_that_started_again_are_added(metrics):
    monitor, scrape = metrics
    for number in (3, 5, 2, 4):  # the worker starts again after the 5
        monitor.looked(lambda number=number: CrawlerState(fetches={"feed failed": number}))
    assert scrape()["newslake_fetches_total", "feed", "failed"] == 5 + 4
    assert scrape()["newslake_retries_total", "feed"] == 5 + 4


def test_behind_grows_between_two_looks_and_ends(metrics):
    """A commit that hangs must not hide how far `follow` is behind."""
    monitor, scrape = metrics
    monitor.looked(lambda: CrawlerState(behind=100.0, queue={"due": 7}))
    first = scrape()["newslake_behind_seconds",]
    assert first >= 100
    assert scrape()["newslake_behind_seconds",] > first
    assert scrape()["newslake_queue_items", "due"] == 7
    monitor.looked(CrawlerState)
    assert scrape()["newslake_behind_seconds",] == 0


def test_a_feed_that_was_removed_is_no_longer_counted(metrics):
    monitor, scrape = metrics
    monitor.looked(lambda: CrawlerState(feeds={"dead": 2, "ok": 1}))
    monitor.looked(lambda: CrawlerState(feeds={"ok": 1}))
    assert scrape()["newslake_feeds", "dead"] == 0


def test_failed_commits_and_commits_without_rows(metrics):
    monitor, scrape = metrics
    monitor.commit_failed()
    monitor.committed(CommitResult(counts={"already_ingested": 3, "read": 3}), 1.0)
    found = scrape()
    assert found["newslake_retries_total", "commit"] == 1
    assert found["newslake_documents_total", "already_ingested"] == 3
    assert found["newslake_commit_seconds_count",] == 0
    assert found["newslake_last_commit_timestamp_seconds",] == 0


def test_a_crash_and_a_reason_of_an_older_version_have_the_label_crash(metrics):
    assert open_reason("crash_KeyError") == open_reason("not_known_any_more") == "crash"
    monitor, scrape = metrics
    reasons = {"crash_KeyError": 2, "crash_ValueError": 1, "no_text": 4}
    monitor.committed(CommitResult(rejects_by_reason=reasons), 1.0)
    assert scrape()["newslake_rejects_total", "crash"] == 3
    assert scrape()["newslake_rejects_total", "no_text"] == 4


def test_the_use_of_stages_is_added(metrics):
    monitor, scrape = metrics
    for _ in range(2):
        use = [StageUse("Fetch", 2, 20, 20, None, None), StageUse("Clean", 1, 5, 5, 0.5, 0.5)]
        monitor.committed(CommitResult(stages=use), 1.0)
    assert scrape()["newslake_stage_documents_total", "Fetch"] == 4
    assert scrape()["newslake_stage_cpu_seconds_total", "Clean"] == 1


def test_a_commit_whose_entry_is_lost_does_not_stop_follow(metrics):
    monitor, scrape = metrics
    monitor.committed(CommitResult(seq=999), 2.0)
    assert scrape()["newslake_commit_seconds_count",] == 1
    assert scrape()["newslake_announced_to_visible_seconds_count",] == 0


def test_the_time_to_visibility_begins_with_the_announcement(tmp_path):
    """Of a page from its first announcement; of an entry with the text from its own."""
    lake = open_lake(tmp_path / "lake")
    lake.create()
    url, other = "https://example.org/story", "https://example.org/refused"
    early, late = NOON - timedelta(hours=2), NOON - timedelta(hours=1)
    commit(lake, announcement(url, seen_at=early), announcement(other, seen_at=early))
    story, refused = article("story", url=url, canonical_url=url), rejected("refused")
    rows = [
        story,
        refused,
        fetch(url, document_id=story.document_id),
        fetch(other, document_id=refused.document_id),
        announcement("https://example.org/entry", seen_at=late, content_source="entry"),
    ]
    commit(lake, *rows, number=1)
    found = visible_after(lake, lake.log.last(), NOON)
    assert sorted(found) == [3600.0, 7200.0]


def test_a_lake_that_does_not_exist_yet_has_only_a_disk(tmp_path):
    registry = CollectorRegistry()
    registry.register(LakeMetrics(open_lake(tmp_path / "not/yet")))
    found = values(generate_latest(registry).decode())
    assert {name for name, *_ in found} == {"newslake_disk_free_bytes", "newslake_disk_size_bytes"}


def test_open_rejects_and_sizes_are_counted_in_the_background(lake):
    crashed = replace(rejected("bug"), reason="crash_X")
    commit(lake, rejected("empty-page"), crashed, number=50)
    collector, registry = LakeMetrics(lake), CollectorRegistry()
    registry.register(collector)

    def scrape():
        return values(generate_latest(registry).decode())

    wait_until(lambda: ("newslake_open_rejects", "no_text") in scrape())
    found = scrape()
    assert found["newslake_open_rejects", "no_text"] >= 1
    assert found["newslake_open_rejects", "crash"] == 1
    size = sum(path.stat().st_size for path in (lake.storage.root / "articles").rglob("*.parquet"))
    assert found["newslake_lake_size_bytes", "articles"] == size
    counted = found["newslake_lake_counted_timestamp_seconds",]
    assert scrape()["newslake_lake_counted_timestamp_seconds",] == counted  # not at each scrape


def test_the_exit_ends_a_count_that_is_running(lake, monkeypatch):
    """If Python ended in the middle of a query, DuckDB would abort the process."""
    endless = "SELECT 'no_text', count(*) FROM range(1_000_000_000) a, range(1_000_000) b"
    monkeypatch.setattr(lake_metrics, "_OPEN", endless)
    collector, registry = LakeMetrics(lake), CollectorRegistry()
    registry.register(collector)
    with collector:
        generate_latest(registry)
        [counting] = [one for one in threading.enumerate() if one.name == "metrics of the lake"]
    assert not counting.is_alive()
    generate_latest(registry)  # a late scrape starts no count
    assert "metrics of the lake" not in {one.name for one in threading.enumerate()}
