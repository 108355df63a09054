"""Flink, through Beam's job server: this Java program accepts jobs and runs them by default."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import urlparse

from apache_beam.options.pipeline_options import (
    FlinkRunnerOptions,
    JobServerOptions,
    PipelineOptions,
    PortableOptions,
)
from apache_beam.runners.portability.flink_runner import FlinkJarJobServer, FlinkRunner
from apache_beam.runners.portability.job_server import JobServer, StopOnExitJobServer
from apache_beam.runners.portability.portable_runner import JobServiceHandle
from apache_beam.utils.subprocess_server import JavaJarServer

from newslake.pipelines.runners import child, flink_jobs
from newslake.pipelines.runners.cluster import JobService
from newslake.pipelines.runners.job_server import WithJobServer

INSTALLED = Path(sys.prefix, "share", "newslake", "flink", "job-server.jar")
"""The job server that `make flink` installs."""

SELECTING = {"--job_endpoint", "--flink_job_server_jar", "--flink_version"}
"""Beam's options that select a job server."""

REMEDY = "run `make flink`, or use a running job server with --job_endpoint=HOST:PORT"


class Flink(WithJobServer, FlinkRunner):
    """Beam's Flink runner, with one job server for all pipelines of a command."""

    def new_job_server(self, options: PipelineOptions) -> JobServer:
        if options.view_as(FlinkRunnerOptions).flink_submit_uber_jar:
            return FlinkRunner.default_job_server(self, options)
        return StopOnExitJobServer(_Server(options))

    def create_job_service_handle(
        self, job_service: Any, options: PipelineOptions
    ) -> JobServiceHandle:
        return JobService(job_service, options)

    def cancel(self, result: Any, options: PipelineOptions) -> None:
        """Cancel the job of `result`: stop the job server, and the job at `--flink_master`.

        Beam's job server cancels only its own thread, and the cluster would continue the job.

        Raises:
            OSError: the cluster does not respond.
        """
        result.cancel()
        self.stop()  # first, because it may still be submitting the job
        self.cancel_jobs(result._job_id.rpartition("_")[0], options)

    def cancel_jobs(self, name: str, options: PipelineOptions) -> None:
        """Cancel the running jobs with this name at `--flink_master`.

        Raises:
            OSError: the cluster does not respond.
        """
        master = options.view_as(FlinkRunnerOptions).flink_master
        if flink_jobs.has_address(master):
            for job in flink_jobs.jobs(master, name):
                if job["state"] not in flink_jobs.ENDED:
                    flink_jobs.cancel(master, job["jid"])


class _Server(FlinkJarJobServer):
    def subprocess_cmd_and_endpoint(self) -> tuple[list[Any], str]:
        command, endpoint = super().subprocess_cmd_and_endpoint()
        return [*child.COMMAND, *command], endpoint


def default_flags(flags: Sequence[str]) -> list[str]:
    """Return the flag that selects `INSTALLED`; none if `flags` select a job server."""
    selected = {flag.split("=")[0] for flag in flags} & SELECTING
    return [] if selected else [f"--flink_job_server_jar={INSTALLED}"]


def missing_requirement(options: PipelineOptions) -> str | None:
    """Return an error message if Java or the job server is missing, otherwise None.

    Without this check, Beam would try to download the job server during a run.
    """
    if options.view_as(PortableOptions).job_endpoint:
        return None
    launcher = options.view_as(JobServerOptions).job_server_java_launcher
    if not shutil.which(launcher):
        return f"FlinkRunner needs Java, but the program {launcher!r} was not found; {REMEDY}"
    jar = jar_path(options)
    if jar is not None and not jar.is_file():
        return f"FlinkRunner needs Beam's Flink job server, but {jar} does not exist; {REMEDY}"
    return None


def jar_path(options: PipelineOptions) -> Path | None:
    """Return the path where Beam expects the job server; None if the user gave a URL to download."""
    given = options.view_as(FlinkRunnerOptions).flink_job_server_jar
    if given:
        return None if urlparse(given).scheme else Path(given)
    default = FlinkJarJobServer(options).path_to_jar()  # a URL, or a file of a Beam source tree
    if not urlparse(default).scheme:
        return Path(default)
    cache = options.view_as(JobServerOptions).jar_cache_dir or JavaJarServer.JAR_CACHE
    return Path(cache) / Path(urlparse(default).path).name
