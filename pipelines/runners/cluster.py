"""Any cluster that takes jobs over Beam's Job API: `--runner PortableRunner --job_endpoint=HOST:PORT`."""

import grpc
from apache_beam.options.pipeline_options import PipelineOptions, PortableOptions
from apache_beam.runners.portability.portable_runner import JobServiceHandle, PortableRunner

PATIENCE = 30
"""Seconds for a job server to answer."""


class Cluster(PortableRunner):
    """Beam's runner, which would wait for ever for a job server that is not there.

    Beam's own limit, `--job_server_timeout`, would also end every job that takes longer.
    """

    def create_job_service(self, options: PipelineOptions) -> JobServiceHandle:
        expect(options)
        return super().create_job_service(options)


def expect(options: PipelineOptions) -> None:
    """Return when the job server that `options` name answers; at once if they name none.

    Raises:
        RuntimeError: nobody answers.
    """
    endpoint = options.view_as(PortableOptions).job_endpoint
    if endpoint in {None, "embed"}:
        return
    with grpc.insecure_channel(endpoint) as channel:
        try:
            grpc.channel_ready_future(channel).result(PATIENCE)
        except grpc.FutureTimeoutError:
            raise RuntimeError(f"nobody answers at {endpoint}") from None
