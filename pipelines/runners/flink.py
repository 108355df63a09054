"""Flink, through Beam's job server: this Java program accepts jobs and runs them by default."""

import shutil
import signal
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
from apache_beam.runners.portability.job_server import JobServer
from apache_beam.runners.portability.portable_runner import JobServiceHandle
from apache_beam.utils.subprocess_server import JavaJarServer

from newslake.pipelines.runners import flink_jobs
from newslake.pipelines.runners.cluster import JobService, wait_for_job_server

INSTALLED = Path(sys.prefix, "share", "newslake", "flink", "job-server.jar")
"""The job server that `make flink` installs."""

SELECTING = {"--job_endpoint", "--flink_job_server_jar", "--flink_version"}
"""Beam's options that select a job server."""

REMEDY = "run `make flink`, or use a running job server with --job_endpoint=HOST:PORT"


class Flink(FlinkRunner):
    """Beam's Flink runner, with one job server for all pipelines of a command.

    Beam itself would start one job server per pipeline, and stop all only when the command ends.
    """

    _job_server: JobServer | None = None

    def default_job_server(self, options: PipelineOptions) -> JobServer:
        if self._job_server is None:
            self._job_server = super().default_job_server(options)
        return self._job_server

    def create_job_service_handle(
        self, job_service: Any, options: PipelineOptions
    ) -> JobServiceHandle:
        return JobService(job_service, options)

    def create_job_service(self, options: PipelineOptions) -> JobServiceHandle:
        wait_for_job_server(options)
        before = signal.getsignal(signal.SIGINT)
        handle = super().create_job_service(options)
        # Beam's handler would stop the job server before newslake handles the signal.
        signal.signal(signal.SIGINT, before)
        return handle

    def cancel(self, result: Any, options: PipelineOptions) -> None:
        """Cancel the job of `result`: stop the job server, and the job at `--flink_master`.

        Beam's job server cancels only its own thread, and the cluster would continue the job.

        Raises:
            OSError: the cluster does not respond.
        """
        result.cancel()
        self.stop()  # first, because it may still be submitting the job
        master = options.view_as(FlinkRunnerOptions).flink_master
        if flink_jobs.has_address(master):
            for job in flink_jobs.jobs(master, result._job_id.rpartition("_")[0]):
                flink_jobs.cancel(master, job["jid"])

    def stop(self) -> None:
        """Stop the job server if it is running."""
        if self._job_server is not None:
            self._job_server.stop()
            self._job_server = None


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
