"""The records that the stages of the DAG exchange. The lake's rows are in `newslake.schemas.rows`.

    FileSlice -> Document -> Draft -> Candidate -> Verdict -> Article | Duplicate | Revision
    FileRetry -> Document       PageRequest -> Document     Article -> Mention     any of them -> Rejected
    all rows -> StagedFile -> the commit

Times are timezone-aware UTC, to the microsecond. A field is None only if its type allows it;
otherwise Beam raises an error when it encodes the record.

Do not add `from __future__ import annotations` here or in `transforms/`: Beam reads these
annotations at run time. With this import, Beam sees only strings and does not check types.
"""

from dataclasses import field
from datetime import datetime

from newslake.schemas.record import record
from newslake.schemas.rows import Article


@record
class RunContext:
    """The lake, and the ids and paths of one bounded run, or of one window of a stream.

    A pipeline of a stream has a context without a window; `newslake.transforms.write.write` adds the
    window.
    """

    lake: str
    """Path of the lake's folder."""
    index: str
    """Path of the lake's index."""
    staging: str
    """Path of the staging directory, relative to the lake's root. Without a window, its beginning."""
    run_id: str
    """Id of the run that the bounded run or the window belongs to."""
    as_of: int | None
    """Number of the last entry of the lake's log that the bounded run may read. None in a stream: each
    bundle reads the lake as it is then."""
    run_date: str
    """Day of the run, `YYYY-MM-DD`. It decides the partition of rejects and announcements. Empty
    without a window."""
    partition_unit: str = "day"
    """Unit of the lake's partitions: `day`, `month` or `year`."""
    settings: str = ""
    """The value of `rejects.settings` for this run."""
    stream: str = ""
    """Name of the stream; empty for a bounded run."""
    roots: tuple[str, ...] = ()
    """The roots of the files that a reject of this context may name, see `LogEntry.roots`."""


@record
class FileSlice:
    """A part of one input file that is small enough for one bounded run, or the whole file.

    Only files that contain many documents are divided into slices.
    """

    path: str
    """Absolute path of the file, quoted as in `newslake.transforms.read.names`."""
    name: str
    """Path of the file relative to `root`, quoted, with `/` as separator. The locator contains it."""
    root: str
    """Absolute, quoted, resolved path of the input folder. Links to other folders are rejected."""
    offset: int = 0
    """Byte offset of the slice in the decompressed file or, for a web archive, in the stored file; 0
    for Parquet."""
    line: int = 1
    """Number of the first line, row, element or record of the slice, from 1."""
    lines: int | None = None
    """Number of lines, rows, … in the slice; None means up to the end of the file."""
    skip: int = 0
    """For a web archive, number of records to skip in the gzip member at `offset`. For CSV, number of
    lines from `line` on that were already read as part of an invalid row."""


@record
class OpenReject:
    """A document that an earlier run rejected and that is not stored."""

    document_id: str
    """Id of the rejected document."""
    locator: str
    """Locator of the rejected document."""


@record
class FileRetry:
    """Inputs in one file that earlier runs rejected, to be read again."""

    slices: list[FileSlice]
    """The places where the file may be. For a web archive, the slice starts at the record."""
    rejects: list[OpenReject]
    """The rejects of these inputs; one reject if `unit` is not `part`."""
    may_change: bool
    """True if a document with other bytes in the same place replaces the rejected document. False if
    it is unknown which of several files has been rejected."""
    unit: str = "part"
    """`part` if the inputs are parts of the file, or a file that is one document; `record` if the
    input is the first record of the slices; `file` if it is a file that contains many documents."""


@record
class PageRequest:
    """A page to fetch, announced by a feed."""

    url: str
    """URL of the page, without secrets."""
    canonical_url: str
    """`url` in normalized form."""
    feed: str | None = None
    """The feed that announced the page."""
    entry_id: str | None = None
    """Id of the feed entry that announced the page."""
    published_at: datetime | None = None
    """Time of publication, as stated by the feed."""
    published_precision: str | None = None
    """Precision of `published_at`, as in `Article`."""
    failures: int = 0
    """Number of failed attempts to fetch the page."""


@record
class Document:
    """The bytes and metadata of one input: a page, a file, or a line, row, element or record of a file."""

    document_id: str
    """Id of the document, see `newslake.schemas.identity`."""
    locator: str
    """The URL, the id of the WARC record, or `file:` and the path relative to the input folder. The
    path ends with `#LINE` for JSON lines and CSV, with `#NUMBER` for rows of Parquet and elements of a
    JSON array, and with `#OFFSET` for broken parts of a web archive."""
    payload: bytes
    """The document's bytes, decompressed but not decoded."""
    media_type: str
    """Media type of the payload, as in `newslake.transforms.formats`."""
    source: str
    """Name of the document's folder. If the document has no URL, newslake uses this name."""
    url: str | None = None
    """URL from which the document was fetched; None for a plain file."""
    charset: str | None = None
    """Character set stated in the HTTP headers."""
    headers: str = ""
    """HTTP response headers as received, one `Name: value` per line; empty for a file."""
    seen_at: datetime | None = None
    """Time at which the document was fetched; None for a plain file."""
    feed: str | None = None
    """The feed that announced the document."""
    entry_id: str | None = None
    """Id of the feed entry that announced the document."""
    published_at: datetime | None = None
    """Time of publication, as stated by the feed."""
    published_precision: str | None = None
    """Precision of `published_at`, as in `Article`."""
    warc_file: str | None = None
    """The web archive (WARC) that contains the document."""
    warc_offset: int | None = None
    """Byte offset of the document's record in `warc_file`."""
    optouts: list[str] = field(default_factory=list)
    """The opt-outs that the site's robots.txt and tdmrep.json state for the document."""
    rejected_id: str | None = None
    """Id of the reject if `--max-document-mb` is lower than the document's size; None if the document
    is too small for that. The reject's id differs, since it is a hash of the part that was read."""


@record
class Draft:
    """An unfinished article and its source document. A later stage can still reject the document."""

    document: Document
    """The input document."""
    article: Article
    """The article so far."""


@record
class Candidate:
    """The data about a document that deduplication needs, without the text."""

    document_id: str
    """Id of the document."""
    article_id: str
    """Id that the article gets if deduplication accepts the document as an article."""
    text_hash: str
    """Id of the text."""
    has_url: bool
    """True if `article_id` is the hash of a URL. Another text at this URL is then a revision."""
    site: str | None
    """Registrable domain of the URL; None if there is no URL."""
    published_at: datetime | None
    """Time of publication, as stated by the publisher."""
    seen_at: datetime | None
    """Time at which the document was fetched."""
    signature: bytes | None
    """MinHash signature for finding near copies; None if the text is too short to compare."""
    published_precision: str | None = None
    """Precision of `published_at`, as in `Article`."""
    feed: str | None = None
    """The feed that announced the document."""
    entry_id: str | None = None
    """Id of the feed entry that announced the document."""


@record
class Verdict:
    """What deduplication decides about a document."""

    document_id: str
    """Id of the document."""
    outcome: str
    """`article`, `duplicate`, `revision` or `already_ingested`."""
    article_id: str
    """Id of the article. The document is this article, a copy of it or a later version of it."""
    revision: int = 0
    """Number of the version; 0 for the article itself."""
    published_at: datetime | None = None
    """Revisions only: `published_at` of the article. It decides the partition of the revision."""
    published_precision: str | None = None
    """Revisions only: precision of `published_at`, as in `Article`."""
    kind: str = ""
    """Duplicates only: `exact` or `near`."""
    similarity: float = 1.0
    """Duplicates only: Jaccard similarity to the original, 0 to 1."""
    elsewhere: bool = False
    """Duplicates only: True if the copy has another registrable domain than the article."""
    revised: bool = False
    """Articles only: True if the same run has a later version of the article."""


@record
class Judgement:
    """What the verdicts of one bounded run or window are based on."""

    as_of: int
    """Number of the last log entry whose articles the documents were compared with."""
    candidates: list[Candidate]
    """The documents that were judged."""
    unindexed_days: list[int]
    """Unindexed days that the verdicts depend on. If there are such days, no verdict is valid."""


@record
class RowKeys:
    """The ids of a row; empty if it has none. The commit need not read the Parquet file for them."""

    document_id: str = ""
    """Id of the row's document; empty for mentions, which belong to an article."""
    article_id: str = ""
    """Id of the article: of the row itself, or of the article to which the row refers."""
    text_hash: str = ""
    """Id of the row's text."""
    revision: int = 0
    """Number of the version for revisions; 0 for all other rows."""


@record
class StagedFile:
    """A complete Parquet file in a staging directory, ready to be committed."""

    table: str
    """Name of the table."""
    partition: str
    """Name of the partition's directory, such as `published_date=2026-03-01`."""
    path: str
    """Path of the file, relative to the lake's root."""
    keys: list[RowKeys]
    """The keys of each row, in the order of the rows."""
    digest: str
    """SHA-256 of the file, in hex."""
    size: int
    """Size in bytes."""


@record
class Metric:
    """A count that a stage reports. The commit adds up all counts of the same name."""

    name: str
    """`read`, `already_ingested`, `skipped`, `files_with_trailing_bytes`, `fetched`, `deferred`,
    `too_short_to_compare`, `counted_articles`, `counted_mentions`, `unsupported_language`, `no_model`,
    `failed_events` or `not_found`."""
    count: int
    """The number to add."""
