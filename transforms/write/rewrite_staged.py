"""Rewrites the staged rows of a window according to new verdicts.

Rows that change are removed from their files, and written to new files. Mentions are removed with
their article. Later versions of one article are compared again if one of them changes.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import fields, replace
from typing import Any, NamedTuple

from newslake.schemas.records import Candidate, RunContext, StagedFile, Verdict
from newslake.schemas.rows import Article, Duplicate, Revision
from newslake.schemas.tables import TABLES
from newslake.transforms.dedupe.deduplicate import duplicate, kind_of, revision
from newslake.transforms.dedupe.diff_revisions import diff_revisions
from newslake.transforms.lake.parquet import read_columns
from newslake.transforms.lake.partitioning import without_rows
from newslake.transforms.lake.storage import Storage
from newslake.transforms.lake.transaction import STORED, Transaction
from newslake.transforms.write.write import in_order, write_file


class _Judged(NamedTuple):
    """A staged row, and the row that replaces it; None if the document gets no row."""

    old: Article | Duplicate | Revision
    new: Article | Duplicate | Revision | None


def rewrite_staged(
    storage: Storage,
    transaction: Transaction,
    verdicts: Mapping[str, Verdict],
    deferred: Mapping[str, Candidate],
) -> list[StagedFile]:
    """Return the staged files with the rows that follow from the new `verdicts`.

    Rows without a new verdict are kept. The rows of `deferred` documents are removed, with the rows
    that would prevent the source from handing out these documents again.
    """
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
        "revisions": list(_with_changes(revisions, revised, transaction.context)),
    }
    return files + [
        file for table, rows in new.items() for file in _staged(table, rows, transaction.context)
    ]


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
                    yield _Judged(row, None)
                elif verdict := verdicts.get(row.document_id):
                    yield _Judged(row, _new_row(row, verdict))


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
        without = replace(one, words_added=None, words_removed=None, changes=None)
        by_article.setdefault(one.article_id, []).append(without)
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
