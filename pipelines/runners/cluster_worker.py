"""A worker process of a cluster: the program `newslake-worker`.

A runner with `--environment_type=PROCESS` starts it on each machine, like the boot program in Beam's
containers (sdks/python/container/boot.go): it asks the runner for its settings, and then runs
Beam's worker. newslake must be installed on the machine, so nothing is downloaded.
"""

import argparse
import os
import sys

import grpc
from apache_beam.portability.api import (
    beam_provision_api_pb2,
    beam_provision_api_pb2_grpc,
    endpoints_pb2,
)
from google.protobuf import json_format, text_format

from newslake.transforms.beam.fork_server import MEMORY_ENVIRONMENT


def main() -> None:
    """Serve one runner until it ends."""
    parser = argparse.ArgumentParser("newslake-worker", description="A worker of a Beam runner.")
    parser.add_argument("--id", required=True, help="id of the worker")
    parser.add_argument("--provision_endpoint", required=True, help="address of the settings")
    parser.add_argument("--control_endpoint", help="address of the runner; default: ask for it")
    parser.add_argument("--logging_endpoint", help="address of its log; default: ask for it")
    arguments, _ = parser.parse_known_args()
    worker_id = arguments.id.strip("'")  # Prism puts it between quotes
    info = settings(arguments.provision_endpoint, worker_id)
    control = arguments.control_endpoint or info.control_endpoint.url
    log = arguments.logging_endpoint or info.logging_endpoint.url
    environment = {
        "WORKER_ID": worker_id,
        "PIPELINE_OPTIONS": json_format.MessageToJson(info.pipeline_options),
        "CONTROL_API_SERVICE_DESCRIPTOR": _descriptor(control),
        "LOGGING_API_SERVICE_DESCRIPTOR": _descriptor(log),
        "RUNNER_CAPABILITIES": " ".join(info.runner_capabilities),
    }
    worker = [sys.executable, "-P", "-m", "newslake.pipelines.runners.flink_worker"]
    os.execve(sys.executable, worker, MEMORY_ENVIRONMENT | os.environ | environment)


def settings(endpoint: str, worker_id: str) -> beam_provision_api_pb2.ProvisionInfo:
    """Return the settings that the runner at `endpoint` has for this worker."""
    with grpc.insecure_channel(endpoint) as channel:
        service = beam_provision_api_pb2_grpc.ProvisionServiceStub(channel)
        request = beam_provision_api_pb2.GetProvisionInfoRequest()
        return service.GetProvisionInfo(request, metadata=[("worker_id", worker_id)]).info


def _descriptor(url: str) -> str:
    return text_format.MessageToString(endpoints_pb2.ApiServiceDescriptor(url=url))


if __name__ == "__main__":
    main()
