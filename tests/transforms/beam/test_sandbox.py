import errno
import os
import signal
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import Mock

import calls
import pytest
from paths import ROOT
from process_list import is_running
from waits import HANG_SECONDS

from newslake.schemas.reasons import NoText, OutOfMemory, ParserDied, TooSlow
from newslake.transforms.beam.fork_server import fork_server, import_path
from newslake.transforms.beam.sandbox import Sandbox, SandboxFailed, sandbox
from newslake.transforms.failure import DEBUG


@contextmanager
def patient(seconds, prepare=None):
    """Yield a sandbox whose calls have all the wall time that they need on a busy machine."""
    made = Sandbox(seconds, 100, prepare, wall_per_cpu=HANG_SECONDS / seconds)
    try:
        yield made
    finally:
        made.close()


@pytest.fixture
def small():
    with patient(seconds=1) as made:
        yield made


def test_calls_are_made_in_one_other_process(small):
    assert small.call(calls.pid) == small.call(calls.pid) != os.getpid()


def test_a_call_that_takes_too_long_is_ended_and_the_next_call_returns(small):
    child = small.call(calls.pid)
    with pytest.raises(TooSlow, match="more than 1 CPU seconds"):
        small.call(calls.spin)
    assert small.call(calls.pid) != child
    assert not is_running(child)


def test_only_its_own_cpu_time_is_charged_to_a_call():
    with patient(seconds=0.4) as made:
        child = made.call(calls.pid)
        for _ in range(2):
            made.call(calls.burn, 0.25)
        made.call(time.sleep, 0.5)
        assert made.call(calls.pid) == child


def test_a_call_that_waits_for_ever_is_ended_after_ten_times_its_cpu_time():
    made = Sandbox(seconds=0.1, megabytes=100)
    with pytest.raises(TooSlow, match="more than 1 seconds of wall time"):
        made.call(signal.pause)
    made.close()


def test_the_limit_does_not_depend_on_the_callers_signal_handling():
    before = signal.signal(signal.SIGPROF, signal.SIG_IGN)
    signal.pthread_sigmask(signal.SIG_BLOCK, [signal.SIGPROF])
    try:
        with (
            patient(seconds=0.1) as made,
            pytest.raises(TooSlow, match=r"more than 0\.1 CPU seconds"),
        ):
            made.call(calls.spin)
    finally:
        signal.pthread_sigmask(signal.SIG_UNBLOCK, [signal.SIGPROF])
        signal.signal(signal.SIGPROF, before)


def test_a_call_that_wants_too_much_memory_is_refused(small):
    assert small.call(calls.fill, 50) == 50 * 2**20
    with pytest.raises(OutOfMemory, match="more than 100 MB"):
        small.call(calls.fill, 200)
    assert small.call(calls.fill, 50) == 50 * 2**20


def test_what_is_prepared_is_not_charged_to_the_first_call():
    with patient(seconds=0.4, prepare=calls.prepare) as made:
        assert made.call(calls.prepared) == 150 * 2**20


def test_memory_left_by_earlier_calls_is_not_charged_to_a_call(small):
    assert [small.call(calls.leak, 40) for _ in range(4)] == [1, 2, 1, 2]


def test_a_call_that_brings_the_process_down_is_refused(small):
    with pytest.raises(ParserDied, match="ended with -11"):
        small.call(calls.die)
    assert small.call(calls.fill, 1)


def test_a_process_that_was_ended_from_outside_costs_no_call(small):
    os.kill(small.call(calls.pid), signal.SIGKILL)
    assert small.call(calls.fill, 1) == 2**20


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_a_signal_that_also_reaches_the_parent_does_not_end_the_process(small, number):
    process = small.call(calls.pid)
    os.kill(process, number)
    assert small.call(calls.pid) == process


def test_an_exception_of_a_call_is_raised_in_the_caller(small):
    with pytest.raises(NoText, match="nothing"):
        small.call(calls.refuse)
    with pytest.raises(KeyError) as caught:
        small.call(calls.crash)
    assert "in crash" in caught.value.__notes__[0]
    with pytest.raises(RuntimeError, match="Local: bug"):
        small.call(calls.crash_unfit)


def test_output_of_a_library_does_not_mix_with_the_results(small):
    assert [small.call(calls.chatter), small.call(calls.chatter)] == ["result", "result"]


def test_an_interrupted_call_leaves_no_result_for_the_next_call(small):
    def interrupt(*_):
        raise KeyboardInterrupt

    before = signal.signal(signal.SIGALRM, interrupt)
    try:
        with pytest.raises(KeyboardInterrupt):
            small.call(calls.interrupt, os.getpid())
    finally:
        signal.signal(signal.SIGALRM, before)
    assert small.call(calls.fill, 1) == 2**20


def test_each_process_has_one_sandbox():
    assert sandbox(10, 512) is sandbox(10, 512)


def test_a_subprocess_imports_from_where_its_parent_does(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", ["", Path("here"), "/there"])
    folders = import_path()["PYTHONPATH"].split(os.pathsep)
    assert folders == [str(tmp_path), str(tmp_path / "here"), "/there"]


PARENT = """
import os, signal, sys
sys.path.insert(0, {tests!r})
import calls
from newslake.transforms.beam.sandbox import sandbox
sandbox(1, 100).call(calls.pid)
{then}
"""


@pytest.mark.parametrize(
    "then",
    [
        "pass",
        "os._exit(1)",
        "os.kill(os.getpid(), signal.SIGKILL)",
        "sandbox(1, 100).call(calls.outlive, os.getpid())",
    ],
    ids=["at its end", "immediately", "killed", "in the middle of a call"],
)
def test_the_process_ends_with_its_parent(then):
    code = PARENT.format(tests=str(ROOT / "tests" / "helpers"), then=then)
    command = [sys.executable, "-c", code]
    # This returns when both the parent and the sandbox process have closed stderr.
    done = subprocess.run(
        command,
        check=False,
        cwd=ROOT,
        env=os.environ | {DEBUG: "1"},  # the sandbox process has the same stderr only then
        stderr=subprocess.PIPE,
        timeout=HANG_SECONDS,
    )
    assert done.stderr == b""


def test_the_process_loads_no_beam():
    code = "import newslake.transforms.beam.sandbox, newslake.transforms.extract.by_media_type, sys; print('apache_beam' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


def no_memory():
    raise MemoryError


@pytest.mark.parametrize(
    ("prepare", "message"),
    [(no_memory, r"cannot start \(MemoryError"), (os.abort, r"cannot start \(it ended at once")],
)
def test_a_process_that_cannot_start_fails_the_run_and_rejects_nothing(prepare, message):
    made = Sandbox(seconds=1, megabytes=100, prepare=prepare)
    for _ in range(2):
        with pytest.raises(SandboxFailed, match=f"{message}.*free some memory"):
            made.call(calls.pid)


def test_a_process_that_cannot_be_forked_fails_the_run(monkeypatch):
    problem = BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
    fork_server.cache_clear()
    monkeypatch.setattr(subprocess, "Popen", Mock(side_effect=problem))
    with pytest.raises(SandboxFailed, match=r"Resource temporarily unavailable.*ulimit -u"):
        Sandbox(seconds=1, megabytes=100).call(calls.pid)


def test_a_process_that_is_killed_twice_fails_the_run(small):
    with pytest.raises(SandboxFailed, match="was killed, maybe because memory ran out"):
        small.call(calls.be_killed)
    assert small.call(calls.fill, 1)
