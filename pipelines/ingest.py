"""The DAG. Every command that ingests runs this graph, on every runner.

    documents ─> DropSeen ─> Extract ─> Clean ─> Deduplicate
        │                       │         │      │
        │                       │         │      ├─ articles ─┬─────────────────┐
        │                       │         │      │            └─> FindEvents ───┤
        │                       │         │      ├─ duplicates ─────────────────┤
        │                       │         │      └─ revisions ─> DiffRevisions ─┤
        └───── rejects ─────────┴─────────┴──────────────> DropSeen ────────────┴─> Write ─> Commit

DropSeen drops and counts the documents that the lake has already ingested. It passes on documents
that a run with other settings rejected. FindEvents extracts
mentions of events from new articles. It skips copies, so it parses each text only once.
DiffRevisions compares each later version of an article with the previous version. Write stages
Parquet files, and Commit adds these files to the lake in one atomic step. If a stage cannot use a
document, the document becomes a reject with a reason.

This module contains no source, window, runner or clock; the caller provides them. A bounded run has
one window, and a stream has fixed windows. Both run the same graph.
"""

from dataclasses import dataclass, field, replace
from typing import get_type_hints

import apache_beam as beam

from newslake.pipelines.windows import SourceOutput, check_windows
from newslake.schemas.records import Metric, RunContext
from newslake.schemas.rows import Rejected
from newslake.transforms.clean.clean import Clean
from newslake.transforms.dedupe.deduplicate import Deduplicate
from newslake.transforms.dedupe.diff_revisions import DiffRevisions
from newslake.transforms.dedupe.drop_seen import DropSeen
from newslake.transforms.events.find_events import FindEvents
from newslake.transforms.extract.extract import Extract
from newslake.transforms.lake.transaction import COUNTED_ARTICLES
from newslake.transforms.work_done import Shared
from newslake.transforms.write.commit import Commit
from newslake.transforms.write.write import Write


@dataclass(frozen=True)
class Settings:
    """The stages of the DAG with their options, in the order of the DAG."""

    extract: Extract = field(default_factory=Extract)
    clean: Clean = field(default_factory=Clean)
    find_events: FindEvents = field(default_factory=FindEvents)


STAGES: tuple[type, ...] = tuple(get_type_hints(Settings).values())
"""The classes of the stages of `Settings`."""


def ingest(
    source: SourceOutput, context: RunContext, settings: Settings, defer_commit: bool = False
) -> None:
    """Append the whole DAG to the pipeline of `source`, which is bounded or unbounded.

    The windows of `source` decide what is committed together; see `pipelines/windows.py`.
    `defer_commit` is true if the caller holds the lake's lock and commits by itself.

    Raises:
        WrongWindows: the windows do not give exactly one commit each.
    """
    check_windows(source, context)
    unseen = source.kept | "DropSeen" >> DropSeen(context)
    extracted = unseen.new | "Extract" >> settings.extract
    cleaned = extracted.kept | "Clean" >> settings.clean
    deduplicated = cleaned.kept | "Deduplicate" >> Deduplicate(context)
    revisions = (deduplicated.revisions, deduplicated.revised)
    versions = revisions | "DiffRevisions" >> DiffRevisions(context)
    found = deduplicated.articles | "FindEvents" >> settings.find_events

    rejected = (source.rejected, extracted.rejected, cleaned.rejected) | "Refused" >> beam.Flatten()
    refused = rejected | "WithSettings" >> beam.Map(with_settings, context.settings)
    rejects = refused | "DropSeenRejects" >> DropSeen(context)

    written = {
        "articles": deduplicated.articles,
        "duplicates": deduplicated.duplicates,
        "revisions": versions,
        "mentions": found.mentions,
        "rejects": rejects.new,
        **source.rows,
    } | "Write" >> Write(context)

    work = None if context.stream else Shared(f"{context.lake}/{context.staging}")
    metrics = (
        # Count before the Flatten: the local runner keeps all inputs of a Flatten in memory.
        source.kept | "CountKept" >> beam.Map(count_read, work),
        source.rejected | "CountRejected" >> beam.Map(count_read, work),
        unseen.metrics,
        rejects.metrics,
        deduplicated.metrics,
        found.metrics | "CountSearched" >> beam.Map(count_searched, work),
        written.metrics,
        source.metrics,
    ) | "Metrics" >> beam.Flatten()
    staged = (written.files, metrics, deduplicated.judgements)
    _ = staged | "Commit" >> Commit(context, defer_commit)


def with_settings(rejected: Rejected, settings: str) -> Rejected:
    """Return the reject with the settings of its run."""
    return replace(rejected, settings=settings)


def count_read(_: object, work: Shared | None) -> Metric:
    """Return the metric that counts one input as read, and count it as progress."""
    if work:
        work.count(read=1)
    return Metric("read", 1)


def count_searched(metric: Metric, work: Shared | None) -> Metric:
    """Return the metric of `FindEvents` unchanged, and count its article as progress."""
    if work and metric.name == COUNTED_ARTICLES:
        work.count(searched=1)
    return metric
