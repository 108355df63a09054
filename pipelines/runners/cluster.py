"""Runs pipelines on any cluster with Beam's Job API: `--runner PortableRunner --job_endpoint=…`."""

import grpc
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions
from apache_beam.runners.portability.portable_runner import JobServiceHandle, PortableRunner

CONNECT_TIMEOUT = 30
"""Maximum time to connect to a job server, in seconds."""


class Cluster(PortableRunner):
    """Beam's portable runner, with a time limit for the connection to the job server.

    Beam itself waits forever. Beam's option `--job_server_timeout` would also limit the job's time.
    """

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
