"""Checks that hold for every input, however damaged."""

import dataclasses
import io
import json
import re
import tempfile
import time
from contextlib import redirect_stdout
from pathlib import Path
from urllib.parse import urlsplit

from papers import ADDRESS, NOON

from newslake.pipelines.cli import main as newslake
from newslake.schemas.identity import document_id
from newslake.schemas.reasons import OutOfMemory, ParserDied, Reject, TooSlow
from newslake.schemas.records import Document, FileSlice, Metric
from newslake.transforms.clean.clean import clean
from newslake.transforms.extract.extract import MAX_SECONDS, extract
from newslake.transforms.feeds.entries.announcement import announcement
from newslake.transforms.feeds.entries.keys import keyed
from newslake.transforms.feeds.parse.any_feed import read_feed
from newslake.transforms.formats import JSON
from newslake.transforms.read.chunks import chunks
from newslake.transforms.read.files import read_slice
from newslake.transforms.read.found import ReadResult, RejectedInput

UNSEEN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ufeff\ud800-\udfff]")

MAX_BYTES = 2**20
"""Maximum size of a document in a file, in bytes."""


class Broken(Exception):
    """A check failed."""


def check_document(data: bytes, media_type: str) -> None:
    """Read a document through extraction and cleaning.

    Raises:
        Broken: the document was lost, took too long, or produced text that must not reach a lake.
    """
    document = Document(document_id("file:a", data), "file:a", data, media_type, "fuzz")
    try:
        article = clean(extract(document)).article
    except (TooSlow, OutOfMemory, ParserDied) as error:
        raise Broken(f"a document of {len(data)} bytes: {error.reason}") from error
    except Reject:
        return
    fields = dataclasses.asdict(article)
    json.dumps(fields, default=str, ensure_ascii=False).encode()
    for name in ("text", "title", "source", "url", "section", "extra"):
        if found := UNSEEN.search(fields[name] or ""):
            raise Broken(f"{found[0]!r} in {name}")
    if any(urlsplit(address or "").password for address in (article.url, article.canonical_url)):
        raise Broken("a password in an address")


def check_feed(data: bytes) -> None:
    """Read a feed and make the announcements of its entries.

    Raises:
        Broken: the feed took too long, or produced text that must not reach a lake.
    """
    began = time.process_time()
    try:
        feed = read_feed(data, ADDRESS, {})
    except Reject:
        return
    finally:
        if (took := time.process_time() - began) > MAX_SECONDS:
            raise Broken(f"a feed of {len(data)} bytes took {took:.1f} s")
    for row in (announcement(ADDRESS, one, NOON).row for one in keyed(feed.entries).entries):
        json.dumps(dataclasses.asdict(row), default=str, ensure_ascii=False).encode()
        if found := UNSEEN.search(f"{row.title}{row.entry_id}{row.url}"):
            raise Broken(f"{found[0]!r} in {row}")
        if urlsplit(row.url or "").password:
            raise Broken("a password in an address")


def check_file(data: bytes, ending: str, folder: Path) -> None:
    """Read a file as a whole and part by part; read JSON objects in it as `check_document` does.

    Raises:
        Broken: the two results differ.
    """
    path = folder / f"a{ending}"
    path.write_bytes(data)
    whole = FileSlice(str(path), path.name, str(folder))
    cut = chunks([whole], max_documents=1, max_document_bytes=MAX_BYTES)
    found = list(read_slice(whole, MAX_BYTES))
    parts = [one for [slice] in cut for one in read_slice(slice, MAX_BYTES)]
    if outcomes(found) != outcomes(parts):
        raise Broken("a file read in parts gives other documents")
    for one in found:
        if isinstance(one, Document) and one.media_type == JSON.media_type:
            check_document(one.payload, one.media_type)


def outcomes(found: list[ReadResult]) -> tuple[list[str], int]:
    """Return the ids of documents and rejects in order, and how many records were skipped."""
    ids = [
        f"{one.error.reason} {one.document.document_id}"
        if isinstance(one, RejectedInput)
        else one.document_id
        for one in found
        if not isinstance(one, Metric)
    ]
    return ids, sum(one.count for one in found if isinstance(one, Metric))


def check_run(cases: list[tuple[str, bytes]], folder: Path) -> None:
    """Ingest the cases.

    Raises:
        Broken: the run fails or does not balance.
    """
    for number, (ending, data) in enumerate(cases):
        (folder / f"{number:05}{ending}").write_bytes(data)
    with tempfile.TemporaryDirectory() as lake, redirect_stdout(io.StringIO()) as out:
        words = ["--lake", f"{lake}/lake", "--workers", "1", "--no-events", "--json"]
        code = newslake(["backfill", str(folder), *words])
    said = json.loads(out.getvalue() or "{}")
    if code or not said.get("balanced"):
        raise Broken(f"a backfill ended with {code}: {said}")
    if crashes := [name for name in said["rejects_by_reason"] if name.startswith("crash")]:
        raise Broken(f"a backfill had rejects {crashes}")
