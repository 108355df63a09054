"""The page made from the copy of the tables equals one counted from nothing, after each change of the lake."""

import shutil
from dataclasses import replace
from datetime import timedelta

import pytest
from lakes import DAY, announcement, article, commit, fetch, mention, rejected, revision
from reports import NOW, copy, news_lake, party

from newslake.pipelines.cli import main
from newslake.pipelines.report.report_columns import Selection
from newslake.pipelines.report.report_page import read_report
from newslake.pipelines.serving.table_copy import TableCopy
from newslake.transforms.dedupe.lake_index import open_lake

LATER = DAY + timedelta(days=40)


class Live:
    """A lake whose page is made from a copy; `reports` are the pages so far."""

    def __init__(self, folder):
        self.root = folder / "news"
        self.lake = open_lake(self.root)
        self.file = folder / "it's a copy.duckdb"
        self.reports = []

    def refresh(self):
        """Make the page from the copy. It equals the page that is made without it."""
        report = read_report(self.root, Selection(), NOW, TableCopy(self.file).read_rows)
        assert report == read_report(self.root, Selection(), NOW)
        assert report not in self.reports
        self.reports.append(report)
        return report

    def run(self, *words):
        assert main([*words, "--lake", str(self.root)]) == 0


@pytest.fixture(scope="module")
def first(tmp_path_factory):
    """A lake with its copy and its first page. Each test changes files of its own."""
    folder = tmp_path_factory.mktemp("first")
    news_lake(folder)
    first = Live(folder)
    first.refresh()
    return first


@pytest.fixture
def live(first, tmp_path):
    shutil.copytree(first.root.parent, tmp_path, dirs_exist_ok=True)
    live = Live(tmp_path)
    live.reports = [*first.reports]
    return live


def test_articles_copies_revisions_mentions_and_rejects_are_added(live):
    story = article("new", published_at=LATER, source="new.example", language="fr")
    first = article("story 0", published_at=DAY)
    found = replace(mention(story), actors=[party("Ben Okafor")], recipients=[party("Chad", "TCD")])
    address = "https://example.org/entry"
    steps = [
        [article("undated", published_at=None)],
        [story, found],
        [copy("another copy", first, 5)],
        [revision("story 3 changed", "story 3", 1), revision("story 2 again", "story 2", 2)],
        [rejected("worse"), announcement(address), fetch(address, "waiting")],
    ]
    for number, rows in enumerate(steps):
        commit(live.lake, *rows, run_id=f"step{number}", number=200 + number)
        live.refresh()
    assert live.reports[-1].articles == live.reports[0].articles + 2


def test_several_commits_are_added_at_once(live):
    for number in range(3):
        commit(live.lake, article(f"new {number}"), run_id=f"run {number}", number=200 + number)
    live.refresh()


def test_a_compaction_changes_no_row(live):
    live.run("compact", "--idle", "0")
    live.refresh()
    commit(live.lake, article("new"), run_id="new", number=200)
    live.refresh()


def test_a_commit_that_was_compacted_before_it_was_read_is_added(live):
    live.run("compact", "--idle", "0")
    commit(live.lake, article("new"), run_id="new", number=200)
    live.run("compact", "--idle", "0")
    commit(live.lake, article("newer"), run_id="newer", number=201)
    live.refresh()


def test_a_forgotten_article_is_not_in_the_copy(live):
    assert b"story 4" in live.file.read_bytes()
    live.run("forget", "https://example.org/story 4", "--grace", "0", "--yes")
    report = live.refresh()
    assert report.articles == live.reports[0].articles - 1
    assert b"story 4" not in live.file.read_bytes()


def test_events_that_are_found_again_replace_the_former(live):
    live.run("reprocess", "--events")
    live.refresh()


def test_another_lake_at_the_same_path_is_read_from_the_start(live, tmp_path):
    shutil.rmtree(live.root)
    other = news_lake(tmp_path)
    commit(other, article("only here"), run_id="other", number=300)
    live.refresh()


def test_only_new_files_are_read(live):
    for path in live.root.glob("*/*/*.parquet"):
        path.write_bytes(b"cannot be read")
    commit(live.lake, article("new"), run_id="new", number=200)
    report = read_report(live.root, Selection(), NOW, TableCopy(live.file).read_rows)
    assert report.articles == live.reports[0].articles + 1


def test_a_file_that_a_commit_is_publishing_is_awaited(live, monkeypatch):
    commit(live.lake, article("new"), run_id="new", number=200)
    [path] = [one for one in live.root.glob("articles/*/*.parquet") if "-00000014-" in one.name]
    hidden = path.rename(path.with_suffix(".hidden"))
    monkeypatch.setattr(
        "newslake.pipelines.serving.table_copy.time.sleep", lambda _: hidden.rename(path)
    )
    live.refresh()
