"""Runs `newslake follow` as a stream in a process of its own, and looks at its lake."""

import os
import shutil
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path

import stream_oracle
from paths import ROOT
from process_list import running_processes
from waits import HANG_SECONDS, wait_until

FAST = Path(__file__).with_name("fast_polls")


class StreamProcess:
    """A stream that can be started, stopped and killed."""

    def __init__(self, lake, feeds, runner, *words):
        self.lake = lake
        self.words = [*feeds, "--lake", lake, "--runner", runner, "--flush", "5s", "--every", "1s"]
        self.words += ["--allow-private", *words]
        self.log = Path(f"{lake}.log")
        """What the driver prints."""
        self.process = None
        self.errors = ""

    def start(self, *words):
        """Start the stream; only its own processes have its lake in their environment.

        `words` are further words of the command line.
        """
        path = os.pathsep.join([str(ROOT), str(FAST)])
        environment = os.environ | {"PYTHONPATH": path, "STREAM_OF_TEST": str(self.lake)}
        command = [sys.executable, "-m", "newslake", "follow", *map(str, [*self.words, *words])]
        with self.log.open("w") as log:
            self.process = subprocess.Popen(
                command, stdout=log, stderr=log, cwd=ROOT, env=environment
            )

    def ended(self):
        """Wait for the end of the driver, and return its exit code."""
        code = self.process.wait(HANG_SECONDS)
        self.errors = self.log.read_text()
        return code

    def stop(self, number=signal.SIGTERM):
        """Send a signal to the driver and return its exit code."""
        self.process.send_signal(number)
        return self.ended()

    def pids(self, words=""):
        """Return the ids of the running processes of the stream whose command line has `words`."""
        return [
            pid
            for pid, command, environment in running_processes()
            if environment.get("STREAM_OF_TEST") == str(self.lake) and command and words in command
        ]

    def kill(self, words):
        """Kill the processes of the stream whose command line has `words`."""
        for pid in self.pids(words):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)

    def delete_state(self):
        """Delete all that a stream remembers, except the lake's tables and its log."""
        shutil.rmtree(self.lake / "_streams")
        for path in self.lake.glob("_feeds.sqlite*"):
            path.unlink()

    def commits(self):
        """Return the number of log entries."""
        log = self.lake / "_log"
        return len([*log.glob("*.json")]) if log.exists() else 0

    def wait_for_commits(self, number):
        """Wait until there are `number` commits more."""
        before = self.commits()
        wait_until(lambda: self.commits() >= before + number or self.process.poll() is not None)
        assert self.process.poll() is None, self.ended() and self.errors

    def outcomes(self):
        """Return how often each URL stands in the lake."""
        return stream_oracle.outcomes(self.lake)
