"""The cores and the memory that this process may use."""

import os

import pytest

from newslake.pipelines.runners.machine import MEMORY_PER_WORKER, max_workers

V1 = "4:memory:/docker/a\n3:cpu,cpuacct:/docker/a\n"


@pytest.fixture(autouse=True)
def eight_cores(monkeypatch):
    monkeypatch.setattr(os, "sched_getaffinity", lambda _: set(range(8)), raising=False)


def limited(root, groups, files):
    """Return the number of workers in the cgroups `groups` with these files below sys/fs/cgroup."""
    for name, content in {"proc/self/cgroup": groups}.items() | {
        (f"sys/fs/cgroup/{name}", content) for name, content in files.items()
    }:
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(content)
    return max_workers(root)


def test_without_limits_there_is_one_worker_per_core(tmp_path):
    assert max_workers(tmp_path) == 8
    assert limited(tmp_path, "0::/\n", {"cpu.max": "max 100000\n", "memory.max": "max\n"}) == 8


@pytest.mark.parametrize(
    ("groups", "files"),
    [
        ("0::/\n", {"cpu.max": "350000 100000\n"}),
        ("0::/a/b\n", {"a/cpu.max": "300000 100000\n", "a/b/cpu.max": "500000 100000\n"}),
        ("0::/\n", {"memory.max": f"{MEMORY_PER_WORKER * 3 + 1}\n"}),
        (
            V1,
            {
                "cpu,cpuacct/cpu.cfs_quota_us": "300000\n",
                "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
            },
        ),
        (V1, {"memory/docker/a/memory.limit_in_bytes": f"{MEMORY_PER_WORKER * 3}\n"}),
    ],
    ids=["cores", "cores of an outer group", "memory", "cores, version 1", "memory, version 1"],
)
def test_the_limits_of_a_container_count(tmp_path, groups, files):
    assert limited(tmp_path, groups, files) == 3


def test_a_core_that_is_shared_is_one_worker(tmp_path):
    assert limited(tmp_path, "0::/\n", {"cpu.max": "50000 100000\n"}) == 1


def test_a_version_1_group_without_a_limit_has_no_limit(tmp_path):
    files = {
        "cpu,cpuacct/cpu.cfs_quota_us": "-1\n",
        "cpu,cpuacct/cpu.cfs_period_us": "100000\n",
        "memory/memory.limit_in_bytes": "9223372036854771712\n",
    }
    assert limited(tmp_path, V1, files) == 8
