"""Worker processes that several pipelines reuse.

A backfill runs many pipelines, and starting a worker takes seconds. Beam's local workers end with
each pipeline. These processes keep their loaded modules and data, and serve the next pipeline too.
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

from newslake.transforms.beam.sandbox import import_path

URN = "newslake:env:pooled_process:v1"
COMMAND = [sys.executable, "-P", "-m", "newslake.pipelines.runners.worker"]
"""With `-P`, Python does not import modules from the current folder."""
MEMORY_ENVIRONMENT = {"MALLOC_ARENA_MAX": "1", "ARROW_DEFAULT_MEMORY_POOL": "system"}
"""Environment variables that save memory in a worker. One glibc arena is enough, since one thread runs
at a time. Arrow uses the system allocator: its own keeps memory for every written file."""
WATCH_SECONDS = 0.2
"""Seconds between two checks that a worker process is running."""


class _Process:
    """A worker process, and the handler of the pipeline that uses it."""

    def __init__(self) -> None:
        environment = MEMORY_ENVIRONMENT | os.environ | import_path()
        self.popen = subprocess.Popen(COMMAND, stdin=subprocess.PIPE, text=True, env=environment)
        self.handler: _PooledWorkerHandler | None = None

    def serve(self, handler: "_PooledWorkerHandler") -> None:
        """Make the process work for the pipeline of `handler`."""
        self.handler = handler
        Thread(target=self._watch, args=[handler], daemon=True).start()
        assert self.popen.stdin
        with suppress(BrokenPipeError):  # the process has already ended
            self.popen.stdin.write(f"{handler.control_address} {handler.worker_id}\n")
            self.popen.stdin.flush()

    def _watch(self, handler: "_PooledWorkerHandler") -> None:
        """When the process ends, abort its requests. Otherwise the runner would wait forever."""
        while self.handler is handler:
            if self.popen.poll() is not None:
                with suppress(RuntimeError):  # the runner sends a request at this moment: try again
                    handler.control_conn.abort(RuntimeError("a worker process ended"))
                handler.data_conn.close()
            time.sleep(WATCH_SECONDS)


_processes: list[_Process] = []


@Environment.register_urn(URN, bytes)
class PooledProcesses(Environment):
    """The environment of pipelines that run in the processes of this module."""

    def __init__(self) -> None:
        super().__init__(capabilities=python_sdk_capabilities(), artifacts=())

    def to_runner_api_parameter(self, context: object) -> tuple[str, bytes]:
        """Return the URN by which the runner finds `_PooledWorkerHandler`."""
        return URN, b""

    @staticmethod
    def from_runner_api_parameter(*_: Any) -> "PooledProcesses":
        """Return the environment; it has no parameters."""
        return PooledProcesses()


@WorkerHandler.register_environment(URN, bytes)
class _PooledWorkerHandler(GrpcWorkerHandler):
    """Uses one process during one pipeline."""

    def __init__(self, _: bytes, *runner: Any) -> None:
        super().__init__(*runner)
        self.process: _Process | None = None

    def start_worker(self) -> None:
        # One that died during this pipeline stays in the list: it is the cause of the failure.
        _processes[:] = [one for one in _processes if one.handler or one.popen.poll() is None]
        self.process = next((one for one in _processes if one.handler is None), None)
        if self.process is None:
            self.process = _Process()
            _processes.append(self.process)
        self.process.serve(self)

    def stop_worker(self) -> None:
        if self.process:
            self.process.handler = None


def failed_worker() -> str | None:
    """Return the signal or exit code of a worker that ended unexpectedly; None if all are running."""
    for process in _processes:
        if code := process.popen.poll():
            return f"signal {-code}" if code < 0 else f"exit code {code}"
    return None


def close() -> None:
    """Stop all workers; the next pipeline starts new ones."""
    for process in _processes:
        process.handler = None
        process.popen.communicate()  # closes its standard input, and waits
    _processes.clear()
