"""The rows in a report are those of the lake; only chosen rows and, without text, no texts are in it."""

import json
from collections import Counter
from dataclasses import replace
from datetime import date, timedelta

import pytest
from lakes import DAY, announcement, article, commit, fetch, mention
from reports import NOW, news_lake, packed_in, party, unpacked

from newslake.api import Lake
from newslake.pipelines.report import report_columns
from newslake.pipelines.report.report_columns import Selection
from newslake.pipelines.report.report_page import page, read_report
from newslake.schemas.rows import FeedCondition
from newslake.transforms.dedupe.lake_index import open_lake


@pytest.fixture(scope="module")
def news(tmp_path_factory):
    return news_lake(tmp_path_factory.mktemp("report")).storage.root


def rows_of(root, **selection):
    return unpacked(read_report(root, Selection(**selection), NOW).packed)


def sql(root, query):
    return Lake(root, min_confidence=0).sql(query).to_pylist()


def test_each_article_has_its_day_source_and_language(news):
    head, columns = rows_of(news)
    names = zip(columns["day"], columns["source"], columns["language"], strict=True)
    first = date.fromisoformat(head["firstDay"]).toordinal() - 1
    found = Counter(
        (
            date.fromordinal(first + day) if day else None,
            head["sources"][one],
            head["languages"][two] or None,
        )
        for day, one, two in names
    )
    rows = sql(news, "SELECT published_at::DATE AS day, source, language FROM articles")
    assert found == Counter((row["day"], row["source"], row["language"]) for row in rows)


def test_each_mention_has_its_type_status_sides_and_place(news):
    head, columns = rows_of(news)
    names = ["type", "status", "who", "whom", "place"]
    found = Counter()
    for type, status, who, whom, where in zip(*(columns[name] for name in names), strict=True):
        sides = [[head["parties"][one][0] for one in head["sides"][side]] for side in (who, whom)]
        where = head["places"][where - 1][0] if where else None
        found[head["types"][type][0], head["statuses"][status][0], *map(tuple, sides), where] += 1
    rows = sql(news, "SELECT type, status, actors, recipients, place FROM mentions")
    assert found == Counter(
        (
            row["type"],
            row["status"],
            *(tuple(one["name"] for one in row[side]) for side in ("actors", "recipients")),
            row["place"]["name"],
        )
        for row in rows
    )


def test_each_threshold_of_confidence_keeps_the_mentions_that_sql_keeps(news):
    _, columns = rows_of(news)
    for step in range(101):
        [row] = sql(news, f"SELECT count(*) AS n FROM mentions WHERE confidence >= {step / 100}")
        assert sum(one >= step for one in columns["confidence"]) == row["n"], step


def test_copies_edits_and_rejects_are_all_there(news):
    head, columns = rows_of(news)
    assert Counter(head["sources"][one] for one in columns["copySource"]) == {"copier.example": 9}
    assert sorted(columns["copyHours"]) == [2] * 3 + [3] * 3 + [4] * 3  # within the first hour, …
    assert columns["editFlags"] == [3]  # another headline, and another number
    assert [(one["reason"], one["n"]) for one in head["rejects"]] == [("no_text", 1)]


def test_a_feed_that_fails_has_a_problem_unless_it_is_paused_or_removed(tmp_path):
    lake = open_lake(tmp_path / "feeds")
    lake.create()
    states = {
        "ok": "ok",
        "down": "failing",
        "unknown": "dead",
        "paused": "paused",
        "gone": "removed",
    }
    rows = [announcement("https://example.org/1", feed="ok")]
    for feed, state in states.items():
        rows.append(FeedCondition(feed, state, DAY))
        if feed != "unknown":
            rows.append(fetch(feed, "answered", DAY, kind="feed", feed=feed))
        if feed != "ok":
            later = DAY + timedelta(hours=1)
            rows.append(fetch(feed, "failed", later, kind="feed", feed=feed, reason="http_500"))
    commit(lake, *rows)
    found = {one["feed"]: one["problem"] for one in rows_of(lake.storage.root)[0]["feeds"]}
    expected = {"down": "failing", "unknown": "never answered"}
    assert found == dict.fromkeys(states, "") | expected


def test_a_report_has_only_the_chosen_rows(news):
    head, columns = rows_of(news, first=date(2026, 3, 2), last=date(2026, 3, 3))
    [row] = sql(
        news,
        "SELECT count(*) AS n FROM articles WHERE published_at::DATE BETWEEN '2026-03-02' AND '2026-03-03'",
    )
    assert len(columns["day"]) == row["n"]
    assert 0 not in columns["day"]
    head, columns = rows_of(news, sources=["two.example"], languages=["de"])
    assert {head["sources"][one] for one in columns["source"]} == {"two.example"}
    [row] = sql(
        news,
        "SELECT count(*) AS n FROM mentions JOIN articles USING (article_id) WHERE source = 'two.example'",
    )
    assert len(columns["type"]) == row["n"]


def test_days_are_those_of_the_zone_except_for_articles_that_state_only_a_day(tmp_path):
    lake = open_lake(tmp_path / "zones")
    lake.create()
    late = DAY.replace(hour=23)
    commit(
        lake,
        article("late", published_at=late, published_precision="minute"),
        article("day", published_at=late, published_precision="day"),
    )
    _, columns = rows_of(lake.storage.root, zone="Asia/Tokyo")
    assert columns["day"] == [1, 2]
    head, _ = rows_of(lake.storage.root, zone="Asia/Tokyo", first=date(2026, 3, 2))
    assert [text[2:5] for text in head["articleTexts"]] == [
        ["2026-03-02 08:00", "late", "https://example.org/late"]
    ]


def test_without_text_no_title_sentence_url_or_name_is_in_the_report(news):
    with_text, without = (json.dumps(rows_of(news, with_text=flag)[0]) for flag in (True, False))
    for words in ("story 2", "The text of", "https://example.org", "He denied it", "Ada Moreau"):
        assert words in with_text, words
        assert words not in without, words


def test_the_trigger_is_marked_where_the_sentence_has_it(tmp_path):
    lake = open_lake(tmp_path / "long")
    lake.create()
    story = article("long", text="😀 " * 600 + "they attacked " + "again " * 300)
    start = story.text.index("attacked")
    found = replace(mention(story), trigger_start=start, trigger_end=start + len("attacked"))
    commit(lake, story, found)
    [[_, _, sentence, start, end]] = rows_of(lake.storage.root)[0]["mentionTexts"]
    assert sentence[start:end] == "attacked"
    assert len(sentence) < 800


def test_an_empty_lake_has_a_report(tmp_path):
    lake = open_lake(tmp_path / "empty")
    lake.create()
    head, columns = rows_of(lake.storage.root)
    assert head["firstDay"] is None
    assert not any(columns.values())


def test_the_same_lake_gives_the_same_report(news):
    first, second = (read_report(news, Selection(), NOW) for _ in range(2))
    assert first == second
    assert unpacked(packed_in(page(first.packed)))[0]["about"]["made"] == "2026-03-20 08:00"


def test_a_page_is_one_file_with_a_policy_that_forbids_all_but_its_program(news):
    text = page(read_report(news, Selection(), NOW).packed)
    assert "default-src &#x27;none&#x27;; script-src &#x27;sha256-" in text
    assert text.count("<script") == 3
    assert "src=" not in text.split("<style>")[0]


def test_parties_that_differ_only_in_their_country_are_two(tmp_path):
    lake = open_lake(tmp_path / "parties")
    lake.create()
    story = article("story")
    sides = {"actors": [party("Georgia", "GEO")], "recipients": [party("Georgia", "USA")]}
    found = replace(mention(story), **sides)
    commit(lake, story, found)
    head, columns = rows_of(lake.storage.root)
    assert len(head["parties"]) == 2
    assert columns["who"] != columns["whom"]


def test_a_report_of_a_large_lake_is_coarse_and_says_so(news, monkeypatch):
    monkeypatch.setattr(report_columns, "MAX_ROWS", 10)
    head, found = rows_of(news)
    assert head["coarse"].startswith("This report has more than 10 articles and mentions.")
    assert head["confidenceSteps"] == 5
    assert len(found["day"]) == 12
    assert sorted(party[:2] for party in head["parties"]) == [["", "RUS"], ["", "UKR"]]
    assert not any(found["event"])
    assert "Ada Moreau" not in json.dumps(head)
