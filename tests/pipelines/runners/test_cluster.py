"""A cluster on the loopback interface: a runner and a pool of workers, in separate processes.

The runner is Prism, over the protocol of all Beam clusters. The workers import newslake as an
installed package, as on a remote machine.
"""

import random
import socket
import subprocess
import sys

import pytest
from cluster import free_port
from lakes import rows_of
from prism import lack
from waits import HANG_SECONDS, wait_until

pytestmark = [pytest.mark.prism, pytest.mark.skipif(bool(lack()), reason=lack())]

DOCUMENTS, CHUNK = 2_000, 700
SYLLABLES = ["bren", "co", "dilt", "fu", "gam", "hesk", "ki", "lor", "mu", "nast", "pel", "ro"]


class Cluster:
    """Prism and a pool of workers."""

    def __init__(self, environment, folder):
        self.environment, self.folder = environment, folder
        self.said = folder / "said"
        self.port, self.pool_port = free_port(), free_port()
        self.prism = self.start("prism", f"-job_port={self.port}", f"-web_port={free_port()}")
        module = "apache_beam.runners.worker.worker_pool_main"
        self.pool = self.start(sys.executable, "-m", module, f"--service_port={self.pool_port}")
        for port in (self.port, self.pool_port):
            wait_until(lambda port=port: is_open(port))

    def start(self, *command, **options):
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL} | options
        return subprocess.Popen(command, env=self.environment, cwd=self.folder, **quiet)

    def backfill(self, documents, lake):
        words = ["backfill", documents, "--lake", lake, f"--chunk-documents={CHUNK}"]
        runner = [
            "--runner=PortableRunner",
            f"--job_endpoint=localhost:{self.port}",
        ]
        workers = [
            "--environment_type=EXTERNAL",
            f"--environment_config=localhost:{self.pool_port}",
        ]
        command = [sys.executable, "-m", "newslake.pipelines.cli", *words, *runner, *workers]
        return self.start(*command, stderr=self.said.open("w"))

    def end(self):
        for process in (self.pool, self.prism):
            process.kill()
            process.wait()


def report(number):
    """Return a report that is not a copy of another report."""
    dice = random.Random(number)
    words = ["".join(dice.choices(SYLLABLES, k=3)) for _ in range(200)]
    return f"Report {number} from the {words[0]}\n\nThe {' '.join(words)}.\n"


def is_open(port):
    with socket.socket() as one:
        return one.connect_ex(("localhost", port)) == 0


@pytest.fixture
def cluster(installed, tmp_path):
    one = Cluster(installed, tmp_path)
    yield one
    one.end()


@pytest.fixture(scope="module")
def documents(tmp_path_factory):
    folder = tmp_path_factory.mktemp("documents")
    for number in range(DOCUMENTS):
        story = number if number % 10 else 0  # every tenth document is a copy of the same story
        (folder / f"{number:04}.txt").write_text(report(story), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def expected(documents, tmp_path_factory):
    """Return the rows of the local runner for the same documents in the same chunks."""
    from newslake.pipelines.cli import main

    lake = tmp_path_factory.mktemp("local") / "lake"
    assert (
        main(["backfill", str(documents), "--lake", str(lake), f"--chunk-documents={CHUNK}"]) == 0
    )
    return rows_of(lake)


def test_a_cluster_whose_runner_is_killed_gives_the_same_rows_when_run_again(
    cluster, documents, expected, tmp_path
):
    lake = tmp_path / "lake"

    running = cluster.backfill(documents, lake)
    wait_until(lambda: f"{CHUNK} read" in cluster.said.read_text())  # the first chunk is committed
    cluster.prism.kill()
    assert running.wait(HANG_SECONDS) == 1
    *_, last = cluster.said.read_text().splitlines()
    assert last.startswith("newslake: Cluster failed: ")
    assert last.endswith(". Committed data is kept; run the same command again.")

    cluster.prism = cluster.start("prism", f"-job_port={cluster.port}", f"-web_port={free_port()}")
    running = cluster.backfill(documents, lake)
    assert running.wait(HANG_SECONDS) == 0, cluster.said.read_text()
    assert rows_of(lake) == expected
