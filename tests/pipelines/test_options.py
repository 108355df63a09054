"""Each option on the command line changes its stage in the DAG, and docs/options.md lists it."""

import importlib
import json
import pkgutil
import re
from dataclasses import is_dataclass
from runpy import run_path

import apache_beam as beam
import pytest
from apache_beam.pipeline import PipelineVisitor
from clocks import FakeClock
from hostile import http_response, server_in_a_thread
from lakes import article, commit
from paths import ROOT, SEEDS
from stages import stage_names

from newslake import transforms
from newslake.pipelines import backfill, ingest
from newslake.pipelines.cli import main
from newslake.pipelines.commands import reprocess
from newslake.pipelines.declared import FILE
from newslake.pipelines.follower import follow_loop, follower
from newslake.pipelines.options import configuration, options_of, reject_settings
from newslake.schemas.reasons import REJECTS_VERSION
from newslake.schemas.records import RunContext
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.events.find_events import FindEvents
from newslake.transforms.lake.staging import CommitResult

CONTEXT = RunContext("lake", "index", "staging", "run", 0, "2026-01-31")
RSS = """<rss version="2.0"><channel><title>News</title><item><guid>1</guid>
<title>Strike ends</title><link>https://a.example/1</link></item></channel></rss>"""

STAGES = list(dict.fromkeys((*backfill.STAGES, *follower.STAGES)))
OPTIONS = [(stage, name) for stage in STAGES for name in options_of(stage)]


TEXTS = {"contact": "you@example.org", "event_model": "deep"}
"""Valid values of options that do not take each text."""


def other(stage, name):
    """Return a valid value of an option that is not its default."""
    default, (kind, option) = getattr(stage, name), options_of(stage)[name]
    if kind is bool:
        return not default
    if name in TEXTS:
        return TEXTS[name]
    if kind in {int, float}:
        if default + 1 < option.maximum:
            return default + 1
        return (default + (option.minimum if default == option.maximum else option.maximum)) / 2
    return f"other {name}"


def words(stages):
    """Return the command line that gives options of `stages` values other than their defaults.

    Options that have no effect with these values are left out.
    """
    for stage in stages:
        for name, (_, option) in options_of(stage).items():
            if option.needs and not other(stage, option.needs):
                continue
            value, form = other(stage, name), name.replace("_", "-")
            if isinstance(value, bool):
                yield f"--{form}" if value else f"--no-{form}"
            else:
                yield f"--{form}={value}"


class Transforms(PipelineVisitor):
    """The transforms of a DAG, and the options that they hold."""

    def __init__(self, pipeline):
        self.holders = {}
        pipeline.visit(self)

    def visit_transform(self, node):
        self.enter_composite_transform(node)

    def enter_composite_transform(self, node):
        for one in (node.transform, *vars(node.transform or object).values()):
            self.holders[type(one)] = one


@pytest.fixture
def run(monkeypatch, tmp_path):
    """Return a function that runs a command, and returns the DAGs that the command would run.

    Its attribute `stages` has the stages of each DAG.
    """
    monkeypatch.chdir(tmp_path)
    dags = []

    def build(lake, source, settings, *_):
        run.stages.append([*source.stages, *vars(settings).values()])
        pipeline = beam.Pipeline(runner="FnApiRunner")
        ingest.ingest(source(pipeline), CONTEXT, settings)
        dags.append(Transforms(pipeline).holders)
        return CommitResult()

    def run(*arguments):
        assert main([*map(str, arguments), "--lake", "lake"]) == 0
        return dags

    run.stages = []
    for module in (backfill, follow_loop):
        monkeypatch.setattr(module, "run_bounded", build)
    return run


@pytest.fixture
def feed():
    with server_in_a_thread(FakeClock()) as server:
        server.pages["/feed"] = http_response(RSS.encode(), Content_Type="application/rss+xml")
        yield server.url("/feed")


def assert_holds_other_values(dag, stages):
    for stage in stages:
        for name, (_, option) in options_of(stage).items():
            if not option.needs:
                assert getattr(dag[stage], name) == other(stage, name), f"{stage.__name__}.{name}"


def test_each_option_of_backfill_reaches_its_stage_in_the_dag(run):
    [dag] = run("backfill", SEEDS, *words(backfill.STAGES))
    assert_holds_other_values(dag, set(backfill.STAGES) - {backfill.Chunking})


def test_each_option_of_follow_reaches_its_stage_in_the_dag(run, feed):
    [dag] = run("follow", feed, "--once", *words(follower.STAGES))
    assert_holds_other_values(dag, set(follower.STAGES) - {follower.FetchOptions})


def test_each_option_of_fetching_reaches_the_crawler(run, feed, monkeypatch):
    given = []

    class Recorded(follower.Crawler):
        def __init__(self, fetch_options, clock):
            given.append(fetch_options)
            super().__init__(fetch_options, clock)

    monkeypatch.setattr(follower, "Crawler", Recorded)
    run("follow", feed, "--once", *words([follower.FetchOptions]))
    assert_holds_other_values({follower.FetchOptions: given[0]}, [follower.FetchOptions])


def test_an_option_that_needs_another_one_reaches_its_stage_in_the_dag(run):
    [dag] = run("backfill", SEEDS, "--min-confidence", "0.5")
    assert dag[FindEvents].min_confidence == 0.5


@pytest.mark.parametrize(("option", "chunks"), [("--chunk-documents=1", 4), ("--chunk-mb=1", 3)])
def test_each_option_of_chunking_changes_the_chunks(run, tmp_path, option, chunks):
    (tmp_path / "in").mkdir()
    for number, size in enumerate((900_000, 900_000, 900_000, 1)):
        (tmp_path / f"in/{number}.txt").write_text("x" * size)
    assert len(run("backfill", "in", option)) == chunks


def test_each_option_of_find_events_reaches_the_stage_of_reprocess(tmp_path, monkeypatch):
    stages = []

    def take(lake, partition, stage, published):
        stages.append(stage)

    lake = open_lake(tmp_path / "lake")
    lake.create()
    commit(lake, article("one"), number=0)
    monkeypatch.setattr(reprocess, "model_name", lambda: "a model")
    monkeypatch.setattr(reprocess, "reprocess", take)
    confidence = ["--min-confidence", "0.5"]
    assert main(["reprocess", "--events", "--lake", str(tmp_path / "lake"), *confidence]) == 0
    [stage] = stages
    events = {"events": True, "min_confidence": 0.5, "event_model": "fast"}
    assert configuration([stage]) == {"FindEvents": events}


@pytest.mark.parametrize("command", [backfill, follower])
def test_no_two_stages_of_a_command_have_an_option_of_one_name(command):
    stages = {}
    for stage in command.STAGES:
        for name in options_of(stage):
            stages.setdefault(name, []).append(stage.__name__)
    assert {name: found for name, found in stages.items() if len(found) > 1} == {}


def test_a_command_takes_every_option_that_a_stage_declares():
    for found in pkgutil.walk_packages(transforms.__path__, f"{transforms.__name__}."):
        module = importlib.import_module(found.name)
        for kind in vars(module).values():
            if isinstance(kind, type) and is_dataclass(kind) and options_of(kind):
                assert any(issubclass(stage, kind) for stage in STAGES), f"{kind} is in no command"


@pytest.mark.parametrize(
    ("stage", "name"),
    [(stage, name) for stage, name in OPTIONS if issubclass(stage, beam.PTransform)],
)
def test_a_stage_passes_each_option_to_its_functions(stage, name):
    def functions(configured):
        pipeline = beam.Pipeline(runner="FnApiRunner")
        _ = pipeline | beam.Create([]) | configured
        transforms = pipeline.to_runner_api().components.transforms.values()
        return {one.spec.payload for one in transforms if one.spec.urn == "beam:transform:pardo:v1"}

    assert functions(stage()) == functions(stage())
    assert functions(stage(**{name: other(stage, name)})) != functions(stage())


@pytest.mark.parametrize(("stage", "name"), OPTIONS)
def test_the_help_of_each_option_is_in_sentences_and_leaves_the_default_out(stage, name):
    _, option = options_of(stage)[name]
    assert option.help[0].isupper()
    assert option.help.endswith(".")
    assert "efault" not in option.help


@pytest.mark.parametrize(("stage", "name"), OPTIONS)
def test_an_option_can_reject_if_and_only_if_its_help_says_so(stage, name):
    _, option = options_of(stage)[name]
    assert option.can_reject == ("eject" in option.help)


DEFAULTS_OF_VERSION_1 = {
    "max_document_mb": 64,
    "max_html_mb": 5,
    "max_depth": 250,
    "max_tags": 50_000,
    "max_attributes": 1_000,
    "max_seconds": 10,
    "max_memory_mb": 512,
    "respect_optouts": False,
}


def test_the_defaults_that_decide_rejects_are_those_of_their_version():
    """If you change such a default, also increment REJECTS_VERSION, and change this test."""
    found = {
        name: getattr(stage, name)
        for stage, name in OPTIONS
        if options_of(stage)[name][1].can_reject
    }
    assert REJECTS_VERSION == 2
    assert DEFAULTS_OF_VERSION_1.items() <= found.items()


def test_commands_with_the_same_options_have_the_same_reject_settings(run, feed):
    """Otherwise a backfill over the archive of `follow` would try all rejects again."""
    options = ["--max-depth=9", "--respect-optouts", "--no-events"]
    run("backfill", SEEDS, *options)
    run("follow", feed, "--once", "--allow-private", *options)
    expected = {"max_depth": 9, "respect_optouts": True, "version": REJECTS_VERSION}
    assert [json.loads(reject_settings(stages)) for stages in run.stages] == [expected] * 2


def test_the_page_is_what_the_code_says():
    """If this fails, run `make docs`."""
    options_page = run_path(str(ROOT / "docs" / "options_page.py"))["options_page"]
    assert (ROOT / "docs" / "options.md").read_text(encoding="utf-8") == options_page()


def test_rejects_name_the_stage_by_its_label():
    labels = set()
    for path in (ROOT / "transforms").rglob("*.py"):
        labels |= set(re.findall(r"\bstage=\"(\w+)\"", path.read_text(encoding="utf-8")))
    assert labels
    assert labels <= stage_names()


def test_the_table_of_options_is_what_the_code_says():
    """If this fails, run `make docs`."""
    options_json = run_path(str(ROOT / "docs" / "options_json.py"))["options_json"]
    assert FILE.read_text(encoding="utf-8") == options_json()
