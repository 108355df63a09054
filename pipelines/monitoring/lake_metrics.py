"""Metrics of a lake: open rejects, size of the tables, free disk space. Any command can serve them."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Self

import duckdb
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from newslake.pipelines.monitoring.labels import OPEN_REASONS, open_reason
from newslake.pipelines.sql.views import connect
from newslake.schemas.tables import TABLES
from newslake.transforms.lake.lake import LakeFolder

COUNT_SECONDS = 60.0
"""Minimum time between two counts of the lake, in seconds."""
SHARE = 0.01
"""Maximum share of the time that the counts of the lake take."""

_OPEN = "SELECT reason, count(*) FROM open_rejects GROUP BY reason"

OTHER = "other"
"""The label of all files of a lake that are not in a table: log, index and staged files."""


class LakeMetrics(Collector):
    """The metrics of a lake, which may not exist yet; a context manager.

    A scrape never waits for the lake: it returns the last counts, and starts new ones if they are
    due. The exit ends a count that is running.
    """

    def __init__(self, lake: LakeFolder) -> None:
        self._root = lake.storage.root
        self._lock = threading.Lock()
        self._counting: threading.Thread | None = None
        self._query: duckdb.DuckDBPyConnection | None = None
        self._is_closed = False
        self._next_count = time.monotonic()
        self._counted_at = 0.0
        self._open: Counter[str] = Counter()
        self._sizes: Counter[str] = Counter()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *error: object) -> None:
        with self._lock:
            self._is_closed, counting = True, self._counting
        while counting and counting.is_alive():
            if query := self._query:
                query.interrupt()
            counting.join(0.1)

    def describe(self) -> Iterator[Metric]:
        """Return nothing, so that the registry does not collect when this object is registered."""
        return iter(())

    def collect(self) -> Iterator[Metric]:
        """Yield the metrics."""
        self._count_if_due()
        disk = os.statvfs(_existing(self._root))
        for name, about, blocks in (
            ("free", "Free space of the disk of the lake", disk.f_bavail),
            ("size", "Size of the disk of the lake", disk.f_blocks),
        ):
            yield GaugeMetricFamily(
                f"newslake_disk_{name}_bytes", f"{about}, in bytes.", value=blocks * disk.f_frsize
            )
        if not self._counted_at:
            return
        rejects = GaugeMetricFamily(
            "newslake_open_rejects", "Open rejects of the lake, by reason.", labels=["reason"]
        )
        for reason in OPEN_REASONS:
            rejects.add_metric([reason], self._open[reason])
        yield rejects
        sizes = GaugeMetricFamily(
            "newslake_lake_size_bytes", "Size of the files of the lake, by table.", labels=["table"]
        )
        for table in (*TABLES, OTHER):
            sizes.add_metric([table], self._sizes[table])
        yield sizes
        yield GaugeMetricFamily(
            "newslake_lake_counted_timestamp_seconds",
            "Time at which open rejects and sizes were counted last, in seconds since the epoch.",
            value=self._counted_at,
        )

    def _count_if_due(self) -> None:
        with self._lock:
            is_idle = self._counting is None and not self._is_closed
            if is_idle and time.monotonic() >= self._next_count:
                # Python must not end while the thread is in DuckDB, so it is no daemon.
                self._counting = threading.Thread(target=self._count, name="metrics of the lake")
                self._counting.start()

    def _count(self) -> None:
        started, at = time.monotonic(), time.time()
        with suppress(Exception):  # the lake does not exist yet, or cannot be read at present
            sizes = self._files()
            counts: Counter[str] = Counter()
            for reason, count in self._open_rejects():
                counts[open_reason(reason)] += count
            self._open, self._sizes, self._counted_at = counts, sizes, at
        seconds = time.monotonic() - started
        with self._lock:
            self._next_count = started + max(COUNT_SECONDS, seconds / SHARE)
            self._counting = self._query = None

    def _open_rejects(self) -> list[tuple[str, int]]:
        with connect(
            self._root, sql=_OPEN
        ) as tables:  # after a compaction: wait for the next count
            self._query = tables
            return tables.execute(_OPEN).fetchall()

    def _files(self) -> Counter[str]:
        """Return the size of all files of the lake by table, in bytes."""
        sizes: Counter[str] = Counter()
        for folder, _, names in os.walk(self._root):
            if self._is_closed:
                break
            first = Path(folder).relative_to(self._root).parts[:1]
            table = first[0] if first and first[0] in TABLES else OTHER
            for name in names:
                with suppress(OSError):  # a compaction has removed the file
                    sizes[table] += os.lstat(f"{folder}/{name}").st_size
        return sizes


def _existing(path: Path) -> Path:
    """Return `path`, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())
