"""The windows of the DAG: one graph for a bounded run and a stream, and one commit per window."""

import re
from datetime import timedelta

import apache_beam as beam
import pytest
from apache_beam.pipeline import PipelineVisitor
from apache_beam.testing import test_stream
from apache_beam.transforms.trigger import (
    AccumulationMode,
    AfterCount,
    AfterProcessingTime,
    AfterWatermark,
    Repeatedly,
)
from apache_beam.transforms.window import FixedWindows, GlobalWindows, Sessions, SlidingWindows
from paths import ROOT
from streams import source_of

from newslake.pipelines.ingest import Settings, ingest
from newslake.pipelines.options import WrongOption
from newslake.pipelines.runners.contexts import stream_context
from newslake.pipelines.windows import WrongWindows, in_windows
from newslake.schemas.records import RunContext
from newslake.transforms.dedupe.lake_index import open_lake

RUN = RunContext("lake", "index", "staging", "run", 0, "2026-01-31")
STREAM = RunContext("lake", "index", "_tmp/s-test-", "test", None, "", stream="test")
MINUTE = timedelta(minutes=1)


def bounded(pipeline):
    return source_of(pipeline | beam.Create([], reshuffle=False))


def unbounded(pipeline):
    return source_of(pipeline | test_stream.TestStream().advance_watermark_to_infinity())


def windowed(source, *names, **how):
    """Return `source` with these collections (by default, all) in the windows of `how`."""
    collections = dict(source.collections())
    for name in names or collections:
        window = f"Window {name} {how['windowfn'].__dict__}" >> beam.WindowInto(**how)
        collections[name] = collections[name] | window
    first = [collections.pop(name) for name in ("kept", "rejected", "metrics")]
    return type(source)(*first, collections)


class Labels(PipelineVisitor):
    def __init__(self):
        self.seen = []

    def visit_transform(self, node):
        self.seen.append(node.full_label)

    enter_composite_transform = visit_transform


def labels(pipeline):
    visitor = Labels()
    pipeline.visit(visitor)
    return visitor.seen


def added(make_source, context):
    """Return the labels that `ingest` adds to a pipeline."""
    pipeline = beam.Pipeline(runner="FnApiRunner")
    source = make_source(pipeline)
    before = set(labels(pipeline))
    ingest(source, context, Settings())
    return [label for label in labels(pipeline) if label not in before]


def test_a_bounded_run_and_a_stream_have_the_same_graph():
    of_run = added(bounded, RUN)
    of_stream = added(lambda pipeline: in_windows(unbounded(pipeline), MINUTE), STREAM)
    assert of_run == of_stream
    assert "Commit" in of_run


def test_a_stream_may_be_bounded():
    assert added(lambda pipeline: in_windows(bounded(pipeline), MINUTE), STREAM)


FIXED = FixedWindows(60)
DISCARDING = AccumulationMode.DISCARDING
EARLY = AfterWatermark(early=AfterProcessingTime(5))
WRONG = {
    "unbounded run": (unbounded, (), {}, RUN, "is unbounded, so a bounded run would never commit it"),
    "windows of a run": (bounded, (), {"windowfn": FIXED}, RUN, "has windows, but a bounded run"),
    "one unbounded table": (
        lambda pipeline: bounded(pipeline)._replace(
            rows={"announcements": pipeline | test_stream.TestStream()}
        ),
        (), {}, RUN, "the collection `announcements` of the source is unbounded",
    ),
    "stream without windows": (unbounded, (), {}, STREAM, "so a stream would never commit it"),
    "windows that overlap": (
        unbounded, (), {"windowfn": SlidingWindows(60, 30)}, STREAM, "windows that overlap or merge",
    ),
    "windows that merge": (
        unbounded, (), {"windowfn": Sessions(60)}, STREAM, "windows that overlap or merge",
    ),
    "a table without windows": (
        unbounded, ("kept", "rejected", "metrics"), {"windowfn": FIXED}, STREAM,
        "the collection `announcements` of the source has no windows",
    ),
    "early panes": (
        unbounded, (), {"windowfn": FIXED, "trigger": EARLY, "accumulation_mode": DISCARDING}, STREAM,
        "may fire more than once in a window",
    ),
    "a trigger of a run": (
        bounded, (),
        {"windowfn": GlobalWindows(), "trigger": Repeatedly(AfterCount(1)), "accumulation_mode": DISCARDING},
        RUN, "may fire more than once in a window",
    ),
    "late elements": (
        unbounded, (), {"windowfn": FIXED, "allowed_lateness": 60}, STREAM, "allows late elements",
    ),
}  # fmt: skip


@pytest.mark.parametrize(("make", "names", "how", "context", "message"), WRONG.values(), ids=WRONG)
def test_windows_without_exactly_one_commit_are_refused(make, names, how, context, message):
    pipeline = beam.Pipeline(runner="FnApiRunner")
    source = make(pipeline)
    with pytest.raises(WrongWindows, match=message):
        ingest(windowed(source, *names, **how) if how else source, context, Settings())


def test_collections_with_different_windows_are_refused():
    source = windowed(unbounded(beam.Pipeline(runner="FnApiRunner")), windowfn=FIXED)
    longer = windowed(source, "fetches", windowfn=FixedWindows(600))
    with pytest.raises(WrongWindows, match="`kept` and `fetches` of the source have different"):
        ingest(longer, STREAM, Settings())


@pytest.mark.parametrize("name", ["", "a/b", "a-b", "..", "ä", "x" * 41])
def test_the_name_of_a_stream_is_fit_for_file_names(tmp_path, name):
    with pytest.raises(WrongOption, match="is not a name of a stream"):
        stream_context(open_lake(tmp_path / "lake"), name, "")


def test_one_module_makes_windows():
    modules = [path for name in ("pipelines", "transforms") for path in (ROOT / name).rglob("*.py")]
    words = re.compile(r"WindowInto|(?:Fixed|Global|Sliding)Windows\b|Sessions\b")
    made = [path for path in modules if words.search(path.read_text())]
    assert made == [ROOT / "pipelines/windows.py"]
