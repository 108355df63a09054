"""Stage DiffRevisions: add to each revision its changes since the previous version."""

import glob
from collections.abc import Iterable, Iterator
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

import apache_beam as beam

from newslake.schemas.records import RunContext
from newslake.schemas.rows import Article, Revision
from newslake.schemas.tables import TABLES
from newslake.transforms.beam.metered import Metered
from newslake.transforms.dedupe.changes import changes
from newslake.transforms.lake.storage import Storage

_MAX_READS = 3
"""Maximum number of attempts to read a text: a compaction may replace the file during a read."""


@dataclass(eq=False)
class DiffRevisions(beam.PTransform):
    """Compare each revision with the previous version, from the same run or from the lake."""

    context: RunContext
    """The lake, its index and the last log entry that the run may read."""

    def expand(
        self, inputs: tuple[beam.PCollection[Revision], beam.PCollection[Article]]
    ) -> beam.PCollection[Revision]:
        revisions, revised = inputs
        return (
            {
                "revisions": revisions | "ByArticle" >> beam.WithKeys(_article_id),
                "revised": revised | "RevisedByArticle" >> beam.WithKeys(_article_id),
            }
            | "Versions" >> beam.CoGroupByKey()
            | "Changes" >> beam.FlatMap(diff_revisions, self.context).with_output_types(Revision)
        )


def _article_id(record: Revision | Article) -> str:
    return record.article_id


def diff_revisions(
    group: tuple[str, dict[str, Iterable[Any]]], context: RunContext
) -> Iterator[Revision]:
    """Yield the revisions of one article with their changes."""
    _, versions = group
    # The article is version 0.
    texts = dict(enumerate(article.text for article in versions["revised"]))
    for revision in sorted(versions["revisions"], key=lambda one: one.revision):
        with Metered("DiffRevisions", len(revision.text.encode())):
            before = revision.revision - 1
            if before not in texts and (text := _text_in_lake(revision, before, context)):
                texts[before] = text
            texts[revision.revision] = revision.text
            if before in texts:
                added, removed, summary = changes(texts[before], revision.text)
                differences = {"words_added": added, "words_removed": removed, "changes": summary}
                revision = replace(revision, **differences)
        yield revision


def _text_in_lake(revision: Revision, number: int, context: RunContext) -> str | None:
    """Return the text of version `number`; all versions of an article are in one partition."""
    table, column = ("revisions", "revision") if number else ("articles", "0")
    partition = TABLES[table].partition(revision, context)
    folder = Storage(context.lake).path(f"{table}/{partition}").absolute()
    import duckdb  # the import takes 10 MB, and no other stage needs it

    sql = f"SELECT text FROM read_parquet(?) WHERE article_id = ? AND {column} = ?"
    with duckdb.connect() as database:
        for _ in range(_MAX_READS):
            with suppress(duckdb.IOException):
                files = f"{glob.escape(str(folder))}/*.parquet"
                row = database.execute(sql, [files, revision.article_id, number]).fetchone()
                return str(row[0]) if row else None
    return None
