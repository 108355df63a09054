"""Flink, through Beam's job server: a Java program that takes jobs and, by default, runs them itself."""

import shutil
import signal
from pathlib import Path
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

from newslake.pipelines.runners.cluster import expect

REMEDY = "see `make flink`, or name a running job server with --job_endpoint=HOST:PORT"


class Flink(FlinkRunner):
    """Beam's runner, with one job server for all pipelines of a command.

    Beam's own would start one for each pipeline, and end none of them before the command ends.
    """

    def __init__(self) -> None:
        super().__init__()
        self._job_server: JobServer | None = None

    def default_job_server(self, options: PipelineOptions) -> JobServer:
        if self._job_server is None:
            self._job_server = super().default_job_server(options)
        return self._job_server

    def create_job_service(self, options: PipelineOptions) -> JobServiceHandle:
        expect(options)
        before = signal.getsignal(signal.SIGINT)
        handle = super().create_job_service(options)
        # Beam's own handler would end the server before we know of the stop.
        signal.signal(signal.SIGINT, before)
        return handle

    def stop(self) -> None:
        """End the job server, if one was started."""
        if self._job_server is not None:
            self._job_server.stop()
            self._job_server = None


def lacking(options: PipelineOptions) -> str | None:
    """Return what a job server would need and this machine has not, for the user; None if all is there.

    Without this, Beam would try to download the job server in the middle of a run.
    """
    if options.view_as(PortableOptions).job_endpoint:
        return None
    launcher = options.view_as(JobServerOptions).job_server_java_launcher
    if not shutil.which(launcher):
        return f"FlinkRunner needs Java, and there is no program {launcher!r}; {REMEDY}"
    jar = jar_path(options)
    if jar is not None and not jar.is_file():
        return f"FlinkRunner needs Beam's Flink job server, and there is no {jar}; {REMEDY}"
    return None


def jar_path(options: PipelineOptions) -> Path | None:
    """Return where Beam expects the job server; None if the user named a URL, to be fetched."""
    named = options.view_as(FlinkRunnerOptions).flink_job_server_jar
    if named:
        return None if urlparse(named).scheme else Path(named)
    found = FlinkJarJobServer(options).path_to_jar()  # a URL, or a file that Beam was built with
    if not urlparse(found).scheme:
        return Path(found)
    cache = options.view_as(JobServerOptions).jar_cache_dir or JavaJarServer.JAR_CACHE
    return Path(cache) / Path(urlparse(found).path).name
