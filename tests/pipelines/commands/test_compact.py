"""compact: merges small files of a partition into sorted files, one log entry per partition."""

import json
import shutil
from datetime import timedelta

import duckdb
import pyarrow as pa
import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import (
    DAY,
    FOLDER,
    article,
    commit,
    hexadecimal,
    names,
    rejected,
    rows_of,
    whole,
)

from newslake.pipelines.cli import main
from newslake.pipelines.commands.compact import merge
from newslake.transforms.lake import layout, rewriting
from newslake.transforms.lake.errors import Damaged, Unsupported
from newslake.transforms.lake.storage import Storage


def test_compact_merges_small_files_and_changes_no_row(lake, run):
    before = rows_of(lake.storage.root)
    totals = json.loads(run("compact", "--idle", "0", "--json").out)
    assert totals["partitions"] == 3
    assert (totals["files_before"], totals["files_after"]) == (9, 3)
    assert len(names(lake)) == 1
    assert rows_of(lake.storage.root) == before
    assert whole(lake)


def test_compacted_rows_are_sorted_and_typed_as_declared(lake, run):
    run("compact", "--idle", "0")
    (name,) = names(lake)
    found = duckdb.sql(f"SELECT article_id FROM '{lake.storage.path(FOLDER)}/{name}'").fetchall()
    assert found == sorted(found)


def test_a_lake_of_any_name_can_be_compacted(lake, tmp_path):
    before = rows_of(lake.storage.root)
    odd = lake.storage.root.rename(tmp_path / "br[a]ck*t's")
    assert main(["compact", "--idle", "0", "--lake", str(odd)]) == 0
    assert len(list((odd / FOLDER).iterdir())) == 1
    assert rows_of(odd.rename(tmp_path / "plain")) == before


def test_compact_again_finds_nothing_to_do(lake, run):
    run("compact", "--idle", "0")
    last = lake.log.last()
    assert "nothing to compact" in run("compact", "--idle", "0").out
    assert lake.log.last() == last


def test_partitions_that_are_not_quiet_are_left_alone(lake, run):
    assert "nothing to compact" in run("compact").out


def test_old_files_are_removed_after_the_grace_period(lake, run):
    run("compact", "--idle", "0")
    retired = [name for name in names(lake, layout.TMP) if name.startswith("retired-")]
    assert len(retired) == 3
    with lake.committer() as committer:
        committer.sweep()
        assert len(names(lake, layout.TMP)) >= 3
        committer.sweep(grace=0)
    assert not [name for name in names(lake, layout.TMP) if name.startswith("retired-")]


def test_a_lake_accepts_commits_after_a_compaction(lake, run):
    run("compact", "--idle", "0")
    outcome = commit(lake, article("one"), article("new"), number=9)
    assert (outcome.counts["already_ingested"], outcome.counts["articles"]) == (1, 1)
    lake.index_path.unlink()
    again = commit(lake, article("two"), article("new"), run_id="again")
    assert (again.seq, again.counts["already_ingested"]) == (None, 2)
    assert whole(lake)


def test_files_committed_during_a_merge_stay(lake, monkeypatch):
    from newslake.pipelines.commands import compact

    stage = compact.stage_sorted

    def stage_before_another_commit(*arguments, **options):
        staged = stage(*arguments, **options)
        commit(lake, article("meanwhile"), number=8)
        return staged

    monkeypatch.setattr(compact, "stage_sorted", stage_before_another_commit)
    merge(lake, FOLDER)
    assert len(names(lake)) == 2
    assert len(rows_of(lake.storage.root)["articles"]) == 6
    assert whole(lake)


def test_two_compactors_do_the_work_once(lake, monkeypatch):
    from newslake.pipelines.commands import compact

    stage, overtaken = compact.stage_sorted, []

    def stage_before_another_commit(*arguments, **options):
        staged = stage(*arguments, **options)
        if not overtaken:
            overtaken.append(True)
            merge(lake, FOLDER)
        return staged

    monkeypatch.setattr(compact, "stage_sorted", stage_before_another_commit)
    assert merge(lake, FOLDER) is None
    assert len(names(lake)) == 1
    assert whole(lake)


def test_a_foreign_file_is_reported_and_not_lost(lake, run):
    foreign = lake.storage.path(FOLDER) / "mine.txt"
    foreign.write_text("precious")
    assert "mine.txt was not written by newslake" in run("compact", "--idle", "0", exit_code=1).err
    assert foreign.read_text() == "precious"


def test_a_file_system_that_cannot_swap_folders_is_reported(lake, run, monkeypatch):
    from newslake.transforms.lake import storage

    monkeypatch.setattr(storage, "_swap", lambda one, other: 95)
    with pytest.raises(Unsupported, match="but not compact, forget and reprocess"):
        merge(lake, FOLDER)
    commit(lake, article("goes on"), number=7)
    assert whole(lake)


def test_rejects_of_one_document_stay_with_known_and_unknown_settings(lake, run, monkeypatch):
    """Each slice has one row here, so the rows of a document are at the bounds of slices."""
    monkeypatch.setattr(rewriting, "SLICE_BYTES", 1)
    for number, settings in enumerate(("b", None, "a")):
        rows = [rejected(name, settings) for name in ("bad", "worse")]
        commit(lake, *rows, run_id="again", number=number, settings=settings or "unknown")
    before = rows_of(lake.storage.root)["rejects"]
    run("compact", "--idle", "0")
    assert len(before) == 6
    assert rows_of(lake.storage.root)["rejects"] == before
    assert whole(lake)


# --- partition swaps, killed and repeated


class Killed(BaseException):
    pass


@pytest.mark.parametrize("step", ["swap", "rename"])
@pytest.mark.parametrize("when", ["before", "after"])
def test_a_swap_interrupted_by_a_kill_is_completed_once(lake, monkeypatch, step, when):
    before = rows_of(lake.storage.root)
    real = getattr(Storage, step)

    def killed(self, name, new_name):
        if "probe-" not in name and (step == "swap" or "retired-" in new_name):
            if when == "after":
                real(self, name, new_name)
            raise Killed
        real(self, name, new_name)

    with monkeypatch.context() as patched:
        patched.setattr(Storage, step, killed)
        with pytest.raises(Killed):
            merge(lake, FOLDER)

    assert rows_of(lake.storage.root) == before
    with lake.committer():
        pass
    with lake.committer():
        pass
    assert rows_of(lake.storage.root) == before
    assert len(names(lake)) == 1
    assert whole(lake)


def test_a_swap_whose_new_files_are_missing_stops_with_an_error(lake):
    merge(lake, FOLDER)
    for name in names(lake):
        lake.storage.remove(f"{FOLDER}/{name}")
    last = lake.log.last()
    lake.storage.remove(layout.done_name(last))
    with pytest.raises(Damaged, match="neither published nor staged"):
        lake.committer().__enter__()


TIMES = st.sampled_from([DAY, DAY + timedelta(seconds=1), DAY + timedelta(seconds=2)])


@given(
    times=st.lists(TIMES, max_size=30) | st.lists(st.none(), max_size=30),
    rows_a_slice=st.integers(1, 31),
)
def test_rows_that_are_sorted_in_slices_are_sorted_as_a_whole(times, rows_a_slice):
    ids = [hexadecimal(f"{number * 7 % 31:02}") for number in range(len(times))]
    given = pa.table(
        {"published_at": pa.array(times, pa.timestamp("us", "UTC")), "article_id": ids}
    )
    with duckdb.connect() as database:
        database.execute("SET TimeZone = 'UTC'")
        database.register("rows", given)
        batches = rewriting._in_slices(database, "articles", rows_a_slice)
        found = [row for batch in batches for row in batch.to_pylist()]
    keys = [(row["published_at"] or DAY, row["article_id"]) for row in found]
    assert keys == sorted((time or DAY, id) for time, id in zip(times, ids, strict=True))


@pytest.mark.parametrize("table", ["articles", "rejects", "runs"])
def test_a_partition_that_is_merged_in_slices_keeps_its_rows(
    seed_lake, tmp_path, monkeypatch, table
):
    lake = shutil.copytree(seed_lake, tmp_path / "lake")
    (tmp_path / "bad.json").write_text("{")
    (tmp_path / "more.txt").write_text("The ferry sails again after the strike of last week.")
    for name in ("bad.json", "more.txt"):
        assert main(["backfill", str(tmp_path / name), "--no-events", "--lake", str(lake)]) == 0
    before = rows_of(lake)
    monkeypatch.setattr(rewriting, "SLICE_BYTES", 1)
    assert main(["compact", "--idle", "0", "--table", table, "--lake", str(lake)]) == 0
    assert rows_of(lake) == before
    assert main(["verify", "--lake", str(lake)]) == 0
