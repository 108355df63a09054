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

from newslake.schemas.records import Assignment, Document, Tally
from newslake.schemas.rows import Rejected
from newslake.transforms.clean.clean import Clean
from newslake.transforms.dedupe.deduplicate import Deduplicate
from newslake.transforms.dedupe.diff_revisions import Compare
from newslake.transforms.dedupe.drop_seen import Recognise
from newslake.transforms.events.find_events import FindEvents
from newslake.transforms.extract.extract import Extract
from newslake.transforms.write.commit import Commit
from newslake.transforms.write.write import Write


class Arrivals(NamedTuple):
    """What a source brings, bounded or not."""

    kept: beam.PCollection[Document]
    """Documents."""
    rejected: beam.PCollection[Rejected]
    """What was refused while they were read or fetched."""
    tallies: beam.PCollection[Tally]
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
    source: Arrivals, assignment: Assignment, settings: Settings, hold: bool = False
) -> None:
    """Append the whole DAG to the pipeline of `source`.

    Args:
        source: Documents, and what comes with them.
        assignment: The run's place in a lake.
        settings: Stages, ready configured.
        hold: Leave the commit to the caller, who holds the lake's lock.
    """
    recognised = source.kept | "Recognise" >> Recognise(assignment)
    extracted = recognised.new | "Extract" >> settings.extract
    cleaned = extracted.kept | "Clean" >> settings.clean
    told_apart = cleaned.kept | "Deduplicate" >> Deduplicate(assignment)
    versions = (told_apart.revisions, told_apart.revised) | "Compare" >> Compare(assignment)
    found = told_apart.articles | "FindEvents" >> settings.find_events

    refused = (source.rejected, extracted.rejected, cleaned.rejected) | "Refused" >> beam.Flatten()
    rejects = refused | "RecogniseRefused" >> Recognise(assignment)

    written = {
        "articles": told_apart.articles,
        "duplicates": told_apart.duplicates,
        "revisions": versions,
        "mentions": found.mentions,
        "rejects": rejects.new,
        **source.rows,
    } | "Write" >> Write(assignment)

    tallies = (
        # Counted before they are flattened: a Flatten would keep the payloads of all documents.
        source.kept | "CountKept" >> beam.Map(one_read),
        source.rejected | "CountRejected" >> beam.Map(one_read),
        recognised.tallies,
        rejects.tallies,
        told_apart.tallies,
        found.tallies,
        written.tallies,
        source.tallies,
    ) | "Tallies" >> beam.Flatten()
    _ = (written.files, tallies, told_apart.absent_days) | "Commit" >> Commit(assignment, hold)


def one_read(_: object) -> Tally:
    """Count one document, whatever becomes of it."""
    return Tally("read", 1)
