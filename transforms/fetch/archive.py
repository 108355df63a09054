"""An archive of what was fetched: WARC 1.1, each record a gzip member of its own.

The file being written is called `….warc.gz.open`; it gets its name when it is full, old or closed.
After a crash, whoever opens the folder next keeps all whole records of such files.
"""

import fcntl
import os
import secrets
import zlib
from collections.abc import Iterable
from dataclasses import replace
from datetime import datetime, timedelta
from io import BytesIO
from pathlib import Path
from typing import BinaryIO

from ada_url import URL as WebUrl
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from newslake.schemas.records import Document
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.response import REDIRECTS, Headers, Response
from newslake.transforms.fetch.visitor import WarcPosition
from newslake.transforms.read.warc.fields import WarcFields, entry_target, of_entry
from newslake.transforms.web.urls import web_address

OPEN = ".open"
_NOT_MODIFIED = "http://netpreserve.org/warc/1.1/revisit/server-not-modified"
_GZIP = zlib.MAX_WBITS | 16
_HOP = {"transfer-encoding", "connection", "keep-alive"}
"""Headers about the connection: the body is kept as one piece."""


class Archive:
    """The archive files of one process in a folder that several may share.

    Args:
        folder: Made if it is missing.
        clock: What tells the time.
        software: Who writes, for the first record of each file.
        max_bytes: A file is closed when it is larger.
        max_age: A file is closed when it is older.
    """

    def __init__(
        self,
        folder: Path,
        clock: Clock,
        software: str,
        max_bytes: int = 1_000_000_000,
        max_age: timedelta = timedelta(hours=1),
    ) -> None:
        self._folder = folder
        self._clock = clock
        self._software = software
        self._max_bytes = max_bytes
        self._max_age = max_age
        self._file: BinaryIO | None = None
        self._name = ""
        self._opened_at = clock.now()
        folder.mkdir(parents=True, exist_ok=True)
        salvage(folder)

    def write(self, response: Response, warc_fields: WarcFields) -> WarcPosition:
        """Append the records of `response` and of its request; they survive a crash after `sync`."""
        file, writer = self._writable()
        offset = file.tell()
        reply = self._reply(writer, response, warc_fields)
        writer.write_request_response_pair(self._request(writer, response), reply)
        return WarcPosition(self._name, offset)

    def write_entries(self, documents: Iterable[Document]) -> list[Document]:
        """Append entries of feeds that hold their articles, and return them with their places.

        They survive a crash.
        """
        kept = []
        for document in documents:
            file, writer = self._writable()
            position = replace(document, warc_file=self._name, warc_offset=file.tell())
            about = {"WARC-Date": _warc_date(document.seen_at or self._clock.now())}
            record = writer.create_warc_record(
                entry_target(document.url, document.feed or "", document.entry_id or ""),
                "resource",
                payload=BytesIO(document.payload),
                length=len(document.payload),
                warc_content_type=document.media_type,
                warc_headers_dict=about | of_entry(document).fields(),
            )
            writer.write_record(record)
            kept.append(position)
        self.sync()
        return kept

    def sync(self) -> None:
        """Return when all that was kept would survive a power cut."""
        if self._file:
            self._file.flush()
            os.fsync(self._file.fileno())

    def close(self) -> None:
        """Give the file that is being written its name."""
        if self._file:
            self.sync()
            path = self._folder / self._name
            path.with_name(self._name + OPEN).rename(path)
            self._file.close()
            self._file = None

    def _writable(self) -> tuple[BinaryIO, WARCWriter]:
        """Return the file to write to, a new one if the old is full or old."""
        if self._file and (
            self._file.tell() >= self._max_bytes
            or self._clock.now() - self._opened_at >= self._max_age
        ):
            self.close()
        if self._file:
            return self._file, WARCWriter(self._file, gzip=True, warc_version="1.1")
        self._opened_at = self._clock.now()
        self._name = f"newslake-{self._opened_at:%Y%m%dT%H%M%SZ}-{secrets.token_hex(4)}.warc.gz"
        self._file = (self._folder / (self._name + OPEN)).open("xb")
        fcntl.flock(self._file, fcntl.LOCK_EX)
        writer = WARCWriter(self._file, gzip=True, warc_version="1.1")
        about = {"software": self._software, "format": "WARC File Format 1.1"}
        writer.write_record(writer.create_warcinfo_record(self._name, about))
        return self._file, writer

    def _reply(self, writer: WARCWriter, response: Response, warc_fields: WarcFields) -> object:
        """Return the record of what came."""
        head = StatusAndHeaders(
            f"{response.status} {response.phrase}", _kept(response), protocol="HTTP/1.1"
        )
        about = {"WARC-Date": _warc_date(response.started_at)} | warc_fields.fields()
        kind = "response"
        if response.status == 304:
            kind, about["WARC-Profile"] = "revisit", _NOT_MODIFIED
        if response.status != 200 and kind == "response":
            about["WARC-Truncated"] = "unspecified"  # bodies of redirects and errors are not read
        return writer.create_warc_record(
            response.url,
            kind,
            payload=BytesIO(response.raw),
            length=len(response.raw),
            http_headers=head,
            warc_headers_dict=about,
        )

    def _request(self, writer: WARCWriter, response: Response) -> object:
        """Return the record of what was sent."""
        parsed = WebUrl(response.url)
        head = StatusAndHeaders(
            f"GET {parsed.pathname}{parsed.search} HTTP/1.1",
            list(response.request_headers),
            is_http_request=True,
        )
        return writer.create_warc_record(response.url, "request", http_headers=head)


def _kept(response: Response) -> Headers:
    """Return the headers as received, but without what is about the connection, and secrets."""
    kept = []
    for name, value in response.headers:
        if name.lower() in _HOP or name.lower() == "set-cookie":
            continue
        if name.lower() == "location" and response.status in REDIRECTS:
            value = web_address(response.redirected_to, base=response.url) or ""
        kept.append((name, value))
    return tuple(kept)


def _warc_date(time: datetime) -> str:
    return time.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def salvage(folder: Path) -> None:
    """Give what the dead left open its name, cut behind the last whole record."""
    for path in sorted(folder.glob(f"*.warc.gz{OPEN}")):
        with path.open("r+b") as file:
            try:
                fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                continue  # somebody is writing it
            file.truncate(_whole(file))
            os.fsync(file.fileno())
            path.rename(path.with_name(path.name.removesuffix(OPEN)))


def _whole(file: BinaryIO) -> int:
    """Return where the last whole gzip member of `file` ends, each of which is a record."""
    end = at = 0
    member = zlib.decompressobj(_GZIP)
    while piece := file.read(2**20):
        while piece:
            try:
                member.decompress(piece)
            except zlib.error:
                return end
            at += len(piece) - len(member.unused_data)
            piece = member.unused_data
            if member.eof:
                end, member = at, zlib.decompressobj(_GZIP)
    return end
