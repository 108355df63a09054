"""The driver starts a stream, watches it and ends it; the runner and the worker are simulated."""

import json
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from types import SimpleNamespace

import pytest
from apache_beam.runners.runner import PipelineResult, PipelineRunner, PipelineState
from lakes import commit, fetch

from newslake.pipelines.commands import terminal
from newslake.pipelines.follower import stream_driver
from newslake.pipelines.follower.dashboard import Dashboard
from newslake.pipelines.follower.stream_driver import StreamDriver, StreamFailed
from newslake.pipelines.follower.stream_files import Status, StreamFiles
from newslake.pipelines.follower.stream_options import StreamOptions
from newslake.pipelines.follower.upkeep import Upkeep
from newslake.pipelines.ingest import Settings
from newslake.pipelines.runners.beam_options import Options
from newslake.pipelines.runners.engine import Engine
from newslake.pipelines.sql.views import connect
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.fetch.clock import Clock
from newslake.transforms.fetch.fetch_options import FetchOptions
from newslake.transforms.lake import layout
from newslake.transforms.lake.errors import UnknownFormat


class Job(PipelineResult):
    """A job; `look` is called each time that the driver looks at its state."""

    def __init__(self, look):
        super().__init__(PipelineState.RUNNING)
        self.look = look

    @property
    def state(self):
        self.look(self)
        return self._state

    def cancel(self):
        self._state = PipelineState.CANCELLED

    def wait_until_finish(self, duration=None):
        return self._state


@dataclass
class Runner(PipelineRunner):
    """A runner of jobs; the jobs call the functions in `looks`."""

    looks: list
    jobs: list = field(default_factory=list)

    def run_pipeline(self, pipeline, options):
        self.jobs.append(Job(self.looks[len(self.jobs)]))
        return self.jobs[-1]


class Case:
    def __init__(self, folder):
        self.lake = open_lake(folder)
        self.lake.create()
        self.files = StreamFiles(self.lake.storage, "news")
        self.files.create()

    def run(self, *looks, until=None, resumes=False):
        self.runner, root = Runner(list(looks)), self.lake.storage.root
        second = timedelta(seconds=1)
        options = StreamOptions("news", (), FetchOptions(), second, second)
        self.driver = StreamDriver(
            self.lake,
            options,
            Settings(),
            Engine(self.runner, Options([])),
            Upkeep(self.lake, [str(root)], {}, Clock()),
            Dashboard(terminal.out(), as_json=False),
            until,
            resumes=resumes,
        )
        self.driver.run()

    def write_status(self, **fields):
        given = {"polls": 1, "counts": {"due": 1, "polled": 1}, "at": time.time()} | fields
        self.files.write_status(Status(self.driver.options.start_id, **given))

    def crawls(self, **fields):
        """Return a worker that writes a status with these fields."""
        return lambda job: self.write_status(**fields)

    def drains_if_asked(self, job):
        self.write_status(drained=self.files.must_stop(self.driver.options.start_id))


@pytest.fixture
def case(tmp_path, monkeypatch):
    monkeypatch.setattr(stream_driver, "LOOK_SECONDS", 0.0)
    monkeypatch.setattr(stream_driver, "END_SECONDS", 0.0)
    return Case(tmp_path / "lake")


def nothing(job):
    pass


def test_a_stream_ends_at_its_time(case):
    case.run(case.drains_if_asked, until=datetime.now(UTC))
    [job] = case.runner.jobs
    assert job._state == PipelineState.CANCELLED


def test_a_start_that_does_not_poll_is_cancelled_and_repeated(case, monkeypatch, capsys):
    monkeypatch.setattr(stream_driver, "START_SECONDS", 0.0)
    case.run(nothing, nothing, case.crawls(drained=True))
    assert [job._state for job in case.runner.jobs] == [PipelineState.CANCELLED] * 3
    assert capsys.readouterr().err.count("has not polled within") == 2


def test_a_stream_that_never_polls_fails_after_three_starts(case, monkeypatch):
    monkeypatch.setattr(stream_driver, "START_SECONDS", 0.0)
    with pytest.raises(StreamFailed, match="has never polled"):
        case.run(nothing, nothing, nothing)
    assert [job._state for job in case.runner.jobs] == [PipelineState.CANCELLED] * 3


def test_each_start_has_an_id_of_its_own(case, monkeypatch):
    monkeypatch.setattr(stream_driver, "START_SECONDS", 0.0)
    ids = []
    remember = lambda job: ids.append(case.driver.options.run_id)
    with pytest.raises(StreamFailed):
        case.run(remember, remember, remember)
    assert len(set(ids)) == 3


def test_checkpoints_of_earlier_starts_are_removed(case):
    case.files.checkpoints.mkdir()
    case.run(case.crawls(drained=True))
    assert not case.files.checkpoints.exists()


def test_a_start_from_a_checkpoint_removes_no_checkpoint(case):
    case.files.checkpoints.mkdir()
    case.run(case.crawls(drained=True), resumes=True)
    assert case.files.checkpoints.exists()


def test_a_stream_that_stops_to_poll_fails(case):
    with pytest.raises(StreamFailed, match="due for 181 s"):
        case.run(case.crawls(overdue=181.0))
    assert case.runner.jobs[0]._state == PipelineState.CANCELLED


@pytest.fixture
def silence(case, monkeypatch):
    """Return a function that gives a worker without a sign after its first one.

    The time passes by the given number of seconds between two looks at it.
    """
    clock = SimpleNamespace(seconds=0.0, time=time.time, sleep=time.sleep)
    clock.monotonic = lambda: clock.seconds
    monkeypatch.setattr(stream_driver, "time", clock)

    def silence(seconds, **fields):
        def look(job):
            clock.seconds += seconds
            case.write_status(at=1.0, **fields)

        return look

    return silence


def test_a_stream_whose_crawler_gives_no_sign_fails(case, silence):
    with pytest.raises(StreamFailed, match="has not worked for 65 s"):
        case.run(silence(65.0))


def test_flink_gets_time_to_start_the_worker_that_crawls_again(case, silence, monkeypatch):
    monkeypatch.setattr(stream_driver, "Flink", Runner)
    looks = iter([silence(100.0)] * 2)
    case.run(lambda job: next(looks, case.crawls(drained=True))(job))
    with pytest.raises(StreamFailed, match="has not worked for 185 s"):
        case.run(silence(185.0))


def test_a_clock_that_jumps_forward_is_no_silence_of_the_crawler(case):
    looks = iter([case.crawls(at=time.time() - 3600)] * 3)
    case.run(lambda job: next(looks, case.crawls(drained=True))(job))


def test_a_stream_that_is_stopped_before_it_polls_is_not_started_again(case, monkeypatch):
    monkeypatch.setattr(stream_driver, "START_SECONDS", 0.0)
    case.run(nothing, until=datetime.now(UTC))
    [job] = case.runner.jobs
    assert job._state == PipelineState.CANCELLED


def test_the_status_of_an_earlier_start_does_not_count(case, monkeypatch):
    monkeypatch.setattr(stream_driver, "START_SECONDS", 0.0)
    stale = lambda job: case.files.write_status(Status("earlier", drained=True))
    with pytest.raises(StreamFailed, match="has never polled"):
        case.run(stale, stale, stale)


def test_a_runner_that_ends_the_stream_by_itself_is_an_error(case):
    def end(job):
        job._state = PipelineState.DONE

    with pytest.raises(StreamFailed, match="the runner has ended the stream"):
        case.run(end)


def test_a_stream_whose_lake_gets_another_format_ends_with_a_sentence(case):
    def migrate(job):
        marker = json.loads(case.lake.storage.read(layout.MARKER)) | {"format": 99}
        case.lake.storage.write(layout.MARKER, json.dumps(marker).encode())

    with pytest.raises(UnknownFormat):
        case.run(migrate)
    assert case.runner.jobs[0]._state == PipelineState.CANCELLED


def test_problems_of_the_source_are_printed_once(case, capsys):
    problems = ["", "the disk is full", "the disk is full", "", "the disk is full"]

    def crawl(job):
        problem = problems.pop(0) if problems else ""
        case.write_status(problem=problem, drained=not problems)

    case.run(crawl)
    assert capsys.readouterr().err.count("the disk is full") == 2


def test_each_window_has_a_row_of_runs_and_a_line(case, capsys):
    windows = ["20260301T120000.000000Z", "20260301T120010.000000Z"]

    def work(job):
        if windows:
            run_id = f"{windows.pop(0)}-{case.driver.options.run_id}"
            commit(case.lake, fetch(run_id), run_id=run_id, number=len(windows))
            commit(case.lake, fetch(f"other-{run_id}"), run_id=f"{run_id}x", number=len(windows))
        case.write_status(drained=not windows)

    case.run(work)
    assert capsys.readouterr().out.count("due") == 2
    rows = connect(case.lake.storage.root).execute(
        "SELECT started_at, len(commits), len(committed_at) FROM runs ORDER BY run_id"
    )
    begin = datetime(2026, 3, 1, 12, tzinfo=UTC)
    assert rows.fetchall() == [(begin, 1, 1), (begin + timedelta(seconds=10), 1, 1)]
