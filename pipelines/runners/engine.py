"""Runners by name: which ones run the DAG, under which of Beam's options.

`DirectRunner` on our command line means Beam's in-process runner. Bare, Beam would first try to
download a Go binary, and hang behind a closed network.
"""

import logging
import os
import shutil
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from apache_beam.options.pipeline_options import PipelineOptions, PrismRunnerOptions
from apache_beam.runners.portability.fn_api_runner import FnApiRunner
from apache_beam.runners.runner import PipelineRunner
from grpc import Call, RpcError

from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners import pool
from newslake.pipelines.runners.beam_options import Options
from newslake.pipelines.runners.cluster import Cluster
from newslake.pipelines.runners.flink import Flink, lacking
from newslake.pipelines.runners.pool import LentProcesses
from newslake.transforms.text import last_line

LOCAL = {"DirectRunner", "FnApiRunner"}
SUPPORTED = ("DirectRunner", "PrismRunner", "FlinkRunner", "DataflowRunner", "PortableRunner")
REMEDY = "what was committed before stays: run the same command again"


class RunnerFailed(Exception):
    """What runs a pipeline broke down; its message is for the user."""


@dataclass(frozen=True)
class Engine:
    """What runs a pipeline."""

    runner: str | PipelineRunner
    options: PipelineOptions

    @contextmanager
    def running(self) -> Iterator[None]:
        """End, at the end, what the runner started for all pipelines together.

        Raises:
            RunnerFailed: not our code broke down, but what runs it.
        """
        try:
            with _hushed():
                yield
        except Exception as error:
            if reason := self._breakdown(error):
                raise RunnerFailed(f"{reason}; {REMEDY}") from error
            raise
        finally:
            pool.close()
            if isinstance(self.runner, Flink):
                self.runner.stop()

    def _breakdown(self, error: Exception) -> str | None:
        """Return what broke down beside our code, for the user; None if nothing is known of it."""
        if how := pool.died():
            return f"a worker process ended ({how}), perhaps for want of memory"
        if isinstance(self.runner, FnApiRunner) or not isinstance(error, RuntimeError | RpcError):
            return None
        name = self.runner if isinstance(self.runner, str) else type(self.runner).__name__
        told = error.details() if isinstance(error, Call) else str(error)
        return f"{name} gave up: {last_line(told)}"


def engine(runner: str, workers: int, flags: Sequence[str]) -> Engine:
    """Return the engine of that name.

    Args:
        runner: One of `SUPPORTED`.
        workers: Processes to use, for the local runner, where 1 means this process; the default
            of --parallelism for Flink.
        flags: Options of Beam, passed through unchanged.

    Raises:
        WrongOption: no such runner, one that gives wrong results or lacks a program, or an option
            that nobody knows.
    """
    if runner == "DaskRunner":
        raise WrongOption(
            "DaskRunner ignores windows and tagged outputs without an error, so that rows would be "
            "wrong; use DirectRunner or FlinkRunner"
        )
    if runner not in {*SUPPORTED, *LOCAL}:
        raise WrongOption(f"no runner {runner!r}; there are {', '.join(SUPPORTED)}")
    if runner == "FlinkRunner":
        return _flink(workers, flags)
    if runner == "PrismRunner":
        return _prism(flags)
    if runner == "PortableRunner":
        return Engine(Cluster(), Options(["--runner=PortableRunner", *flags]))
    if runner not in LOCAL:
        return Engine(runner, Options([f"--runner={runner}", *flags]))
    _refuse_unknown(flags)
    options = Options([f"--direct_num_workers={workers}", *flags])
    if workers == 1:
        return Engine(FnApiRunner(), options)
    return Engine(FnApiRunner(LentProcesses()), options)


def _flink(workers: int, flags: Sequence[str]) -> Engine:
    """Return Flink: a cluster if the flags name one, else the one inside of Beam's job server."""
    options = Options(["--runner=FlinkRunner", f"--parallelism={workers}", *flags])
    if lack := lacking(options):
        raise WrongOption(lack)
    return Engine(Flink(), options)


def _prism(flags: Sequence[str]) -> Engine:
    """Return Prism, Beam's runner in Go: a process of its own that drives our workers."""
    quiet = ["--runner=PrismRunner", "--prism_log_level=error"]
    options = Options([*quiet, *flags])
    if not options.view_as(PrismRunnerOptions).prism_location:
        beside_python = str(Path(sys.executable).parent)
        prism = shutil.which("prism", path=os.pathsep.join([beside_python, os.environ["PATH"]]))
        if not prism:  # Beam would try to download it in the middle of a run
            raise WrongOption(
                "PrismRunner needs the program prism, which is not there; see `make prism`, or name "
                "it with --prism_location=PATH"
            )
        options = Options([*quiet, f"--prism_location={prism}", *flags])
    return Engine("PrismRunner", options)


@contextmanager
def _hushed() -> Iterator[None]:
    """Keep off the terminal what the runner's threads say of a breakdown: the user is told it once.

    After a stop by the user they stay hushed: they go on for a while.
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


def _refuse_unknown(flags: Sequence[str]) -> None:
    """Raise `WrongOption` for what Beam would discard: most likely a misspelt option of ours."""
    known = PipelineOptions(list(flags)).get_all_options().keys() - {"direct_running_mode"}
    for flag in flags:
        name = flag.split("=")[0]
        if name.startswith("-") and name[2:].removeprefix("no_").replace("-", "_") not in known:
            raise WrongOption(f"unknown option {name}; see --help")
