"""Worker processes that outlive a pipeline: a backfill is many, and to start a worker takes seconds.

Beam's own local workers end with each pipeline; these are lent to the next one, with all that they
have loaded.
"""

import os
import subprocess
import sys
import time
from contextlib import suppress
from threading import Thread
from typing import Any

from apache_beam.runners.portability.fn_api_runner.worker_handlers import (
    GrpcWorkerHandler,
    WorkerHandler,
)
from apache_beam.transforms.environments import Environment, python_sdk_capabilities

URN = "newslake:env:lent_process:v1"
COMMAND = [sys.executable, "-P", "-m", "newslake.pipelines.runners.worker"]
"""`-P`: no file of the current folder is imported in place of a module of the same name."""
SPARING = {"MALLOC_ARENA_MAX": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""A worker, of whose threads one runs at a time, has no use for the memory that glibc takes for each,
nor for what Arrow's own allocator keeps of every file that was written."""
WATCH_SECONDS = 0.2
"""Pause between two checks that a worker lives."""


class _Process:
    """A worker process, and the pipeline that it is lent to."""

    def __init__(self) -> None:
        self.popen = subprocess.Popen(
            COMMAND, stdin=subprocess.PIPE, text=True, env={**SPARING, **os.environ}
        )
        self.borrower: _Borrower | None = None

    def lend(self, borrower: "_Borrower") -> None:
        """Have it work for `borrower`."""
        self.borrower = borrower
        Thread(target=self._watch, args=[borrower], daemon=True).start()
        assert self.popen.stdin
        with suppress(BrokenPipeError):  # it has ended already
            self.popen.stdin.write(f"{borrower.control_address} {borrower.worker_id}\n")
            self.popen.stdin.flush()

    def _watch(self, borrower: "_Borrower") -> None:
        """If the process ends, abort the runner's requests to it: they would wait for ever."""
        while self.borrower is borrower:
            if self.popen.poll() is not None:
                with suppress(RuntimeError):  # the runner sends a request at this moment: try again
                    borrower.control_conn.abort(RuntimeError("a worker process ended"))
                borrower.data_conn.close()
            time.sleep(WATCH_SECONDS)


_processes: list[_Process] = []


@Environment.register_urn(URN, bytes)
class LentProcesses(Environment):
    """Has a pipeline run in processes of this module."""

    def __init__(self) -> None:
        super().__init__(capabilities=python_sdk_capabilities(), artifacts=())

    def to_runner_api_parameter(self, context: object) -> tuple[str, bytes]:
        """Return the name under which the runner finds `_Borrower`."""
        return URN, b""

    @staticmethod
    def from_runner_api_parameter(*_: Any) -> "LentProcesses":
        """Return what was sent: there is nothing to tell apart."""
        return LentProcesses()


@WorkerHandler.register_environment(URN, bytes)
class _Borrower(GrpcWorkerHandler):
    """Has one process, for the time of one pipeline."""

    def __init__(self, _: bytes, *runner: Any) -> None:
        super().__init__(*runner)
        self.process: _Process | None = None

    def start_worker(self) -> None:
        self.process = next((one for one in _processes if one.borrower is None), None)
        if self.process is None:
            self.process = _Process()
            _processes.append(self.process)
        self.process.lend(self)

    def stop_worker(self) -> None:
        if self.process:
            self.process.borrower = None


def died() -> str | None:
    """Return how a worker ended that nobody had told to, for the user; None if all live."""
    for process in _processes:
        if code := process.popen.poll():
            return f"signal {-code}" if code < 0 else f"exit code {code}"
    return None


def close() -> None:
    """End all workers; the next pipeline starts others."""
    for process in _processes:
        process.borrower = None
        process.popen.communicate()  # closes its input, and waits
    _processes.clear()
