"""Pages neither repeat nor skip a row while commits go on, and each total is that of SQL."""

from datetime import timedelta

import pytest
from lakes import DAY, article, commit, mention
from waits import HANG_SECONDS

import newslake
from newslake.pipelines.cli import main
from newslake.pipelines.serving import pages
from newslake.pipelines.serving.lake_reader import LakeReader
from newslake.pipelines.serving.query_request import Problem, QueryError, QueryLimits
from newslake.schemas.rows import SHOWN_CONFIDENCE

LATER = DAY + timedelta(days=1)


@pytest.fixture(scope="module")
def still(made_lake):
    """A reader of a lake that no test changes."""
    reader = LakeReader(made_lake.storage.root, QueryLimits(seconds=HANG_SECONDS))
    yield reader
    reader.close()


@pytest.fixture
def reader(lake):
    reader = LakeReader(lake.storage.root, QueryLimits(seconds=HANG_SECONDS))
    yield reader
    reader.close()


def add(lake, *names, number, at=DAY, type="ASSAULT", key=None):
    stories = [article(name, published_at=at) for name in names]
    found = [mention(story, type) for story in stories]
    if key:
        found = [one.__class__(**{**vars(one), "event_key": key}) for one in found]
    commit(lake, *stories, *found, number=number)


def all_pages(reader, name, between=lambda number: None, **given):
    """Return all pages, and call `between` after each."""
    found = [pages.page(reader, name, given)]
    while found[-1].next:
        between(len(found))
        found.append(pages.page(reader, name, {**given, "cursor": found[-1].next}))
    return found


def ids(found, column):
    return [row[column] for page in found for row in page.rows]


def sql(lake, query):
    return newslake.Lake(lake.storage.root).sql(query).to_pylist()


@pytest.mark.parametrize(
    ("name", "id"),
    [("articles", "article_id"), ("events", "event_id"), ("mentions", "mention_id"),
     ("sources", "source"), ("coverage", "feed")],
)  # fmt: skip
def test_the_pages_together_are_all_rows(lake, reader, name, id):
    found = all_pages(reader, name, limit=1)
    assert all(len(page.rows) <= 1 and page.entry == 5 for page in found)
    assert sorted(ids(found, id)) == sorted(row[id] for row in sql(lake, f"SELECT {id} FROM "
        + ("(SELECT DISTINCT source FROM articles)" if name == "sources" else name)))  # fmt: skip
    assert {page.total for page in found} == {len(ids(found, id))}


@pytest.mark.parametrize(
    ("name", "id"), [("articles", "article_id"), ("events", "event_id"), ("mentions", "mention_id")]
)
def test_a_commit_between_two_pages_repeats_and_skips_nothing(lake, reader, name, id):
    at_first = {row[id] for row in sql(lake, f"SELECT {id} FROM {name}")}

    def grow(number):
        if number > 3:
            return
        add(lake, f"new-{number}", number=10 + 2 * number, at=LATER)
        add(lake, f"old-{number}", number=11 + 2 * number, at=DAY - timedelta(days=number))

    found = ids(all_pages(reader, name, grow, limit=1), id)
    assert len(found) == len(set(found))
    assert at_first <= set(found)


def test_an_event_whose_time_changes_between_two_pages_is_neither_repeated_nor_skipped(
    lake, reader
):
    for number, key in enumerate("abc"):
        at = DAY + timedelta(days=10 + number)
        add(lake, f"of-{key}", number=10 + number, at=at, key=key * 32)
    first = pages.page(reader, "events", {"limit": 1})
    assert [row["event_id"] for row in first.rows] == ["c" * 32]
    add(lake, "c-again", number=20, at=DAY - timedelta(days=5), key="c" * 32)
    add(lake, "a-again", number=21, at=DAY - timedelta(days=6), key="a" * 32)
    rest = pages.page(reader, "events", {"limit": 100, "cursor": first.next})
    found = [row["event_id"] for row in first.rows + rest.rows]
    assert found[:3] == ["c" * 32, "b" * 32, "a" * 32]
    assert len(found) == len(set(found)) == first.total == rest.total
    assert (first.entry, rest.entry) == (8, 8)


def test_pages_of_events_start_again_after_a_compaction(lake, reader):
    first = pages.page(reader, "events", {"limit": 1})
    assert main(["compact", "--idle", "0", "--lake", str(lake.storage.root)]) == 0
    with pytest.raises(QueryError, match="from its first page again") as caught:
        pages.page(reader, "events", {"limit": 1, "cursor": first.next})
    assert caught.value.problem == Problem.GONE
    assert len(pages.page(reader, "events", {}).rows) == 3


def test_pages_of_articles_go_on_after_a_compaction(lake, reader):
    def compact(number):
        assert main(["compact", "--idle", "0", "--lake", str(lake.storage.root)]) == 0

    found = all_pages(reader, "articles", compact, limit=2)
    assert len(set(ids(found, "article_id"))) == len(ids(found, "article_id")) == 5


def test_a_selection_by_days_says_how_many_rows_have_no_day(still):
    page = pages.page(still, "articles", {"from": "2026-03-01", "to": "2026-03-01"})
    assert sorted(row["title"] for row in page.rows) == ["one", "three", "two"]
    assert (page.total, page.undated) == (3, 1)
    assert pages.page(still, "articles", {"to": "2026-02-28"}).total == 0
    page = pages.page(still, "articles", {"from": "2026-03-02"})
    assert [row["title"] for row in page.rows] == ["later"]
    page = pages.page(still, "articles", {})
    assert (page.total, page.undated, page.rows[-1]["title"]) == (5, 1, "undated")


FILTERS = [
    ("articles", {"words": "TEXT three"}, "title = 'three'"),
    ("articles", {"words": "100% of_"}, "false"),
    ("articles", {"words": "'; DROP TABLE articles; --"}, "false"),
    ("articles", {"source": "example.org", "language": "en"}, "language = 'en'"),
    ("mentions", {"type": "ASSAULT", "status": "asserted", "confidence": "0.5"}, "true"),
    ("mentions", {"confidence": 0.51}, "false"),
    ("mentions", {"source": "example.org"}, "true"),
    ("mentions", {"country": "ukr"}, "place.country = 'UKR'"),
    ("events", {"type": "ASSAULT"}, "type = 'ASSAULT'"),
    ("events", {"type": "AID"}, "type = 'AID'"),
    ("events", {"status": "asserted", "confidence": "0.4"}, "status = 'asserted'"),
    ("events", {"sources": "2"}, "independent_sources >= 2"),
    ("events", {"source": "example.org", "from": "2026-03-01"}, "list_contains(sources, 'example.org')"),
    ("events", {"to": "2026-02-01"}, "first_seen < '2026-02-02'"),
]  # fmt: skip


@pytest.mark.parametrize(("name", "given", "condition"), FILTERS)
def test_the_total_of_a_filter_is_that_of_sql(lake, still, name, given, condition):
    [row] = sql(lake, f"SELECT count(*) AS n FROM {name} WHERE {condition}")
    page = pages.page(still, name, given)
    assert page.total == len(page.rows) == row["n"]


@pytest.mark.parametrize("name", ["events", "mentions"])
def test_unsure_mentions_do_not_count_unless_asked_for_as_in_query(lake, reader, name):
    story = article("unsure")
    unsure = mention(story, mention_id="f" * 32, confidence=SHOWN_CONFIDENCE - 0.01)
    commit(lake, story, unsure, number=9)
    [row] = sql(lake, f"SELECT count(*) AS n FROM {name}")
    assert pages.page(reader, name, {}).total == row["n"]
    every = pages.page(reader, name, {"confidence": "0"})
    assert every.total == len(every.rows) == row["n"] + 1
    assert pages.page(reader, name, {"confidence": "0.51"}).total == 0
    assert pages.event(reader, unsure.mention_id, 0)["mentions_total"] == 1
    with pytest.raises(QueryError, match="no event"):
        pages.event(reader, unsure.mention_id)


@pytest.mark.parametrize(
    "given",
    [
        {"limit": "0"},
        {"limit": "1001"},
        {"limit": "1.5"},
        {"limit": True},
        {"limit": "9" * 5000},
        {"from": "yesterday"},
        {"from": "2026-03-02", "to": "2026-03-01"},
        {"type": "assault"},
        {"confidence": "nan"},
        {"confidence": "2"},
        {"source": ""},
        {"source": "a\0b"},
        {"source": "\ud800"},
        {"source": "x" * 1001},
        {"colour": "red"},
        {"cursor": "x"},
        {"cursor": "é"},
        {"cursor": "W10"},
        {"cursor": "bnVsbA"},
        {"cursor": "WyIiLCAxLCAiYSIsIG51bGxd"},
    ],
)
def test_a_wrong_parameter_is_named(still, given):
    with pytest.raises(QueryError, match=[*given][-1]) as caught:
        pages.page(still, "mentions", given)
    assert caught.value.problem == Problem.INVALID


def test_a_cursor_belongs_to_its_filters(still):
    cursor = pages.page(still, "articles", {"limit": 1}).next
    with pytest.raises(QueryError, match="other filters"):
        pages.page(still, "articles", {"cursor": cursor, "source": "example.org"})
    with pytest.raises(QueryError, match="other filters"):
        pages.page(still, "mentions", {"cursor": cursor})


def test_an_article_comes_with_its_copies_and_a_part_of_its_text(still):
    [one] = [row for row in pages.page(still, "articles", {}).rows if row["title"] == "one"]
    assert "text" not in one
    found = pages.article(still, one["article_id"], start=4, characters=4)
    assert (found["text"], found["text_start"], found["text_length"]) == ("text", 4, 16)
    assert [copy["title"] for copy in found["copies"]] == ["copy-one"]
    assert (found["copies_total"], found["revisions_total"], found["mentions_total"]) == (1, 0, 1)
    with pytest.raises(QueryError, match="no article 'x'"):
        pages.article(still, "x")


def test_an_event_comes_with_its_evidence(still):
    [event, *_] = pages.page(still, "events", {}).rows
    found = pages.event(still, event["event_id"])
    [report] = found["reports"]
    text = pages.article(still, report["article_id"])["text"]
    assert text[report["evidence_start"] : report["evidence_end"]] == report["evidence"]
    assert (found["mentions_total"], found["log_entry"]) == (1, 5)
    assert report["source"] == "example.org"
    with pytest.raises(QueryError, match="no event"):
        pages.event(still, "x")


def test_the_entry_of_a_result_is_the_last_whose_files_are_published(lake, reader):
    assert reader.entry() == 5
    lake.storage.path("_log/00000005.done").unlink()
    assert reader.entry() == 4
