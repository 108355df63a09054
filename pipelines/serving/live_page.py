"""The page at `/`: it is made again if the lake has changed and a browser asks for it."""

import time
from collections.abc import Callable
from html import escape
from threading import Lock

from newslake.pipelines.serving.lake_reader import LakeReader
from newslake.pipelines.serving.listings import LISTINGS

PAUSE = 10.0
"""Minimum time between two makings of the page, in seconds."""

MakePage = Callable[[LakeReader], bytes]


class LivePage:
    """Holds the page that `make` returned last.

    `clock` returns the time in seconds; only differences count.
    """

    def __init__(
        self, reader: LakeReader, make: MakePage, clock: Callable[[], float] = time.monotonic
    ) -> None:
        self._reader = reader
        self._make = make
        self._clock = clock
        self._lock = Lock()
        self._page = b""
        self._entry: int | None = None
        self._made_at = 0.0

    def get(self) -> tuple[bytes, int]:
        """Return the page and the log entry that it shows. The page is at most `PAUSE` behind.

        Raises:
            QueryError, LakeError: the lake cannot be read.
        """
        with self._lock:
            entry = self._reader.entry()
            is_due = self._clock() - self._made_at >= PAUSE
            if self._entry is None or (entry != self._entry and is_due):
                self._page, self._entry = self._make(self._reader), entry
                self._made_at = self._clock()
            return self._page, self._entry


def index_page(reader: LakeReader) -> bytes:
    """Return a page that lists the addresses of the API."""
    items = "".join(
        f'<li><a href="/api/{name}">/api/{name}</a>: {escape(listing.about)}</li>'
        for name, listing in LISTINGS.items()
    )
    return (
        '<!doctype html><html lang="en"><meta charset="utf-8"><title>newslake</title>'
        f"<h1>newslake</h1><p>The lake {escape(reader.lake.name)}, log entry {reader.entry()}.</p>"
        f'<ul>{items}<li><a href="/api/openapi.json">/api/openapi.json</a>: the description of the '
        "API, with /api/query for SQL.</li></ul></html>"
    ).encode()
