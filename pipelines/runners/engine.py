"""Beam's runners by name, with their options.

`--runner DirectRunner` means Beam's in-process runner. Beam's own DirectRunner would first try to
download a Go binary. Without access to the internet, it would hang.
"""

import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from urllib.parse import urlparse

from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    GoogleCloudOptions,
    PipelineOptions,
    PortableOptions,
    PrismRunnerOptions,
)
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.runner import PipelineResult, PipelineRunner
from grpc import Call, RpcError

from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners import pool
from newslake.pipelines.runners.beam_flags import check_flags
from newslake.pipelines.runners.beam_options import Options
from newslake.pipelines.runners.cluster import Cluster
from newslake.pipelines.runners.flink import Flink, default_flags, missing_requirement
from newslake.pipelines.runners.flink_jobs import has_address
from newslake.pipelines.runners.pool import PooledProcesses
from newslake.pipelines.runners.prism import Prism
from newslake.transforms.failure import Failure, explanation, last_line

LOCAL = {"DirectRunner", "FnApiRunner"}
SUPPORTED = ("DirectRunner", "PrismRunner", "FlinkRunner", "DataflowRunner", "PortableRunner")
REMEDY = "Committed data is kept; run the same command again."


class RunnerFailed(Failure):
    """A runner failed; the cause is not the code of newslake."""


@dataclass(frozen=True)
class Engine:
    """A Beam runner with its options."""

    runner: str | PipelineRunner
    options: PipelineOptions

    @contextmanager
    def running(self) -> Iterator[None]:
        """Check the options at the job server, and stop it and the workers when the block ends.

        Raises:
            WrongOption: the job server does not know an option.
            RunnerFailed: the runner failed. The cause is not the code of newslake.
        """
        try:
            with self.explained(f". {REMEDY}"), _runner_logs_off():
                if isinstance(self.runner, Cluster | Flink):
                    self.runner.create_job_service(self.options).get_pipeline_options()
                yield
        finally:
            pool.close()
            if isinstance(self.runner, Flink | Prism):
                self.runner.stop()

    @contextmanager
    def explained(self, remedy: str = "") -> Iterator[None]:
        """Explain an error that the runner causes in the block; the message ends with `remedy`.

        Raises:
            RunnerFailed: the runner failed. The cause is not the code of newslake.
        """
        try:
            yield
        except Exception as error:
            if reason := self._failure(error):
                raise RunnerFailed(f"{reason}{remedy}") from error
            raise

    def cancel(self, result: PipelineResult) -> None:
        """Cancel a running pipeline."""
        with suppress(Exception):  # the user has stopped newslake: report no further error
            if isinstance(self.runner, Flink):
                self.runner.cancel(result, self.options)
            else:
                result.cancel()

    def has_lost_job(self, error: Exception) -> bool:
        """Return whether a Flink cluster gave up a job that may succeed as a new job.

        If tasks fail in their start, and a worker is killed later, Beam gives this dead worker to the
        tasks each time that Flink repeats the job.
        """
        return (
            isinstance(self.runner, Flink)
            and has_address(self.options.view_as(FlinkRunnerOptions).flink_master)
            and isinstance(error, RuntimeError)
            and "failed in state FAILED" in str(error)
        )

    def cancel_earlier(self, job_name: str) -> None:
        """Cancel the jobs with this name that an earlier process has left on the cluster."""
        if isinstance(self.runner, Flink):
            with suppress(OSError):  # the start of the job reports the same error
                self.runner.cancel_jobs(job_name, self.options)

    def _failure(self, error: Exception) -> str | None:
        """Return a message if the runner caused the error; None if newslake may be the cause."""
        if status := pool.failed_worker():
            return (
                f"a worker process ended ({status}); it may have run out of memory: use fewer "
                "--workers"
            )
        if isinstance(self.runner, FnApiRunner) or not isinstance(error, RuntimeError | RpcError):
            return None
        if explanation(error):
            return None
        name = self.runner if isinstance(self.runner, str) else type(self.runner).__name__
        message = error.details() if isinstance(error, Call) else str(error)
        return f"{name} failed: {last_line(message)}"


def engine(
    runner: str, workers: int | None, flags: Sequence[str], default_workers: int = 1
) -> Engine:
    """Return the runner with the name `runner`, with its options and Beam's `flags`.

    For the local runner, `workers` is the number of worker processes; 1 means no extra process. For
    Flink, it is the parallelism. None means `default_workers`. No other runner uses either number.

    Raises:
        WrongOption: the runner would ignore an option; or the runner is unknown, gives wrong
            results, or needs a program that is missing.
    """
    if runner == "DaskRunner":
        raise WrongOption(
            "DaskRunner silently ignores windows and tagged outputs, so the rows would be wrong; "
            "use DirectRunner or FlinkRunner"
        )
    if runner not in {*SUPPORTED, *LOCAL}:
        raise WrongOption(f"unknown runner {runner!r}; use one of {', '.join(SUPPORTED)}")
    check_flags(runner, flags)
    if runner in LOCAL:
        return _local(workers or default_workers)
    if runner == "FlinkRunner":
        return _flink(workers, flags, default_workers)
    if workers is not None:
        raise WrongOption(
            f"--workers has no effect on {runner}; use it with DirectRunner or FlinkRunner"
        )
    if runner == "PrismRunner":
        return _prism(flags)
    return _portable(flags) if runner == "PortableRunner" else _dataflow(flags)


def _local(workers: int) -> Engine:
    """Return Beam's in-process runner."""
    options = Options([f"--direct_num_workers={workers}"])
    return Engine(FnApiRunner() if workers == 1 else FnApiRunner(PooledProcesses()), options)


def _flink(workers: int | None, flags: Sequence[str], default_workers: int) -> Engine:
    """Return Flink: the cluster in the flags; by default, the cluster in Beam's job server."""
    if workers and any(flag.partition("=")[0] == "--parallelism" for flag in flags):
        raise WrongOption("--workers and --parallelism contradict each other; use one of them")
    parallelism = f"--parallelism={workers or default_workers}"
    ours = ["--runner=FlinkRunner", parallelism, *default_flags(flags)]
    options = Options([*ours, *flags])
    if message := missing_requirement(options):
        raise WrongOption(message)
    return Engine(Flink(), options)


def _dataflow(flags: Sequence[str]) -> Engine:
    """Return Google's Dataflow, with the project and region in the flags."""
    options = Options(["--runner=DataflowRunner", *flags])
    cloud = options.view_as(GoogleCloudOptions)
    if not (cloud.project and cloud.region and cloud.temp_location):
        raise WrongOption(
            "DataflowRunner needs --project=NAME, --region=NAME and --temp_location=URL"
        )
    if find_spec("apitools") is None:
        raise WrongOption("DataflowRunner needs more packages; run pip install 'apache-beam[gcp]'")
    return Engine("DataflowRunner", options)


def _portable(flags: Sequence[str]) -> Engine:
    """Return the job server in the flags."""
    options = Options(["--runner=PortableRunner", *flags])
    if not options.view_as(PortableOptions).job_endpoint:
        raise WrongOption("PortableRunner needs a job server; use --job_endpoint=HOST:PORT")
    return Engine(Cluster(), options)


def _prism(flags: Sequence[str]) -> Engine:
    """Return Prism, Beam's runner in Go: a separate process that drives the Python workers."""
    quiet = ["--runner=PrismRunner", "--prism_log_level=error"]
    options = Options([*quiet, *flags])
    given = options.view_as(PrismRunnerOptions).prism_location
    if given and not (urlparse(given).scheme or Path(given).is_file()):
        raise WrongOption(f"--prism_location={given}: there is no such file")
    if not given:
        beside_python = str(Path(sys.executable).parent)
        prism = shutil.which("prism", path=os.pathsep.join([beside_python, os.environ["PATH"]]))
        if not prism:  # Beam would try to download it during a run
            raise WrongOption(
                "PrismRunner needs the program prism, which was not found; run `make prism`, or set "
                "--prism_location=PATH"
            )
        options = Options([*quiet, f"--prism_location={prism}", *flags])
    return Engine(Prism(), options)


@contextmanager
def _runner_logs_off() -> Iterator[None]:
    """Turn off the runner's log and its thread exceptions: newslake prints one message instead.

    After a stop by the user, both stay off, since the runner's threads continue for a while.
    """
    if logging.getLogger().isEnabledFor(logging.DEBUG):
        yield
        return
    hook, threading.excepthook = threading.excepthook, lambda _: None
    logging.disable(logging.CRITICAL)
    stopped = False
    try:
        yield
    except KeyboardInterrupt:
        stopped = True
        raise
    finally:
        if not stopped:
            threading.excepthook = hook
            logging.disable(logging.NOTSET)
