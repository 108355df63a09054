"""Fixtures for tests with real clusters. Tests in one process share them."""

import pytest
from flink_cluster import FlinkCluster
from wheel import installed_in


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """Return the environment of processes that import newslake only as an installed wheel."""
    return installed_in(tmp_path_factory.mktemp("installed"))


@pytest.fixture(scope="session")
def flink_cluster(installed, tmp_path_factory):
    """Return a running Flink cluster with two task managers."""
    cluster = FlinkCluster(tmp_path_factory.mktemp("flink") / "cluster", installed)
    cluster.start()
    yield cluster
    cluster.stop()
