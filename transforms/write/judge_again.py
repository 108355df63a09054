"""Judges a window again if the lake has changed since its verdicts, while the lock is held.

The staged rows are all that is at hand. An article can become a copy or a later version. A copy
can only become a copy of another article, since its text and mentions are not staged, and a later
version can only get another number. All other documents are deferred: they get no outcome, and
their source hands them out again. So do copies and later versions of a deferred document.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from typing import Any

from newslake.schemas.records import Candidate, RunContext, StagedFile, Verdict
from newslake.schemas.rows import Article, Duplicate, Revision
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.deduplicate import duplicate, kind_of, revision
from newslake.transforms.dedupe.diff_revisions import diff_revisions
from newslake.transforms.dedupe.index import Index
from newslake.transforms.dedupe.index_sync import restore
from newslake.transforms.dedupe.verdicts import days_needed, judge
from newslake.transforms.lake.parquet import read_columns
from newslake.transforms.lake.partitioning import without_rows
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import STORED, Transaction, make_transaction
from newslake.transforms.write.write import in_order, write_file

_POSSIBLE = {
    "articles": {"article", "duplicate", "revision", "already_ingested"},
    "duplicates": {"duplicate", "already_ingested"},
    "revisions": {"revision", "already_ingested"},
}
"""The outcomes that a document can have, by the table of its staged row."""


@dataclass(frozen=True)
class _Judged:
    """A staged row, and the row that replaces it; None if the document gets no row."""

    file: StagedFile
    old: Article | Duplicate | Revision
    new: Article | Duplicate | Revision | None


def judge_again(
    storage: Storage, index: Index, transaction: Transaction, candidates: Iterable[Candidate]
) -> Transaction:
    """Return `transaction` with the verdicts as of the last log entry that `index` has read.

    Documents that the lake has ingested keep their rows; the commit drops them.
    """
    position = index.position()
    assert position is not None
    context = replace(transaction.context, as_of=position.seq)
    tables = {key.document_id: name for name in STORED for key in transaction.keys[name]}
    ingested = index.ingested_documents(tables, context.settings)
    left = [one for one in candidates if one.document_id in tables.keys() - ingested]
    if unindexed := index.unindexed(days_needed(left)):
        restore(index, storage, unindexed)
    verdicts = _possible_verdicts(left, tables, index)
    deferred = {one.document_id: one for one in left if one.document_id not in verdicts}
    forgotten = sum(one.outcome == "already_ingested" for one in verdicts.values())
    counts = Counter(transaction.metrics)
    counts["already_ingested"] += forgotten
    if deferred:
        counts.update(read=-len(deferred), deferred=len(deferred))
    files = _rewritten(storage, transaction, context, verdicts, deferred)
    return make_transaction(context, files, counts.items())


def _possible_verdicts(
    candidates: list[Candidate], tables: Mapping[str, str], index: Index
) -> dict[str, Verdict]:
    """Return the verdicts by document id, without the documents that must be deferred."""
    while True:
        verdicts = {one.document_id: one for one in judge(candidates, index)}
        possible = [
            one
            for one in candidates
            if verdicts[one.document_id].outcome in _POSSIBLE[tables[one.document_id]]
        ]
        if len(possible) == len(candidates):
            return verdicts
        candidates = possible  # what depends on the others is judged without them


def _rewritten(
    storage: Storage,
    transaction: Transaction,
    context: RunContext,
    verdicts: Mapping[str, Verdict],
    deferred: Mapping[str, Candidate],
) -> list[StagedFile]:
    """Return the staged files with the rows of `verdicts`, and without those of `deferred`."""
    judged = list(_judged(storage, transaction, verdicts, deferred))
    renumbered = {
        one.new.article_id for one in judged if isinstance(one.new, Revision) and one.new != one.old
    }
    changed = [
        one
        for one in judged
        if one.new != one.old
        or (isinstance(one.new, Revision) and one.new.article_id in renumbered)
    ]
    dropped = {one.old.document_id for one in changed}
    without_article = {
        one.old.article_id
        for one in changed
        if isinstance(one.old, Article) and not isinstance(one.new, Article)
    }
    files = []
    for file in transaction.files:
        if file.table in STORED:
            keep = [key.document_id not in dropped for key in file.keys]
        elif file.table == "mentions":
            keep = [key.article_id not in without_article for key in file.keys]
        else:
            keep = _without_deferred(storage, file, deferred)
        files += without_rows(storage, file, keep)
    revised = [one.new for one in judged if isinstance(one.new, Article)]
    revisions = [one.new for one in changed if isinstance(one.new, Revision)]
    new: dict[str, list[Any]] = {
        "duplicates": [one.new for one in changed if isinstance(one.new, Duplicate)],
        "revisions": list(_with_changes(revisions, revised, context)),
    }
    return files + [file for table, rows in new.items() for file in _staged(table, rows, context)]


def _without_deferred(
    storage: Storage, file: StagedFile, deferred: Mapping[str, Candidate]
) -> list[bool]:
    """Return a flag per row; False if the source would not hand out a deferred document again.

    These rows are the fetch of the document's page, or the announcement of the document's entry if
    the entry is the document.
    """
    if deferred and file.table == "fetches":
        fetches = read_columns(storage.path(file.path), ["document_id"])
        return [row["document_id"] not in deferred for row in fetches]
    if deferred and file.table == "announcements":
        columns = ["feed", "entry_id", "content_source"]
        of_deferred = {(one.feed, one.entry_id, "entry") for one in deferred.values()}
        rows = read_columns(storage.path(file.path), columns)
        return [tuple(row.values()) not in of_deferred for row in rows]
    return [True] * len(file.keys)


def _judged(
    storage: Storage,
    transaction: Transaction,
    verdicts: Mapping[str, Verdict],
    deferred: Mapping[str, Candidate],
) -> Iterator[_Judged]:
    for file in transaction.files:
        ids = {key.document_id for key in file.keys}
        if file.table in STORED and not ids.isdisjoint([*deferred, *verdicts]):
            record = TABLES[file.table].record
            columns = [field.name for field in fields(record)]
            for values in read_columns(storage.path(file.path), columns):
                row = record(**values)
                if row.document_id in deferred:
                    yield _Judged(file, row, None)
                elif verdict := verdicts.get(row.document_id):
                    yield _Judged(file, row, _new_row(row, verdict))


def _new_row(row: Any, verdict: Verdict) -> Any:
    """Return the row of the document of `row` with this verdict; None if the document gets none."""
    if verdict.outcome == "already_ingested":
        return None
    if isinstance(row, Article):
        convert = {"duplicate": duplicate, "revision": revision}.get(verdict.outcome)
        return convert(row, verdict) if convert else row
    if isinstance(row, Duplicate):
        return replace(
            row,
            duplicate_of=verdict.article_id,
            kind=kind_of(verdict, row.agency),
            similarity=round(verdict.similarity, 2),
        )
    return replace(
        row,
        revision=verdict.revision,
        published_at=verdict.published_at,
        published_precision=verdict.published_precision,
    )


def _with_changes(
    revisions: Iterable[Revision], articles: Iterable[Article], context: RunContext
) -> Iterator[Revision]:
    """Yield the `revisions` with their changes; `articles` are the new articles of the window."""
    by_article: dict[str, list[Revision]] = {}
    for one in revisions:
        by_article.setdefault(one.article_id, []).append(one)
    new = {article.article_id: [article] for article in articles}
    for id, of_article in by_article.items():
        versions: dict[str, Iterable[Any]] = {"revised": new.get(id, []), "revisions": of_article}
        yield from diff_revisions((id, versions), context)


def _staged(table: str, rows: Iterable[Any], context: RunContext) -> Iterator[StagedFile]:
    """Write `rows` to staged files, one per partition."""
    by_partition: dict[str, list[Any]] = {}
    for row in rows:
        by_partition.setdefault(TABLES[table].partition(row, context), []).append(row)
    for partition, of_partition in by_partition.items():
        unique, _ = in_order(TABLES[table], of_partition)
        yield write_file(table, partition, unique, context)
