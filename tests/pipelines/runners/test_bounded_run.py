"""A bounded run starts again after a conflict, and finally runs under the lock."""

import json
from datetime import UTC, datetime

import apache_beam as beam
import pytest
from lakes import article, commit, rows_of

from newslake.pipelines.ingest import Settings
from newslake.pipelines.runners.bounded_run import MAX_CONFLICTS, run_bounded
from newslake.pipelines.runners.engine import Engine, engine
from newslake.pipelines.windows import SourceOutput
from newslake.schemas.identity import article_id, document_id, text_hash
from newslake.schemas.records import Document, Metric
from newslake.schemas.rows import Rejected
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.events.find_events import FindEvents
from newslake.transforms.events.parse.model import load_model, model_name

NOW = datetime(2026, 3, 1, tzinfo=UTC)


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    return lake


def documents(*items):
    return [
        Document(
            document_id(item["url"], payload), item["url"], payload, "application/json", "test"
        )
        for item in items
        for payload in [json.dumps(item).encode()]
    ]


def source(given, meanwhile=lambda: None):
    """A source that calls `meanwhile` after the run has read the lake."""

    def apply(pipeline):
        meanwhile()
        kept = pipeline | "Given" >> beam.Create(given).with_output_types(Document)
        refused = pipeline | "GivenUp" >> beam.Create([]).with_output_types(Rejected)
        metrics = pipeline | "GivenCounts" >> beam.Create([]).with_output_types(Metric)
        return SourceOutput(kept, refused, metrics)

    apply.stages = apply.roots = []
    return apply


def run(lake, source, with_engine=None):
    with_engine = with_engine or engine("DirectRunner", 1, [])
    return run_bounded(lake, source, Settings(), with_engine, "run", 0, NOW)


STORIES = [
    {"url": f"https://example.org/{n}", "text": f"Story number {n} is told here in full."}
    for n in range(MAX_CONFLICTS + 2)
]


def overtaking(lake, times):
    """Commit one of the stories in another run, up to `times` times."""
    left = iter(range(times))

    def meanwhile():
        if (n := next(left, None)) is not None:
            text, url = STORIES[n]["text"], STORIES[n]["url"]
            other = article(
                f"other-{n}", text, article_id=article_id(url, b""), text_hash=text_hash(text)
            )
            commit(lake, other, run_id="other", number=n)

    return meanwhile


def test_an_index_deleted_during_a_run_is_rebuilt(lake):
    left = iter([1])

    def meanwhile():
        if next(left, None):
            lake.index_path.unlink()

    assert run(lake, source(documents(*STORIES), meanwhile)).counts["articles"] == len(STORIES)


@pytest.mark.parametrize("times", [0, 1, MAX_CONFLICTS])
def test_what_another_run_published_meanwhile_is_a_copy(lake, times):
    outcome = run(lake, source(documents(*STORIES), overtaking(lake, times)))
    assert outcome.counts["duplicates"] == times
    assert outcome.counts["articles"] == len(STORIES) - times
    assert len(rows_of(lake.storage.root)["articles"]) == len(STORIES)


class Losing(Engine):
    """A runner that loses its first jobs; a new job may succeed."""

    def has_lost_job(self, error):
        return str(error) == LOST


LOST = "the job is lost"


@pytest.mark.parametrize("jobs", [1, 2])
def test_a_job_that_a_cluster_loses_is_submitted_once_more(lake, jobs):
    left = iter(range(jobs))

    def lose():
        if next(left, None) is not None:
            raise RuntimeError(LOST)

    local = engine("DirectRunner", 1, [])
    losing, given = Losing(local.runner, local.options), source(documents(*STORIES), lose)
    if jobs == 1:
        assert run(lake, given, losing).counts["articles"] == len(STORIES)
    else:
        with pytest.raises(RuntimeError, match=LOST):
            run(lake, given, losing)


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
@pytest.mark.parametrize("events", [True, False])
def test_workers_start_with_the_language_model_only_if_the_run_finds_events(lake, events):
    def loaded(_):
        assert load_model.cache_info().currsize == events

    def checking(pipeline):
        pipeline | "Number" >> beam.Create([1]) | "Check" >> beam.Map(loaded)
        return nothing(pipeline)

    nothing = source([])
    checking.stages = checking.roots = []
    workers, settings = engine("DirectRunner", 2, []), Settings(find_events=FindEvents(events))
    with workers.running():
        run_bounded(lake, checking, settings, workers, "run", 0, NOW)
