"""A Flink cluster on this machine, with two task managers and newslake's own worker program."""

import json
import os
import shutil
import signal
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from unittest import mock

import cluster as processes
from process_list import running_processes
from waits import HANG_SECONDS, wait_until

from newslake.pipelines.runners.flink import INSTALLED

JARS = INSTALLED.parent / "lib"
"""The jars that `make flink` downloads; the job server inside newslake uses the same."""


class FlinkCluster:
    """A cluster whose processes have the environment `environment`, and their logs in `folder`."""

    def __init__(self, folder, environment):
        self.folder, self.environment = folder, environment
        self.port = processes.free_port()
        self.package = environment["PYTHONPATH"]
        self.jobs_before = set()

    def start(self):
        with mock.patch.dict(os.environ, self.environment):
            processes.up(self.folder, JARS, self.port)

    def stop(self):
        processes.down(self.folder)

    def flags(self, environment):
        """Return the options of Beam for a job for both task managers, with this environment of workers."""
        command = shutil.which("newslake-worker", path=self.environment["PATH"])
        worker = {"command": command, "env": environment}
        return [
            f"--flink_master=localhost:{self.port}",
            "--parallelism=2",
            "--environment_type=PROCESS",
            f"--environment_config={json.dumps(worker)}",
        ]

    def run(self, *words):
        """Start newslake with a job for both task managers."""
        self.forget_jobs()
        flags = ["--runner=FlinkRunner", *self.flags({})]
        return subprocess.Popen(
            [sys.executable, "-m", "newslake", *words, *flags],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            cwd=self.folder,
            env=self.environment,
        )

    def forget_jobs(self):
        """Let the other methods look only at jobs that are submitted after this call."""
        self.jobs_before = {job["jid"] for job in self.ask("jobs/overview")["jobs"]}

    def ask(self, path, values=None):
        """Return the answer of Flink's REST API; with `values`, they are sent with POST."""
        url = f"http://localhost:{self.port}/{path}"
        body = None if values is None else json.dumps(values).encode()
        request = urllib.request.Request(url, body, {"Content-Type": "application/json"})
        with urllib.request.urlopen(request, timeout=60) as response:
            return json.load(response)

    def jobs(self):
        """Return the jobs since the last call of `run` or `forget_jobs`, the last one first."""
        found = self.ask("jobs/overview")["jobs"]
        new = [job for job in found if job["jid"] not in self.jobs_before]
        return sorted(new, key=lambda job: -job["start-time"])

    def failures(self):
        """Return how often these jobs failed."""
        histories = [self.ask(f"jobs/{job['jid']}/exceptions") for job in self.jobs()]
        return sum(len(history["exceptionHistory"]["entries"]) for history in histories)

    def is_working(self, tasks):
        """Return whether the last job is running, has workers, and has finished `tasks` tasks."""
        for job in self.jobs():
            enough = job["tasks"]["finished"] >= tasks
            return job["state"] == "RUNNING" and enough and bool(self.workers())
        return False

    def kill_task_manager(self, number):
        """Kill a task manager, and start another one."""
        self._kill(f"task-manager-{number}")
        with mock.patch.dict(os.environ, self.environment):
            processes.start_task_manager(self.folder, JARS, number)

    def kill_job_manager(self):
        """Kill the job manager, and start another one. It knows no job."""
        self._kill("job-manager")
        with mock.patch.dict(os.environ, self.environment):
            processes.start(self.folder, JARS, "job-manager", processes.JOB_MANAGER)

    def wait_until_ready(self):
        """Wait until the job manager knows all task managers."""
        wait_until(lambda: processes.is_ready(self.port))

    def _kill(self, name):
        pid = int((self.folder / f"{name}.pid").read_text())
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)

    def stop_with_savepoint(self, folder):
        """Let Flink write a savepoint of the last job below `folder` and cancel the job; return its path."""
        job = self.jobs()[0]["jid"]
        request = {"target-directory": folder.as_uri(), "cancel-job": True}
        number = self.ask(f"jobs/{job}/savepoints", request)["request-id"]
        return self._savepoint(job, number)

    def _savepoint(self, job, number):
        end = time.monotonic() + HANG_SECONDS
        while time.monotonic() < end:
            answer = self.ask(f"jobs/{job}/savepoints/{number}")
            if answer["status"]["id"] == "COMPLETED":
                return answer["operation"]["location"]
            time.sleep(0.2)
        raise TimeoutError("no savepoint")

    def kill_workers(self, number=None):
        """Kill the worker processes of these jobs, and return whether there were any.

        `number` is the number of processes to kill; None means all.
        """
        pids = self.workers()[:number]
        for pid in pids:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        return bool(pids)

    def workers(self):
        """Return the ids of the worker processes of these jobs."""
        return [pid for pid, command in self.processes() if "flink_worker" in command]

    def processes(self):
        """Yield the processes of these jobs: workers, those that they started, and job servers."""
        names = [job["name"] for job in self.jobs()]
        master = f"http://localhost:{self.port}"
        for pid, command, environment in running_processes():
            options = environment.get("PIPELINE_OPTIONS", "")
            is_worker = any(name in options for name in names)
            if is_worker or ("job-server.jar" in command and master in command):
                yield pid, command
