"""Metrics of a lake: open rejects, size of the tables, free disk space. Any command can serve them."""

import os
import threading
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from newslake.pipelines.monitoring.labels import OPEN_REASONS, open_reason
from newslake.pipelines.sql.views import run_query
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
    """The metrics of a lake, which may not exist yet.

    A scrape never waits for the lake: it returns the last counts, and starts new ones if they are
    due.
    """

    def __init__(self, lake: LakeFolder) -> None:
        self._root = lake.storage.root
        self._lock = threading.Lock()
        self._is_counting = False
        self._next_count = time.monotonic()
        self._counted_at = 0.0
        self._open: Counter[str] = Counter()
        self._sizes: Counter[str] = Counter()

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
            is_due = not self._is_counting and time.monotonic() >= self._next_count
            self._is_counting |= is_due
        if is_due:
            threading.Thread(target=self._count, name="metrics of the lake", daemon=True).start()

    def _count(self) -> None:
        started, at = time.monotonic(), time.time()
        with suppress(Exception):  # the lake does not exist yet, or cannot be read at present
            sizes = _sizes(self._root)
            found = run_query(
                self._root, lambda tables: tables.execute(_OPEN).fetchall(), sql=_OPEN
            )
            counts: Counter[str] = Counter()
            for reason, count in found:
                counts[open_reason(reason)] += count
            self._open, self._sizes, self._counted_at = counts, sizes, at
        seconds = time.monotonic() - started
        with self._lock:
            self._next_count = started + max(COUNT_SECONDS, seconds / SHARE)
            self._is_counting = False


def _existing(path: Path) -> Path:
    """Return `path`, or the nearest folder above it that exists."""
    return next(folder for folder in (path, *path.parents) if folder.exists())


def _sizes(root: Path) -> Counter[str]:
    """Return the size of all files below `root` by table, in bytes."""
    sizes: Counter[str] = Counter()
    for folder, _, names in os.walk(root):
        first = Path(folder).relative_to(root).parts[:1]
        table = first[0] if first and first[0] in TABLES else OTHER
        for name in names:
            with suppress(OSError):  # a compaction has removed the file
                sizes[table] += os.lstat(f"{folder}/{name}").st_size
    return sizes
