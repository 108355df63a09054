"""A Flink cluster on this machine, with two task managers and newslake's own worker program."""

import json
import os
import shutil
import signal
import subprocess
import sys
import urllib.request
from contextlib import suppress
from pathlib import Path
from unittest import mock

from paths import ROOT

from newslake.pipelines.runners.flink import INSTALLED

sys.path.insert(0, str(ROOT / "requirements" / "flink"))
import cluster as processes
from cluster import free_port

JARS = INSTALLED.parent / "lib"
"""The jars that `make flink` downloads; the job server inside newslake uses the same."""


class FlinkCluster:
    """A cluster whose processes have the environment `environment`, and their logs in `folder`."""

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment
        self.port = free_port()
        self.jobs_before = set()

    def start(self):
        with mock.patch.dict(os.environ, self.environment):
            processes.up(self.folder, JARS, self.port)

    def stop(self):
        processes.down(self.folder)

    def run(self, *words):
        """Start newslake with a job for both task managers."""
        worker = shutil.which("newslake-worker", path=self.environment["PATH"])
        flags = [
            "--runner=FlinkRunner",
            f"--flink_master=localhost:{self.port}",
            "--parallelism=2",
            "--environment_type=PROCESS",
            f"--environment_config={json.dumps({'command': worker})}",
        ]
        self.jobs_before = {job["jid"] for job in self.ask("jobs/overview")["jobs"]}
        return subprocess.Popen(
            [sys.executable, "-m", "newslake", *words, *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.environment,
        )

    def ask(self, path):
        """Return the answer of Flink's REST API."""
        url = f"http://localhost:{self.port}/{path}"
        with urllib.request.urlopen(url, timeout=60) as response:
            return json.load(response)

    def job(self):
        """Return the job that newslake submitted last; None if Flink does not know it yet."""
        found = self.ask("jobs/overview")["jobs"]
        return next((job for job in found if job["jid"] not in self.jobs_before), None)

    def failures(self):
        """Return how often the job failed and was restarted."""
        job = self.job()
        history = self.ask(f"jobs/{job['jid']}/exceptions")["exceptionHistory"]
        return len(history["entries"])

    def is_working(self, tasks):
        """Return whether the job is running, has workers, and has finished `tasks` tasks."""
        job = self.job()
        if job is None or job["state"] != "RUNNING" or job["tasks"]["finished"] < tasks:
            return False
        return bool(self.workers())

    def kill_task_manager(self, number):
        """Kill a task manager, and start another one."""
        pid = int((self.folder / f"task-manager-{number}.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        with mock.patch.dict(os.environ, self.environment):
            processes.start_task_manager(self.folder, JARS, number)

    def kill_worker(self):
        """Kill a worker process of the job."""
        with suppress(ProcessLookupError):
            os.kill(self.workers()[0], signal.SIGKILL)

    def workers(self):
        """Return the ids of the worker processes of the job, and of the processes that they started."""
        name = self.job()["name"].encode()
        found = []
        for process in Path("/proc").glob("[0-9]*"):
            with suppress(OSError):
                options = (process / "environ").read_bytes().partition(b"PIPELINE_OPTIONS=")[2]
                if name in options.partition(b"\0")[0]:
                    found.append(int(process.name))
        return sorted(found)
