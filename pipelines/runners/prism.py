"""Prism, Beam's runner in Go: a program that drives the Python workers."""

from typing import Any

from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.job_server import JobServer, StopOnExitJobServer
from apache_beam.runners.portability.prism_runner import PrismJobServer, PrismRunner

from newslake.pipelines.runners import child
from newslake.pipelines.runners.job_server import WithJobServer


class Prism(WithJobServer, PrismRunner):
    """Beam's Prism runner, with one Prism for all pipelines of a command."""

    def new_job_server(self, options: PipelineOptions) -> JobServer:
        return StopOnExitJobServer(_Server(options))


class _Server(PrismJobServer):
    def subprocess_cmd_and_endpoint(self) -> tuple[list[Any], str]:
        command, endpoint = super().subprocess_cmd_and_endpoint()
        return [*child.COMMAND, *command], endpoint
