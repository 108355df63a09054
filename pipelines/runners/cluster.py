"""Runs pipelines on any cluster with Beam's Job API: `--runner PortableRunner --job_endpoint=…`."""

from typing import Any

import grpc
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions
from apache_beam.portability.api import beam_job_api_pb2
from apache_beam.runners.portability.portable_runner import JobServiceHandle, PortableRunner

from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners.beam_flags import refused_by_beam, unknown_options

CONNECT_TIMEOUT = 30
"""Maximum time to connect to a job server, in seconds."""


class JobService(JobServiceHandle):
    """Beam's connection to a job server; it refuses options that the job server does not know.

    Beam itself would leave out these options silently.
    """

    def get_pipeline_options(self) -> Any:
        """Return the options as Beam does.

        Raises:
            WrongOption: neither Beam nor the job server has one of the options, or the job server
                refuses its value.
        """
        request = beam_job_api_pb2.DescribePipelineOptionsRequest()
        answer = self.job_service.DescribePipelineOptions(request, timeout=self.timeout)
        of_server = {option.name for option in answer.options}
        if unknown := sorted(unknown_options(self.options) - of_server):
            raise WrongOption(f"unknown option --{unknown[0]}: the job server has no such option")
        with refused_by_beam():
            return super().get_pipeline_options()


class Cluster(PortableRunner):
    """Beam's portable runner, with a time limit for the connection to the job server.

    Beam itself waits forever. Beam's option `--job_server_timeout` would also limit the job's time.
    """

    def create_job_service_handle(
        self, job_service: Any, options: PipelineOptions
    ) -> JobServiceHandle:
        return JobService(job_service, options)

    def create_job_service(self, options: PipelineOptions) -> JobServiceHandle:
        wait_for_job_server(options)
        return super().create_job_service(options)


def wait_for_job_server(options: PipelineOptions) -> None:
    """Wait until the job server at `--job_endpoint` accepts connections, if the option is set.

    Raises:
        RuntimeError: no job server responds.
    """
    endpoint = options.view_as(PortableOptions).job_endpoint
    if endpoint in {None, "embed"}:
        return
    with grpc.insecure_channel(endpoint) as channel:
        try:
            grpc.channel_ready_future(channel).result(CONNECT_TIMEOUT)
        except grpc.FutureTimeoutError:
            raise RuntimeError(f"no job server responds at {endpoint}") from None
