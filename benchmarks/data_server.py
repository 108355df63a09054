"""A web server on loopback that serves the files of a folder, each from its own host.

Host `f00012.test` serves file 12 at its path in the folder. With one file per host, a crawler does
not pause between files and requests them in a fixed order. Every second host has a robots.txt: one
of the real files in `robots-txt/real.json.gz` without its Crawl-delay, or a default if the folder
does not contain this file. The other hosts have none. Generated feeds announce the pages.

The first of several copies becomes the original, so the order of requests affects rows. Therefore
the server sorts simultaneous requests for robots.txt by host; the page requests that follow then
arrive in this order.
"""

import gzip
import json
import re
import threading
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager, suppress
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from queue import Empty, SimpleQueue
from urllib.parse import quote, unquote
from xml.sax.saxutils import escape

ROBOTS = "robots-txt/real.json.gz"
FIRST_PUBLISHED = datetime(2020, 1, 1, tzinfo=UTC)
"""Publication time of the first page in the generated feeds."""
IDLE_SECONDS = 0.5
"""Seconds without a new request after which the waiting requests are answered."""
RESPONSE_INTERVAL = 0.01
"""Seconds between two responses."""
MEDIA_TYPES = {
    ".html": "text/html",
    ".htm": "text/html",
    ".json": "application/json",
    ".atom": "application/atom+xml",
    ".rss": "application/rss+xml",
    ".xml": "application/xml",
    ".txt": "text/plain",
    ".md": "text/markdown",
}
_CRAWL_DELAY = re.compile(r"(?im)^\s*crawl[- ]?delay\b.*$")
FEED = "feed.test"
"""The host of the generated feeds."""


def is_page(path: Path) -> bool:
    """Return whether a file is a web page, according to its name."""
    return MEDIA_TYPES.get(_kind(path)) == "text/html"


def _robots(path: Path) -> list[str]:
    """Return the robots.txt texts in a file without Crawl-delay; an empty list if it is missing."""
    if not path.is_file():
        return []
    texts = json.loads(gzip.decompress(path.read_bytes()))
    return [_CRAWL_DELAY.sub("", rules) for rules in texts.values()]


def _kind(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).suffix


class Site:
    """All hosts and their content.

    Args:
        folder: The files to serve.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = sorted(path for path in folder.rglob("*") if path.is_file())
        self.feeds: dict[str, bytes] = {}
        self._hosts = {f"f{number:05}.test": path for number, path in enumerate(self.files)}
        self._robots = _robots(folder / ROBOTS) or ["User-agent: *\nDisallow: /private/\n"]

    def addresses(self, pages: bool) -> list[str]:
        """Return the URLs of the pages, or of all other files."""
        return [
            f"http://{host}/{quote(path.relative_to(self.folder).as_posix())}"
            for host, path in self._hosts.items()
            if is_page(path) == pages
        ]

    def make_feed(self, name: str, pages: Sequence[str], first: int) -> str:
        """Create a feed that announces pages, one minute apart; return its URL.

        Args:
            name: Name of the feed.
            pages: URLs of the pages.
            first: Number of the first page among the pages of all feeds.
        """
        items = "".join(
            f"<item><link>{escape(page)}</link><guid>{escape(page)}</guid><pubDate>"
            f"{format_datetime(FIRST_PUBLISHED + timedelta(minutes=number))}</pubDate></item>"
            for number, page in enumerate(pages, first)
        )
        title = f"<title>{name}</title><link>http://{FEED}/</link>"
        self.feeds[f"/{name}"] = (
            f'<rss version="2.0"><channel>{title}{items}</channel></rss>'.encode()
        )
        return f"http://{FEED}/{name}"

    def response(self, host: str, target: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of a host's response for `target`."""
        if host == FEED and target in self.feeds:
            return 200, {"Content-Type": "application/rss+xml"}, self.feeds[target]
        path = self._hosts.get(host)
        if path and target == "/robots.txt":
            number = int(host[1:6])
            if number % 2:
                rules = self._robots[number // 2 % len(self._robots)]
                return 200, {"Content-Type": "text/plain"}, rules.encode("latin-1", "replace")
        elif path and unquote(target[1:]) == path.relative_to(self.folder).as_posix():
            kind = MEDIA_TYPES.get(_kind(path), "application/octet-stream")
            encoding = {"Content-Encoding": "gzip"} if path.suffix == ".gz" else {}
            return 200, {"Content-Type": kind, **encoding}, path.read_bytes()
        return 404, {}, b""


class _Turns:
    """Releases simultaneous requests one after another, sorted by name."""

    def __init__(self) -> None:
        self._requests: SimpleQueue[tuple[str, threading.Event]] = SimpleQueue()
        threading.Thread(target=self._release, daemon=True).start()

    def wait(self, name: str) -> None:
        """Block until the request of `name` is released."""
        released = threading.Event()
        self._requests.put((name, released))
        released.wait()

    def _release(self) -> None:
        while True:
            waiting = [self._requests.get()]
            with suppress(Empty):
                while True:
                    waiting.append(self._requests.get(timeout=IDLE_SECONDS))
            for _, released in sorted(waiting, key=lambda one: one[0]):
                released.set()
                time.sleep(RESPONSE_INTERVAL)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    site: Site
    turns: _Turns

    def handle_error(self, *_: object) -> None:
        """Ignore errors: a client closes the connection when a file exceeds its size limit."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Send the response of the requested host."""
        host = self.headers.get("Host", "").partition(":")[0].lower()
        if self.path == "/robots.txt":
            self.server.turns.wait(host)
        status, headers, body = self.server.site.response(host, self.path)
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log."""


@contextmanager
def serving(site: Site) -> Iterator[int]:
    """Serve a site on loopback while the context is open; yield the port."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.site, server.turns = site, _Turns()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
