"""Requests to Flink's REST API."""

import json
from typing import Any
from urllib.request import Request, urlopen

REST_SECONDS = 10
"""Maximum time for a request, in seconds."""

ENDED = {"FINISHED", "CANCELED", "FAILED"}
"""States of a job that has ended."""


def has_address(master: str) -> bool:
    """Return whether `master`, a value of `--flink_master`, is the address of a cluster.

    Otherwise the cluster is in the job server, or only the job server knows it.
    """
    return ":" in master


def jobs(master: str, name: str) -> list[dict[str, Any]]:
    """Return the jobs with the name `name` on the cluster `master`, with `jid`, `state` and `start-time`.

    Raises:
        OSError: the cluster does not respond.
    """
    with urlopen(f"{_url(master)}/overview", timeout=REST_SECONDS) as response:
        return [job for job in json.load(response)["jobs"] if job["name"] == name]


def cancel(master: str, jid: str) -> None:
    """Cancel the job with the id `jid`.

    Raises:
        OSError: the cluster does not respond.
    """
    request = Request(f"{_url(master)}/{jid}?mode=cancel", method="PATCH")
    urlopen(request, timeout=REST_SECONDS).close()


def _url(master: str) -> str:
    return f"{master if '://' in master else f'http://{master}'}/jobs"
