"""Kill the processes of streams at random, and count what is lost, doubled or missing.

    make prism flink
    python tests/streams/campaign.py --flink-kills 20 --prism-kills 10 --seed 1

`make campaign-streams` calls it. Papers with all habits of tests/helpers/stream_farm.py publish all the
time, and `newslake follow` ingests them, with events. On a Flink cluster, it kills task managers, workers
and the job manager; after the death of a job manager, the stream is started again, with or without
the last checkpoint. In the middle, the stream is stopped with a savepoint and continues from it. On Prism,
it kills Prism, the worker and the driver. On both, it kills all processes at once, too. Half of the kills
come right after the log entry of a commit, whose files are not published yet. A driver that ends is started
again, as systemd does it. On Flink, the stream is then stopped and started until it had 20 starts; each of
them must poll.

It prints a table. The exit code is 1 if a count is not 0 that must be 0. On a busy machine, not all kills may
fit into --minutes; the table says how many were done.
"""

import argparse
import json
import os
import random
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from contextlib import contextmanager
from pathlib import Path

ROOT = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers"), str(ROOT / "requirements" / "flink")]

from flink_cluster import FlinkCluster
from process_list import running_processes
from stream_farm import running_farm, scripted_papers
from stream_oracle import faults, is_complete, rows
from stream_process import FAST, StreamProcess
from wheel import installed_in

from newslake import __version__
from newslake.pipelines.commands import terminal
from newslake.transforms.lake.lake import LakeFolder

STORY_SECONDS = 10.0
"""Time between two stories of a paper, in seconds."""
PAUSES = (2.0, 12.0)
"""Shortest and longest time from a commit to the next kill, in seconds."""
AT_COMMIT = 0.5
"""Share of the kills that come right after the log entry of a commit."""
STARTS = 20
"""Number of starts on Flink, each of which must poll."""
RECOVERY_SECONDS = 600.0
"""Maximum time from a kill to the second commit after it, in seconds."""
ON_FLINK = (
    "task manager",
    "worker",
    "worker and task manager",
    "job manager, new start",
    "job manager, resumed",
    "driver",
    "all",
)
ON_PRISM = {"Prism": "bin/prism", "worker": "flink_worker", "driver": "newslake follow", "all": ""}


class Supervised(StreamProcess):
    """A stream that is started again when its driver ends, as by systemd."""

    starts = 0
    failed_stops = 0
    silent = 0
    """Number of pipelines that did not poll in time and were started again."""

    earlier = None
    """The id of the start before the present driver."""

    def start(self, *words):
        self.count_silent()
        self.starts += 1
        self.earlier = self.start_id()
        super().start(*words)

    def start_id(self):
        """Return the id of the last start; None if there was none."""
        orders = [*(self.lake / "_streams").glob("*/order.json")]
        return json.loads(orders[0].read_text())["start"] if orders else None

    def restart_until(self, number):
        """Stop and start the stream until it had `number` starts, as for upgrades."""
        while self.starts < number:
            self.failed_stops += self.stop() != 0
            self.start()
            self.wait_for_commits(1)

    def count_silent(self):
        """Count in the log of the last start."""
        if self.starts:
            self.silent += self.log.read_text().count("has not polled within")

    def wait_for_commits(self, number):
        """Wait for further commits of the present start.

        Raises:
            TimeoutError: they do not come.
        """
        seen, end = self.commits() - 1, time.monotonic() + RECOVERY_SECONDS
        while self.commits_of_start(seen) < number:
            if time.monotonic() > end:
                raise TimeoutError(f"no commit for {RECOVERY_SECONDS:.0f} s")
            self.start_again()
            time.sleep(0.5)

    def commits_of_start(self, seen):
        """Return the number of commits of the present start after the entry `seen` of the log."""
        start_id, log = self.start_id(), LakeFolder(self.lake).log
        if start_id == self.earlier:
            return 0
        run_ids = [log.read(seq).run_id for seq in range(seen + 1, self.commits())]
        return sum(run_id.endswith(start_id) for run_id in run_ids)

    def start_again(self):
        if self.process.poll() is not None:
            say(f"the driver ended with {self.process.poll()}: {self.last_line()}")
            self.start()

    def last_line(self):
        """Return the last line that the driver printed."""
        return self.log.read_text().strip().rpartition("\n")[2]


class OnFlink:
    """Kills processes of a stream on a cluster."""

    def __init__(self, cluster, stream, source):
        self.cluster, self.stream, self.random = cluster, stream, source
        self.savepoints = stream.lake.with_name("savepoints")
        self.resumed = 0

    def kill(self, victim):
        if victim == "driver":
            self.stream.kill("newslake follow")
        if victim == "all":
            self.stream.kill("")
            self.cluster.kill_workers()
            self.cluster.kill_task_manager(0)
            self.cluster.kill_task_manager(1)
            self.kill_job_manager(resume=False)
        if victim.startswith("job manager"):
            self.kill_job_manager(resume=victim.endswith("resumed"))
        if "worker" in victim:
            self.cluster.kill_workers(1)
        if "task manager" in victim:
            self.cluster.kill_task_manager(self.random.randrange(2))

    def kill_job_manager(self, resume):
        """Kill it; to resume, also kill the driver, which would start without it."""
        last = self.last_checkpoint() if resume else None
        self.cluster.kill_job_manager()
        if resume:
            self.stream.kill("newslake follow")
        self.stream.process.wait(RECOVERY_SECONDS)
        self.cluster.wait_until_ready()
        self.start(last)

    def last_checkpoint(self):
        found = [*(self.stream.lake / "_streams").glob("*/checkpoints/*/chk-*/_metadata")]
        return max(found, key=lambda path: path.stat().st_mtime).parent if found else None

    def start(self, point):
        """Start the stream, from a checkpoint or a savepoint if `point` is given."""
        self.stream.start(*([f"--savepoint_path={point}"] if point else []))
        self.resumed += bool(point)

    def savepoint(self):
        self.savepoints.mkdir(exist_ok=True)
        point = self.cluster.stop_with_savepoint(self.savepoints)
        self.stream.process.wait(RECOVERY_SECONDS)
        self.start(point)


def say(text):
    terminal.say(f"{time.strftime('%H:%M:%S')} {text}")


def on_flink(folder, kills, source, end):
    """Run a campaign on a Flink cluster, with kills until the time `end`; return all counts."""
    environment = installed_in(folder)
    cluster = FlinkCluster(folder / "cluster", environment)
    cluster.start()
    path = os.pathsep.join([environment["PYTHONPATH"], str(FAST)])
    try:
        with running_stream(
            folder / "flink", "FlinkRunner", *cluster.flags({"PYTHONPATH": path})
        ) as (
            stream,
            farm,
        ):
            killer = OnFlink(cluster, stream, source)
            victims = shuffled(ON_FLINK, kills, source)
            victims.insert(kills // 2, "savepoint")
            done = []
            for victim in victims:
                pause(stream, source)
                if time.monotonic() > end:
                    break
                done.append(victim)
                say(f"Flink {len(done)}/{len(victims)}: {victim}; {stream.commits()} commits")
                killer.savepoint() if victim == "savepoint" else killer.kill(victim)
            stream.wait_for_commits(2)
            say("Flink: starts without kills")
            stream.restart_until(STARTS)
            return result("FlinkRunner", stream, farm, done, killer.resumed)
    finally:
        cluster.stop()


def on_prism(folder, kills, source, end):
    """Run a campaign on Prism, with kills until the time `end`; return all counts."""
    with running_stream(folder / "prism", "PrismRunner") as (stream, farm):
        victims, done = shuffled(list(ON_PRISM), kills, source), []
        for victim in victims:
            pause(stream, source)
            if time.monotonic() > end:
                break
            done.append(victim)
            say(f"Prism {len(done)}/{len(victims)}: {victim}; {stream.commits()} commits")
            stream.kill(ON_PRISM[victim])
        return result("PrismRunner", stream, farm, done, 0)


@contextmanager
def running_stream(lake, runner, *words):
    with running_farm(scripted_papers(STORY_SECONDS)) as farm:
        stream = Supervised(lake, farm.feeds(), runner, *words)
        stream.start()
        try:
            yield stream, farm
        finally:
            stream.kill("")


def shuffled(victims, number, source):
    """Return `number` victims in random order, each about equally often."""
    chosen = [victims[count % len(victims)] for count in range(number)]
    source.shuffle(chosen)
    return chosen


def pause(stream, source):
    """Wait until the stream has recovered, then for a random time, or also for the next commit."""
    stream.wait_for_commits(2)
    end = time.monotonic() + source.uniform(*PAUSES)
    while time.monotonic() < end:
        stream.start_again()
        time.sleep(0.1)
    if source.random() < AT_COMMIT:
        commits, end = stream.commits(), time.monotonic() + RECOVERY_SECONDS
        while stream.commits() == commits and time.monotonic() < end:
            time.sleep(0.002)


def result(runner, stream, farm, victims, resumed):
    """Let the stream catch up and end; return all counts."""
    stream.wait_for_commits(2)
    farm.stop_publishing()
    end = time.monotonic() + RECOVERY_SECONDS
    while not is_complete(farm, stream.lake) and time.monotonic() < end:
        stream.start_again()
        time.sleep(1)
    code = stream.stop(signal.SIGTERM)
    stream.count_silent()
    must_be_zero = faults(farm, stream.lake) | {
        "stops with an exit code": stream.failed_stops + (code != 0),
        "starts that do not poll": stream.silent,
    }
    killed = Counter(victims)
    return {
        "runner": runner,
        "killed": sum(killed.values()) - killed["savepoint"],
        **{f"… {name}": count for name, count in sorted(killed.items())},
        "starts of the driver": stream.starts,
        "… from a checkpoint or savepoint": resumed,
        "pages announced": len(farm.pages()),
        "corrections announced": len(farm.corrected()),
        "commits": stream.commits(),
        **rows(stream.lake),
        "shortest gap of a site, s": f"{farm.shortest_gap():.3f}",
    }, must_be_zero


def shown(counts, must_be_zero):
    """Print all counts; return whether those are 0 that must be 0."""
    terminal.table(
        ("", counts.pop("runner")), [(name, str(value)) for name, value in counts.items()]
    )
    terminal.table(("must be 0", ""), [(name, str(value)) for name, value in must_be_zero.items()])
    return not any(must_be_zero.values())


def left_processes(folder):
    """Return the command lines of processes of this campaign that still run."""
    me = os.getpid()
    return [
        command
        for pid, command, environment in running_processes()
        if pid != me
        and (str(folder) in command or str(folder) in environment.get("STREAM_OF_TEST", ""))
    ]


def commit():
    """Return the commit of the working tree; it ends with `+` if files are changed."""
    words = ["git", "describe", "--always", "--dirty=+"]
    return subprocess.run(
        words, check=True, capture_output=True, text=True, cwd=ROOT
    ).stdout.strip()


def main():
    """Run the campaigns and print the table; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--flink-kills", type=int, default=20)
    parser.add_argument("--prism-kills", type=int, default=10)
    parser.add_argument("--minutes", type=float, default=50.0, help="no kill after this time")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--folder", type=Path, help="keep the lakes in this folder")
    options = parser.parse_args()
    source, began = random.Random(options.seed), time.monotonic()
    end = began + options.minutes * 60
    with tempfile.TemporaryDirectory() as temporary:
        folder = options.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        is_right = True
        if options.prism_kills:
            is_right &= shown(*on_prism(folder, options.prism_kills, source, end))
        if options.flink_kills:
            is_right &= shown(*on_flink(folder, options.flink_kills, source, end))
        left = left_processes(folder)
    minutes = (time.monotonic() - began) / 60
    words = f"seed {options.seed}, {minutes:.0f} minutes, {len(left)} processes left"
    terminal.print_line(f"newslake {__version__}, commit {commit()}, {words}")
    return int(bool(left) or not is_right)


if __name__ == "__main__":
    sys.exit(main())
