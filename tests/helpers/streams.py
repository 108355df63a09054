"""Runs the DAG as a stream: a TestStream on the only local runner that supports it."""

import json
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

import apache_beam as beam
from apache_beam.testing.test_stream import TestStream
from apache_beam.transforms.window import TimestampedValue
from lakes import SETTINGS

import newslake.transforms.beam.record_coder  # noqa: F401 registers the coders of all records
from newslake.pipelines.ingest import Settings, ingest
from newslake.pipelines.runners.beam_options import Options
from newslake.pipelines.runners.contexts import stream_context
from newslake.pipelines.windows import SourceOutput, in_windows
from newslake.schemas.identity import document_id
from newslake.schemas.records import Document, Metric
from newslake.schemas.rows import Announcement, Fetch, Rejected
from newslake.transforms.events.find_events import FindEvents

START = datetime(2026, 3, 1, tzinfo=UTC)
LENGTH = timedelta(seconds=10)
"""Length of the windows of the tests."""
WITHOUT_EVENTS = Settings(find_events=FindEvents(events=False))
RUNNER = "BundleBasedDirectRunner"


def document(url, text, **fields):
    payload = json.dumps({"url": url, "text": text, **fields}).encode()
    return Document(document_id(url, payload), url, payload, "application/json", "test", url)


@dataclass
class Given:
    """What a source hands out at a time, in seconds after `START`."""

    second: float
    records: list = field(default_factory=list)
    """Documents, rejects, metrics, announcements and fetches."""


def source_of(records):
    """Return the output of a source that hands out `records`, a collection of `Given.records`."""
    kinds = {"kept": Document, "rejected": Rejected, "metrics": Metric}
    tables = {"announcements": Announcement, "fetches": Fetch}
    outputs = {
        name: records | f"Only {name}" >> beam.Filter(isinstance, kind).with_output_types(kind)
        for name, kind in (kinds | tables).items()
    }
    return SourceOutput(*(outputs.pop(name) for name in kinds), outputs)


def run_stream(lake, *given, name="test", settings=None):
    """Ingest `given` as a stream; the watermark follows the times."""
    events = TestStream().advance_watermark_to(START.timestamp())
    for one in given:
        time = START.timestamp() + one.second
        events = events.advance_watermark_to(time)
        events = events.add_elements([TimestampedValue(record, time) for record in one.records])
    with beam.Pipeline(RUNNER, Options(["--streaming"])) as pipeline:
        source = source_of(pipeline | events.advance_watermark_to_infinity())
        context = stream_context(lake, name, SETTINGS)
        ingest(in_windows(source, LENGTH), context, settings or WITHOUT_EVENTS)


def run_bounded_stream(lake, *given, name="test"):
    """Ingest `given` on the local runner, which judges all windows before it commits the first."""
    timed = [(record, START.timestamp() + one.second) for one in given for record in one.records]
    with beam.Pipeline("FnApiRunner", Options([])) as pipeline:
        records = pipeline | beam.Create(timed) | beam.MapTuple(TimestampedValue)
        context = stream_context(lake, name, SETTINGS)
        ingest(in_windows(source_of(records), LENGTH), context, WITHOUT_EVENTS)


def commits(lake):
    """Return the log entries of commits."""
    return [entry for entry in lake.log.entries() if entry.kind == "commit"]
