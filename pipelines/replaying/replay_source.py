"""The source of a bounded run of `newslake replay`: rejected documents, with their stored or new bytes."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

import apache_beam as beam

from newslake.pipelines.follower.news import News, create, spooled
from newslake.pipelines.replaying.page_retries import PageRetries
from newslake.pipelines.replaying.plan import LAKE, Chunk, has_many_documents
from newslake.pipelines.replaying.selection import payloads
from newslake.pipelines.windows import SourceOutput
from newslake.schemas.reasons import UnknownType
from newslake.schemas.records import Document, FileRetry, FileSlice, OpenReject
from newslake.schemas.rows import Rejected, Replacement
from newslake.transforms.beam.dead_letter import refusal
from newslake.transforms.beam.document_fields import rejected_document
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.formats import SERVED
from newslake.transforms.read.names import quote, unquote
from newslake.transforms.read.read import Read
from newslake.transforms.read.read_again import ReadAgain


@dataclass(frozen=True)
class ReplaySource:
    """The documents of one chunk, with the bytes of the lake or of the web; it reads the files."""

    read: Read
    news: News
    """The documents and rejects that are not in `retries`, and the rows of the requested pages."""
    retries: Sequence[FileRetry]
    replacements: Sequence[Replacement]
    """The replacements among the documents of `news`."""

    @property
    def stages(self) -> list[Any]:
        return [self.read, *self.news.stages]

    @property
    def roots(self) -> list[str]:
        return [*self.news.roots, *(one.root for retry in self.retries for one in retry.slices)]

    def __call__(self, pipeline: beam.Pipeline) -> SourceOutput:
        arrived = self.news(pipeline)
        again = ReadAgain(self.read.max_document_mb * 2**20)
        found = pipeline | "Files" >> create(self.retries, FileRetry) | "ReadAgain" >> again
        replaced = pipeline | "Replaced" >> create(self.replacements, Replacement)
        replacements = (found.replacements, replaced) | "Replacements" >> beam.Flatten()
        return SourceOutput(
            kept=(arrived.kept, found.kept) | "Kept" >> beam.Flatten(),
            rejected=(arrived.rejected, found.rejected) | "Rejected" >> beam.Flatten(),
            rows={**arrived.rows, "replacements": replacements},
            metrics=(arrived.metrics, found.metrics) | "SourceMetrics" >> beam.Flatten(),
        )


def source_of(
    chunk: Chunk,
    lake: Path,
    read: Read,
    pages: PageRetries,
    fetch_options: FetchOptions,
    folder: Path,
) -> ReplaySource:
    """Return the source of `chunk`, whose `pages` have been requested.

    Load the bytes that are in the lake. They and the pages are written to `folder`.
    """
    documents: list[Document | Rejected] = list(pages.arrived)
    retries = chunk.retries
    stored = [one.reject for one in chunk.attempts if one.place == LAKE]
    found = payloads(lake, stored)
    for one in stored:
        document = rejected_document(replace(one.row, payload=found[one.row.document_id]))
        if one.row.stage == "Read":
            retries.append(_restored(document, folder.resolve() / document.document_id))
        elif one.row.stage != "Fetch":
            documents.append(document)
        elif document.media_type in SERVED:
            documents.append(replace(document, media_type=SERVED[document.media_type]))
        else:
            error = UnknownType(f"unsupported media type {document.media_type}")
            documents.append(refusal(document, "Fetch", error))
    news = News([], pages.fetches, spooled(folder, documents), fetch_options)
    return ReplaySource(read, news, retries, pages.replacements)


def _restored(document: Document, root: Path) -> FileRetry:
    """Write a rejected file below `root`, with its name and the name of its folder."""
    name = document.locator.removeprefix("file:")
    if "/" not in name:
        root = root / document.source.strip("/")
    path = root / unquote(name)
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(document.payload)
    slice = FileSlice(quote(str(path)), name, quote(str(root)))
    unit = "file" if has_many_documents(name) else "part"
    reject = OpenReject(document.document_id, document.locator)
    return FileRetry([slice], [reject], may_change=True, unit=unit)
