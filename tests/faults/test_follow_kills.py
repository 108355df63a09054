"""`follow` is killed at any point of its cycle and started again: no story is lost or doubled."""

import os
import random
import signal
import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path

import pytest
from clocks import FakeClock
from hostile import http_response, server_in_a_thread
from killed_following import POINTS
from lakes import ACCOUNTS, rows_of
from paths import ROOT
from waits import HANG_SECONDS, wait_until

from newslake.pipelines.cli import main
from newslake.pipelines.follower.pending_pages import pending_pages

VICTIM = Path(__file__).with_name("killed_following.py")
STORY = (
    "<p>The ferry workers of Port Alder ended strike number {0} on Sunday, their union said.</p>"
    "<p>The company agreed to pay crew {0} for the days that the ships lay in harbour {0}.</p>"
)
RANDOM_KILLS = 30
OF_THE_RUN = {"run_id", "seen_at", "started_at", "seconds", "warc_file", "warc_offset"} | {
    "rejects.document"  # contains the time of the fetch
}
"""Columns with the time of a row or the place of its archived bytes; all others are compared."""

pytestmark = pytest.mark.faults


class Paper:
    """A newspaper on the loopback network; every tenth announced story is missing."""

    def __init__(self, server):
        self.server = server
        self.stories = 0

    def publish(self, how_many):
        for number in range(self.stories, self.stories + how_many):
            page = f"<html><head><title>Strike {number}</title></head><body><article>"
            page += f"<h1>Strike {number}</h1>{STORY.format(number)}</article></body></html>"
            if number % 10 != 9:
                self.server.pages[f"/{number}"] = http_response(page.encode())
        self.stories += how_many
        hosts = ("127.0.0.1", "localhost")
        items = "".join(
            f"<item><guid>{number}</guid><title>Strike {number}</title>"
            f"<link>{self.server.url(f'/{number}', hosts[number % 2])}</link></item>"
            for number in range(self.stories)
        )
        rss = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        self.server.pages["/feed"] = http_response(rss.encode(), Content_Type="application/rss+xml")

    def outcomes(self):
        """Return the paths that a run without kills stores, and those that it rejects."""
        missing = {f"/{number}" for number in range(self.stories) if number % 10 == 9}
        return {f"/{number}" for number in range(self.stories)} - missing, missing


@pytest.fixture
def paper():
    with server_in_a_thread(FakeClock()) as server:
        yield Paper(server)


def follow(paper, lake, point="never", hours=0):
    words = [
        "follow",
        paper.server.url("/feed"),
        "--lake",
        lake,
        "--once",
        "--allow-private",
        "--no-events",
        "--flush=100h",  # of a clock that runs 50 times as fast
    ]
    words += ["--warc", lake.with_name("warc")]
    return subprocess.Popen(
        [sys.executable, *map(str, [VICTIM, point, hours, *words])],
        env={**os.environ, "PYTHONPATH": f"{ROOT}{os.pathsep}{ROOT / 'tests' / 'helpers'}"},
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def kill_after(process, seconds, started):
    """Kill the process after `seconds` of CPU time since it started to work, unless it has ended."""
    wait_until(lambda: process.poll() is not None or started())
    if process.poll() is None:
        end = cpu_seconds(process) + seconds
        wait_until(lambda: process.poll() is not None or cpu_seconds(process) >= end)
    process.kill()


def cpu_seconds(process):
    """Return the CPU time of all threads of the process so far."""
    fields = Path(f"/proc/{process.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / os.sysconf("SC_CLK_TCK")


def rows(lake):
    """Return all rows about stories; each start polls feeds and fetches robots.txt again."""
    pages = rows_of(lake, OF_THE_RUN, ["fetches"], where="kind = 'page'")
    return rows_of(lake, OF_THE_RUN, [*ACCOUNTS, "announcements"]) | pages


def assert_all_is_there_once(paper, lake):
    """Compare the lake with the lake of a run without kills."""
    calm = lake.with_name("calm")
    undisturbed = follow(paper, calm, hours=1_000)
    _, errors = undisturbed.communicate(timeout=HANG_SECONDS)
    assert undisturbed.returncode == 0, errors
    assert rows(lake) == rows(calm)
    stored, refused = paper.outcomes()
    assert len(rows(calm)["articles"]) == len(stored)
    assert len(rows(calm)["rejects"]) == len(refused)
    assert pending_pages(lake, datetime.now(UTC), 1, 1).waiting == 0
    assert main(["verify", "--lake", str(lake)]) == 0


@pytest.mark.parametrize("point", [point for point in POINTS if point != "never"])
def test_a_kill_at_a_point_of_the_cycle_costs_work_and_nothing_else(paper, tmp_path, point):
    lake = tmp_path / "lake"
    paper.publish(11)
    killed = follow(paper, lake, point)
    _, errors = killed.communicate(timeout=HANG_SECONDS)
    assert killed.returncode == -signal.SIGKILL, errors

    paper.publish(1)
    again = follow(paper, lake, hours=1)
    _, errors = again.communicate(timeout=HANG_SECONDS)

    assert again.returncode == 0, errors
    assert_all_is_there_once(paper, lake)
    assert {path.suffix for path in tmp_path.joinpath("warc").iterdir()} == {".gz"}


def test_kills_at_random_times_cost_work_and_nothing_else(paper, tmp_path):
    lake, delays = tmp_path / "lake", random.Random(5)
    for kills in range(RANDOM_KILLS):
        paper.publish(2)
        process = follow(paper, lake, hours=2 * kills)
        kill_after(process, delays.uniform(0, 6), started=paper.server.requested)
        process.communicate()
    last = follow(paper, lake, hours=2 * RANDOM_KILLS)
    _, errors = last.communicate(timeout=HANG_SECONDS)
    assert last.returncode == 0, errors
    assert_all_is_there_once(paper, lake)
