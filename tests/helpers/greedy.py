"""A newspaper with a feed that announces more than its site can deliver, and two small feeds.

The follow loop, the commits, HTTP and the lake are real. The clock moves only while the follow loop
waits, so that results do not depend on the speed of the machine.
"""

import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import timedelta
from itertools import pairwise
from pathlib import Path
from unittest.mock import patch

from clocks import Names, leaping
from hostile import SITE_FILES, http_response, server_in_a_thread
from visits import holding

from newslake.pipelines.follow import COMMAND
from newslake.pipelines.follower.follow_loop import FollowLoop
from newslake.pipelines.follower.follower import Follower
from newslake.pipelines.runners.engine import engine
from newslake.pipelines.sql.views import connect
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.feeds.schedule.feed_state import NAME, FeedStates
from newslake.transforms.fetch.fetch_options import FetchOptions

EVERY_SMALL = timedelta(minutes=12)
"""Time between two entries of the small feeds: five an hour."""
PARAGRAPH = (
    "<p>The ferry workers of Port Alder ended strike {0} on Sunday, their union {0} said.</p>"
)


@dataclass
class Greedy:
    """The three feeds, and what happened.

    Attributes:
        begin: Start of the simulation.
        per_poll: Entries of the greedy feed in each poll; all are new.
        commits: Time, CPU seconds and resident bytes of each commit.
        requests: Times of the requests for pages of the greedy site.
    """

    begin: object
    per_poll: int
    port: int = 0
    polls: int = 0
    commits: list = field(default_factory=list)
    requests: list = field(default_factory=list)

    def feeds(self):
        return [
            self.url("paper.example", "/greedy"),
            self.url("paper.example", "/neighbour"),
            self.url("other.example", "/other"),
        ]

    def url(self, host, path):
        return f"http://{host}:{self.port}{path}"

    def http_response(self, request):
        if request.target in SITE_FILES:
            return http_response(b"", "404 Not Found")
        if request.target == "/greedy":
            self.polls += 1
            return self._feed(request, [f"{self.polls}-{one}" for one in range(self.per_poll)])
        if request.target in {"/neighbour", "/other"}:
            number = (request.at - self.begin) // EVERY_SMALL
            return self._feed(request, range(max(0, number - 20), number + 1))
        if request.host == "paper.example":
            self.requests.append(request.at)
        return page(request.target.replace("/", " ").strip())

    def _feed(self, request, numbers):
        return feed({n: self.url(request.host, f"{request.target}/{n}") for n in numbers})

    def within(self, lake, commits):
        """Return the share of each small feed's entries that are stored after so many commits."""
        times = [at for at, _, _ in self.commits]
        sql = "SELECT url, announced_at, committed_at FROM outcomes WHERE feed LIKE ?"
        shares = []
        for feed in ("%/neighbour", "%/other"):
            rows = connect(lake).execute(sql, [feed]).fetchall()
            # Entries of the last minutes have not had their commits.
            due = [row for row in rows if sum(at >= row[1] for at in times) >= commits]
            done = [
                row
                for row in due
                if row[2] and sum(row[1] <= at <= row[2] for at in times) <= commits
            ]
            shares.append(len(done) / len(due))
        return shares

    def turns(self, pages_per_site):
        """Return the numbers of possible and of used turns of the site, between two commits each."""
        times = [at for at, _, _ in self.commits]
        used = [sum(one <= at < two for at in self.requests) for one, two in pairwise(times)]
        seconds = [int((two - one).total_seconds()) for one, two in pairwise(times)]
        return [
            (min(pages_per_site, most), turns) for most, turns in zip(seconds, used, strict=True)
        ]


def feed(links):
    """Return the response with a feed; `links` maps the id of each entry to the URL of its page."""
    items = "".join(
        f"<item><guid>{number}</guid><title>Strike {number}</title><link>{link}</link></item>"
        for number, link in links.items()
    )
    rss = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
    return http_response(rss.encode(), Content_Type="application/rss+xml")


def page(name):
    """Return the response with an article that no page with another name contains."""
    title = f"Strike {name}"
    body = "".join(PARAGRAPH.format(f"{name}-{number}") for number in range(4))
    head = f"<html><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    return http_response(f"{head}{body}</article></body></html>".encode())


def follow(folder, hours, per_poll, pages_per_site, kind=Greedy):
    """Follow the feeds of a `kind` for some hours into a lake in `folder`; return the paper."""
    leaping.cache_clear()
    clock = leaping()
    paper = kind(clock.now(), per_poll)
    lake = open_lake(folder)
    lake.create()
    with (
        holding(clock),
        server_in_a_thread(clock, paper.http_response) as server,
        measured(paper, clock),
    ):
        paper.port = server.port
        words = ["--lake", str(folder), "--for", f"{hours}h", "--no-events", "--allow-private"]
        arguments = COMMAND.parse("follow", "follow feeds", [*paper.feeds(), *words])
        options = FetchOptions(
            allow_private=True,
            resolver=Names(anybody=[["127.0.0.1"]]),
            pages_per_site=pages_per_site,
        )
        with FeedStates(lake.storage.path(NAME)) as states:
            beam_engine = engine("DirectRunner", 1, [])
            Follower(arguments, lake, states, beam_engine, clock, options).run()
    return paper


@contextmanager
def measured(paper, clock):
    """Record the CPU time and the memory of each commit."""
    commit = FollowLoop.commit

    def measuring(self, *given):
        at, begin = clock.now(), time.process_time()
        result = commit(self, *given)
        paper.commits.append((at, time.process_time() - begin, resident()))
        return result

    with patch.object(FollowLoop, "commit", measuring):
        yield


def resident():
    """Return the resident memory of this process, in bytes."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    [line] = [line for line in status.splitlines() if line.startswith("VmRSS:")]
    return int(line.split()[1]) * 1024
