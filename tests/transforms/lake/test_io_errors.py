"""An I/O error at any step of a commit or a compaction loses and doubles no row."""

import errno
import shutil
from contextlib import suppress

import pytest
from failing_storage import Failing
from lakes import article, commit, duplicate, let_all_die, mention, rejected, rows_of

from newslake.pipelines.commands.compact import merge
from newslake.pipelines.commands.verify import check_files, check_log
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.failure import Failure, explained


def rows():
    one, two = article("one"), article("two")
    return one, mention(one), duplicate("copy", "one"), two, rejected("bad")


@pytest.fixture(scope="module")
def origin(tmp_path_factory):
    lake = open_lake(tmp_path_factory.mktemp("origin") / "lake")
    lake.create()
    commit(lake, article("first"))
    commit(lake, article("second"), number=1)
    return lake.storage.root


def a_commit(lake):
    commit(lake, *rows(), run_id="again", as_of=2)


def a_compaction(lake):
    merge(lake, "articles/published_date=2026-03-01")


@pytest.mark.parametrize(
    ("number", "takes_effect"),
    [(errno.EIO, False), (errno.EIO, True), (errno.ENOSPC, False)],
)
@pytest.mark.parametrize("action", [a_commit, a_compaction])
def test_after_an_error_at_any_step_the_same_command_completes(
    origin, tmp_path, action, number, takes_effect
):
    undisturbed = open_lake(shutil.copytree(origin, tmp_path / "undisturbed"))
    action(undisturbed)
    expected = rows_of(undisturbed.storage.root)
    step = 0
    while True:
        root = shutil.copytree(origin, tmp_path / f"lake-{step}")
        storage = Failing(root, step, number, takes_effect)
        with suppress(Failure), explained(root):
            action(open_lake(storage))
        if storage.count <= step:
            break
        healthy = open_lake(root)
        let_all_die(healthy)
        action(healthy)
        assert rows_of(root) == expected, step
        assert [*check_log(healthy), *check_files(healthy)] == [], step
        shutil.rmtree(root)
        step += 1
    assert step > 50
