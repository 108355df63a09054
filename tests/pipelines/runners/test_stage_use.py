"""`runs.stages` and `runs.rejects_by_reason`: what each stage took in, used and refused."""

import time

import newsroom
import pytest

from newslake.pipelines.cli import main
from newslake.pipelines.runners.stage_use import STAGES, since, total, usage
from newslake.pipelines.sql.views import connect
from newslake.schemas.rows import StageUse
from newslake.transforms.beam.metered import Metered

RUNS = "SELECT stages, rejects_by_reason, read, rejects FROM runs ORDER BY started_at"


@pytest.fixture(scope="module", params=[1, 2], ids=["one process", "two workers"])
def runs(request, tmp_path_factory):
    """The rows of `runs` of a first and a second run over the same folder."""
    root = tmp_path_factory.mktemp("runs")
    folder = newsroom.fill(root / "newsroom")
    (folder / "page.html").write_text(newsroom.PAGE + "<!-- " + 50_000 * "x" + "-->", "utf-8")
    words = ["--lake", str(root / "lake"), "--chunk-documents", "4"]
    for _ in range(2):
        assert main(["backfill", str(folder), *words, "--workers", str(request.param)]) == 0
    found = connect(root / "lake").execute(RUNS).fetchall()
    return [({one["stage"]: one for one in stages}, *rest) for stages, *rest in found]


def test_each_stage_has_its_documents_bytes_and_cpu_time(runs):
    (stages, _, read, _), _ = runs
    assert [*stages] == [name for name in STAGES if name != "Fetch"]  # this run fetches nothing
    assert stages["Read"]["documents"] == read == 11
    assert stages["Extract"]["documents"] == 9  # Read rejects two files
    assert stages["Clean"]["documents"] == stages["Deduplicate"]["documents"] == 8
    assert stages["FindEvents"]["documents"] == 3  # one article is not in English
    assert stages["DiffRevisions"]["documents"] == 1
    assert stages["Write"]["documents"] == stages["Commit"]["documents"] == 11
    for one in stages.values():
        assert one["bytes"] >= one["max_bytes"] > 0
        assert one["cpu_seconds"] >= one["max_cpu_seconds"] > 0
    assert 50_000 < stages["Extract"]["max_bytes"] < 52_000
    assert stages["FindEvents"]["max_bytes"] < 2_000  # the size of the text


def test_the_rejects_by_reason_are_those_of_the_table(runs):
    (_, counts, _, rejects), (_, of_second, _, none) = runs
    found = {(one["stage"], one["reason"]): one["documents"] for one in counts}
    assert sum(found.values()) == rejects == 3
    assert (of_second, none) == ([], 0)
    assert ("Read", "unknown_type") in found


def test_documents_that_were_ingested_before_cost_only_a_look_at_the_index(runs):
    _, (stages, *_) = runs
    assert stages["DropSeen"]["documents"] == 11
    assert "Extract" not in stages
    assert stages["Commit"]["documents"] == 0


def test_the_cpu_time_of_the_sandbox_belongs_to_the_stage(tmp_path, capsys):
    """Nearly all of the time to extract a page is spent in a subprocess."""
    (tmp_path / "in").mkdir()
    page = newsroom.PAGE.replace("<p>", "<p><b>" + 3_000 * "a <i>word</i> " + "</b>")
    (tmp_path / "in/page.html").write_text(page, "utf-8")
    words = ["--lake", str(tmp_path / "lake"), "--no-events"]
    before = time.process_time()
    assert main(["backfill", str(tmp_path / "in"), *words]) == 0
    here = time.process_time() - before
    sql = (
        "SELECT s.cpu_seconds FROM (SELECT unnest(stages) AS s FROM runs) WHERE s.stage = 'Extract'"
    )
    [[seconds]] = connect(tmp_path / "lake").execute(sql).fetchall()
    assert seconds > 0.05, f"the whole command took {here} s of CPU time in this process"


def test_a_block_that_fails_counts_too():
    assert Metered("Extract").documents == 1
    with pytest.raises(ValueError, match="broken"), Metered("Extract", 10):
        raise ValueError("broken")


class Result:
    """A result of a pipeline with these metrics."""

    def __init__(self, error=None):
        self.error = error

    def metrics(self):
        raise self.error


def test_a_runner_without_metrics_gives_none():
    assert usage(Result(NotImplementedError("Flink does not know"))) == []


USE = StageUse("Read", 3, 300, 200, 0.5, 0.25)
FETCHED = StageUse("Fetch", 1, 10, 10, None, None)


def test_the_use_of_commits_adds_up_and_the_earlier_one_can_be_taken_away():
    both = total([USE, FETCHED, USE])
    assert both == [StageUse("Read", 6, 600, 200, 1.0, 0.25), FETCHED]
    assert since([], both) == both
    assert since([USE, FETCHED], both) == [USE]
    assert since(both, both) == []
    assert since(both, []) == []  # the runner does not answer
