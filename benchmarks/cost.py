"""What a command costs: time, CPU, memory. Shared by the benchmarks of speed and memory."""

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
EVERY = 0.25
"""Seconds between two looks at the memory of the processes; often enough, and costs little."""
MB = 2**20
_MAXRSS_UNIT = 1 if sys.platform == "darwin" else 1024


@dataclass(frozen=True)
class Cost:
    """Of one command, with all processes that it started."""

    seconds: float
    """From its start to its end, the start of Python included."""
    cpu: float
    """Seconds, user and system."""
    largest_mb: float
    """Most resident memory of its largest process."""
    together_mb: float
    """Most resident memory of all processes at once; shared pages count once each process."""
    said: dict[str, Any]
    """The JSON object that it printed."""


def backfill(paths: Sequence[Path], lake: Path, workers: int, *options: str) -> Cost:
    """Return the cost of `newslake backfill`."""
    words = ["backfill", *map(str, paths), "--lake", str(lake), "--workers", str(workers)]
    return cost_of([sys.executable, "-m", "newslake.pipelines.cli", *words, *options, "--json"])


def cost_of(command: Sequence[str]) -> Cost:
    """Run `command` and return its cost.

    Raises:
        subprocess.CalledProcessError: it failed.
    """
    with tempfile.TemporaryFile() as out, tempfile.TemporaryFile() as err:
        begin = time.perf_counter()
        process = subprocess.Popen(command, cwd=ROOT, stdout=out, stderr=err)
        together, pid = 0.0, 0
        while not pid:
            time.sleep(EVERY)
            together = max(together, sum(_resident(process.pid)) / MB)
            pid, status, usage = os.wait4(process.pid, os.WNOHANG)
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
        out.seek(0)
        err.seek(0)
        if process.returncode:
            said = (out.read(), err.read().decode(errors="replace"))
            raise subprocess.CalledProcessError(process.returncode, command, *said)
        largest = usage.ru_maxrss * _MAXRSS_UNIT / MB
        cpu = usage.ru_utime + usage.ru_stime
        return Cost(seconds, cpu, largest, max(together, largest), json.load(out))


def _resident(pid: int) -> Iterator[int]:
    """Yield the resident bytes of a process and all that it started; none where /proc is missing."""
    children: dict[int, list[int]] = defaultdict(list)
    resident: dict[int, int] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        try:
            fields = stat.read_text().rpartition(")")[2].split()
        except OSError:  # it has ended
            continue
        one = int(stat.parent.name)
        children[int(fields[1])].append(one)
        resident[one] = int(fields[21]) * os.sysconf("SC_PAGE_SIZE")
    waiting = [pid]
    while waiting:
        one = waiting.pop()
        yield resident.get(one, 0)
        waiting += children[one]
