"""The cores and the memory that this process may use: those of its container, not of the machine."""

import os
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

MEMORY_PER_WORKER = 500 * 2**20
"""Memory of a worker and of its process that parses documents, in bytes."""


def max_workers(root: Path = Path("/")) -> int:
    """Return the number of workers for which there are cores and memory, at least 1.

    `root` is the folder that contains `proc` and `sys`.
    """
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    limits = [float(cores or 1)]
    for group in _control_groups(root):
        with suppress(OSError, ValueError):  # cgroup v2; without a limit, the value is "max"
            quota, period = (group / "cpu.max").read_text().split()
            limits.append(int(quota) / int(period))
        with suppress(OSError, ValueError):  # cgroup v1; without a limit, the quota is -1
            quota = (group / "cpu.cfs_quota_us").read_text()
            if int(quota) > 0:
                limits.append(int(quota) / int((group / "cpu.cfs_period_us").read_text()))
        for name in ("memory.max", "memory.limit_in_bytes"):
            with suppress(OSError, ValueError):
                limits.append(int((group / name).read_text()) / MEMORY_PER_WORKER)
    return max(1, int(min(limits)))


def _control_groups(root: Path) -> Iterator[Path]:
    """Yield the folders of the cgroups of this process and of the cgroups around them.

    In a container, the folder of its own cgroup is often the root, and the other folders are missing.
    """
    base = root / "sys/fs/cgroup"
    with suppress(OSError):
        for line in (root / "proc/self/cgroup").read_text().splitlines():
            _, controllers, path = line.split(":", 2)
            mounted = base / controllers
            folder = mounted / path.lstrip("/")
            yield from (folder, *(one for one in folder.parents if one.is_relative_to(mounted)))
