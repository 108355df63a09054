import pytest
from lakes import article, commit, hexadecimal, revision, run_context

from newslake.pipelines.cli import main
from newslake.transforms.dedupe.diff_revisions import diff_revisions
from newslake.transforms.dedupe.lake_index import open_lake

FIRST = "Five people died."
SECOND = "Seven people died."
THIRD = "Seven people died. Two are missing."


@pytest.fixture
def lake(tmp_path, unit):
    lake = open_lake(tmp_path / "lake")
    lake.create(unit)
    return lake


def changes(lake, revisions, revised=()):
    group = (hexadecimal("one"), {"revisions": revisions, "revised": list(revised)})
    found = list(diff_revisions(group, run_context(lake, "run")))
    assert all((one.words_added is None) == (one.changes is None) for one in found)
    return [one.changes for one in found]


def test_versions_of_one_run_are_compared_with_each_other(lake):
    versions = [revision("v2", "one", 2, THIRD), revision("v1", "one", 1, SECOND)]
    found = changes(lake, versions, [article("one", FIRST)])
    assert found == ["“Five” → “Seven”", "+ “Two are missing.”"]


def test_a_version_is_compared_with_the_article_in_the_lake(lake):
    commit(lake, article("other", "Other words."), article("one", FIRST))
    assert changes(lake, [revision("v1", "one", 1, SECOND)]) == ["“Five” → “Seven”"]


def test_a_version_is_compared_with_the_last_one_in_the_lake(lake):
    commit(lake, article("one", FIRST), revision("v1", "one", 1, SECOND))
    assert changes(lake, [revision("v2", "one", 2, THIRD)]) == ["+ “Two are missing.”"]
    assert main(["compact", "--lake", str(lake.storage.root), "--idle", "0"]) == 0
    assert changes(lake, [revision("v2", "one", 2, THIRD)]) == ["+ “Two are missing.”"]


def test_without_the_version_before_no_change_is_reported(lake):
    assert changes(lake, [revision("v3", "one", 3, THIRD)]) == [None]
