"""forget: deletes articles and all related rows permanently."""

import json
import re
from dataclasses import replace
from io import StringIO

import duckdb
import pytest
from lakes import (
    FOLDER,
    announcement,
    article,
    commit,
    duplicate,
    hexadecimal,
    names,
    rejected,
    revision,
    rows_of,
    transaction_of,
    whole,
)

from newslake.pipelines.commands.compact import merge
from newslake.pipelines.commands.forget import forget
from newslake.schemas.identity import article_id
from newslake.transforms.lake.errors import Stale
from newslake.transforms.lake.storage import Storage


class Killed(BaseException):
    pass


def bytes_anywhere(lake, words):
    """Return the files of the lake that contain `words`, compressed or not."""
    found = []
    for path in lake.storage.root.rglob("*"):
        if path.suffix == ".parquet":
            rows = duckdb.sql(f"SELECT * FROM '{path}'").fetchall()
            if words in str(rows):
                found.append(path)
        elif path.is_file() and words.encode() in path.read_bytes():
            found.append(path)
    return found


def test_forget_removes_an_article_and_its_dependent_rows(lake, run):
    commit(lake, revision("v1", "one", 1, "The corrected text of one."), number=7)
    result = json.loads(run("forget", hexadecimal("one"), "--grace", "0", "--yes", "--json").out)
    assert result["forgotten"] == {"articles": 1, "duplicates": 1, "revisions": 1, "mentions": 1}
    rows = rows_of(lake.storage.root)
    assert len(rows["articles"]) == 4
    assert len(rows["mentions"]) == 2
    assert bytes_anywhere(lake, "text of one.") == []
    assert bytes_anywhere(lake, "corrected text") == []
    assert whole(lake)


def test_a_forgotten_article_never_comes_back(lake):
    forget(lake, [hexadecimal("one")])
    lake.index_path.unlink()
    same = commit(lake, article("one"), run_id="same")
    assert (same.seq, same.counts["already_ingested"]) == (None, 1)
    with lake.committer() as committer:
        assert committer.conflicts.index.is_forgotten(hexadecimal("one"))
        assert committer.conflicts.index.is_forgotten(article("one").text_hash)


def test_articles_can_be_forgotten_one_after_the_other(lake):
    forget(lake, [hexadecimal("one")])
    assert forget(lake, [hexadecimal("two")]).rows == {
        "articles": 1,
        "duplicates": 1,
        "mentions": 1,
    }


def test_an_article_can_be_named_by_its_url(lake):
    url = "https://example.org/story?utm_source=x"
    id = article_id("https://example.org/story", b"")
    commit(lake, article("story", article_id=id), number=7)
    assert forget(lake, [url]).rows == {"articles": 1}
    assert whole(lake)


def test_a_source_can_be_forgotten_whole(lake, run):
    run("forget", "example.org", "--grace", "0", "--yes")
    rows = rows_of(lake.storage.root)
    assert (rows["articles"], rows["duplicates"], rows["mentions"]) == ([], [], [])
    assert whole(lake)


def test_bytes_of_a_rejected_page_go_and_its_row_stays(lake):
    bad = rejected("bad")
    page = "https://example.org/broken"
    commit(
        lake,
        type(bad)(**{**bad.__dict__, "locator": page, "payload": b"secret words"}),
        number=7,
    )
    assert forget(lake, [page]).rows == {"rejects": 1}
    with lake.committer() as committer:
        committer.sweep(grace=0)
    assert bytes_anywhere(lake, "secret words") == []
    assert len(rows_of(lake.storage.root)["rejects"]) == 1


def test_a_rejected_page_of_an_archive_is_found_by_its_url(lake):
    page, archive = "https://example.org/broken", "crawl.warc.gz"
    bad = replace(rejected("bad"), url=page, locator="urn:uuid:1", warc_file=archive, warc_offset=7)
    commit(lake, bad, number=7)
    found = forget(lake, [page])
    assert (found.rows, found.warc_files) == ({"rejects": 1}, [archive])


def test_a_text_is_forgotten_also_where_it_is_a_version_of_another_article(lake):
    commit(lake, revision("v1", "two", 1, article("one").text), number=7, as_of=5)
    assert forget(lake, [hexadecimal("one")]).rows["revisions"] == 1


def test_a_text_that_an_article_still_has_is_not_forgotten_with_a_version(lake):
    commit(lake, revision("v1", "one", 1, article("two").text), number=7, as_of=5)
    forget(lake, [hexadecimal("one")])
    with lake.committer() as committer:
        assert not committer.conflicts.index.is_forgotten(article("two").text_hash)
        assert committer.conflicts.index.first_with_text(
            article("two").text_hash
        ).article_id == hexadecimal("two")
    assert whole(lake)


def test_a_version_with_a_forgotten_text_is_refused_though_it_was_staged_before(lake):
    late = transaction_of(lake, [revision("v1", "two", 1, article("one").text)], "late", as_of=5)
    forget(lake, [hexadecimal("one")])
    with lake.committer() as committer, pytest.raises(Stale, match="has deleted"):
        committer.commit(late)


def test_an_article_can_be_named_by_any_address_that_the_lake_shows(lake):
    amp = "https://amp.example.org/story"
    commit(lake, article("story", url=amp, canonical_url="https://example.org/story"), number=7)
    assert forget(lake, [amp]).rows == {"articles": 1}


def test_a_url_that_was_named_stays_out_even_with_another_text(lake):
    page = "https://mirror.example/one"
    copy = duplicate("mirrored", "one")
    commit(lake, type(copy)(**{**copy.__dict__, "url": page}), number=7)
    assert forget(lake, [page]).rows == {"duplicates": 1}
    with lake.committer() as committer:
        assert committer.conflicts.index.is_forgotten(article_id(page, b""))


def test_what_is_not_there_is_named_among_what_is(lake, run):
    output = run("forget", hexadecimal("one"), "typo.example", "--grace", "0", "--yes", exit_code=1)
    assert "nothing in the lake matches typo.example" in output.err
    assert len(rows_of(lake.storage.root)["articles"]) == 4


def test_a_partition_that_changes_while_it_is_read_is_read_again(lake, monkeypatch):
    from newslake.pipelines.commands import compact

    stage, overtaken = compact.stage_sorted, []

    def stage_after_another_commit(*arguments, **options):
        if not overtaken:
            overtaken.append(True)
            merge(lake, FOLDER)
            with lake.committer() as committer:
                committer.sweep(grace=0)
        return stage(*arguments, **options)

    monkeypatch.setattr(compact, "stage_sorted", stage_after_another_commit)
    assert merge(lake, FOLDER) is None
    assert whole(lake)


def test_a_rejected_file_is_named_by_its_document(lake):
    bad = rejected("bad")
    commit(lake, type(bad)(**{**bad.__dict__, "payload": b"secret"}), number=7)
    assert forget(lake, [bad.document_id]).rows == {"rejects": 1}


def test_what_the_lake_does_not_hold_cannot_be_forgotten(lake, run):
    assert (
        "nothing in the lake matches nowhere.example"
        in run("forget", "nowhere.example", exit_code=1).err
    )


def test_rows_committed_during_the_search_are_forgotten(lake, monkeypatch):
    import newslake.pipelines.commands.forget as module

    search, overtaken = module.search, []

    def search_before_another_commit(*arguments):
        found = search(*arguments)
        if not overtaken:
            overtaken.append(True)
            commit(lake, duplicate("late-copy", "one"), number=8)
        return found

    monkeypatch.setattr(module, "search", search_before_another_commit)
    assert forget(lake, [hexadecimal("one")]).rows["duplicates"] == 2
    assert whole(lake)


def test_a_forget_interrupted_by_a_kill_is_completed_by_the_next(lake, monkeypatch):
    swap = Storage.swap

    def killed(self, folder, other):
        if "probe-" not in folder:
            raise Killed
        swap(self, folder, other)

    with monkeypatch.context() as patched:
        patched.setattr(Storage, "swap", killed)
        with pytest.raises(Killed):
            forget(lake, [hexadecimal("one")])

    assert len(rows_of(lake.storage.root)["articles"]) == 5
    with lake.committer():
        pass
    assert len(rows_of(lake.storage.root)["articles"]) == 4
    assert whole(lake)


def announced(url):
    return announcement(url, title="Secret headline")


@pytest.mark.parametrize("name", ["https://example.com/story", "example.com"])
def test_the_headline_of_a_page_that_was_only_announced_is_cleared(lake, run, name):
    commit(
        lake, announced("https://example.com/story"), announced("https://example.net/1"), number=7
    )
    result = json.loads(run("forget", name, "--grace", "0", "--yes", "--json").out)
    assert result["forgotten"] == {"announcements": 1}
    titles = duckdb.sql(f"SELECT title FROM '{lake.storage.root}/announcements/**/*.parquet'")
    assert sorted(titles.fetchall(), key=str) == [("Secret headline",), (None,)]
    assert "nothing in the lake matches" in run("forget", name, exit_code=1).err


@pytest.fixture
def answer(monkeypatch):
    """Return a function that makes standard input a terminal with this answer."""

    def answer(text):
        stdin = StringIO(text)
        monkeypatch.setattr(stdin, "isatty", lambda: True, raising=False)
        monkeypatch.setattr("sys.stdin", stdin)

    return answer


@pytest.fixture
def untouched(lake):
    """Return a function that checks that nothing was forgotten."""
    before = rows_of(lake.storage.root), names(lake, "_log")
    return lambda: (rows_of(lake.storage.root), names(lake, "_log")) == before


def test_a_dry_run_shows_rows_titles_and_archives_and_deletes_nothing(lake, run):
    commit(lake, article("kept", warc_file="a.warc.gz", warc_offset=1), number=7)
    before = rows_of(lake.storage.root)
    output = run("forget", "example.org", "--dry-run")
    assert re.search(r"articles +│ +6 ", output.out)
    assert re.search(r"duplicates +│ +3 ", output.out)
    assert all(f"  {title}\n" in output.out for title in ("one", "two", "later", "undated"))
    assert "the WARC file a.warc.gz contains them" in output.err
    assert rows_of(lake.storage.root) == before
    found = json.loads(run("forget", "example.org", "--dry-run", "--json").out)
    assert found["would_forget"] == {"articles": 6, "duplicates": 3, "mentions": 3}
    assert found["in_archives"] == ["a.warc.gz"]


def test_without_a_terminal_nothing_is_forgotten_without_yes(run, untouched, monkeypatch):
    for stdin in (StringIO("y\n"), None):
        monkeypatch.setattr("sys.stdin", stdin)
        assert "forget needs --yes" in run("forget", "example.org", exit_code=2).err
        assert untouched()


def test_a_program_that_reads_the_output_is_not_asked(run, untouched, answer):
    answer("y\n")
    assert run("forget", "example.org", "--json", exit_code=2).out == ""
    assert untouched()


@pytest.mark.parametrize("text", ["", "\n", "n\n", "no\n", "yesterday\n"])
def test_without_agreement_nothing_is_forgotten(run, untouched, answer, text):
    answer(text)
    output = run("forget", "example.org", exit_code=1)
    assert "Delete these rows permanently? [y/N]" in output.err
    assert "nothing was forgotten" in output.err
    assert untouched()


@pytest.mark.parametrize("text", ["y\n", "YES\n"])
def test_with_agreement_the_rows_are_forgotten(lake, run, answer, text):
    answer(text)
    output = run("forget", hexadecimal("one"), "--grace", "0")
    assert output.out.index("rows to forget") < output.out.index("rows forgotten")
    assert len(rows_of(lake.storage.root)["articles"]) == 4


def test_files_that_a_repair_has_set_aside_are_named(lake, run):
    lake.storage.make_folder("_aside/0001")
    said = run("forget", "example.org", "--dry-run").err
    assert f"{lake.storage.root}/_aside may contain them" in said


def test_only_the_first_titles_are_shown(lake, run):
    commit(lake, *(article(f"story {number:02}") for number in range(20)), number=7)
    output = run("forget", "example.org", "--dry-run").out
    assert "story 08" in output
    assert "story 09" not in output
    assert "  and 15 more articles" in output
