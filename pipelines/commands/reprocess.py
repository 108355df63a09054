"""Make the mentions of stored articles anew, after an upgrade of rules, tables or model."""

import argparse
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq

from newslake.pipelines.commands import terminal
from newslake.pipelines.commands.base import Command
from newslake.pipelines.commands.rewrite_loop import change, recovered, report
from newslake.pipelines.options import WrongOption, share
from newslake.schemas.record import field_docs
from newslake.schemas.rows import Article, Mention
from newslake.schemas.tables import NO_DATE, TABLES, arrow_schema
from newslake.transforms.events.find_events import LANGUAGE, FindEvents, find_events
from newslake.transforms.events.parse.model import model_name
from newslake.transforms.lake.lake import LakeFolder
from newslake.transforms.lake.log import LoggedFile, live_files
from newslake.transforms.lake.parquet import to_arrow
from newslake.transforms.lake.rewriting import stage_anew
from newslake.transforms.lake.transaction import Change

EXAMPLES = """\
examples:
  newslake reprocess --events --lake lake
  newslake reprocess --events --published 2026-03-01 2026-03-31 --lake lake

Each day is one entry of the log: its old mentions show until the new ones do, and none twice. Days
whose mentions come out as they are get no entry. A lake that was filled with --min-confidence needs
it here too: what it left out would come in.
"""

TABLE = "mentions"

COLUMNS = ("article_id", "document_id", "source", "text", "text_hash", "published_at", "language")
"""What the search for events reads of an article."""


@dataclass(frozen=True)
class Reprocessed:
    """One day, before and after."""

    partition: str
    articles: int
    before: int
    after: int


def add_arguments(parser: argparse.ArgumentParser) -> None:
    """Add the arguments of this command alone."""
    parser.add_argument(
        "--events", action="store_true", required=True, help="make mentions of events anew"
    )
    parser.add_argument(
        "--published",
        nargs=2,
        type=date.fromisoformat,
        metavar=("FROM", "TO"),
        help="only of articles of these days, both included; default: all, undated ones too",
    )
    parser.add_argument(
        "--min-confidence",
        type=share,
        default=FindEvents.min_confidence,
        metavar="FLOAT",
        help=field_docs(FindEvents)["min_confidence"],
    )


def run(arguments: argparse.Namespace) -> int:
    """Make mentions anew, and say how many there were and are; return the exit code.

    Raises:
        WrongOption: days in the wrong order, or no language model.
        LakeError: the lake refuses; what was made anew before stays.
    """
    if arguments.published and arguments.published[0] > arguments.published[1]:
        first, last = arguments.published
        raise WrongOption(f"--published: {first} is after {last}; the earlier day goes first")
    if model_name() is None:
        raise WrongOption("no language model: pip install 'newslake[events]'")
    lake = recovered(arguments.lake)
    done = []
    partitions = list(partitions_of(lake, arguments.published))
    with terminal.progress("days") as bar:
        task = bar.add_task("finding events", total=len(partitions))
        for partition in partitions:
            if one := reprocess(lake, partition, arguments.min_confidence):
                done.append(one)
            bar.advance(task)
    report(_totals(done), arguments.json, "nothing to make anew")
    return 0


def partitions_of(lake: LakeFolder, published: tuple[date, date] | None) -> Iterator[str]:
    """Yield the partitions that hold articles of the days `published`; None means of any, or none."""
    live = live_files(lake.log.entries()).values()
    for partition in sorted(
        {one.partition for one in live if one.table == "articles" and one.rows}
    ):
        day = partition.partition("=")[2]
        if published is None or (
            day != NO_DATE and published[0] <= date.fromisoformat(day) <= published[1]
        ):
            yield partition


def reprocess(lake: LakeFolder, partition: str, min_confidence: float) -> Reprocessed | None:
    """Make the mentions of one partition anew; None if they come out as they are.

    Mentions of less confidence than `min_confidence`, 0 to 1, are left out.
    """
    found: dict[str, list[Mention]] = {}
    articles = before = after = 0

    def plan(run_id: str, staging: str, as_of: int) -> Change | None:
        nonlocal articles, before, after
        live = live_files(lake.log.entries(as_of)).values()
        texts = [one for one in live if one.folder == f"articles/{partition}"]
        old = [one for one in live if one.folder == f"{TABLE}/{partition}"]
        ids = []
        for article in _articles(lake, texts):
            ids.append(article.article_id)
            if article.article_id not in found:  # a second try is quick
                found[article.article_id] = find_events(article, min_confidence=min_confidence)
        mentions = [mention for id in ids for mention in found[id]]
        rows = _in_order(to_arrow(TABLE, mentions, run_id))
        articles, before, after = len(ids), sum(one.rows for one in old), len(mentions)
        if _same(_rows(lake, old), rows):
            return None
        staged = stage_anew(lake.storage, staging, TABLE, partition, old, rows)
        return Change("reprocess", run_id, staging, as_of, [staged])

    if change(lake, plan) is None:
        return None
    return Reprocessed(partition, articles, before, after)


def _articles(lake: LakeFolder, files: Sequence[LoggedFile]) -> Iterator[Article]:
    """Yield the articles in which events are sought, with the columns that the search reads."""
    for file in files:
        parquet = pq.ParquetFile(lake.storage.path(file.final))
        for batch in parquet.iter_batches(batch_size=100, columns=list(COLUMNS)):
            for row in batch.to_pylist():
                if row["language"] == LANGUAGE:
                    yield Article(url=None, canonical_url=None, **row)


def _rows(lake: LakeFolder, files: Sequence[LoggedFile]) -> pa.Table:
    """Return the rows of the files, in the table's order."""
    paths = [lake.storage.path(file.final) for file in files]
    return _in_order(pa.concat_tables([arrow_schema(TABLE).empty_table(), *map(_read, paths)]))


def _read(path: Path) -> pa.Table:
    return pq.ParquetFile(path).read().replace_schema_metadata(arrow_schema(TABLE).metadata)


def _in_order(rows: pa.Table) -> pa.Table:
    return rows.sort_by([(column, "ascending") for column in TABLES[TABLE].sort_key])


def _same(one: pa.Table, other: pa.Table) -> bool:
    """Return whether the two hold the same rows, whichever run made them."""
    return one.drop_columns("run_id").equals(other.drop_columns("run_id"))


def _totals(done: list[Reprocessed]) -> dict[str, int]:
    return {
        "days": len(done),
        "articles": sum(one.articles for one in done),
        "mentions_before": sum(one.before for one in done),
        "mentions_after": sum(one.after for one in done),
    }


COMMAND = Command(run, EXAMPLES, add_arguments)
