"""How many feeds one process of `newslake follow` can follow: time of the first polls, CPU time, memory.

    python benchmarks/many_feeds.py [--feeds 2000] [--pages 1] [--idle 120]

It follows feeds of as many sites on loopback addresses in real time, and prints

- the time until each feed has been polled once, and until each page is stored;
- the CPU time for this, and the CPU time and memory while no feed is due. It includes the process that
  parses documents.

The exit code is 1 if the process that has nothing to do uses more than a tenth of a core.
"""

import argparse
import asyncio
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable
from pathlib import Path

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

import greedy
from hostile import SITE_FILES, http_response
from process_list import running_processes

from newslake.pipelines.commands import terminal
from newslake.pipelines.sql.views import connect

MARK = "MANY_FEEDS"
"""The environment variable that marks the processes of newslake."""
MAX_IDLE = 0.1
"""Maximum share of a core that an idle process may use."""
END_SECONDS = 3_600.0
"""Time after which the measurement is given up, in seconds."""
TICKS = os.sysconf("SC_CLK_TCK")


class Farm:
    """A server that is the host of each feed, at an address of its own."""

    def __init__(self, feeds: int, pages: int) -> None:
        self.hosts = [f"127.1.{number // 250}.{number % 250 + 1}" for number in range(feeds)]
        self.pages = pages
        self.port = 0
        self.polled: set[str] = set()
        self.ready, self.end = threading.Event(), threading.Event()

    def urls(self) -> list[str]:
        """Return the URLs of the feeds."""
        return [f"http://{host}:{self.port}/feed" for host in self.hosts]

    async def serve(self) -> None:
        """Serve until `end` is set."""
        server = await asyncio.start_server(self._answer, "0.0.0.0", 0, backlog=1_000)
        self.port = server.sockets[0].getsockname()[1]
        self.ready.set()
        await asyncio.to_thread(self.end.wait)
        server.close()

    async def _answer(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        host, _ = writer.get_extra_info("sockname")
        try:
            head = await reader.readuntil(b"\r\n\r\n")
            writer.write(self._response(host, head.split()[1].decode()))
            await writer.drain()
        except (asyncio.IncompleteReadError, ConnectionError):
            pass
        finally:
            writer.close()

    def _response(self, host: str, target: str) -> bytes:
        if target in SITE_FILES:
            return http_response(b"", "404 Not Found", Connection="close")
        if target == "/feed":
            self.polled.add(host)
            links = {n: f"http://{host}:{self.port}/{n}" for n in range(self.pages)}
            return greedy.feed(links)
        return greedy.page(f"{host} {target[1:]}")


def main() -> int:
    """Measure and print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--feeds", type=int, default=2_000)
    parser.add_argument("--pages", type=int, default=1, help="pages per feed; default 1")
    parser.add_argument("--idle", type=float, default=120.0, help="seconds; default 120")
    options = parser.parse_args()
    farm = Farm(options.feeds, options.pages)
    serving = threading.Thread(target=lambda: asyncio.run(farm.serve()), daemon=True)
    serving.start()
    farm.ready.wait()
    with tempfile.TemporaryDirectory() as folder:
        rows, idle = measured(farm, Path(folder), options.idle)
    farm.end.set()
    serving.join()
    terminal.table(("figure", "found"), rows)
    return int(idle > MAX_IDLE)


def measured(farm: Farm, folder: Path, idle: float) -> tuple[list[tuple[str, str]], float]:
    """Follow the feeds; return the figures, and the share of a core that the idle process uses."""
    lake, feeds = folder / "lake", folder / "feeds.txt"
    feeds.write_text("\n".join(farm.urls()), encoding="ascii")
    command = [sys.executable, "-m", "newslake", "follow", str(feeds), "--lake", str(lake)]
    command += ["--allow-private", "--no-events", "--flush", "60s"]
    environment = os.environ | {MARK: str(folder), "PYTHONPATH": str(ROOT)}
    began, total = time.monotonic(), len(farm.hosts) * farm.pages
    with subprocess.Popen(command, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL) as process:
        try:
            wait(lambda: len(farm.polled) == len(farm.hosts), process)
            polled = time.monotonic() - began
            wait(lambda: stored(lake) >= total, process)
            done, cpu = time.monotonic() - began, usage(folder)[0]
            time.sleep(idle)
            after, memory = usage(folder)
        finally:
            process.terminate()
    share = (after - cpu) / idle
    return [
        ("feeds, pages", f"{len(farm.hosts):,}, {total:,}"),
        ("start to the last first poll", f"{polled:.0f} s"),
        ("start to the commit of the last page", f"{done:.0f} s"),
        ("CPU time of this", f"{cpu:.0f} s"),
        (f"CPU in {idle:.0f} s without work", f"{share:.1%} of a core"),
        ("memory", f"{memory:.0f} MB"),
    ], share


def wait(condition: Callable[[], bool], process: subprocess.Popen[bytes]) -> None:
    """Wait until `condition()`.

    Raises:
        SystemExit: newslake has ended, or it takes too long.
    """
    end = time.monotonic() + END_SECONDS
    while not condition():
        if process.poll() is not None or time.monotonic() > end:
            sys.exit("newslake has ended, or does not come to an end")
        time.sleep(1)


def stored(lake: Path) -> int:
    """Return the number of articles and copies in `lake`."""
    if not any((lake / "_log").glob("*.json")):
        return 0
    sql = "SELECT (SELECT count(*) FROM articles) + (SELECT count(*) FROM duplicates)"
    [(number,)] = connect(lake).execute(sql).fetchall()
    return int(number)


def usage(folder: Path) -> tuple[float, float]:
    """Return the CPU time in seconds and the memory in MB of the processes of newslake."""
    seconds = memory = 0.0
    for pid, _, environment in running_processes():
        if environment.get(MARK) == str(folder):
            fields = (
                Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
            )
            seconds += sum(map(int, fields[11:15])) / TICKS  # also of processes that have ended
            memory += int(fields[21]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    return seconds, memory


if __name__ == "__main__":
    sys.exit(main())
