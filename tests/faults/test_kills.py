"""A command that is killed at any moment and run again gives the same rows, without duplicates."""

import os
import shutil
import signal
import subprocess
import sys
from pathlib import Path

import duckdb
import newsroom
import pytest
from lakes import rows_of
from paths import ROOT
from waits import HANG_SECONDS, wait_until

from newslake.pipelines.cli import main

KILLED = Path(__file__).with_name("killed.py")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return newsroom.fill(tmp_path_factory.mktemp("input") / "newsroom")


@pytest.fixture(scope="module")
def undisturbed(folder, tmp_path_factory):
    """The rows of a run that is not killed."""
    lake = tmp_path_factory.mktemp("undisturbed") / "lake"
    assert main(["backfill", str(folder), "--lake", str(lake)]) == 0
    return rows_of(lake)


def run(*words, **options):
    environment = {**os.environ, "PYTHONPATH": f"{ROOT}"}
    return subprocess.Popen(
        [sys.executable, *map(str, words)],
        env=environment,
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        **options,
    )


def assert_no_row_shows_twice(lake):
    for table, id in (("articles", "article_id"), ("mentions", "mention_id")):
        glob = f"{lake}/{table}/**/*.parquet"
        rows, ids = duckdb.sql(f"SELECT count(*), count(DISTINCT {id}) FROM '{glob}'").fetchall()[0]
        assert rows == ids


@pytest.mark.parametrize("step", ["before_entry", "after_entry", "between_links"])
def test_a_kill_at_a_step_of_the_commit_loses_and_doubles_nothing(
    folder, undisturbed, tmp_path, step
):
    lake = tmp_path / "lake"
    killed = run(KILLED, step, "backfill", folder, "--lake", lake)
    _, said = killed.communicate(timeout=HANG_SECONDS)
    assert killed.returncode == -signal.SIGKILL, said
    assert_no_row_shows_twice(lake)

    assert main(["backfill", str(folder), "--lake", str(lake)]) == 0
    assert rows_of(lake) == undisturbed
    assert main(["verify", "--lake", str(lake)]) == 0


@pytest.fixture(scope="module")
def tried_again(folder, tmp_path_factory):
    """The rows of a run with a limit that rejects the page, and of a run without this limit."""
    lake = tmp_path_factory.mktemp("tried-again") / "lake"
    assert main(["backfill", str(folder), "--lake", str(lake), "--max-tags", "3"]) == 0
    assert main(["backfill", str(folder), "--lake", str(lake)]) == 0
    return rows_of(lake)


@pytest.mark.parametrize("step", ["before_entry", "after_entry", "between_links"])
def test_a_kill_while_rejects_are_tried_again_loses_and_doubles_nothing(
    folder, tried_again, tmp_path, step
):
    lake = tmp_path / "lake"
    assert main(["backfill", str(folder), "--lake", str(lake), "--max-tags", "3"]) == 0
    before = rows_of(lake)
    assert len(before["rejects"]) == 4
    killed = run(KILLED, step, "backfill", folder, "--lake", lake)
    _, said = killed.communicate(timeout=HANG_SECONDS)
    assert killed.returncode == -signal.SIGKILL, said
    assert_no_row_shows_twice(lake)

    for _ in range(2):
        assert main(["backfill", str(folder), "--lake", str(lake)]) == 0
        assert rows_of(lake) == tried_again
    assert len(tried_again["articles"]) == len(before["articles"]) + 1
    assert len(tried_again["rejects"]) == 7
    assert main(["verify", "--lake", str(lake)]) == 0


def test_replays_that_are_killed_at_random_moments_lose_and_double_nothing(tmp_path):
    folder, lake, other = (tmp_path / name for name in ("in", "lake", "other"))
    folder.mkdir()
    for number in range(40):
        text = f"<p>The council of ward {number} met on Monday.</p>" * (1 if number < 30 else 0)
        (folder / f"{number:03}.html").write_text(f"<article>{text}{'<b></b>' * 9}</article>")
    assert main(["backfill", str(folder), "--lake", str(lake), "--max-tags", "3"]) == 0
    assert len(rows_of(lake)["rejects"]) == 40
    shutil.copytree(lake, other)
    replay = ["replay", "--no-events", "--lake"]
    assert main([*replay, str(other)]) == 0

    killed = run(Path(__file__).with_name("killed_replays.py"), lake, 20, 1)
    out, said = killed.communicate(timeout=HANG_SECONDS)
    assert int(out.splitlines()[-1].removeprefix("killed ")) >= 10, said
    assert_no_row_shows_twice(lake)
    for _ in range(2):
        assert main([*replay, str(lake)]) == 0
        assert rows_of(lake) == rows_of(other)
    assert main(["verify", "--lake", str(lake)]) == 0


def test_an_interrupt_ends_cleanly_and_the_next_run_goes_on(tmp_path):
    folder, lake = tmp_path / "many", tmp_path / "lake"
    folder.mkdir()
    for number in range(300):
        text = f"Story {number}.\n\nThe council of ward {number} met on Monday and adjourned."
        (folder / f"{number:03}.txt").write_text(text)
    words = ("-m", "newslake.pipelines.cli", "backfill", folder, "--lake", lake, "--workers", 1)
    stopped = run(*words, "--chunk-documents", 20)
    wait_until((lake / "_log/00000003.json").exists)
    stopped.send_signal(signal.SIGINT)
    _, said = stopped.communicate(timeout=HANG_SECONDS)

    assert stopped.returncode == 130
    assert "stopped; committed data is kept" in said
    assert "Traceback" not in said
    assert_no_row_shows_twice(lake)

    assert main(["backfill", str(folder), "--lake", str(lake), "--workers", "1"]) == 0
    assert len(rows_of(lake)["articles"]) == 300
    assert main(["verify", "--lake", str(lake)]) == 0


def test_backfills_at_once_give_one_of_the_orders_of_their_commits(folder, undisturbed, tmp_path):
    """Four writers with overlapping inputs: all succeed, with as many articles and rejects as one writer."""
    lake = tmp_path / "lake"
    words = ("-m", "newslake.pipelines.cli", "backfill", "--lake", lake, "--chunk-documents", 3)
    inputs = [[folder], [f"{folder}/*.*"], [f"{folder}/*.jsonl", folder], [folder]]
    writers = [run(*words, *paths) for paths in inputs]
    for writer in writers:
        _, said = writer.communicate(timeout=HANG_SECONDS)
        assert writer.returncode == 0, said

    assert_no_row_shows_twice(lake)
    rows = rows_of(lake)
    assert len(rows["articles"]) == len(undisturbed["articles"])
    assert len(rows["rejects"]) == len(undisturbed["rejects"])
    assert main(["verify", "--lake", str(lake)]) == 0
