"""Starts and stops a Flink cluster on this machine: a job manager and two task managers.

    python requirements/flink/cluster.py up FOLDER --jars JARS [--port 8081]
    python requirements/flink/cluster.py down FOLDER

`make flink-up` and `make flink-down` call it. JARS is the folder that install.py filled. FOLDER gets
the configuration, the logs and the ids of the processes. All listen on loopback.
"""

import argparse
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.request
from contextlib import suppress
from pathlib import Path

TASK_MANAGERS = 2
START_SECONDS = 300
"""Maximum time until the task managers are ready."""
STOP_SECONDS = 60
"""Maximum time until a process ends; then it is killed."""

OPENED = [
    f"--add-opens=java.base/{package}=ALL-UNNAMED"
    for package in ("java.util", "java.lang", "java.net", "java.time", "java.util.concurrent")
]
"""Packages of Java's library that Flink reads by reflection."""

ENTRY = "org.apache.flink.runtime"
JOB_MANAGER = f"{ENTRY}.entrypoint.StandaloneSessionClusterEntrypoint"
TASK_MANAGER = f"{ENTRY}.taskexecutor.TaskManagerRunner"

CONFIGURATION = """\
jobmanager:
  rpc:
    address: localhost
    port: {rpc_port}
  bind-host: localhost
rest:
  address: localhost
  bind-address: localhost
  port: {port}
taskmanager:
  host: localhost
  bind-host: localhost
  numberOfTaskSlots: 1
  cpu:
    cores: 1
  memory:
    framework:
      heap:
        size: 128m
      off-heap:
        size: 128m
    task:
      heap:
        size: 512m
      off-heap:
        size: 0m
    network:
      min: 400m
      max: 400m
    managed:
      size: 128m
    jvm-metaspace:
      size: 256m
    jvm-overhead:
      min: 192m
      max: 192m
heartbeat:
  interval: 2000
restart-strategy:
  type: exponential-delay
  exponential-delay:
    initial-backoff: 1 s
    max-backoff: 10 s
    backoff-multiplier: 2.0
    reset-backoff-threshold: 2 min
    attempts-before-reset-backoff: 5
classloader:
  resolve-order: parent-first
"""
"""Flink's configuration. With less memory for the network, a DAG of 98 operators does not start.

The job manager notices a killed task manager after two missed heartbeats (by default 20 s). It gives up
a job after five failures, but does not count those before a time of two minutes without a failure.
"""


def main() -> None:
    """Start or stop the cluster.

    Raises:
        SystemExit: the cluster is running already, or does not become ready.
    """
    parser = argparse.ArgumentParser(description="A Flink cluster on this machine.")
    parser.add_argument("action", choices=["up", "down"])
    parser.add_argument("folder", type=Path)
    parser.add_argument("--jars", type=Path, help="the folder that install.py filled")
    parser.add_argument("--port", type=int, default=8081, help="of Flink's REST API")
    options = parser.parse_args()
    if options.action == "up":
        up(options.folder.absolute(), options.jars.absolute(), options.port)
    else:
        down(options.folder.absolute())


def up(folder: Path, jars: Path, port: int) -> None:
    """Start the processes; return when the cluster accepts jobs.

    Raises:
        SystemExit: the cluster is running already, or does not become ready.
    """
    if running(folder):
        sys.exit("the cluster is already running")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    configuration = CONFIGURATION.format(port=port, rpc_port=free_port())
    (folder / "config.yaml").write_text(configuration, encoding="utf-8")
    start(folder, jars, "job-manager", JOB_MANAGER)
    for number in range(TASK_MANAGERS):
        start_task_manager(folder, jars, number)
    end = time.monotonic() + START_SECONDS
    while not is_ready(port):
        if time.monotonic() > end or len(running(folder)) < len([*folder.glob("*.pid")]):
            down(folder)
            sys.exit(f"the cluster did not become ready; its logs are in {folder}")
        time.sleep(0.5)


def start_task_manager(folder: Path, jars: Path, number: int) -> None:
    """Start the task manager with this number."""
    start(folder, jars, f"task-manager-{number}", TASK_MANAGER)


def down(folder: Path) -> None:
    """Stop all processes of the cluster, and the workers that they started."""
    for stop in (signal.SIGTERM, signal.SIGKILL):
        for pid in running(folder):
            os.killpg(pid, stop)
        end = time.monotonic() + STOP_SECONDS
        while running(folder) and time.monotonic() < end:
            time.sleep(0.1)


def start(folder: Path, jars: Path, name: str, main_class: str) -> None:
    """Start a Java program, and write its process id to the file `name`.pid in `folder`."""
    java = ["java", "-Xmx1g", *OPENED, "-cp", f"{jars}/*", main_class, "--configDir", str(folder)]
    with (folder / f"{name}.log").open("a") as log:
        process = subprocess.Popen(
            java, stdout=log, stderr=log, stdin=subprocess.DEVNULL, start_new_session=True
        )
    (folder / f"{name}.pid").write_text(str(process.pid), encoding="ascii")


def running(folder: Path) -> list[int]:
    """Return the ids of the running processes of the cluster."""
    pids = [int(file.read_text("ascii")) for file in folder.glob("*.pid")]
    return [pid for pid in pids if _is_running(pid)]


def _is_running(pid: int) -> bool:
    with suppress(ChildProcessError):
        os.waitpid(pid, os.WNOHANG)  # if it is a child of this process that has ended
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def is_ready(port: int) -> bool:
    """Return whether the job manager at `port` knows all task managers."""
    try:
        with urllib.request.urlopen(f"http://localhost:{port}/overview", timeout=5) as response:
            return f'"taskmanagers":{TASK_MANAGERS}'.encode() in response.read()
    except OSError:
        return False


def free_port() -> int:
    """Return a port on loopback that no process uses."""
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        port: int = one.getsockname()[1]
        return port


if __name__ == "__main__":
    main()
