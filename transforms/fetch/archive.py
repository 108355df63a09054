"""Web archive of all responses: WARC 1.1 files in which each record is a gzip member.

A file is written as `….warc.gz.open`. It is renamed to `….warc.gz` when it is full, too old or
closed. After a crash, the next process that opens the folder recovers the complete records of these
files.
"""

import fcntl
import os
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from threading import RLock
from typing import BinaryIO

from ada_url import URL as WebUrl
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newslake.schemas.records import Document
from newslake.transforms.failure import naming
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.response import REDIRECTS, Headers, Response
from newslake.transforms.read.gzip_streams import GZIP
from newslake.transforms.read.warc.fields import WarcFields, entry_target, of_entry
from newslake.transforms.web.urls import web_address

MAX_AGE = timedelta(hours=1)
"""A file that reaches this age is closed."""

OPEN_SUFFIX = ".open"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_CONNECTION_HEADERS = {"transfer-encoding", "connection", "keep-alive"}
"""Headers about the connection. They are not archived, because the body is stored unchunked."""


@dataclass(frozen=True)
class WarcPosition:
    """File and byte offset of a response in an archive; None if the response is not archived."""

    file: str | None = None
    offset: int | None = None


@dataclass
class Archive:
    """Writes the archive files of one process; several processes may share the folder.

    All threads of the process may use it.
    """

    folder: Path
    """The folder of the archive. If the folder is missing, it is created."""
    clock: Clock
    software: str
    """Name and version of the program, for the `warcinfo` record of each file."""
    max_bytes: int = 1_000_000_000
    """A file that reaches this size is closed."""

    def __post_init__(self) -> None:
        self._file: BinaryIO | None = None
        self._name = ""
        self._opened_at = self.clock.now()
        self._lock = RLock()
        self.folder.mkdir(parents=True, exist_ok=True)
        recover(self.folder)

    def write(self, response: Response, warc_fields: WarcFields) -> WarcPosition:
        """Append records of `response` and its request. After `sync`, they survive a crash."""
        with self._lock, naming(self.folder):
            file, writer = self._writable()
            offset = file.tell()
            record = _response_record(writer, response, warc_fields)
            writer.write_request_response_pair(_request_record(writer, response), record)
            return WarcPosition(self._name, offset)

    def write_entries(self, documents: Iterable[Document]) -> list[Document]:
        """Append documents of feed entries that contain the whole article, and call `sync`.

        Return the documents with their WARC positions.
        """
        with self._lock:
            archived = [self._with_entry(document) for document in documents]
            self.sync()
            return archived

    def _with_entry(self, document: Document) -> Document:
        """Append the feed entry `document`; return it with its WARC position."""
        file, writer = self._writable()
        position = file.tell()
        warc_headers = {"WARC-Date": _warc_date(document.seen_at or self.clock.now())}
        record = writer.create_warc_record(
            entry_target(document.url, document.feed or "", document.entry_id or ""),
            "resource",
            payload=BytesIO(document.payload),
            length=len(document.payload),
            warc_content_type=document.media_type,
            warc_headers_dict=warc_headers | of_entry(document).fields(),
        )
        with naming(self.folder):
            writer.write_record(record)
        return replace(document, warc_file=self._name, warc_offset=position)

    def sync(self) -> None:
        """Flush the file to disk. The records in the file then survive a power failure."""
        with self._lock, naming(self.folder):
            if self._file:
                self._file.flush()
                os.fsync(self._file.fileno())

    def close(self) -> None:
        """Close the current file and rename it to its final name."""
        with self._lock:
            if self._file:
                self.sync()
                path = self.folder / self._name
                path.with_name(self._name + OPEN_SUFFIX).rename(path)
                self._file.close()
                self._file = None

    def _writable(self) -> tuple[BinaryIO, WARCWriter]:
        """Return the current file; start a new one if it is full or too old."""
        if self._file and (
            self._file.tell() >= self.max_bytes or self.clock.now() - self._opened_at >= MAX_AGE
        ):
            self.close()
        if self._file:
            return self._file, WARCWriter(self._file, gzip=True, warc_version="1.1")
        self._opened_at = self.clock.now()
        self._name = f"newslake-{self._opened_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.warc.gz"
        self._file = (self.folder / (self._name + OPEN_SUFFIX)).open("xb")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
        warc_headers = {"software": self.software, "format": "WARC File Format 1.1"}
        writer.write_record(writer.create_warcinfo_record(self._name, warc_headers))
        return self._file, writer


def _response_record(writer: WARCWriter, response: Response, warc_fields: WarcFields) -> object:
    status = f"{response.status} {response.phrase}"
    warc_headers = {"WARC-Date": _warc_date(response.started_at)} | warc_fields.fields()
    if response.status == 304:
        warc_headers["WARC-Profile"] = _NOT_MODIFIED
    elif response.status != 200:  # bodies of redirects and errors are not read
        warc_headers["WARC-Truncated"] = "unspecified"
    return writer.create_warc_record(
        response.url,
        "revisit" if response.status == 304 else "response",
        payload=BytesIO(response.raw),
        length=len(response.raw),
        http_headers=StatusAndHeaders(status, _archived_headers(response), protocol="HTTP/1.1"),
        warc_headers_dict=warc_headers,
    )


def _request_record(writer: WARCWriter, response: Response) -> object:
    parsed = WebUrl(response.url)
    line = f"GET {parsed.pathname}{parsed.search} HTTP/1.1"
    head = StatusAndHeaders(line, list(response.request_headers), is_http_request=True)
    return writer.create_warc_record(response.url, "request", http_headers=head)


def _archived_headers(response: Response) -> Headers:
    """Return the response headers without connection headers, cookies and secrets in URLs."""
    archived = []
    for name, value in response.headers:
        if name.lower() in _CONNECTION_HEADERS or name.lower() == "set-cookie":
            continue
        if name.lower() == "location" and response.status in REDIRECTS:
            value = web_address(response.redirected_to, base=response.url) or ""
        archived.append((name, value))
    return tuple(archived)


def _warc_date(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def recover(folder: Path) -> None:
    """Recover `.open` files of ended processes: cut after the last full record, then rename."""
    for path in sorted(folder.glob(f"*.warc.gz{OPEN_SUFFIX}")):
        with path.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # another process is writing this file
            file.truncate(_end_of_last_record(file))
            os.fsync(file.fileno())
            path.rename(path.with_name(path.name.removesuffix(OPEN_SUFFIX)))


def _end_of_last_record(file: BinaryIO) -> int:
    """Return the byte offset after the last complete record (a gzip member) of `file`."""
    end = at = 0
    member = zlib.decompressobj(GZIP)
    while piece := file.read(2**20):
        while piece:
            try:
                member.decompress(piece)
            except zlib.error:
                return end
            at += len(piece) - len(member.unused_data)
            piece = member.unused_data
            if member.eof:
                end, member = at, zlib.decompressobj(GZIP)
    return end
