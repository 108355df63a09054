"""Read the pages of a WARC file: successful HTML responses with a correct length and digest."""

import base64
import hashlib
import re
from collections.abc import Iterator
from dataclasses import replace

from fastwarc.warc import WarcRecord, WarcRecordType

from newslake.schemas.identity import document_id
from newslake.schemas.reasons import BadDigest, BadRecord, CutResponse, TooLarge, Unreadable
from newslake.schemas.records import Document, FileSlice, Metric
from newslake.transforms.formats import HTML, SERVED, Format
from newslake.transforms.read.found import (
    MIN_LIMIT,
    ReadResult,
    RejectedInput,
    document,
    empty,
    rejected_document,
)
from newslake.transforms.read.names import locator, quote
from newslake.transforms.read.opening import InputFile
from newslake.transforms.read.warc import fields
from newslake.transforms.read.warc.bodies import dechunked, uncompressed
from newslake.transforms.read.warc.fields import WarcFields
from newslake.transforms.read.warc.line_ends import with_crlf
from newslake.transforms.read.warc.record_reader import MAX_HEAD, Record, records
from newslake.transforms.web.urls import publisher

SKIPPED = "skipped"
"""Metric: number of records that are not pages, such as images, redirects and errors."""

_CRAWL_RECORDS = WarcRecordType.warcinfo | WarcRecordType.request | WarcRecordType.metadata
_PASSWORD = re.compile(rb"://[^\s/:@]{1,200}:[^\s/@]{1,200}@")
_LENGTH = re.compile(r"[0-9]{1,18}")
_HEAD = re.compile(rb"WARC/(?>(?!\r?\n)[^\n]*+\n)++")
_TARGET = re.compile(rb"\nWARC-Target-URI[ \t]*+:([^\r\n]++)\r?\n", re.IGNORECASE)
"""The field of a header that states the URL; the header may be incomplete."""


def read_pages(
    file: InputFile, slice: FileSlice, max_bytes: int, format: Format
) -> Iterator[ReadResult]:
    """Yield the pages and rejects of the slice, then the number of skipped records.

    Records about the crawl (warcinfo, request, metadata) are not inputs and are not counted. The
    maximum size of a page after decompression is `max_bytes`.

    Raises:
        Empty: The whole file is empty.
    """
    read = skipped = 0
    for record in records(file, slice, max_bytes):
        read += 1
        try:
            found = _parsed(record)
            if found.record_type & _CRAWL_RECORDS:
                continue
            warc_fields = fields.read_fields(found.headers.get)
            if _is_page(found, warc_fields):
                yield _page(found, record, slice, max_bytes, warc_fields)
            elif warc_fields and found.record_type == WarcRecordType.resource:
                yield _entry(found, record, slice, warc_fields)
            else:
                skipped += 1
        except Exception as error:  # noqa: BLE001 a bug must not reject the whole file
            yield RejectedInput(_rejected_record(record, slice), error)
    if skipped:
        yield Metric(SKIPPED, skipped)
    if not (read or slice.offset):
        raise empty(0)
    if read < (slice.lines or 1):
        missing = Unreadable("the file has fewer records than when it was listed")
        yield RejectedInput(_rejected_part(slice, b"", 0, slice.offset), missing)


def _parsed(record: Record) -> WarcRecord:
    """Return the record with its WARC and HTTP headers parsed.

    Raises:
        Reject: The record is damaged.
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
    """Return whether a record is a successful HTML response.

    A response without a Content-Type counts as HTML.

    In WARC files that newslake wrote, a record is a page if it was requested as a page and has one
    of the media types in `SERVED`. Live fetches use the same rule.
    """
    if found.record_type != WarcRecordType.response or found.http_headers is None:
        return False
    served_as = (found.http_content_type or HTML.media_type).lower()
    of_newslake = SERVED if warc_fields and warc_fields.kind == "page" else ()
    allowed = HTML.served_as if warc_fields is None else of_newslake
    return found.http_headers.status_code == 200 and served_as in allowed


def _entry(
    found: WarcRecord, record: Record, slice: FileSlice, warc_fields: WarcFields
) -> Document:
    """Return the feed entry in a record that newslake wrote.

    Raises:
        TooLarge: The record is too large.
        BadDigest: The record's digest does not match its bytes.
    """
    if record.error:
        raise record.error
    payload = found.reader.read()
    _check_digest(found, "WARC-Payload-Digest", payload)
    feed, key = warc_fields.feed or "", warc_fields.entry_id or ""
    target = _target(found)
    url = None if target == fields.entry_target(None, feed, key) else target
    optouts = warc_fields.optouts
    entry = fields.entry_document(payload, url, feed, key, found.record_date, optouts)
    return replace(entry, warc_file=slice.name, warc_offset=record.offset)


def _page(
    found: WarcRecord,
    record: Record,
    slice: FileSlice,
    max_bytes: int,
    warc_fields: WarcFields | None,
) -> Document:
    """Return the page in a successful response. The page's id is a hash of the whole record.

    Raises:
        TooLarge: The record or the page is too large.
        BadDigest: A digest does not match the bytes.
        CutResponse: The crawler stored only a part of the response.
        BadEncoding: The body cannot be decoded or decompressed.
    """
    if record.error:
        raise record.error
    body = found.reader.read()
    if why := found.headers.get("WARC-Truncated"):
        raise CutResponse(f"the crawler stopped reading: {why}")
    headers = found.http_headers
    transfer_encodings = headers.get("Transfer-Encoding") or ""
    encodings = f"{headers.get('Content-Encoding') or ''},{transfer_encodings}"
    is_chunked = "chunked" in transfer_encodings.lower()
    joined = dechunked(body, encodings) if is_chunked else body
    if joined is body:  # the chunks of a body count, whatever its Content-Length (RFC 9112, 6.3)
        _check_length(found, body)
    page = uncompressed(joined, encodings, max_bytes)
    _check_digest(found, "WARC-Block-Digest", record.block)
    # Tools compute the payload digest from the body as sent, dechunked or decompressed.
    _check_digest(found, "WARC-Payload-Digest", body, joined, page)
    if warc_fields is None and (not page or page.isspace()):
        raise empty(len(page))
    where = _locator(found, record, slice)
    is_small = max(record.size, len(page)) <= MIN_LIMIT
    found_page = replace(
        document(slice, page, HTML.media_type),
        document_id=document_id(where, record.head + record.block),
        locator=where,
        url=_target(found),
        charset=found.http_charset,
        headers="\n".join(f"{name}: {value}" for name, value in headers.to_tuples()),
        seen_at=found.record_date,
        warc_file=slice.name,
        warc_offset=record.offset,
        rejected_id=None if is_small else _rejected_record(record, slice).document_id,
    )
    return _as_fetched(found_page, found, warc_fields) if warc_fields else found_page


def _as_fetched(page: Document, found: WarcRecord, warc_fields: WarcFields) -> Document:
    """Return the document of a page that newslake archived, as the original fetch returned it.

    The document's locator is the URL, and its id is a hash of the page's bytes.
    """
    url = page.url or ""
    return replace(
        page,
        document_id=document_id(url, page.payload),
        locator=url,
        media_type=SERVED[(found.http_content_type or "").lower()],
        source=publisher(url) or "",
        feed=warc_fields.feed,
        entry_id=warc_fields.entry_id,
        published_at=warc_fields.published_at,
        published_precision=warc_fields.published_precision,
        optouts=list(warc_fields.optouts),
    )


def _target(found: WarcRecord) -> str | None:
    """Return the record's target URL."""
    return (found.headers.get("WARC-Target-URI") or "").strip("<> ") or None


def _check_length(found: WarcRecord, body: bytes) -> None:
    """Check that the body is not shorter than its Content-Length.

    Raises:
        CutResponse: The body is incomplete.
    """
    length = _LENGTH.fullmatch(found.http_headers.get("Content-Length") or "")
    if length and int(length[0]) > len(body):
        raise CutResponse(
            f"the response's Content-Length is {length[0]}, but its body has {len(body)} bytes"
        )


def _check_digest(found: WarcRecord, name: str, *candidates: bytes) -> None:
    """Check that one of `candidates` has the digest in the header field `name`, if there is one.

    Raises:
        BadDigest: No candidate has this digest.
    """
    expected = found.headers.get(name)
    if expected and not any(_has_digest(candidate, expected) for candidate in candidates):
        raise BadDigest(f"{name} is {expected}, which does not match the bytes")


def _has_digest(data: bytes, expected: str) -> bool:
    """Return whether `data` has a digest such as `sha1:…`, in base 16, 32 or 64.

    For an unknown algorithm the result is True.
    """
    algorithm, _, value = expected.partition(":")
    try:
        digest = hashlib.new(algorithm.replace("-", ""), data, usedforsecurity=False).digest()
    except (ValueError, TypeError):  # an unknown algorithm, or a variable digest size
        return True
    case_insensitive = {digest.hex(), base64.b32encode(digest).decode().lower()}
    base_64 = {base64.b64encode(digest).decode(), base64.urlsafe_b64encode(digest).decode()}
    return value.lower() in case_insensitive or value in base_64


def _locator(found: WarcRecord, record: Record, slice: FileSlice) -> str:
    """Return the record's id if the id is a URN, else the file name and the record's offset."""
    name = quote((found.record_id or "").strip("<> "))
    # An id that is not a URN may be a URL with a password, so it is not stored.
    return name if name.startswith("urn:") else locator(slice.name, record.offset)


def _rejected_record(record: Record, slice: FileSlice) -> Document:
    """Return a rejected record or damage as a document, without the passwords in its URLs."""
    data = _PASSWORD.sub(b"://", record.head + record.block)
    head = _HEAD.match(data, 0, MAX_HEAD)
    target = head and _TARGET.search(head[0])
    url = target[1].decode(errors="replace").strip("<> ") if target else None
    return replace(_rejected_part(slice, data, record.size, record.offset), url=url)


def _rejected_part(slice: FileSlice, data: bytes, size: int, offset: int) -> Document:
    """Return a rejected part of an archive as a document; see `rejected_document`."""
    rejected = rejected_document(slice, data, size, offset)
    return replace(rejected, warc_file=slice.name, warc_offset=offset)
