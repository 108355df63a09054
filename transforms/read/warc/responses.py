"""Pages of a web archive: its successful responses of HTML, each checked before it is believed."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace
from io import BufferedReader

from fastwarc.warc import WarcRecord, WarcRecordType

from newslake.schemas.identity import document_id
from newslake.schemas.reasons import BadDigest, BadRecord, CutResponse, TooLarge, Unreadable
from newslake.schemas.records import Document, FileSlice, Metric
from newslake.transforms.read.found import ReadResult, Refused, document, empty, remains
from newslake.transforms.read.names import locator, quote
from newslake.transforms.read.warc.bodies import dechunked, uncompressed
from newslake.transforms.read.warc.fields import (
    MEDIA_TYPES,
    WarcFields,
    entry_locator,
    entry_target,
    stated,
)
from newslake.transforms.read.warc.line_ends import with_crlf
from newslake.transforms.read.warc.record_reader import Record, records
from newslake.transforms.web.urls import publisher

SKIPPED = "skipped"
"""The tally of records that are no page: other types, redirects, errors, and what is no response."""

_OF_THE_CRAWL = WarcRecordType.warcinfo | WarcRecordType.request | WarcRecordType.metadata
_PASSWORD = re.compile(rb"://[^\s/:@]{1,200}:[^\s/@]{1,200}@")
_LENGTH = re.compile(r"[0-9]{1,18}")
_HTML = {"text/html", "application/xhtml+xml"}


def read_pages(file: BufferedReader, slice: FileSlice, max_bytes: int) -> Iterator[ReadResult]:
    """Yield each page of the slice, each refusal, and at last how many records were passed over.

    Records that tell of the crawl (warcinfo, request, metadata) are no input, and not counted.

    Args:
        file: The slice's file.
        slice: Of a web archive.
        max_bytes: Largest page, its compression undone.

    Raises:
        Empty: the whole file is.
    """
    met = skipped = 0
    for record in records(file, slice, max_bytes):
        met += 1
        try:
            found = _parsed(record)
            if found.record_type & _OF_THE_CRAWL:
                continue
            warc_fields = stated(found.headers.get)
            if _is_page(found, warc_fields):
                yield _page(found, record, slice, max_bytes, warc_fields)
            elif warc_fields and found.record_type == WarcRecordType.resource:
                yield _entry(found, record, slice, warc_fields)
            else:
                skipped += 1
        except Exception as error:  # noqa: BLE001 a bug of ours costs one record, not the archive
            yield Refused(_remains(record, slice), error)
    if skipped:
        yield Metric(SKIPPED, skipped)
    if not (met or slice.offset):
        raise empty(0)
    if met < (slice.lines or 1):
        gone = Unreadable("records are gone that were there when the file was listed")
        yield Refused(remains(slice, b"", 0, slice.offset), gone)


def _parsed(record: Record) -> WarcRecord:
    """Return the record with its headers read.

    Raises:
        Reject: it is damaged.
    """
    if record.error and not (record.head and isinstance(record.error, TooLarge)):
        raise record.error
    try:
        found = WarcRecord.from_bytes(with_crlf(record.head, record.block))
        found.parse_http(strict_mode=False)
    except OSError as error:
        raise BadRecord(str(error)) from error
    return found


def _is_page(found: WarcRecord, warc_fields: WarcFields | None) -> bool:
    """Tell whether a record is a successful response of HTML; without a type, any success may be.

    Of our own archives we know what was asked for as a page, and read of it what we read live.
    """
    if found.record_type != WarcRecordType.response or found.http_headers is None:
        return False
    kind = (found.http_content_type or "text/html").lower()
    kinds = _HTML if warc_fields is None else MEDIA_TYPES if warc_fields.kind == "page" else ()
    return found.http_headers.status_code == 200 and kind in kinds


def _entry(
    found: WarcRecord, record: Record, slice: FileSlice, warc_fields: WarcFields
) -> Document:
    """Return the entry of a feed that a record of ours holds.

    Raises:
        TooLarge: the record is.
        BadDigest: it is not what was written.
    """
    if record.error:
        raise record.error
    payload = found.reader.read()
    _check_digest(found, "WARC-Payload-Digest", payload)
    feed, key = warc_fields.feed or "", warc_fields.entry_id or ""
    target = _target(found)
    url = None if target == entry_target(None, feed, key) else target
    place = entry_locator(url, feed, key)
    return replace(
        document(slice, payload, "application/json"),
        document_id=document_id(place, payload),
        locator=place,
        source=publisher(feed) or feed,
        url=url,
        charset="utf-8",
        seen_at=found.record_date,
        feed=feed,
        entry_id=key,
        warc_file=slice.name,
        warc_offset=record.offset,
    )


def _page(
    found: WarcRecord,
    record: Record,
    slice: FileSlice,
    max_bytes: int,
    warc_fields: WarcFields | None,
) -> Document:
    """Return the page that a successful response holds; it goes by all bytes of its record.

    Raises:
        TooLarge: the record or the page is.
        BadDigest, CutResponse: it is not what was sent.
        BadEncoding: what was sent cannot be undone.
    """
    if record.error:
        raise record.error
    body = found.reader.read()
    _check_whole(found, body)
    headers = found.http_headers
    is_chunked = "chunked" in (headers.get("Transfer-Encoding") or "").lower()
    joined = dechunked(body) if is_chunked else body
    page = uncompressed(joined, headers.get("Content-Encoding") or "", max_bytes)
    _check_digest(found, "WARC-Block-Digest", record.block)
    # Tools differ in whether a payload's digest is that of its chunks, or of its compression.
    _check_digest(found, "WARC-Payload-Digest", body, joined, page)
    if warc_fields is None and (not page or page.isspace()):
        raise empty(len(page))
    place = _locator(found, record, slice)
    found_page = replace(
        document(slice, page, "text/html"),
        document_id=document_id(place, record.head + record.block),
        locator=place,
        url=_target(found),
        charset=found.http_charset,
        headers="\n".join(f"{name}: {value}" for name, value in headers.to_tuples()),
        seen_at=found.record_date,
        warc_file=slice.name,
        warc_offset=record.offset,
    )
    return _as_fetched(found_page, found, warc_fields) if warc_fields else found_page


def _as_fetched(page: Document, found: WarcRecord, warc_fields: WarcFields) -> Document:
    """Return a page of ours as it was when it was fetched: it goes by its address and its own bytes."""
    url = page.url or ""
    return replace(
        page,
        document_id=document_id(url, page.payload),
        locator=url,
        media_type=MEDIA_TYPES[(found.http_content_type or "").lower()],
        source=publisher(url) or "",
        feed=warc_fields.feed,
        entry_id=warc_fields.entry_id,
        published_at=warc_fields.published_at,
    )


def _target(found: WarcRecord) -> str | None:
    """Return the address that a record names."""
    return (found.headers.get("WARC-Target-URI") or "").strip("<> ") or None


def _check_whole(found: WarcRecord, body: bytes) -> None:
    """Return if the crawler kept all of the body, by what the record and the response say.

    Raises:
        CutResponse: it did not.
    """
    if why := found.headers.get("WARC-Truncated"):
        raise CutResponse(f"the crawler stopped reading: {why}")
    page_request = _LENGTH.fullmatch(found.http_headers.get("Content-Length") or "")
    if page_request and int(page_request[0]) > len(body):
        raise CutResponse(f"{page_request[0]} bytes were announced, {len(body)} are there")


def _check_digest(found: WarcRecord, name: str, *candidates: bytes) -> None:
    """Return if one of `candidates` has the digest that the record states, or if it states none.

    Raises:
        BadDigest: none has it.
    """
    stated = found.headers.get(name)
    if stated and not any(_has_digest(candidate, stated) for candidate in candidates):
        raise BadDigest(f"{name} is {stated}, not that of the bytes")


def _has_digest(data: bytes, stated: str) -> bool:
    """Tell whether `data` has a digest such as `sha1:…`, in base 16, 32 or 64; True if unknown."""
    algorithm, _, value = stated.partition(":")
    try:
        digest = hashlib.new(algorithm.replace("-", ""), data, usedforsecurity=False).digest()
    except (ValueError, TypeError):  # unknown, or one without a size
        return True
    spelled = {digest.hex(), base64.b32encode(digest).decode().lower()}
    in_64 = {base64.b64encode(digest).decode(), base64.urlsafe_b64encode(digest).decode()}
    return value.lower() in spelled or value in in_64


def _locator(found: WarcRecord, record: Record, slice: FileSlice) -> str:
    """Return the record's id; its place if it has none that can be stored."""
    name = quote((found.record_id or "").strip("<> "))
    # What is no URN may be an address, and hold a password.
    return name if name.startswith("urn:") else locator(slice.name, record.offset)


def _remains(record: Record, slice: FileSlice) -> Document:
    """Return the bytes of a refused record, without the passwords in its addresses."""
    data = _PASSWORD.sub(b"://", record.head + record.block)
    return remains(slice, data, record.size, record.offset)
