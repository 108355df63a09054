"""Worker processes that several pipelines reuse.

A backfill runs many pipelines, and Beam's local workers end with each pipeline. These processes keep
their loaded data, and serve the next pipeline too. A fork server loads the modules of all workers once.
"""

import time
from contextlib import suppress
from functools import partial
from threading import Thread
from typing import Any

from apache_beam.runners.portability.fn_api_runner.worker_handlers import (
    GrpcWorkerHandler,
    WorkerHandler,
)
from apache_beam.transforms.environments import Environment, python_sdk_capabilities

from newslake.pipelines.runners.worker import load, work
from newslake.transforms.beam.fork_server import CannotStart, ForkServer, fork_server
from newslake.transforms.extract.by_media_type import warm_up
from newslake.transforms.failure import Failure

URN = "newslake:env:pooled_process:v1"
WATCH_SECONDS = 0.2
"""Seconds between two checks that a worker process is running."""


class _Process:
    """A worker process, and the handler of the pipeline that uses it."""

    def __init__(self) -> None:
        try:
            self.child = _server.start(work)
        except CannotStart as error:
            raise Failure(
                f"a worker process cannot start ({error}); free some memory, or use fewer --workers"
            ) from error
        self.handler: _PooledWorkerHandler | None = None

    def serve(self, handler: "_PooledWorkerHandler") -> None:
        """Make the process work for the pipeline of `handler`."""
        self.handler = handler
        Thread(target=self._watch, args=[handler], daemon=True).start()
        with suppress(BrokenPipeError):  # the process has already ended
            self.child.stream.write(f"{handler.control_address} {handler.worker_id}\n".encode())
            self.child.stream.flush()

    def _watch(self, handler: "_PooledWorkerHandler") -> None:
        """When the process ends, abort its requests. Otherwise the runner would wait forever."""
        while self.handler is handler:
            if self.child.poll() is not None:
                with suppress(RuntimeError):  # the runner sends a request at this moment: try again
                    handler.control_conn.abort(RuntimeError("a worker process ended"))
                handler.data_conn.close()
            time.sleep(WATCH_SECONDS)


_processes: list[_Process] = []
_server = ForkServer(load, uses=[fork_server(warm_up)])
"""Loads the modules of the workers. They share the fork server of the sandboxes of `Extract`."""


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
        _processes[:] = [one for one in _processes if one.handler or one.child.poll() is None]
        self.process = next((one for one in _processes if one.handler is None), None)
        if self.process is None:
            self.process = _Process()
            _processes.append(self.process)
        self.process.serve(self)

    def stop_worker(self) -> None:
        if self.process:
            self.process.handler = None


def expect_events(events: bool) -> None:
    """If `events` is true, workers that start later share one language model."""
    _server.prepare = partial(load, events)


def failed_worker() -> str | None:
    """Return the signal or exit code of a worker that ended unexpectedly; None if all are running."""
    for process in _processes:
        if code := process.child.poll():
            return f"signal {-code}" if code < 0 else f"exit code {code}"
    return None


def close() -> None:
    """Stop all workers; the next pipeline starts new ones."""
    for process in _processes:
        process.handler = None
        process.child.close()
    _processes.clear()
    _server.close()
