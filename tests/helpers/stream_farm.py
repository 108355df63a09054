"""Newspapers on loopback addresses that publish all the time, for tests of streams in real time.

Each paper is a host of its own (127.0.0.2, 127.0.0.3, …), with one feed. The farm logs the requests.
"""

import threading
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import pairwise

SHOWN = 1_000
"""Maximum number of entries in a feed. Entries that leave a feed while the stream is down are lost."""
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
    began: float = 0.0
    requests: list = field(default_factory=list)
    """Begin and path of each request."""
    announced: set = field(default_factory=set)
    """Paths of the pages in the feed documents that were sent."""

    def stories(self):
        return self.ready + int((time.time() - self.began) / self.seconds)


class Farm:
    def __init__(self, papers):
        self.papers = {paper.host: paper for paper in papers}
        self.port = 0

    def stop_publishing(self):
        """From now on, the feeds stay as they are."""
        for paper in self.papers.values():
            last = paper.stories()
            paper.stories = lambda last=last: last

    def feeds(self):
        return [self.url(paper, "/feed") for paper in self.papers.values()]

    def url(self, paper, path):
        return f"http://{paper.host}:{self.port}{path}"

    def pages(self):
        """Return the URLs of all announced pages that can be fetched."""
        return {
            self.url(paper, path)
            for paper in self.papers.values()
            for path in paper.announced
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
        """Return status, media type and body; None to never respond."""
        if path == "/feed":
            if paper.is_dead:
                return 500, "text/plain", b"broken"
            last = paper.stories()
            paths = [f"/story/{number}" for number in range(max(0, last - SHOWN), last)]
            paper.announced.update(paths)
            return 200, "application/rss+xml", self.feed(paper, paths)
        if path.startswith("/story/"):
            if hanging(paper, path):
                return None
            return 200, "text/html", page(paper, int(path.rpartition("/")[2]))
        return 404, "text/plain", b""

    def feed(self, paper, paths):
        items = "".join(
            f"<item><guid>{path}</guid><title>{path}</title><link>{self.url(paper, path)}</link></item>"
            for path in paths
        )
        rss = f'<rss version="2.0"><channel><title>News</title>{items}</channel></rss>'
        return rss.encode()


def hanging(paper, path):
    return bool(paper.hangs) and int(path.rpartition("/")[2]) % paper.hangs == 0


def page(paper, number):
    """Return a page whose text no other page has."""
    names = [
        f"{WORDS[(number * step + len(paper.host)) % 10]}{number * step}x{paper.host.rpartition('.')[2]}"
        for step in range(1, 30)
    ]
    text = f"The {' and the '.join(names)} are in the news, the mayor said on Monday."
    title = f"News {number} of {paper.host}"
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
            response = farm.respond(paper, self.path)
            if response is None:
                end.wait(60)
                return
            status, kind, body = response
            self.send_response(status)
            self.send_header("Content-Type", kind)
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
