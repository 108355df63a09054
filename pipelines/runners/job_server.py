"""One job server for all pipelines of a command; newslake stops it."""

import signal

from apache_beam.options.pipeline_options import PipelineOptions
from apache_beam.runners.portability.job_server import JobServer
from apache_beam.runners.portability.portable_runner import JobServiceHandle, PortableRunner

from newslake.pipelines.runners.cluster import wait_for_job_server


class WithJobServer(PortableRunner):
    """A runner that starts a job server. Beam itself would start one per pipeline."""

    _job_server: JobServer | None = None

    def default_job_server(self, options: PipelineOptions) -> JobServer:
        if self._job_server is None:
            self._job_server = self.new_job_server(options)
        return self._job_server

    def new_job_server(self, options: PipelineOptions) -> JobServer:
        """Return a job server that is not running yet."""
        raise NotImplementedError

    def create_job_service(self, options: PipelineOptions) -> JobServiceHandle:
        wait_for_job_server(options)
        before = signal.getsignal(signal.SIGINT)
        handle = super().create_job_service(options)
        # Beam's handler would stop the job server before newslake handles the signal.
        signal.signal(signal.SIGINT, before)
        return handle

    def stop(self) -> None:
        """Stop the job server if it is running."""
        if self._job_server is not None:
            self._job_server.stop()
            self._job_server = None
