"""The DAG. Everything else in this project is a box in this picture.

    documents ─> Recognise ─> Extract ─> Clean ─> Deduplicate ─> FindEvents ─> Write ─> Commit
        │            │           │         │        articles,      mentions    files    one small
        │          known         │         │        duplicates,                         step, one
        │          (counted)     │         │        revisions                           at a time
        └─ refused ──────────────┴─────────┴─────────────────────────────────> Write

Cheap before dear: known documents are dropped before extraction, copies before events are sought.
Later versions pass Compare on their way to Write, which tells what changed.
There is no source, no runner and no clock in here.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, NamedTuple

import apache_beam as beam

from newslake.schemas.records import Document, Metric, RunContext
from newslake.schemas.rows import Rejected
from newslake.transforms.clean.clean import Clean
from newslake.transforms.dedupe.deduplicate import Deduplicate
from newslake.transforms.dedupe.diff_revisions import DiffRevisions
from newslake.transforms.dedupe.drop_seen import DropSeen
from newslake.transforms.events.find_events import FindEvents
from newslake.transforms.extract.extract import Extract
from newslake.transforms.write.commit import Commit
from newslake.transforms.write.write import Write


class SourceOutput(NamedTuple):
    """What a source brings, bounded or not."""

    kept: beam.PCollection[Document]
    """Documents."""
    rejected: beam.PCollection[Rejected]
    """What was refused while they were read or fetched."""
    metrics: beam.PCollection[Metric]
    """Counts beside the balance."""
    rows: Mapping[str, beam.PCollection[Any]] = MappingProxyType({})
    """Rows about where they came from, by table, to be committed with them."""


@dataclass(frozen=True)
class Settings:
    """Every knob of the DAG: each stage brings its own, with its own defaults."""

    extract: Extract = field(default_factory=Extract)
    clean: Clean = field(default_factory=Clean)
    find_events: FindEvents = field(default_factory=FindEvents)


def ingest(
    source: SourceOutput, context: RunContext, settings: Settings, hold: bool = False
) -> None:
    """Append the whole DAG to the pipeline of `source`.

    Args:
        source: Documents, and what comes with them.
        context: The run's place in a lake.
        settings: Stages, ready configured.
        hold: Leave the commit to the caller, who holds the lake's lock.
    """
    unseen = source.kept | "DropSeen" >> DropSeen(context)
    extracted = unseen.new | "Extract" >> settings.extract
    cleaned = extracted.kept | "Clean" >> settings.clean
    deduplicated = cleaned.kept | "Deduplicate" >> Deduplicate(context)
    versions = (deduplicated.revisions, deduplicated.revised) | "DiffRevisions" >> DiffRevisions(
        context
    )
    found = deduplicated.articles | "FindEvents" >> settings.find_events

    refused = (source.rejected, extracted.rejected, cleaned.rejected) | "Refused" >> beam.Flatten()
    rejects = refused | "DropSeenRejects" >> DropSeen(context)

    written = {
        "articles": deduplicated.articles,
        "duplicates": deduplicated.duplicates,
        "revisions": versions,
        "mentions": found.mentions,
        "rejects": rejects.new,
        **source.rows,
    } | "Write" >> Write(context)

    metrics = (
        # Counted before they are flattened: a Flatten would keep the payloads of all documents.
        source.kept | "CountKept" >> beam.Map(one_read),
        source.rejected | "CountRejected" >> beam.Map(one_read),
        unseen.metrics,
        rejects.metrics,
        deduplicated.metrics,
        found.metrics,
        written.metrics,
        source.metrics,
    ) | "Metrics" >> beam.Flatten()
    _ = (written.files, metrics, deduplicated.unindexed_days) | "Commit" >> Commit(context, hold)


def one_read(_: object) -> Metric:
    """Count one document, whatever becomes of it."""
    return Metric("read", 1)
