"""Fixtures that all tests share: seed articles, small lakes, and a function that runs a stage."""

import pickle
import shutil
from datetime import UTC, datetime

import apache_beam as beam
import pytest
from hypothesis import HealthCheck, settings
from lakes import article, commit, duplicate, mention
from paths import SEEDS

from newslake.pipelines.cli import main
from newslake.pipelines.runners.beam_options import Options
from newslake.schemas.partitions import UNITS
from newslake.transforms.dedupe.lake_index import open_lake

# This folder changes newslake in the processes that have it in PYTHONPATH.
collect_ignore = ["helpers/fast_polls"]

# Both limits measure wall time, which depends on other processes.
settings.register_profile(
    "newslake", deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True
)
settings.load_profile("newslake")


@pytest.fixture(params=sorted(SEEDS.glob("*.txt")), ids=lambda path: path.stem)
def seed(request):
    """The path of a seed article; the test runs once for each."""
    return request.param


@pytest.fixture(params=UNITS)
def unit(request):
    """A unit of partitions; the test runs once for each."""
    return request.param


@pytest.fixture
def run_stage(tmp_path):
    """Return a function that runs one stage over records and returns its outputs as lists."""

    def run_stage(records, stage):
        with beam.Pipeline("FnApiRunner", Options([])) as pipeline:
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
    """A lake with the seed articles; none has a date."""
    lake = tmp_path_factory.mktemp("seeds") / "lake"
    assert main(["backfill", str(SEEDS), "--lake", str(lake)]) == 0
    return lake


@pytest.fixture(scope="session")
def made_lake(tmp_path_factory):
    """The lake that the fixture `lake` copies: see there."""
    lake = open_lake(tmp_path_factory.mktemp("made") / "lake")
    lake.create()
    for number, name in enumerate(["one", "two", "three"]):
        story = article(name)
        commit(lake, story, mention(story), duplicate(f"copy-{name}", name), number=number)
    commit(lake, article("later", published_at=datetime(2026, 3, 9, tzinfo=UTC)), number=3)
    commit(lake, article("undated", published_at=None), number=4)
    return lake


@pytest.fixture
def lake(made_lake, tmp_path):
    """A lake with three commits of one day, one of another day, and one undated."""
    return open_lake(shutil.copytree(made_lake.storage.root, tmp_path / "lake"))


@pytest.fixture
def run(lake, capsys):
    """Return a function that runs a command on `lake` and returns its captured output."""

    def run(*words, exit_code=0):
        assert main([*words, "--lake", str(lake.storage.root)]) == exit_code
        return capsys.readouterr()

    return run
