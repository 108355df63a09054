"""Decide where the bytes of each rejected document come from, and divide the documents into chunks."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field, replace

from newslake.pipelines.replaying.input_roots import InputRoots
from newslake.pipelines.replaying.selection import Selected
from newslake.schemas.records import FileRetry, FileSlice, OpenReject
from newslake.transforms.formats import formats_with
from newslake.transforms.read.chunks import chunks
from newslake.transforms.read.names import ending

UNKNOWN_SIZE = 2**20
"""Assumed size of a document whose bytes are not stored, in bytes."""

MAX_DOCUMENTS, MAX_BYTES = 2_000, 64 * 2**20
"""Limits of a chunk: number of documents, and bytes. Beam copies stored bytes several times."""

LAKE, FILE, ARCHIVE, PAGE, NOWHERE = "lake", "file", "web archive", "web page", "nowhere"
"""The places where the bytes of a rejected document can be."""


@dataclass(frozen=True)
class Attempt:
    """A rejected document, and the place of its bytes."""

    reject: Selected
    place: str
    """One of `LAKE`, `FILE`, `ARCHIVE`, `PAGE` and `NOWHERE`."""
    retry: FileRetry | None = None
    """For a file or an archive: what to read."""
    cause: str = ""
    """Why the document cannot be tried again; empty if it can."""


@dataclass
class Chunk:
    """The attempts of one bounded run."""

    respects_optouts: bool
    attempts: list[Attempt] = field(default_factory=list)
    size: int = 0

    @property
    def retries(self) -> list[FileRetry]:
        """The files to read, each once, with all its rejects in this chunk."""
        merged: dict[tuple[str, ...], FileRetry] = {}
        for attempt in self.attempts:
            if new := attempt.retry:
                key = (new.unit, *(f"{one.path} {one.offset} {one.line}" for one in new.slices))
                old = merged.get(key)
                merged[key] = replace(old, rejects=[*old.rejects, *new.rejects]) if old else new
        return list(merged.values())


def attempt(reject: Selected, roots: InputRoots) -> Attempt:
    """Return where the bytes of `reject` are: in the lake, or where the run has read them.

    Read and Fetch reject inputs of which they may have read only a part. Such an input is read again,
    unless it is a lost file whose bytes are in the lake.
    """
    row = reject.row
    is_stored = reject.size if row.stage == "Fetch" else reject.size is not None
    if is_stored and row.stage != "Read":
        return Attempt(reject, LAKE)
    name, _, position = row.locator.removeprefix("file:").partition("#")
    is_file = row.locator.startswith("file:") and not row.warc_file
    where = row.warc_file or (name if is_file else "")
    files, is_certain = roots.files(where, reject.run_ids) if where else ([], False)
    if files:
        input = OpenReject(row.document_id, row.locator)
        if row.warc_file:
            files = [replace(file, offset=row.warc_offset or 0) for file in files]
            return Attempt(reject, ARCHIVE, FileRetry(files, [input], is_certain, "record"))
        if position or not has_many_documents(name):
            return Attempt(reject, FILE, FileRetry(files, [input], is_certain))
        if is_certain or len(files) == 1:
            return Attempt(reject, FILE, FileRetry(files[:1], [input], True, "file"))
        return Attempt(reject, NOWHERE, cause=f"several inputs contain a file {name}")
    if reject.url:
        return Attempt(reject, PAGE)
    if reject.size and is_file and not position:
        return Attempt(reject, LAKE)
    return Attempt(reject, NOWHERE, cause=f"the file {where or row.locator} is missing")


def has_many_documents(name: str) -> bool:
    """Return whether a file with the quoted `name` may contain many documents."""
    return any(one.split for one in formats_with(ending(name)))


def planned(attempts: Iterable[Attempt], max_document_bytes: int) -> Iterator[Chunk]:
    """Yield the attempts in chunks within the limits. A file with many documents has its own chunks.

    Rejects of runs with `--respect-optouts` are in chunks of their own.
    """
    groups: dict[bool, list[Attempt]] = defaultdict(list)
    for one in attempts:
        if one.place != NOWHERE:
            groups[one.reject.respects_optouts].append(one)
    for respects_optouts, group in sorted(groups.items()):
        chunk = Chunk(respects_optouts)
        for one in group:
            if one.retry and one.retry.unit == "file":
                yield from _of_file(one, one.retry, respects_optouts, max_document_bytes)
                continue
            size = UNKNOWN_SIZE if one.place != LAKE else one.reject.size or 0
            full = len(chunk.attempts) >= MAX_DOCUMENTS or chunk.size + size > MAX_BYTES
            if chunk.attempts and full:
                yield chunk
                chunk = Chunk(respects_optouts)
            chunk.attempts.append(one)
            chunk.size += size
        if chunk.attempts:
            yield chunk


def _of_file(
    one: Attempt, retry: FileRetry, respects_optouts: bool, max_document_bytes: int
) -> Iterator[Chunk]:
    cut: Iterator[Sequence[FileSlice]]
    cut = chunks(retry.slices, MAX_DOCUMENTS, MAX_BYTES, max_document_bytes)
    for slices in cut:
        yield Chunk(respects_optouts, [replace(one, retry=replace(retry, slices=[*slices]))])
