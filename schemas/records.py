"""What flows between the stages of the DAG, one record type an edge; the lake's rows are in `newslake.schemas.rows`.

    FileSlice -> Document -> Draft -> Candidate -> Verdict -> Article | Duplicate | Revision -> Mention
    Announced -> Document    any of them -> Rejected          all rows -> StagedFile -> the commit

Times are timezone-aware UTC, to the microsecond. A field is None only if its type says so: Beam
refuses to encode the record otherwise.

Do not add `from __future__ import annotations` here or in `transforms/`: Beam reads these
annotations at run time, and with the import it sees only strings and stops checking types.
"""

from datetime import datetime

from newslake.schemas.record import record
from newslake.schemas.rows import Article


@record
class RunContext:
    """A bounded run's place in a lake."""

    lake: str
    """The lake's folder."""
    index: str
    """Path of the lake's index."""
    staging: str
    """The folder below the lake in which the run stages its files."""
    run_id: str
    """The run that it is a part of."""
    as_of: int
    """The last entry of the lake's log that the run may know of."""
    run_date: str
    """Day of the run, `YYYY-MM-DD`: the partition of its rejects."""


@record
class FileSlice:
    """A stretch of one input file, small enough for one bounded run."""

    path: str
    """Where the file lies: absolute, quoted as in `newslake.transforms.read.names`."""
    name: str
    """Its path relative to the root, with `/`, quoted too: the locator without `file:`."""
    root: str
    """That root, absolute, links resolved, quoted too: no link may lead out of it."""
    offset: int = 0
    """Where the slice begins, in bytes: of the unpacked file, or of a web archive as it lies on disk."""
    line: int = 1
    """Number of its first line, or record, counted from 1; only JSON lines and archives are cut."""
    lines: int | None = None
    """How many lines or records it holds; None means up to the file's end."""
    skip: int = 0
    """How many records lie before the first one in the archive's gzip member at `offset`."""


@record
class PageRequest:
    """An address that a feed announced, to be fetched."""

    url: str
    """Without secrets."""
    canonical_url: str
    """The same address in one spelling."""
    feed: str | None = None
    """The feed that announced it."""
    entry_id: str | None = None
    """The announcing entry's id in that feed."""
    published_at: datetime | None = None
    """When the feed says that it appeared."""
    failures: int = 0
    """How often it was asked for in vain."""


@record
class Document:
    """One input as it was found: its bytes and what is known of them from outside."""

    document_id: str
    """See `newslake.schemas.identity`."""
    locator: str
    """The URL; or the id of the archive's record; or `file:` and the path below the given root, with
    `#LINE` for JSON lines and `#OFFSET` for what is broken in an archive."""
    payload: bytes
    """The document's own bytes, unpacked, not decoded."""
    media_type: str
    """`text/html`, `text/plain`, `text/markdown` or `application/json`."""
    source: str
    """Name of the folder that holds it, for documents without a URL."""
    url: str | None = None
    """Where it was fetched from, if it was fetched."""
    charset: str | None = None
    """What the HTTP header says of the bytes."""
    headers: str = ""
    """The HTTP response's header as received, a `Name: value` line each; empty for a file."""
    seen_at: datetime | None = None
    """When it was fetched; None for a plain file."""
    feed: str | None = None
    """The feed that announced it."""
    entry_id: str | None = None
    """The announcing entry's id in that feed."""
    published_at: datetime | None = None
    """When that feed says that it appeared."""
    warc_file: str | None = None
    """The archive it was read from."""
    warc_offset: int | None = None
    """Where its record begins in that archive, in bytes."""


@record
class Draft:
    """An article in the making, with the document it is made of: kept for the case of a refusal."""

    document: Document
    """The input."""
    article: Article
    """What has been made of it so far."""


@record
class Candidate:
    """What deduplication needs to know of an article, without its text."""

    document_id: str
    """Id of the document."""
    article_id: str
    """Id of the article that it would be."""
    text_hash: str
    """Id of its text."""
    has_url: bool
    """True if `article_id` stands for a URL, so that another text of it is a revision."""
    site: str | None
    """Registrable domain of its URL; None without one."""
    published_at: datetime | None
    """Publisher's time."""
    seen_at: datetime | None
    """Fetch time."""
    signature: bytes | None
    """What finds near copies; None for texts that are too short to compare."""


@record
class Verdict:
    """What a document is, in the light of all others."""

    document_id: str
    """Id of the document."""
    outcome: str
    """`article`, `duplicate`, `revision` or `already_ingested`."""
    article_id: str
    """The article that it is, is a copy of, or is a later version of."""
    revision: int = 0
    """Number of the version: 0 is the article itself."""
    published_at: datetime | None = None
    """When the article of a revision appeared: it decides the partition, for ever."""
    kind: str = ""
    """Of a duplicate: `exact` or `near`."""
    similarity: float = 1.0
    """Of a duplicate: share of common wording, 0 to 1."""
    elsewhere: bool = False
    """Of a duplicate: True if it stands at another registrable domain than the article."""
    revised: bool = False
    """Of an article: True if the same run has a later version of it."""


@record
class RowKeys:
    """What the commit must know of a row without opening its file."""

    document_id: str | None
    """The document on whose account the row stands; None for mentions, which go by article."""
    article_id: str | None
    """The article that the row is, is a copy or version of, or was read in."""
    text_hash: str | None
    """Id of the text that the row brings."""
    revision: int
    """Number of the version that the row brings; 0 for all but revisions."""


@record
class StagedFile:
    """A complete Parquet file in a run's room, waiting for its commit."""

    table: str
    """Name of the table."""
    partition: str
    """The partition's folder, such as `published_date=2026-03-01`."""
    name: str
    """File name in the room."""
    keys: list[RowKeys]
    """One a row, in the file's order."""
    digest: str
    """SHA-256 of the file, in hex."""
    size: int
    """Bytes."""


@record
class Metric:
    """A count on its way to the balance."""

    name: str
    """`read`, `already_ingested`, `skipped`, `fetched`, `deferred`, `too_short_to_compare`, `unsupported_language`,
    `no_model` or `failed_events`."""
    count: int
    """How many."""
