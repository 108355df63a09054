"""A Flink cluster on this machine, with two task managers and newslake's own worker program."""

import json
import os
import signal

import pytest
from lakes import rows_of
from stream_farm import running_farm, scripted_papers
from stream_oracle import check, has_rows_of_all_kinds, is_complete
from stream_process import FAST, StreamProcess
from waits import HANG_SECONDS, wait_until

from newslake.pipelines.cli import main
from newslake.pipelines.runners.flink import INSTALLED

EVENTS = 100

pytestmark = [
    pytest.mark.flink,
    pytest.mark.skipif(not INSTALLED.is_file(), reason=f"{INSTALLED} is missing: run `make flink`"),
]


def documents(path, count):
    """Write `count` different short documents, 100 of them with an event, as JSON lines."""
    with path.open("w") as file:
        for number in range(count):
            story = (
                f"Choir {number} of town {number % 97} sings {number * 7 % 89} songs in the park. "
            )
            event = f"Soldiers attacked village {number} on Monday, killing two people. "
            text = (event if number < EVENTS else story) + story * 3
            url = f"https://site{number % 50}.example/{number}"
            row = {"url": url, "title": f"News {number}", "text": text, "date": "2026-03-10"}
            file.write(json.dumps(row) + "\n")
    return str(path)


def test_a_killed_task_manager_and_a_killed_worker_change_no_row(flink_cluster, tmp_path):
    inputs, lake = documents(tmp_path / "news.jsonl", 2_000), str(tmp_path / "flink")
    assert main(["backfill", inputs, "--lake", str(tmp_path / "local")]) == 0
    run = flink_cluster.run("backfill", inputs, "--lake", lake, "--json")
    wait_until(lambda: flink_cluster.is_working(tasks=10) or run.poll() is not None)
    flink_cluster.kill_task_manager(0)
    wait_until(lambda: flink_cluster.failures() >= 1)
    failures = flink_cluster.failures()
    # Workers of the attempt that failed may still be running. If they die, nothing fails.
    wait_until(
        lambda: (
            run.poll() is not None
            or (flink_cluster.kill_workers() and flink_cluster.failures() > failures)
        )
    )
    output, errors = run.communicate(timeout=HANG_SECONDS)
    assert run.returncode == 0, errors
    assert flink_cluster.failures() > failures
    assert json.loads(output)["articles"] == 2_000
    assert rows_of(tmp_path / "flink") == rows_of(tmp_path / "local")
    assert len(rows_of(tmp_path / "flink")["mentions"]) >= EVENTS
    assert main(["verify", "--lake", lake]) == 0
    wait_until(lambda: not [*flink_cluster.processes()])


def test_ctrl_c_cancels_the_job_and_leaves_no_process(flink_cluster, tmp_path):
    inputs = documents(tmp_path / "news.jsonl", 200)
    run = flink_cluster.run("backfill", inputs, "--lake", str(tmp_path / "flink"))
    wait_until(lambda: flink_cluster.is_working(tasks=1) or run.poll() is not None)
    run.send_signal(signal.SIGINT)
    _, errors = run.communicate(timeout=HANG_SECONDS)
    assert run.returncode == 130, errors
    assert "stopped; committed data is kept" in errors
    wait_until(lambda: flink_cluster.jobs()[0]["state"] == "CANCELED")
    wait_until(lambda: not [*flink_cluster.processes()])
    assert rows_of(tmp_path / "flink")["articles"] == []


def test_a_stream_continues_after_kills_and_loses_no_page(flink_cluster, tmp_path):
    """Flink repeats the work of a task manager and of a worker; a new start that of the job manager."""
    flags = flink_cluster.flags({"PYTHONPATH": f"{flink_cluster.package}{os.pathsep}{FAST}"})
    with running_farm(scripted_papers(5)) as farm:
        stream = StreamProcess(tmp_path / "lake", farm.feeds(), "FlinkRunner", *flags)
        flink_cluster.forget_jobs()
        stream.start()
        stream.wait_for_commits(3)
        flink_cluster.kill_task_manager(0)
        stream.wait_for_commits(2)
        flink_cluster.kill_workers(1)
        stream.wait_for_commits(2)
        flink_cluster.kill_job_manager()
        assert stream.ended() == 1, stream.errors
        stream.start()
        stream.wait_for_commits(2)
        wait_until(lambda: has_rows_of_all_kinds(stream.lake))
        farm.stop_publishing()
        wait_until(lambda: is_complete(farm, stream.lake))
        assert stream.stop() == 0, stream.errors
    check(farm, stream.lake)
    wait_until(lambda: not [*flink_cluster.processes()])
    wait_until(lambda: not stream.pids())
