"""Processes that are forked from a process with loaded modules and data."""

import os
import signal
import subprocess
import sys
from contextlib import contextmanager

import calls
import pytest
from paths import ROOT

from newslake.transforms.beam.fork_server import CannotStart, ForkServer


@contextmanager
def serving(prepare=None):
    server = ForkServer(prepare)
    try:
        yield server
    finally:
        server.close()


def answer(child):
    with_newline = child.stream.readline()
    child.close()
    return with_newline.decode().strip()


def test_the_children_share_what_was_loaded_once():
    with serving(calls.prepare_pid) as server:
        first, second = (server.start(calls.write_pids) for _ in range(2))
        (loaded_by, one), (also, other) = (answer(child).split() for child in (first, second))
    assert loaded_by == also
    assert len({loaded_by, one, other, str(os.getpid())}) == 4


@pytest.mark.parametrize(("number", "code"), [(signal.SIGKILL, -9), (signal.SIGSEGV, -11)])
def test_the_signal_that_ended_a_child_is_known(number, code):
    with serving() as server:
        child = server.start(calls.wait_for_end)
        assert child.poll() is None
        os.kill(child.pid, number)
        assert child.wait() == child.poll() == code


def test_the_exit_code_of_a_child_is_known():
    with serving() as server:
        child = server.start(calls.leave, 5)
        assert child.wait() == 5


def test_a_killed_fork_server_ends_its_children_and_the_next_child_has_a_new_one():
    with serving() as server:
        child = server.start(calls.wait_for_end)
        server._process.kill()
        assert child.wait() == -signal.SIGKILL
        next_child = server.start(calls.write_pids)
        assert answer(next_child) == str(next_child.pid)


def test_an_error_while_it_loads_is_reported_and_it_is_tried_again():
    with serving(calls.refuse) as server:
        for _ in range(2):
            with pytest.raises(CannotStart, match="NoText: nothing"):
                server.start(calls.write_pids)


def cpu_of_ended_children():
    times = os.times()
    return times.children_user + times.children_system


def test_a_child_that_ends_with_the_server_counts_as_its_cpu_time():
    code = """
import calls
from newslake.transforms.beam.fork_server import fork_server
child = fork_server().start(calls.burn_for, 0.5)
child.stream.readline()
"""
    before = cpu_of_ended_children()
    subprocess.run(
        [sys.executable, "-c", code],
        check=True,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests/helpers")])},
    )
    assert cpu_of_ended_children() - before > 0.5
