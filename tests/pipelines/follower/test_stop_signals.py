"""The signals that end `newslake follow`."""

import json
import os
import signal

import pytest
from rich.console import Console

from newslake.pipelines import messages
from newslake.pipelines.follower.dashboard import Dashboard
from newslake.pipelines.follower.stop_signals import StopSignals, end_at_once

SAID = "stopped at once; committed data is kept"


@pytest.fixture(params=[False, True], ids=["text", "json"])
def as_json(request):
    messages.configure(verbose=False, quiet=False, as_json=request.param)
    yield request.param
    messages.configure(verbose=False, quiet=False, as_json=False)


def test_the_second_signal_ends_the_process_and_says_so_like_all_messages(
    as_json, monkeypatch, capfd
):
    codes = []
    monkeypatch.setattr(os, "_exit", codes.append)
    dashboard, calls = Dashboard(Console(), as_json=False), []
    with StopSignals(lambda: calls.append("first"), lambda: end_at_once(dashboard)) as signals:
        os.kill(os.getpid(), signal.SIGTERM)
        assert (signals.number, calls, codes) == (signal.SIGTERM, ["first"], [])
        os.kill(os.getpid(), signal.SIGINT)
    assert (signals.exit_code, calls, codes) == (0, ["first"], [130])
    said = capfd.readouterr().err
    if as_json:
        said = json.loads(said)
        assert (said["event"], said["level"], said["message"]) == ("stopped", "warning", SAID)
    else:
        assert said == f"newslake: {SAID}\n"
