"""Google's Dataflow. It was never run: Beam translates the DAGs into jobs of Dataflow, without network."""

from datetime import UTC, datetime
from importlib.util import find_spec

import apache_beam as beam
import pytest
from apache_beam.options import pipeline_options
from paths import SEEDS

from newslake.pipelines.backfill import FileSource
from newslake.pipelines.follower.news import News
from newslake.pipelines.ingest import Settings, ingest
from newslake.pipelines.runners.bounded_run import run_context
from newslake.pipelines.runners.engine import engine
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.read.chunks import chunks
from newslake.transforms.read.listing import list_inputs
from newslake.transforms.read.read import Read

pytestmark = [
    pytest.mark.dataflow,
    pytest.mark.skipif(
        find_spec("apitools") is None,
        reason="apache-beam[gcp] is missing: run `make dataflow`, and pytest in its environment",
    ),
]

FLAGS = [
    "--project=newslake-project",
    "--region=europe-west1",
    "--temp_location=gs://newslake/tmp",
    "--no_auth",
    "--sdk_location=container",
]


def files():
    """Return the source of `backfill`."""
    [slices] = chunks(list_inputs([str(SEEDS)]), 100, 2**20, 2**20)
    return FileSource(slices, Read())


def news():
    """Return the source of `follow`."""
    return News([], [], "arrived.pickle", FetchOptions())


STAGES = {"DropSeen", "Extract", "Clean", "Deduplicate", "FindEvents", "Write", "Commit"}


@pytest.mark.parametrize("source", [files, news])
def test_dataflow_translates_the_dag(source, tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    context = run_context(lake, 0, "staging", "run", datetime(2026, 3, 1, tzinfo=UTC))
    dataflow = engine("DataflowRunner", None, FLAGS)
    dataflow.options.view_as(pipeline_options.TestOptions).dry_run = True
    pipeline = beam.Pipeline(dataflow.runner, dataflow.options)
    ingest(source()(pipeline), context, Settings())
    components = pipeline.run().job.proto_pipeline.components
    names = {transform.unique_name for transform in components.transforms.values()}
    assert names >= STAGES
    assert {one.urn for one in components.environments.values()} == {"beam:env:docker:v1"}
