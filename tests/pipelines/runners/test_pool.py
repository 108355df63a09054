"""Worker processes that several pipelines reuse."""

import os
import signal
import sys
import time

import apache_beam as beam
import pytest
from waits import HANG_SECONDS

from newslake.pipelines.runners import pool
from newslake.pipelines.runners.engine import RunnerFailed, engine
from newslake.transforms.beam.fork_server import ForkServer
from newslake.transforms.failure import Failure


def pids(with_engine, folder):
    """Return the ids of the processes that ran a pipeline."""
    with beam.Pipeline(with_engine.runner, with_engine.options) as pipeline:
        numbers = pipeline | beam.Create(range(20)) | beam.Reshuffle()
        numbers | beam.Map(lambda _: (folder / str(os.getpid())).touch())
    return {int(path.name) for path in folder.iterdir()}


def run(with_engine, function):
    with with_engine.running(), beam.Pipeline(with_engine.runner, with_engine.options) as pipeline:
        pipeline | beam.Create(range(20)) | beam.Reshuffle() | beam.Map(function)


def is_alive(pid):
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True


def test_the_next_pipeline_finds_the_same_processes_and_the_end_ends_them(tmp_path):
    local = engine("DirectRunner", 2, [])
    with local.running():
        first = pids(local, tmp_path)
        assert pids(local, tmp_path) == first
    assert os.getpid() not in first
    assert not any(is_alive(pid) for pid in first)


def test_workers_do_without_pandas():
    pytest.importorskip("pandas")
    run(engine("DirectRunner", 2, []), lambda _: 1 // ("pandas" not in sys.modules))


def test_a_killed_worker_is_reported_in_one_line_and_does_not_hang(capfd):
    message = r"a worker process ended \(signal 9\).*Committed data is kept"
    with pytest.raises(RunnerFailed, match=message):
        run(engine("DirectRunner", 2, []), lambda _: os.kill(os.getpid(), signal.SIGKILL))
    assert "Traceback" not in capfd.readouterr().err


def test_a_worker_that_dies_at_its_start_does_not_hang_the_run(monkeypatch):
    monkeypatch.setattr(pool, "work", sys.exit)
    with pytest.raises(RunnerFailed, match=r"a worker process ended \(exit code 1\)"):
        run(engine("DirectRunner", 2, []), print)


def test_workers_that_cannot_be_loaded_are_reported_in_one_line(monkeypatch):
    monkeypatch.setattr(pool, "_server", ForkServer(os.abort))
    with pytest.raises(
        Failure, match=r"a worker process cannot start \(it ended at once.*fewer --w"
    ):
        run(engine("DirectRunner", 2, []), print)


def test_a_killed_fork_server_of_the_workers_is_reported_and_the_next_run_has_a_new_one(
    monkeypatch,
):
    serve = pool._Process.serve

    def killing(process, handler):
        serve(process, handler)
        pool._server._process.kill()

    with monkeypatch.context() as patched:
        patched.setattr(pool._Process, "serve", killing)
        with pytest.raises(RunnerFailed, match=r"a worker process ended \(signal 9\)"):
            run(engine("DirectRunner", 2, []), lambda _: time.sleep(HANG_SECONDS))
    run(engine("DirectRunner", 2, []), print)


def test_a_worker_that_dies_before_the_next_one_starts_is_reported(monkeypatch):
    serve, served = pool._Process.serve, []

    def killing(process, handler):
        serve(process, handler)
        served.append(process)
        if len(served) == 1:
            os.kill(process.child.pid, signal.SIGKILL)
            process.child.wait()

    monkeypatch.setattr(pool._Process, "serve", killing)
    with pytest.raises(RunnerFailed, match=r"a worker process ended \(signal 9\)"):
        run(engine("DirectRunner", 2, []), print)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_reaches_all_processes_ends_no_worker(number):
    """`timeout` and Ctrl-C send it to the whole process group; the driver decides when to end."""
    run(engine("DirectRunner", 2, []), lambda _: os.kill(os.getpid(), number))


def test_an_error_of_newslake_is_not_attributed_to_the_runner():
    with pytest.raises(RuntimeError, match="division by zero"):
        run(engine("DirectRunner", 2, []), lambda number: 1 / number)
