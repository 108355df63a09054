"""A web server on loopback that gives out the files of a folder, each from a host of its own.

Host `f00012.test` has file 12, at its path in the folder. With one file a host a crawler keeps no
pause between two of them, and asks them in one order. Every second host has a robots.txt, a real one
without its Crawl-delay if the folder holds `robots-txt/real.json.gz`; the others have none. Feeds made
here announce pages.

Which of two copies came first decides rows, so requests for robots.txt that come together are answered
in the order of their hosts: the requests for pages, a pause later, then come in this order too.
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
FIRST = datetime(2020, 1, 1, tzinfo=UTC)
"""When the first page of a made feed appeared, by the feed."""
QUIET = 0.5
"""Seconds without another request after which those that wait have come together."""
APART = 0.01
"""Seconds between two answers."""
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
"""The host of the made feeds."""


def is_page(path: Path) -> bool:
    """Return whether a file is a web page, by its name."""
    return MEDIA_TYPES.get(_kind(path)) == "text/html"


def _robots(path: Path) -> list[str]:
    """Return the robots.txt that a file holds, without their pauses; none if there is no such file."""
    if not path.is_file():
        return []
    held = json.loads(gzip.decompress(path.read_bytes()))
    return [_CRAWL_DELAY.sub("", rules) for rules in held.values()]


def _kind(path: Path) -> str:
    return Path(path.name.removesuffix(".gz")).suffix


class Site:
    """All hosts: what they give out.

    Args:
        folder: The files.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files = sorted(path for path in folder.rglob("*") if path.is_file())
        self.feeds: dict[str, bytes] = {}
        self._hosts = {f"f{number:05}.test": path for number, path in enumerate(self.files)}
        self._robots = _robots(folder / ROBOTS) or ["User-agent: *\nDisallow: /private/\n"]

    def addresses(self, pages: bool) -> list[str]:
        """Return the addresses of the pages, or of all other files."""
        return [
            f"http://{host}/{quote(path.relative_to(self.folder).as_posix())}"
            for host, path in self._hosts.items()
            if is_page(path) == pages
        ]

    def make_feed(self, name: str, pages: Sequence[str], first: int) -> str:
        """Make a feed that announces pages, each at another time; return its address.

        Args:
            name: Of the feed.
            pages: Addresses.
            first: Number of the first page among all.
        """
        items = "".join(
            f"<item><link>{escape(page)}</link><guid>{escape(page)}</guid><pubDate>"
            f"{format_datetime(FIRST + timedelta(minutes=number))}</pubDate></item>"
            for number, page in enumerate(pages, first)
        )
        title = f"<title>{name}</title><link>http://{FEED}/</link>"
        self.feeds[f"/{name}"] = (
            f'<rss version="2.0"><channel>{title}{items}</channel></rss>'.encode()
        )
        return f"http://{FEED}/{name}"

    def answer(self, host: str, target: str) -> tuple[int, dict[str, str], bytes]:
        """Return status, headers and body of what a host gives at `target`."""
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
            packed = {"Content-Encoding": "gzip"} if path.suffix == ".gz" else {}
            return 200, {"Content-Type": kind, **packed}, path.read_bytes()
        return 404, {}, b""


class _Turns:
    """Lets requests that come together go on one after the other, in the order of their names."""

    def __init__(self) -> None:
        self._asked: SimpleQueue[tuple[str, threading.Event]] = SimpleQueue()
        threading.Thread(target=self._give, daemon=True).start()

    def wait(self, name: str) -> None:
        """Return when it is the turn of `name`."""
        turn = threading.Event()
        self._asked.put((name, turn))
        turn.wait()

    def _give(self) -> None:
        while True:
            waiting = [self._asked.get()]
            with suppress(Empty):
                while True:
                    waiting.append(self._asked.get(timeout=QUIET))
            for _, turn in sorted(waiting, key=lambda one: one[0]):
                turn.set()
                time.sleep(APART)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 512
    site: Site
    turns: _Turns

    def handle_error(self, *_: object) -> None:
        """Say nothing of clients that hang up: files beyond a limit are not read to the end."""


class _Handler(BaseHTTPRequestHandler):
    server: _Server

    def do_GET(self) -> None:
        """Answer."""
        host = self.headers.get("Host", "").partition(":")[0].lower()
        if self.path == "/robots.txt":
            self.server.turns.wait(host)
        status, headers, body = self.server.site.answer(host, self.path)
        self.send_response_only(status)
        for name, value in {**headers, "Content-Length": str(len(body))}.items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Write no log."""


@contextmanager
def serving(site: Site) -> Iterator[int]:
    """Serve a site on loopback for as long as the context lasts; yield the port."""
    with _Server(("127.0.0.1", 0), _Handler) as server:
        server.site, server.turns = site, _Turns()
        thread = threading.Thread(target=server.serve_forever)
        thread.start()
        try:
            yield server.server_address[1]
        finally:
            server.shutdown()
            thread.join()
