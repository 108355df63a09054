"""Fixtures shared by all tests: the seed articles, and a pipeline that answers with lists."""

import pickle
from pathlib import Path

import apache_beam as beam
import pytest

from pipelines.cli import main

SEED_FOLDER = Path(__file__).parent.parent / "seeds"
SEEDS = sorted(SEED_FOLDER.glob("*.txt"))


@pytest.fixture(params=SEEDS, ids=lambda path: path.stem)
def seed(request):
    """The path of each seed article in turn."""
    return request.param


@pytest.fixture
def run_stage(tmp_path):
    """Run one stage over some records and get its outputs back: a named tuple of lists, or a list."""

    def run_stage(records, stage):
        with beam.Pipeline(runner="FnApiRunner") as pipeline:
            given = pipeline | "Records" >> beam.Create(records)
            if records:
                given.element_type = type(records[0])
            outputs = given | "Stage" >> stage
            named = outputs._asdict() if isinstance(outputs, tuple) else {"all": outputs}
            for name, output in named.items():
                items = output | f"List {name}" >> beam.combiners.ToList()
                _ = items | f"Save {name}" >> beam.Map(save, path=tmp_path / f"{name}.pickle")
        lists = {name: pickle.loads((tmp_path / f"{name}.pickle").read_bytes()) for name in named}
        return outputs._make(lists.values()) if isinstance(outputs, tuple) else lists["all"]

    def save(items, path):
        path.write_bytes(pickle.dumps(items))

    return run_stage


@pytest.fixture(scope="session")
def seed_lake(tmp_path_factory):
    """A lake of the seeds alone: no article of it has a date."""
    lake = tmp_path_factory.mktemp("seeds") / "lake"
    assert main(["backfill", str(SEED_FOLDER), "--lake", str(lake)]) == 0
    return lake
