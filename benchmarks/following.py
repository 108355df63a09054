"""How soon `follow` stores pages: if some pages hang, and if a feed announces too many pages.

    python benchmarks/following.py hangs [--sites 100] [--pages 10] [--share 0.01] [--flush 20]
    python benchmarks/following.py greedy [--hours 6] [--per-poll 2000] [--pages-per-site 600]

`hangs` follows feeds of many sites on loopback in real time; the given share of the pages sends one
byte and never ends. It prints the times from the announcement to the commit of the other pages, and
the outcomes of the pages that hang.

`greedy` simulates some hours with the three feeds of tests/helpers/greedy.py: one feed announces
PER_POLL new pages in each poll; another feed of its site, and a feed of another site, announce five
pages an hour each. It prints the share of the small feeds' pages that are stored within two
commits, the turns of the busy site that were not used, and the CPU time and memory of the commits
in each hour.

The exit code is 1 if a condition does not hold.
"""

import argparse
import logging
import statistics
import sys
import tempfile
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any, NamedTuple

ROOT = Path(__file__).parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "tests" / "helpers")]

import greedy
from clocks import Names
from hostile import SITE_FILES, Request, http_response, server_in_a_thread

from newslake.pipelines.commands import terminal
from newslake.pipelines.follow import COMMAND
from newslake.pipelines.follower.follower import Follower
from newslake.pipelines.runners.engine import engine
from newslake.pipelines.sql.views import connect
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_options import FetchOptions

SLACK_SECONDS = 15
"""Maximum time from the announcement to the commit beyond `--flush`, in seconds."""
GROWTH = 1.2
"""Maximum growth of a commit's CPU time and of the memory, from hour 2 to the last hour."""


class Condition(NamedTuple):
    """A measured value, and the condition that must hold; empty if there is none."""

    name: str
    found: str
    wanted: str = ""
    holds: bool = True


def main() -> int:
    """Measure and print the figures; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    commands = parser.add_subparsers(required=True, dest="command")
    add = commands.add_parser("hangs").add_argument
    add("--sites", type=int, default=100)
    add("--pages", type=int, default=10, help="pages per site; default 10")
    add("--share", type=float, default=0.01, help="share of the pages that hang; default 0.01")
    add("--flush", type=int, default=20, help="seconds, as `follow --flush`; default 20")
    add = commands.add_parser("greedy").add_argument
    add("--hours", type=int, default=6)
    add("--per-poll", type=int, default=2_000)
    default = FetchOptions().pages_per_site
    add("--pages-per-site", type=int, default=default, help=f"as in `follow`; default {default}")
    arguments = vars(parser.parse_args())
    logging.getLogger().setLevel(logging.ERROR)  # Beam logs many warnings
    measure = {"hangs": hangs, "greedy": of_greedy}[arguments.pop("command")]
    with tempfile.TemporaryDirectory() as folder:
        found = list(measure(Path(folder) / "lake", **arguments))
    terminal.table(
        ("figure", "found", "wanted", "holds"),
        [
            (one.name, one.found, one.wanted, ("yes" if one.holds else "NO") if one.wanted else "")
            for one in found
        ],
    )
    return 0 if all(one.holds for one in found) else 1


def hangs(folder: Path, sites: int, pages: int, share: float, flush: int) -> Iterator[Condition]:
    """Follow one feed per site until all pages have an outcome; yield the figures."""
    hanging = {number for number in range(sites * pages) if number * share % 1 + share >= 1}

    def respond(request: Request) -> bytes | str:
        if request.target in SITE_FILES:
            return http_response(b"", "404 Not Found")
        if request.target == "/feed":
            site = int(request.host.split(".")[0].removeprefix("site"))
            numbers = range(site * pages, (site + 1) * pages)
            address = f"http://{request.host}:{server.port}"
            return greedy.feed({number: f"{address}/{number}" for number in numbers})
        number = int(request.target[1:])
        return "drip-body" if number in hanging else greedy.page(number)

    lake, clock = open_lake(folder), Clock()
    lake.create()
    with server_in_a_thread(clock, respond) as server:
        feeds = [f"http://site{number}.example:{server.port}/feed" for number in range(sites)]
        words = ["--lake", str(folder), "--flush", f"{flush}s", "--for", f"{3 * flush + 40}s"]
        words += ["--every", "5s", "--no-events", "--allow-private"]
        arguments = COMMAND.parse("follow", "follow feeds", [*feeds, *words])
        options = FetchOptions(allow_private=True, resolver=Names(anybody=[["127.0.0.1"]]))
        with FeedStates(lake.storage.path(NAME)) as states:
            beam_engine = engine("DirectRunner", 1, [])
            Follower(arguments, lake, states, beam_engine, clock, options).run()
    rows = (
        connect(folder)
        .execute(
            "SELECT state, detail, regexp_extract(url, '[0-9]+$')::INT, "
            "epoch(committed_at - announced_at) FROM outcomes"
        )
        .fetchall()
    )
    others = sorted(seconds for state, _, number, seconds in rows if number not in hanging)
    stopped = [(state, detail) for state, detail, number, _ in rows if number in hanging]
    wanted = sites * pages - len(hanging)
    yield Condition("other pages stored", f"{len(others)}", f"{wanted}", len(others) == wanted)
    yield Condition("announced to committed, p50", f"{statistics.median(others):.1f} s")
    p95 = others[int(0.95 * len(others))]
    limit = flush + SLACK_SECONDS
    yield Condition("announced to committed, p95", f"{p95:.1f} s", f"<= {limit} s", p95 <= limit)
    yield Condition("announced to committed, maximum", f"{others[-1]:.1f} s")
    right = stopped.count(("waiting", "timeout_total"))
    yield Condition(
        "hanging pages that wait for a retry",
        f"{right}", f"{len(hanging)}", right == len(hanging) == len(stopped),
    )  # fmt: skip


def of_greedy(folder: Path, hours: int, per_poll: int, pages_per_site: int) -> Iterator[Condition]:
    """Follow the greedy feed and its neighbours; yield the figures."""
    paper = greedy.follow(folder, hours, per_poll, pages_per_site)
    names = ("feed of the same site", "feed of another site")
    for name, share in zip(names, paper.within(folder, 2), strict=True):
        yield Condition(f"{name}: within two commits", f"{share:.1%}", ">= 95%", share >= 0.95)
    turns = paper.turns(pages_per_site)
    possible = sum(most for most, _ in turns)
    unused = sum(max(most - used, 0) for most, used in turns)
    yield Condition(
        "unused turns of the busy site",
        f"{unused:,} of {possible:,}",
        "<= 1%",
        unused <= possible / 100,
    )
    rows = connect(folder)
    [(entries, waiting)] = rows.sql("SELECT sum(entries), sum(waiting) FROM coverage").fetchall()
    yield Condition("announced pages, and those that wait", f"{entries:,}, {waiting:,}")
    yield from _growth(paper, hours)


def _growth(paper: Any, hours: int) -> Iterator[Condition]:
    """Yield the mean CPU time and the peak memory of the commits in each hour."""
    cpu, memory = defaultdict(list), defaultdict(list)
    for at, seconds, size in paper.commits:
        hour = int((at - paper.begin).total_seconds() // 3600) + 1
        cpu[hour].append(seconds)
        memory[hour].append(size / 1e6)
    mean = {hour: sum(values) / len(values) for hour, values in cpu.items()}
    peak = {hour: max(values) for hour, values in memory.items()}
    for hour in range(1, hours + 1):
        yield Condition(f"hour {hour}: commits, CPU per commit, memory",
                        f"{len(cpu[hour])}, {mean[hour]:.2f} s, {peak[hour]:.0f} MB")  # fmt: skip
    for name, values in (("CPU per commit", mean), ("memory", peak)):
        growth = values[hours] / values[2]
        yield Condition(
            f"{name}, hour {hours} / hour 2", f"{growth:.2f}", f"<= {GROWTH}", growth <= GROWTH
        )


if __name__ == "__main__":
    sys.exit(main())
