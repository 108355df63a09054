"""Measures time, CPU time and memory of a command, for the benchmarks of speed and memory."""

import json
import os
import subprocess
import sys
import tempfile
import time
from collections import defaultdict
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
SAMPLE_INTERVAL = 0.25
"""Seconds between two samples of the processes' memory."""
MB = 2**20
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """Cost of one command, including all processes that it started."""

    seconds: float
    """Elapsed seconds, including the start of Python."""
    cpu: float
    """CPU seconds, user and system."""
    largest_mb: float
    """Peak resident memory of the largest process, in MB of 2**20 bytes."""
    total_mb: float
    """Peak total resident memory of all processes; a shared page counts once per process."""
    output: dict[str, Any]
    """The JSON object that the command printed."""


def backfill(paths: Sequence[Path], lake: Path, workers: int | None, *options: str) -> Cost:
    """Return the cost of `newslake backfill`; `workers` is None for runners without --workers."""
    words = ["backfill", *map(str, paths), "--lake", str(lake)]
    words += ["--workers", str(workers)] if workers else []
    return cost_of([sys.executable, "-m", "newslake.pipelines.cli", *words, *options, "--json"])


def cost_of(command: Sequence[str]) -> Cost:
    """Run `command` and return its cost.

    Raises:
        subprocess.CalledProcessError: The command failed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err)
        total, pid = 0.0, 0
        while not pid:
            time.sleep(SAMPLE_INTERVAL)
            total = max(total, sum(_resident(process.pid)) / MB)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            output = (out.read(), err.read().decode(errors="replace"))
            raise subprocess.CalledProcessError(process.returncode, command, *output)
        largest = usage.ru_maxrss * _MAXRSS_UNIT / MB
        cpu = usage.ru_utime + usage.ru_stime
        return Cost(seconds, cpu, largest, max(total, largest), json.load(out))


def _resident(pid: int) -> Iterator[int]:
    """Yield the resident bytes of a process and of its descendants; nothing without /proc."""
    children: dict[int, list[int]] = defaultdict(list)
    resident: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # the process has ended
            continue
        child = int(stat.parent.name)
        children[int(fields[1])].append(child)
        resident[child] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    remaining = [pid]
    while remaining:
        current = remaining.pop()
        yield resident.get(current, 0)
        remaining += children[current]
