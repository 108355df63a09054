"""Newspapers on loopback addresses that publish all the time, for tests of streams in real time.

Each paper is a host of its own (127.0.0.2, 127.0.0.3, …), with one feed. The farm logs the requests and
what it announced.
"""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

SHOWN = 1_000
"""Maximum number of entries in a feed. Entries that leave a feed while the stream is down are lost."""
CORRECTED_AFTER = 15
"""Time from the first response with a story to its correction, in seconds."""
TROUBLE, PERIOD = 6, 20
"""A host with a habit is in trouble for the first of these times out of the second, in seconds."""
CORRECTION = "An earlier version of this story named the wrong day."
WORDS = [
    "ferry",
    "harbour",
    "museum",
    "council",
    "strike",
    "bridge",
    "school",
    "market",
    "river",
    "orchestra",
]


@dataclass
class Paper:
    host: str
    seconds: float
    """Time between two stories."""
    hangs: int = 0
    """Each story whose number is divisible by this one never ends; 0 means that none hangs."""
    is_dead: bool = False
    """True if the feed cannot be read."""
    ready: int = 0
    """Number of stories that are published at the start."""
    agency: int = 0
    """Each story whose number is divisible by this one is an agency's: other papers print the same text."""
    corrects: int = 0
    """Each story with the remainder 1 by this number is corrected after `CORRECTED_AFTER`."""
    moves_after: float = 0.0
    """If it is not 0, the feed moves for ever after this time, in seconds."""
    slow: float = 0.0
    """Time before each response, in seconds."""
    habit: str = ""
    """What the host does in times of trouble: `429` with Retry-After, or `hang-up`."""
    began: float = 0.0
    requests: list = field(default_factory=list)
    """Begin and path of each request."""
    announced: set = field(default_factory=set)
    """Paths of the pages in the feed documents that were sent."""
    corrections: set = field(default_factory=set)
    """Paths of the pages whose correction was announced after their first version."""
    served: dict = field(default_factory=dict)
    """Time of the first response with a story, by its number."""
    stopped_at: float = 0.0
    """Time when the paper stopped publishing; 0 if it has not stopped."""

    @property
    def age(self):
        return (self.stopped_at or time.time()) - self.began

    def stories(self):
        return self.ready + int(self.age / self.seconds)

    def is_corrected(self, number):
        is_chosen = self.corrects and number % self.corrects == 1 and not self.is_agencys(number)
        now = self.stopped_at or time.time()
        return bool(is_chosen) and now > self.served.get(number, now) + CORRECTED_AFTER

    def is_agencys(self, number):
        return bool(self.agency) and number % self.agency == 0

    @property
    def in_trouble(self):
        return bool(self.habit) and not self.stopped_at and self.age % PERIOD > PERIOD - TROUBLE


class Farm:
    def __init__(self, papers):
        self.papers = {paper.host: paper for paper in papers}
        self.port = 0

    def stop_publishing(self):
        """From now on, the feeds stay as they are, and no host is in trouble."""
        for paper in self.papers.values():
            paper.stopped_at = time.time()

    def feeds(self):
        return [self.url(paper, "/feed") for paper in self.papers.values()]

    def url(self, paper, path):
        return f"http://{paper.host}:{self.port}{path}"

    def pages(self):
        """Return the URLs of all announced pages that can be fetched."""
        return {
            self.url(paper, path)
            for paper in self.papers.values()
            for path in tuple(paper.announced)
            if not hanging(paper, path)
        }

    def corrected(self):
        """Return the URLs of the pages whose correction was announced."""
        return {
            self.url(paper, path)
            for paper in self.papers.values()
            for path in tuple(paper.corrections)
            if not hanging(paper, path)
        }

    def shortest_gap(self):
        """Return the shortest time between the begins of two requests to a host, in seconds."""
        gaps = [
            after - before
            for paper in self.papers.values()
            for (before, _), (after, _) in pairwise(sorted(paper.requests))
        ]
        return min(gaps)

    def respond(self, paper, path):
        """Return status, media type, body and other headers; None to never respond."""
        if paper.in_trouble:
            return (
                (429, "text/plain", b"", {"Retry-After": "3"})
                if paper.habit == "429"
                else "hang-up"
            )
        if path in {"/feed", "/new-feed"}:
            if paper.is_dead:
                return 500, "text/plain", b"broken", {}
            if path == "/feed" and paper.moves_after and paper.age > paper.moves_after:
                return 301, "text/plain", b"", {"Location": self.url(paper, "/new-feed")}
            return 200, "application/rss+xml", self.feed(paper), {}
        if path.startswith("/story/"):
            if hanging(paper, path):
                return None
            paper.served.setdefault(number_of(path), time.time())
            return 200, "text/html", page(paper, number_of(path)), {}
        return 404, "text/plain", b"", {}

    def feed(self, paper):
        last = paper.stories()
        items = ""
        for number in range(max(0, last - SHOWN), last):
            path, title = f"/story/{number}", f"Story {number}"
            if paper.is_corrected(number):
                title += ", corrected"
                if path in paper.announced:
                    paper.corrections.add(path)
            paper.announced.add(path)
            link = self.url(paper, path)
            items += f"<item><guid>{path}</guid><title>{title}</title><link>{link}</link></item>"
        rss = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        return rss.encode()


def number_of(path):
    return int(path.rpartition("/")[2])


def hanging(paper, path):
    return bool(paper.hangs) and number_of(path) % paper.hangs == 0


def page(paper, number):
    """Return a page whose text no other page has, except that of an agency's story."""
    print_of = "agency" if paper.is_agencys(number) else paper.host.rpartition(".")[2]
    names = [f"{WORDS[(number * step) % 10]}{number * step}x{print_of}" for step in range(1, 30)]
    text = (
        f"Soldiers attacked village {number} on Monday, killing two people. "
        f"The {' and the '.join(names)} are in the news, the mayor said on Monday. "
    )
    if paper.is_corrected(number):
        text += CORRECTION
    title = f"News {number} of {print_of}"
    html = f"<html lang='en'><head><title>{title}</title></head><body><article><h1>{title}</h1>"
    return f"{html}<p>{text}</p></article></body></html>".encode()


@contextmanager
def running_farm(papers):
    """Serve the papers while the context lasts; yield the `Farm`."""
    farm = Farm(papers)
    end = threading.Event()

    class Handler(BaseHTTPRequestHandler):
        protocol_version = "HTTP/1.1"

        def do_GET(self):
            paper = farm.papers[self.server.server_address[0]]
            paper.requests.append((time.time(), self.path))
            end.wait(paper.slow)
            response = farm.respond(paper, self.path)
            if response is None:
                end.wait(60)
                return
            if response == "hang-up":
                self.close_connection = True
                return
            status, kind, body, headers = response
            self.send_response(status)
            for name, value in {**headers, "Content-Type": kind}.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        def log_message(self, *_):
            pass

    servers = []
    for paper in papers:
        paper.began = time.time()
        server = ThreadingHTTPServer((paper.host, farm.port), Handler)
        server.daemon_threads = True
        server.handle_error = lambda *_: None  # a killed process closes its connections
        farm.port = server.server_address[1]
        servers.append(server)
        threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield farm
    finally:
        end.set()
        for server in servers:
            server.shutdown()
            server.server_close()


def scripted_papers(seconds):
    """Return papers with all habits that a stream must bear; each publishes a story every `seconds`."""
    plain = {"ready": 3, "agency": 4, "corrects": 5}
    return [
        Paper("127.0.0.2", seconds, **plain),
        Paper("127.0.0.3", seconds, **plain, moves_after=20),
        Paper("127.0.0.4", seconds, **plain, slow=0.7),
        Paper("127.0.0.5", seconds, **plain, habit="429"),
        Paper("127.0.0.6", seconds, **plain, habit="hang-up"),
        Paper("127.0.0.7", seconds, **plain, hangs=50),
        Paper("127.0.0.8", seconds, is_dead=True),
    ]
