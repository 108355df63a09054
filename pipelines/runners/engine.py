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
from pathlib import Path

from apache_beam.options.pipeline_options import PipelineOptions, PrismRunnerOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.runner import PipelineResult, PipelineRunner
from grpc import Call, RpcError

from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners import pool
from newslake.pipelines.runners.beam_options import Options
from newslake.pipelines.runners.cluster import Cluster
from newslake.pipelines.runners.failure import RunnerFailed
from newslake.pipelines.runners.flink import Flink, default_flags, missing_requirement
from newslake.pipelines.runners.pool import PooledProcesses
from newslake.transforms.text import last_line

LOCAL = {"DirectRunner", "FnApiRunner"}
SUPPORTED = ("DirectRunner", "PrismRunner", "FlinkRunner", "DataflowRunner", "PortableRunner")
REMEDY = "Committed data is kept; run the same command again."


@dataclass(frozen=True)
class Engine:
    """A Beam runner with its options."""

    runner: str | PipelineRunner
    options: PipelineOptions

    @contextmanager
    def running(self) -> Iterator[None]:
        """Stop the worker processes and the job server when the block ends.

        Raises:
            RunnerFailed: the runner failed. The cause is not the code of newslake.
        """
        try:
            with _runner_logs_off():
                yield
        except Exception as error:
            if reason := self._failure(error):
                raise RunnerFailed(f"{reason}. {REMEDY}") from error
            raise
        finally:
            pool.close()
            if isinstance(self.runner, Flink):
                self.runner.stop()

    def cancel(self, result: PipelineResult) -> None:
        """Cancel a running pipeline."""
        with suppress(Exception):  # the user has stopped newslake: report no further error
            if isinstance(self.runner, Flink):
                self.runner.cancel(result, self.options)
            else:
                result.cancel()

    def _failure(self, error: Exception) -> str | None:
        """Return a message if the runner caused the error; None if newslake may be the cause."""
        if status := pool.failed_worker():
            return f"a worker process ended ({status}); it may have run out of memory"
        if isinstance(self.runner, FnApiRunner) or not isinstance(error, RuntimeError | RpcError):
            return None
        name = self.runner if isinstance(self.runner, str) else type(self.runner).__name__
        message = error.details() if isinstance(error, Call) else str(error)
        return f"{name} failed: {last_line(message)}"


def engine(runner: str, workers: int, flags: Sequence[str]) -> Engine:
    """Return the runner with the name `runner`, with its options and Beam's `flags`.

    For the local runner, `workers` is the number of worker processes; 1 means no extra process. For
    Flink, `workers` is the default of --parallelism.

    Raises:
        WrongOption: an option is unknown; or the runner is unknown, gives wrong results, or needs
            a program that is missing.
    """
    if runner == "DaskRunner":
        raise WrongOption(
            "DaskRunner silently ignores windows and tagged outputs, so the rows would be wrong; "
            "use DirectRunner or FlinkRunner"
        )
    if runner not in {*SUPPORTED, *LOCAL}:
        raise WrongOption(f"unknown runner {runner!r}; use one of {', '.join(SUPPORTED)}")
    if runner == "FlinkRunner":
        return _flink(workers, flags)
    if runner == "PrismRunner":
        return _prism(flags)
    if runner == "PortableRunner":
        return Engine(Cluster(), Options(["--runner=PortableRunner", *flags]))
    if runner not in LOCAL:
        return Engine(runner, Options([f"--runner={runner}", *flags]))
    _check_known(flags)
    options = Options([f"--direct_num_workers={workers}", *flags])
    if workers == 1:
        return Engine(FnApiRunner(), options)
    return Engine(FnApiRunner(PooledProcesses()), options)


def _flink(workers: int, flags: Sequence[str]) -> Engine:
    """Return Flink: the cluster in the flags; by default, the cluster in Beam's job server."""
    ours = ["--runner=FlinkRunner", f"--parallelism={workers}", *default_flags(flags)]
    options = Options([*ours, *flags])
    if message := missing_requirement(options):
        raise WrongOption(message)
    return Engine(Flink(), options)


def _prism(flags: Sequence[str]) -> Engine:
    """Return Prism, Beam's runner in Go: a separate process that drives the Python workers."""
    quiet = ["--runner=PrismRunner", "--prism_log_level=error"]
    options = Options([*quiet, *flags])
    if not options.view_as(PrismRunnerOptions).prism_location:
        beside_python = str(Path(sys.executable).parent)
        prism = shutil.which("prism", path=os.pathsep.join([beside_python, os.environ["PATH"]]))
        if not prism:  # Beam would try to download it during a run
            raise WrongOption(
                "PrismRunner needs the program prism, which was not found; run `make prism`, or set "
                "--prism_location=PATH"
            )
        options = Options([*quiet, f"--prism_location={prism}", *flags])
    return Engine("PrismRunner", options)


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


def _check_known(flags: Sequence[str]) -> None:
    """Raise `WrongOption` if Beam would ignore an option: it is probably misspelt."""
    known = PipelineOptions(list(flags)).get_all_options().keys() - {"direct_running_mode"}
    for flag in flags:
        name = flag.split("=")[0]
        if name.startswith("-") and name[2:].removeprefix("no_").replace("-", "_") not in known:
            raise WrongOption(f"unknown option {name}; see --help")
