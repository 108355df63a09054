"""What `--metrics` starts: the metrics of a lake, and the monitor of `follow`."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from newslake.pipelines.address import Address
from newslake.pipelines.monitoring.crawler_state import CrawlerState
from newslake.pipelines.monitoring.endpoint import served
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.staging import CommitResult

if TYPE_CHECKING:
    from prometheus_client import CollectorRegistry


class Monitor:
    """Gets all that happens; this class ignores it."""

    def looked(self, state: Callable[[], CrawlerState]) -> None:
        """Take the present state of the crawler; `state` returns it."""

    def committed(self, result: CommitResult, seconds: float) -> None:
        """Take the result of a commit, which took `seconds` with the DAG before it."""

    def commit_failed(self) -> None:
        """Take note that a commit has failed; the next one tries again."""


@contextmanager
def lake_metrics(address: Address, lake: LakeFolder) -> Iterator["CollectorRegistry"]:
    """Serve the metrics of `lake` until the block ends; return the registry, for other metrics.

    Raises:
        WrongOption: see `served`.
    """
    with served(address) as registry:
        # This module needs the package prometheus-client, which `served` has found.
        from newslake.pipelines.monitoring.lake_metrics import LakeMetrics

        with LakeMetrics(lake) as of_lake:
            registry.register(of_lake)
            yield registry


@contextmanager
def monitored(address: Address | None, lake: LakeFolder) -> Iterator[Monitor]:
    """Return the monitor of a command that follows feeds into `lake`, which may not exist yet.

    Raises:
        WrongOption: see `served`.
    """
    if address is None:
        yield Monitor()
        return
    with lake_metrics(address, lake) as registry:
        from newslake.pipelines.monitoring.follow_metrics import FollowMetrics

        yield FollowMetrics(lake, registry)
