"""verify: finds and reports the problems of a lake."""

import json
import shutil
from dataclasses import replace

import pytest
from lakes import article, commit, duplicate, hexadecimal, mention, rejected, revision

from newslake.pipelines.cli import main
from newslake.pipelines.commands.rewrite_loop import change
from newslake.schemas.arrow import arrow_schema
from newslake.transforms.dedupe.lake_index import open_lake
from newslake.transforms.lake import layout
from newslake.transforms.lake.log import Forgotten, live_files
from newslake.transforms.lake.rewriting import Rewrite, stage_tables
from newslake.transforms.lake.transaction import Change

REMEDIES = {
    "restore it from a backup, or ingest the inputs into a new lake",
    "restore the lake from a backup that has no problems, or ingest the inputs into a new lake",
    "move it out of the lake",
    "run `newslake reprocess --events`",
}


@pytest.fixture
def lake(tmp_path):
    lake = open_lake(tmp_path / "lake")
    lake.create()
    one = article("one")
    commit(lake, one, duplicate("copy", "one"), revision("v1", "one", 1), mention(one))
    return lake


@pytest.fixture
def problems(lake, capsys):
    """Return a function that returns the problems that `newslake verify` finds, without remedies."""

    def problems():
        code = main(["verify", "--lake", str(lake.storage.root), "--json"])
        found = json.loads(capsys.readouterr().out)["problems"]
        assert code == (1 if found else 0)
        parts = [problem.rpartition("; ") for problem in found]
        assert {remedy for _, _, remedy in parts} <= REMEDIES
        return [problem for problem, _, _ in parts]

    return problems


def part(lake, table):
    return next(lake.storage.root.glob(f"{table}/*2026*/*.parquet"))


def test_a_whole_lake_has_no_problems(problems):
    assert problems() == []


def test_a_missing_file(lake, problems):
    path = part(lake, "articles")
    path.unlink()
    assert problems() == [f"{path.relative_to(lake.storage.root)} is missing, but the log lists it"]


def test_a_changed_file(lake, problems):
    path = part(lake, "articles")
    path.write_bytes(path.read_bytes()[:-10])
    (problem,) = problems()
    assert "was changed or damaged" in problem


def test_a_foreign_file_and_a_foreign_folder(lake, problems):
    shutil.copy(part(lake, "articles"), part(lake, "articles").with_name("mine.parquet"))
    (lake.storage.root / "articles" / "..evil").mkdir()
    assert [problem.split(" is ")[0] for problem in problems()] == [
        "articles/..evil",
        "articles/published_date=2026-03-01/mine.parquet",
    ]


def test_an_entry_that_is_gone(lake, problems):
    commit(lake, article("two"), number=1)
    lake.storage.remove(layout.entry_name(1))
    entry = lake.storage.path(layout.entry_name(1))
    assert f"{entry}: No such file or directory" in problems()


def test_counts_that_do_not_agree(lake, problems):
    path = lake.storage.path(layout.entry_name(1))
    path.write_text(path.read_text().replace('"read": 3', '"read": 4'))
    assert problems() == [
        "_log/00000001.json: 4 documents were read, but articles, duplicates, revisions, rejects, already_ingested add up to 3"
    ]


@pytest.mark.parametrize(
    ("harm", "message"),
    [
        pytest.param(
            lambda one: [
                mention(one),
                replace(mention(one), mention_id=hexadecimal("m2"), trigger="x"),
            ],
            "offsets of {m2} do not match the text",
            id="offsets",
        ),
        pytest.param(
            lambda one: [
                replace(mention(one), mention_id=hexadecimal("m2"), text_hash=hexadecimal("t"))
            ],
            "text_hash of {m2} differs from its article's",
            id="another text",
        ),
    ],
)
def test_mentions_that_do_not_fit_their_article(lake, problems, harm, message):
    two = article("two")
    commit(lake, two, *harm(two), number=1)
    assert problems() == ["mentions: " + message.format(m2=hexadecimal("m2"))]


def test_a_document_may_be_rejected_with_several_settings_and_then_be_stored(lake, problems):
    for number, settings in enumerate(("old", "new", None), start=1):
        bad = rejected("bad", settings)
        commit(lake, bad, number=number, settings=settings or "unknown")
    commit(lake, article("bad"), number=4, settings="newest")
    assert problems() == []


def test_two_rejects_of_a_document_with_the_same_settings(lake, problems):
    commit(lake, rejected("bad", "old"), number=1, settings="a")
    commit(lake, rejected("bad", "old"), number=2, settings="b")
    id = rejected("bad").document_id
    assert problems() == [f"rejects: {id} old occurs in 2 rows"]


def test_a_document_that_is_stored_twice(lake, problems):
    two = article("two")
    commit(lake, two, replace(duplicate("two", "one"), document_id=two.document_id), number=1)
    assert problems() == [f"document {two.document_id} is stored in 2 rows"]


def test_two_rows_of_one_id(lake, problems):
    two = article("two")
    commit(lake, two, mention(two), number=1)
    three = article("three")
    commit(lake, three, replace(mention(three), mention_id=mention(two).mention_id), number=2)
    assert problems() == [f"mentions: {mention(two).mention_id} occurs in 2 rows"]


def test_an_unpublished_commit_is_completed_and_is_not_a_problem(lake, problems):
    lake.storage.remove(layout.done_name(1))
    assert problems() == []


def test_rejects_are_documents_too(lake, problems):
    commit(lake, rejected("bad"), number=1)
    assert problems() == []


def test_a_compaction_that_lost_rows(lake, problems):
    partition = "published_date=2026-03-01"
    folder = f"duplicates/{partition}"

    def lose(run_id, staging, as_of):
        read = [file for name, file in live_files(lake.log.entries()).items() if folder in name]
        rewrite = Rewrite(lake.storage, staging, "duplicates", partition, read)
        staged = stage_tables(rewrite, [arrow_schema("duplicates").empty_table()])
        return Change("compact", run_id, staging, as_of, [staged])

    change(lake, lose)
    assert problems() == [f"_log/00000002.json compacted {folder}: 1 rows before, 0 after"]


@pytest.mark.parametrize(
    ("forgotten", "where"),
    [
        (
            Forgotten(articles=[hexadecimal("one")]),
            ["articles: article_id", "duplicates: duplicate_of", "mentions: article_id",
             "revisions: article_id"],
        ),
        (Forgotten(documents=[hexadecimal("d-copy")]), ["duplicates: document_id"]),
        (Forgotten(texts=[article("one").text_hash]), ["articles: text_hash", "mentions: text_hash"]),
    ],
    ids=["article", "document", "text"],
)  # fmt: skip
def test_forgotten_rows_that_are_still_there(lake, problems, forgotten, where):
    def forget_nothing(run_id, staging, as_of):
        return Change("forget", run_id, staging, as_of, [], forgotten)

    change(lake, forget_nothing)
    [gone] = forgotten.articles + forgotten.documents + forgotten.texts
    expected = [f"{place} {gone} was forgotten but still exists" for place in where]
    assert sorted(problems()) == expected
