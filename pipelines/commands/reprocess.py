"""Extract the mentions of stored articles again, after an update of rules, word lists or model."""

import argparse
from collections.abc import Iterator, Sequence
from datetime import date, datetime
from functools import partial
from typing import TypeVar

import pyarrow as pa
import pyarrow.compute as pc

from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.rewrite_loop import change, open_recovered, report, rewrite_all
from newslake.pipelines.options import WrongOption, add_options, configured
from newslake.pipelines.parser import add_published
from newslake.pipelines.progress import Progress
from newslake.schemas.arrow import arrow_schema
from newslake.schemas.partitions import first_day, times_of
from newslake.schemas.rows import Article, Mention
from newslake.schemas.tables import TABLES
from newslake.transforms.events.find_events import LANGUAGE, FindEvents
from newslake.transforms.events.parse.model import model_name
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LoggedFile, live_files
from newslake.transforms.lake.parquet import read_batches, read_table, to_arrow
from newslake.transforms.lake.rewriting import Rewrite, stage_tables
from newslake.transforms.lake.transaction import Change
from newslake.transforms.work_done import count

EXAMPLES = """\
examples:
  newslake reprocess --events --lake lake
  newslake reprocess --events --published 2026-03-01 2026-03-31 --lake lake

Each partition is one commit: a reader sees either all old mentions or all new mentions of a partition.
If the mentions of a partition do not change, the partition is not rewritten. If you ingested articles
with --min-confidence, use the same value here. Otherwise the command adds mentions below this value.
"""

TABLE = "mentions"

COLUMNS = (
    *("article_id", "document_id", "source", "text", "text_hash"),
    *("published_at", "modified_at", "language"),
)
"""The columns of `articles` that event extraction reads."""


COUNTS = ("partitions", "articles", "mentions_before", "mentions_after")
"""The counts that the command prints."""


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments that are specific to this command."""
    about = "extract events again (required)"
    parser.add_argument("--events", action="store_true", required=True, help=about)
    about = "first and last day of publication; default: all articles, with or without a date"
    add_published(parser, about)
    add_options(parser, (FindEvents,), without={"events"})


def run(arguments: argparse.Namespace) -> int:
    """Extract mentions again and print their numbers before and after; return the exit code.

    Raises:
        WrongOption: no language model is installed.
        LakeError: a commit failed; partitions that are already committed are kept.
    """
    if model_name() is None:
        raise WrongOption("no language model is installed; run pip install 'newslake[events]'")
    [stage] = configured([FindEvents], arguments)
    lake = open_recovered(arguments.lake)
    partitions = list(partitions_of(lake, arguments.published))
    rewrite = partial(reprocess, lake, stage=stage, published=arguments.published)
    folders = {f"articles/{one}" for one in partitions}
    texts = [one for one in live_files(lake.log.entries()).values() if one.folder in folders]
    progress = Progress("finding events", "articles", sum(file.rows for file in texts))
    totals = rewrite_all(partitions, rewrite, COUNTS, progress)
    report(totals, arguments.json, "nothing to reprocess; all mentions are up to date")
    return 0


def partitions_of(lake: LakeFolder, published: tuple[date, date] | None) -> Iterator[str]:
    """Yield the partitions with days in the range `published`; None means all partitions."""
    live = live_files(lake.log.entries()).values()
    partitions = {one.partition for one in live if one.table == "articles" and one.rows}
    for partition in sorted(partitions):
        day = date.fromisoformat(partition.partition("=")[2])
        if published is None or first_day(published[0], lake.partition_unit) <= day <= published[1]:
            yield partition


def reprocess(
    lake: LakeFolder,
    partition: str,
    stage: FindEvents,
    published: tuple[date, date] | None = None,
) -> dict[str, int] | None:
    """Extract a partition's mentions again; return its `COUNTS`, or None if no mention changes.

    `published` is the first and last day of publication; mentions of other articles are kept. None
    means all articles, with or without a date.
    """
    times = times_of(*published) if published else None
    found: dict[str, list[Mention]] = {}
    counts: dict[str, int] = {}

    def plan(run_id: str, staging: str, as_of: int) -> Change | None:
        live = live_files(lake.log.entries(as_of)).values()
        texts = [one for one in live if one.folder == f"articles/{partition}"]
        old = [one for one in live if one.folder == f"{TABLE}/{partition}"]
        replaced, kept = _divided(_rows(lake, old), times)
        ids = []
        for article in _articles(lake, texts, times):
            ids.append(article.article_id)
            if article.article_id not in found:  # a retry uses the stored result
                found[article.article_id] = stage.find(article)
        mentions = [mention for id in ids for mention in found[id]]
        rows = _sort(to_arrow(TABLE, mentions, run_id))
        counts.update(
            partitions=1,
            articles=len(ids),
            mentions_before=len(replaced),
            mentions_after=len(mentions),
        )
        if replaced.drop_columns("run_id").equals(rows.drop_columns("run_id")):
            return None
        rows = _sort(pa.concat_tables([rows, kept]))
        staged = stage_tables(Rewrite(lake.storage, staging, TABLE, partition, old), [rows])
        return Change("reprocess", run_id, staging, as_of, [staged])

    return counts if change(lake, plan) else None


R = TypeVar("R", pa.Table, pa.RecordBatch)

Times = tuple[datetime, datetime] | None
"""The first and the last time of publication; None means all articles, with or without a date."""


def _articles(lake: LakeFolder, files: Sequence[LoggedFile], times: Times) -> Iterator[Article]:
    """Yield the articles in `LANGUAGE`, with the columns that event extraction reads."""
    for file in files:
        for batch in read_batches(lake.storage.path(file.final), COLUMNS, rows=100):
            wanted = _divided(batch, times)[0].to_pylist()
            count(batch.num_rows - len(wanted))
            for row in wanted:
                if row["language"] == LANGUAGE:
                    yield Article(url=None, canonical_url=None, **row)
                count()


def _divided(rows: R, times: Times) -> tuple[R, R]:
    """Return the rows that were published between `times`, and all other rows."""
    if times is None:
        return rows, rows.slice(0, 0)
    first, last = (pa.scalar(time, rows["published_at"].type) for time in times)
    after = pc.greater_equal(rows["published_at"], first)
    inside = pc.fill_null(pc.and_(after, pc.less_equal(rows["published_at"], last)), False)
    return rows.filter(inside), rows.filter(pc.invert(inside))


def _rows(lake: LakeFolder, files: Sequence[LoggedFile]) -> pa.Table:
    """Return the rows of the files, in the sort order of the table."""
    found = [read_table(lake.storage.path(file.final)) for file in files]
    return _sort(pa.concat_tables([arrow_schema(TABLE).empty_table(), *found]))


def _sort(rows: pa.Table) -> pa.Table:
    return rows.sort_by([(column, "ascending") for column in TABLES[TABLE].sort_key])


COMMAND = Command(run, EXAMPLES, add_arguments)
