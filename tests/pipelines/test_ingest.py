"""The shape of the DAG."""

import apache_beam as beam
from apache_beam.pipeline import PipelineVisitor

from newslake.pipelines.ingest import Settings, ingest
from newslake.pipelines.windows import SourceOutput
from newslake.schemas.records import Document, Draft, FileSlice, RunContext
from newslake.transforms.read.read import Read


class Flattens(PipelineVisitor):
    def __init__(self):
        self.seen = {}

    def visit_transform(self, node):
        if isinstance(node.transform, beam.Flatten):
            self.seen[node.full_label] = {one.element_type for one in node.inputs}


def test_no_flatten_takes_documents():
    """The local runner keeps all inputs of a Flatten in memory, here all payloads of a chunk."""
    pipeline = beam.Pipeline(runner="FnApiRunner")
    slices = pipeline | beam.Create([], reshuffle=False).with_output_types(FileSlice)
    context = RunContext("lake", "index", "staging", "run", 0, "2026-01-31")
    ingest(SourceOutput(*(slices | Read())), context, Settings())
    flattens = Flattens()
    pipeline.visit(flattens)
    assert "Refused" in flattens.seen
    assert not {Document, Draft} & set().union(*flattens.seen.values())
