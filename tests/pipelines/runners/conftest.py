"""Fixtures for tests with real clusters. Tests in one process share them."""

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
from flink_cluster import FlinkCluster
from paths import ROOT


@pytest.fixture(scope="session")
def installed(tmp_path_factory):
    """Return the environment of processes that import newslake only as an installed wheel."""
    source, package = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("package")
    for name in ("newslake", "pipelines", "transforms", "schemas"):
        shutil.copytree(ROOT / name, source / name, symlinks=True)
    for name in ("setup.py", "pyproject.toml", "README.md"):
        shutil.copy(ROOT / name, source)
    pip = [sys.executable, "-m", "pip", "install", "--quiet", "--no-deps", "--no-build-isolation"]
    subprocess.run([*pip, "--target", package, source], check=True, cwd=source)
    programs = [str(package / "bin"), str(Path(sys.executable).parent), os.environ["PATH"]]
    return os.environ | {"PYTHONPATH": str(package), "PATH": os.pathsep.join(programs)}


@pytest.fixture(scope="session")
def flink_cluster(installed, tmp_path_factory):
    """Return a running Flink cluster with two task managers."""
    cluster = FlinkCluster(tmp_path_factory.mktemp("flink") / "cluster", installed)
    cluster.start()
    yield cluster
    cluster.stop()
