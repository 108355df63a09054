"""The metrics of `follow`: its crawler, its commits, and the stages of the DAG."""

import time
from collections.abc import Callable, Iterable
from contextlib import suppress
from datetime import UTC, datetime
from typing import TypeVar

from prometheus_client import CollectorRegistry, Counter, Gauge, Histogram

from newslake.pipelines.monitoring.crawler_state import CrawlerState
from newslake.pipelines.monitoring.labels import (
    FEED_STATES,
    FETCHES,
    OPEN_REASONS,
    OUTCOMES,
    QUEUES,
    RETRIES,
    open_reason,
)
from newslake.pipelines.monitoring.latency import visible_after
from newslake.pipelines.monitoring.monitor import Monitor
from newslake.pipelines.runners.stage_use import STAGES
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult

COMMIT_BUCKETS = (0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800)
"""Limits of the classes of the time of a commit, in seconds."""
VISIBLE_BUCKETS = (30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 21600, 86400)
"""Limits of the classes of the time from announcement to visibility, in seconds."""

Labelled = TypeVar("Labelled", Counter, Gauge)


class FollowMetrics(Monitor):
    """The monitor that keeps the metrics of `follow` in `registry`."""

    def __init__(self, lake: LakeFolder, registry: CollectorRegistry) -> None:
        self._lake = lake
        self._registry = registry
        self._fetched: dict[str, int] = {}
        self._due_since: float | None = None
        counter, gauge = self._counter, self._gauge
        self._documents = counter(
            "newslake_documents", "Documents of commits, by outcome.", "outcome", OUTCOMES.values()
        )
        self._mentions = counter("newslake_mentions", "Mentions of events in new articles.")
        self._rejects = counter(
            "newslake_rejects", "Rejected documents of commits, by reason.", "reason", OPEN_REASONS
        )
        self._stage_documents = counter(
            "newslake_stage_documents", "Documents that a stage took in.", "stage", STAGES
        )
        self._stage_bytes = counter(
            "newslake_stage_bytes", "Bytes that a stage took in or wrote.", "stage", STAGES
        )
        self._stage_cpu = counter(
            "newslake_stage_cpu_seconds", "CPU time of a stage, in seconds.", "stage", STAGES
        )
        self._retries = counter(
            "newslake_retries",
            "Fetches of pages, polls of feeds and commits that failed and are tried again.",
            "kind",
            RETRIES,
        )
        self._fetches = Counter(
            "newslake_fetches",
            "Requests to sites, by kind and outcome.",
            ("kind", "outcome"),
            registry=registry,
        )
        for kind, outcome in FETCHES:
            self._fetches.labels(kind, outcome)
        self._queue = gauge(
            "newslake_queue_items",
            "Pages that are due, pages that wait for a retry, and what has arrived since the last "
            "commit.",
            "queue",
            QUEUES,
        )
        self._feeds = gauge("newslake_feeds", "Followed feeds, by state.", "state", FEED_STATES)
        behind = gauge(
            "newslake_behind_seconds",
            "Age of the oldest announced page that is due, in seconds; 0 if none is due.",
        )
        behind.set_function(self._behind)
        self._committed_at = gauge(
            "newslake_last_commit_timestamp_seconds",
            "Time of the last commit, in seconds since the epoch; 0 before the first commit.",
        )
        self._commit_seconds = Histogram(
            "newslake_commit_seconds",
            "Time of a commit, with the DAG before it, in seconds.",
            buckets=COMMIT_BUCKETS,
            registry=registry,
        )
        self._visible_seconds = Histogram(
            "newslake_announced_to_visible_seconds",
            "Time from the first poll that returned an entry to the commit of its text, in seconds.",
            buckets=VISIBLE_BUCKETS,
            registry=registry,
        )

    def _counter(
        self, name: str, about: str, label: str = "", values: Iterable[str] = ()
    ) -> Counter:
        return _with_children(
            Counter(name, about, [label] if label else [], registry=self._registry), values
        )

    def _gauge(self, name: str, about: str, label: str = "", values: Iterable[str] = ()) -> Gauge:
        return _with_children(
            Gauge(name, about, [label] if label else [], registry=self._registry), values
        )

    def looked(self, state: Callable[[], CrawlerState]) -> None:
        crawler = state()
        self._due_since = time.monotonic() - crawler.behind if crawler.behind else None
        for queue in QUEUES:
            self._queue.labels(queue).set(crawler.queue.get(queue, 0))
        for condition in FEED_STATES:
            self._feeds.labels(condition).set(crawler.feeds.get(condition, 0))
        for kind, outcome in FETCHES:
            number = crawler.fetches.get(f"{kind} {outcome}", 0)
            before = self._fetched.get(f"{kind} {outcome}", 0)
            # The worker of a stream counts from 0 after a restart.
            new = number - before if number >= before else number
            self._fetches.labels(kind, outcome).inc(new)
            if (kind, outcome) in {("page", "waiting"), ("feed", "failed")}:
                self._retries.labels(kind).inc(new)
        self._fetched = dict(crawler.fetches)

    def _behind(self) -> float:
        since = self._due_since
        return time.monotonic() - since if since is not None else 0.0

    def committed(self, result: CommitResult, seconds: float) -> None:
        for name, outcome in OUTCOMES.items():
            self._documents.labels(outcome).inc(max(result.counts.get(name, 0), 0))
        self._mentions.inc(result.counts.get("mentions", 0))
        for reason, count in result.rejects_by_reason.items():
            self._rejects.labels(open_reason(reason)).inc(count)
        for use in result.stages:
            self._stage_documents.labels(use.stage).inc(max(use.documents, 0))
            self._stage_bytes.labels(use.stage).inc(max(use.bytes, 0))
            self._stage_cpu.labels(use.stage).inc(max(use.cpu_seconds or 0.0, 0.0))
        if result.seq is None:
            return
        self._committed_at.set_to_current_time()
        self._commit_seconds.observe(seconds)
        with suppress(Exception):  # a compaction may have removed the files of the entry
            for waited in visible_after(self._lake, result.seq, datetime.now(UTC)):
                self._visible_seconds.observe(waited)

    def commit_failed(self) -> None:
        self._retries.labels("commit").inc()


def _with_children(metric: Labelled, values: Iterable[str]) -> Labelled:
    """Return `metric` with a value of 0 for each label, so that a first increase is seen."""
    for value in values:
        metric.labels(value)
    return metric
