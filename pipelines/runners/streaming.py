"""The runners of streams, with the options of Beam that a stream needs."""

import json
import sys
from collections.abc import Sequence
from pathlib import Path
from urllib.parse import urlparse

from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners.engine import Engine, engine

STREAMING = ("PrismRunner", "FlinkRunner")
"""The runners that can run a stream."""

WORKER = Path(sys.executable).with_name("newslake-worker")
"""The program of the worker processes."""


def stream_engine(
    runner: str, workers: int | None, flags: Sequence[str], checkpoints: Path, job_name: str
) -> Engine:
    """Return the runner of a stream with the name `runner`, with the user's `flags` and ours.

    `workers` is the parallelism of Flink. `checkpoints` is the folder for the checkpoints of Flink.

    Raises:
        WrongOption: see `engine`; or the runner cannot run a stream.
    """
    if runner not in STREAMING:
        raise WrongOption(
            f"`newslake follow` cannot run on {runner}: use DirectRunner, {' or '.join(STREAMING)}"
        )
    if "--environment_type=LOOPBACK" in flags:
        raise WrongOption(
            "--environment_type=LOOPBACK makes the workers threads of the driver, but a driver must not "
            "crawl; leave it out"
        )
    given = {flag.partition("=")[0] for flag in flags}
    ours = [
        flag
        for flag in _needed(runner, given, checkpoints, job_name)
        if flag.partition("=")[0] not in given
    ]
    return engine(runner, workers, [*ours, *flags])


def has_savepoint(flags: Sequence[str]) -> bool:
    """Return whether Flink continues from a savepoint or a checkpoint.

    Raises:
        WrongOption: there is no such savepoint.
    """
    given = [flag.partition("=")[2] for flag in flags if flag.startswith("--savepoint_path=")]
    for path in given:
        if urlparse(path).scheme in {"", "file"} and not Path(urlparse(path).path).is_dir():
            raise WrongOption(f"--savepoint_path={path}: there is no such folder")
    return bool(given)


def _needed(runner: str, given: set[str], checkpoints: Path, job_name: str) -> list[str]:
    flags = ["--streaming", f"--job_name={job_name}"]
    if "--environment_type" not in given:  # by default, the workers would be threads of the driver
        if not WORKER.is_file():
            raise WrongOption(f"{WORKER} is missing; install newslake again")
        command = json.dumps({"command": str(WORKER)})
        flags += ["--environment_type=PROCESS", f"--environment_config={command}"]
    if runner == "FlinkRunner":
        flags += [
            # Without it, one start in four never polls.
            "--finish_bundle_before_checkpointing",
            "--checkpointing_interval=10000",
            f"--state_backend_storage_path={checkpoints.as_uri()}",
            "--state_backend=filesystem",
        ]
    return flags
