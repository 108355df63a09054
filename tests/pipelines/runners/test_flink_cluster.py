"""A Flink cluster on this machine, with two task managers and newslake's own worker program."""

import json
import os
import re
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path

import pytest
from lakes import rows_of
from paths import ROOT
from waits import HANG_SECONDS, wait_until

from newslake.pipelines.cli import main
from newslake.pipelines.runners.flink import INSTALLED

sys.path.insert(0, str(ROOT / "requirements" / "flink"))
import cluster as flink_cluster

WORKER = Path(sys.executable).with_name("newslake-worker")
MISSING = [str(path) for path in (INSTALLED, WORKER) if not path.is_file()]
EVENTS = 100

pytestmark = [
    pytest.mark.flink_cluster,
    pytest.mark.skipif(bool(MISSING), reason=f"missing: {MISSING}; run `make flink`"),
]


class Cluster:
    """A running cluster."""

    def __init__(self, port):
        self.port = port
        self.folder = INSTALLED.parent

    def jobs(self, *states):
        """Return the jobs in one of `states`."""
        with urllib.request.urlopen(f"http://localhost:{self.port}/jobs/overview") as response:
            return [job for job in json.load(response)["jobs"] if job["state"] in states]

    def are_busy(self, before=()):
        """Return whether both task managers have started workers that were not there before."""
        return all({*self.workers(number)} - {*before} for number in (0, 1))

    def backfill(self, inputs, lake):
        """Start a backfill that runs on both task managers."""
        command = {"command": str(WORKER)}
        words = ["backfill", inputs, "--lake", lake, "--json", "--runner", "FlinkRunner"]
        flags = [f"--flink_master=localhost:{self.port}", "--parallelism=2"]
        workers = ["--environment_type=PROCESS", f"--environment_config={json.dumps(command)}"]
        return subprocess.Popen(
            [sys.executable, "-m", "newslake", *words, *flags, *workers],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=ROOT,
        )

    def task_manager(self, number):
        """Return the process id of a task manager."""
        return int((self.folder / "cluster" / f"task-manager-{number}.pid").read_text())

    def workers(self, number):
        """Return the ids of the worker processes that a task manager has started."""
        parent = str(self.task_manager(number))
        found = subprocess.run(["pgrep", "-P", parent], check=False, capture_output=True, text=True)
        return [int(pid) for pid in found.stdout.split()]


@pytest.fixture(scope="module")
def cluster():
    port = flink_cluster.free_port()
    flink_cluster.up(INSTALLED.parent, port)
    yield Cluster(port)
    flink_cluster.down(INSTALLED.parent)


def documents(path, count):
    """Write `count` different short documents, 100 of them with an event, as JSON lines."""
    with path.open("w") as file:
        for number in range(count):
            story = (
                f"Choir {number} of town {number % 97} sings {number * 7 % 89} songs in the park. "
            )
            event = f"Soldiers attacked village {number} on Monday, killing two people. "
            text = (event if number < EVENTS else story) + story * 3
            url = f"https://site{number % 50}.example/{number}"
            row = {"url": url, "title": f"News {number}", "text": text, "date": "2026-03-10"}
            file.write(json.dumps(row) + "\n")
    return str(path)


def test_killed_task_managers_and_workers_change_no_row(cluster, tmp_path):
    inputs = documents(tmp_path / "news.jsonl", 2_000)
    assert main(["backfill", inputs, "--lake", str(tmp_path / "local")]) == 0
    run = cluster.backfill(inputs, str(tmp_path / "flink"))
    wait_until(lambda: cluster.are_busy() or run.poll() is not None)
    os.kill(cluster.task_manager(0), signal.SIGKILL)
    flink_cluster.start_task_manager(cluster.folder, 0)
    wait_until(lambda: cluster.workers(0) or run.poll() is not None)
    for worker in cluster.workers(0):
        with suppress(ProcessLookupError):
            os.kill(worker, signal.SIGKILL)
    output, errors = run.communicate(timeout=HANG_SECONDS)
    assert run.returncode == 0, errors
    assert json.loads(output)["articles"] == 2_000
    assert rows_of(tmp_path / "flink") == rows_of(tmp_path / "local")
    assert main(["verify", "--lake", str(tmp_path / "flink")]) == 0


def test_ctrl_c_cancels_the_job_and_leaves_no_worker(cluster, tmp_path):
    before = cluster.workers(0) + cluster.workers(1)  # some outlive their job
    run = cluster.backfill(documents(tmp_path / "news.jsonl", 200), str(tmp_path / "flink"))
    wait_until(lambda: cluster.are_busy(before) or run.poll() is not None)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=HANG_SECONDS)
    assert run.returncode == 130, errors
    assert re.search("stopped; committed data is kept", errors)
    wait_until(lambda: not cluster.jobs("RUNNING", "RESTARTING", "CREATED", "CANCELLING"))
    wait_until(lambda: {*cluster.workers(0), *cluster.workers(1)} <= {*before})
    assert cluster.jobs("CANCELED")
