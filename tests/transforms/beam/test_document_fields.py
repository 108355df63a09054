"""A reject has all that is needed to try its document again."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from newslake.schemas.reasons import NoText
from newslake.schemas.records import Document
from newslake.transforms.beam.dead_letter import refusal
from newslake.transforms.beam.document_fields import rejected_document

PAGE = Document(
    document_id="d" * 32,
    locator="https://example.org/1",
    payload="<p>Größe</p>".encode("latin-1"),
    media_type="text/html",
    source="example.org",
    url="https://example.org/1",
    charset="latin-1",
    headers="Content-Type: text/html\nX-Robots-Tag: noindex",
    seen_at=datetime(2026, 3, 1, 12, 0, 0, 7, tzinfo=UTC),
    feed="https://example.org/feed",
    entry_id="1",
    published_at=datetime(2026, 2, 28, tzinfo=UTC),
    published_precision="day",
    warc_file="a.warc.gz",
    warc_offset=0,
    rejected_id="e" * 32,
)
FILE = Document("f" * 32, "file:in/a.txt", b"", "text/plain", "in")


@pytest.mark.parametrize("document", [PAGE, FILE])
def test_the_row_of_a_reject_gives_the_document_back(document):
    assert rejected_document(refusal(document, "Extract", NoText())) == document


def test_opt_outs_are_kept_and_the_bytes_are_not():
    reserved = replace(PAGE, optouts=["noai"])
    found = rejected_document(refusal(reserved, "Extract", NoText()))
    assert found == replace(reserved, payload=b"")


def test_headers_that_extraction_does_not_use_are_not_stored():
    sent = replace(PAGE, headers=f"Set-Cookie: id=secret\n{PAGE.headers}\nServer: x\n")
    assert rejected_document(refusal(sent, "Extract", NoText())) == PAGE


@pytest.mark.parametrize(
    ("locator", "url", "media_type", "source"),
    [
        ("file:news/a.md", None, "text/markdown", "news"),
        ("file:news/2026/a.txt.gz", None, "text/plain", "2026"),
        ("file:a.jsonl#3", None, "application/json", "a.jsonl"),
        ("https://example.org/1", "https://example.org/1", "text/html", "example.org"),
        ("urn:uuid:1", "https://example.org/1", "text/html", "example.org"),
    ],
)
def test_rows_of_older_versions_have_the_media_type_of_their_name(locator, url, media_type, source):
    row = refusal(replace(FILE, locator=locator, url=url), "Extract", NoText())
    found = rejected_document(replace(row, document=None))
    assert (found.media_type, found.source) == (media_type, source)
