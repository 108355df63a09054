"""Runs Beam's worker, and ends it when its job on a Flink cluster has ended.

If a task fails while its worker starts, Beam never releases this worker. It would stay until the task
manager ends. The worker's settings are in environment variables; see `cluster_worker`.
"""

import json
import os
import sys
import time
from threading import Thread

from apache_beam.runners.worker import sdk_worker_main

from newslake.pipelines.runners import flink_jobs

CHECK_SECONDS = 15.0
"""Time between two checks whether the job has ended, in seconds."""


def main() -> None:
    """Serve one job until it ends."""
    options = json.loads(os.environ["PIPELINE_OPTIONS"])
    master = options.get("beam:option:flink_master:v1") or ""
    if flink_jobs.has_address(master):
        name = options["beam:option:job_name:v1"]
        Thread(target=_end_with, args=(master, name, time.time()), daemon=True).start()
    sdk_worker_main.main(sys.argv)


def _end_with(master: str, name: str, started_at: float) -> None:
    while not has_ended(master, name, started_at):
        time.sleep(CHECK_SECONDS)
    os._exit(0)


def has_ended(master: str, name: str, started_at: float) -> bool:
    """Return whether all jobs called `name` that began before `started_at` have ended.

    `started_at` is the start of this worker, in seconds since 1970. A later job of the same name has
    workers of its own. If the cluster does not respond, the result is False.
    """
    try:
        found = flink_jobs.jobs(master, name)
    except (OSError, ValueError):
        return False
    return all(
        job["state"] in flink_jobs.ENDED or job["start-time"] > started_at * 1000 for job in found
    )


if __name__ == "__main__":
    main()
