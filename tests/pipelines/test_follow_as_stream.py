"""`newslake follow` as a stream: no page is lost or stored twice, whichever process is killed."""

import signal

import pytest
from prism import lack
from stream_farm import running_farm, scripted_papers
from stream_oracle import check, has_rows_of_all_kinds, is_complete
from stream_process import StreamProcess
from waits import wait_until

from newslake.pipelines.cli import main
from newslake.pipelines.runners.flink import INSTALLED

PRISM = pytest.param(
    "PrismRunner",
    marks=[pytest.mark.prism, pytest.mark.skipif(bool(lack()), reason=lack())],
)
FLINK = pytest.param(
    "FlinkRunner",
    marks=[
        pytest.mark.flink,
        pytest.mark.skipif(not INSTALLED.is_file(), reason=f"{INSTALLED} is missing: `make flink`"),
    ],
)


@pytest.fixture
def farm():
    with running_farm(scripted_papers(4)) as farm:
        yield farm


@pytest.fixture
def stream(farm, tmp_path, request):
    stream = StreamProcess(tmp_path / "lake", farm.feeds(), request.param, "--no-events")
    yield stream
    stream.kill("")


@pytest.mark.parametrize("stream", [PRISM], indirect=True)
def test_killed_processes_lose_no_page_and_store_none_twice(stream, farm):
    stream.words.remove("--no-events")
    for victim in ("bin/prism", "newslake follow"):
        stream.start()
        stream.wait_for_commits(3)
        stream.kill(victim)
        assert stream.ended() in {1, -signal.SIGKILL}
        wait_until(lambda: not stream.pids())
    stream.delete_state()
    stream.start()
    stream.wait_for_commits(2)
    wait_until(lambda: has_rows_of_all_kinds(stream.lake))
    farm.stop_publishing()
    wait_until(lambda: is_complete(farm, stream.lake))
    assert stream.stop() == 0, stream.errors
    wait_until(lambda: not stream.pids())
    check(farm, stream.lake)


@pytest.mark.parametrize("stream", [PRISM], indirect=True)
def test_a_signal_commits_the_open_window_and_ends_all_processes(stream, farm):
    stream.words[stream.words.index("--flush") + 1] = "1h"
    stream.start()
    wait_until(lambda: len([path for _, path in farm.papers["127.0.0.2"].requests]) > 6)
    assert stream.commits() <= 1  # the entry for the empty seed files
    assert stream.stop(signal.SIGINT) == 0, stream.errors
    wait_until(lambda: not stream.pids())
    outcomes = stream.outcomes()
    assert len(outcomes) >= 6
    assert set(outcomes.values()) == {1}
    assert main(["verify", "--lake", str(stream.lake)]) == 0


@pytest.mark.parametrize("stream", [PRISM], indirect=True)
def test_a_second_signal_ends_all_processes_at_once(stream):
    stream.start()
    stream.wait_for_commits(2)
    end_by_two_signals(stream)


@pytest.mark.parametrize("stream", [FLINK], indirect=True)
def test_flink_inside_the_job_server_ends_by_two_signals_and_the_next_start_continues(stream, farm):
    stream.start()
    stream.wait_for_commits(2)
    end_by_two_signals(stream)
    stream.start()
    stream.wait_for_commits(2)
    farm.stop_publishing()
    wait_until(lambda: is_complete(farm, stream.lake))
    assert stream.stop(signal.SIGINT) == 0, stream.errors
    wait_until(lambda: not stream.pids())
    check(farm, stream.lake)


def end_by_two_signals(stream):
    stream.process.send_signal(signal.SIGTERM)
    stream.process.send_signal(signal.SIGINT)
    assert stream.ended() in {130, 0}
    wait_until(lambda: not stream.pids())


@pytest.mark.parametrize("stream", [PRISM], indirect=True)
def test_a_stream_of_the_same_name_is_refused(stream, farm, capfd):
    stream.start()
    stream.wait_for_commits(2)
    words = ["follow", *farm.feeds(), "--lake", str(stream.lake), "--runner", "PrismRunner"]
    assert main(words) == 1
    assert "already runs the stream lake" in capfd.readouterr().err
    assert stream.stop() == 0
