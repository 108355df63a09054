"""The view `events`: mentions of one event in several articles."""

from dataclasses import replace
from datetime import UTC, date, datetime

import pytest
from lakes import article, commit, duplicate, hexadecimal, mention

from newslake.api import Lake as Reader
from newslake.schemas.rows import Actor
from newslake.transforms.dedupe.lake_index import open_lake

KEY = hexadecimal("key")
LATER = datetime(2026, 3, 2, tzinfo=UTC)


def report(name, source, **fields):
    """Return an article of `source` and its mention of the event."""
    story = article(name, source=source, published_at=fields.pop("published_at", LATER))
    defaults = {
        "event_key": KEY,
        "actors": [Actor("Peruvian troops", 0, 3, "Peru", "PER", "military")],
        "event_date_start": date(2026, 3, 1),
        "killed_min": 3,
        "killed_max": 3,
    }
    return [story, replace(mention(story), **{**defaults, **fields})]


@pytest.fixture
def events(tmp_path):
    """Return a function that commits rows to a new lake and returns the rows of its view `events`."""

    def events(*rows):
        lake = open_lake(tmp_path / "lake")
        lake.create()
        commit(lake, *rows)
        return Reader(tmp_path / "lake").sql("FROM events ORDER BY event_id").to_pylist()

    return events


def test_mentions_in_three_articles_of_two_sources_are_one_event(events):
    [event] = events(
        *report("one", "a.org"),
        *report("two", "a.org"),
        *report("three", "b.org", published_at=datetime(2026, 3, 4, tzinfo=UTC)),
    )
    assert (event["mentions"], event["articles"], event["independent_sources"]) == (3, 3, 2)
    assert event["sources"] == ["a.org", "b.org"]
    assert (event["first_seen"], event["last_seen"].day) == (LATER, 4)
    assert event["actors"] == ["Peru"]
    assert event["disagreements"] == []


def test_copies_change_no_number(events):
    [event] = events(
        *report("one", "a.org"), *[duplicate(f"copy-{number}", "one") for number in range(9)]
    )
    assert (event["mentions"], event["articles"], event["independent_sources"]) == (1, 1, 1)


def test_different_values_of_the_sources_are_listed_side_by_side(events):
    [event] = events(
        *report("one", "a.org"),
        *report("two", "b.org"),
        *report("three", "c.org", killed_min=5, killed_max=None, status="negated"),
    )
    assert event["disagreements"] == [
        {"field": "killed", "value": "3", "sources": ["a.org", "b.org"]},
        {"field": "killed", "value": "5 or more", "sources": ["c.org"]},
        {"field": "status", "value": "asserted", "sources": ["a.org", "b.org"]},
        {"field": "status", "value": "negated", "sources": ["c.org"]},
    ]
    assert event["status"] == "asserted"
    assert (event["killed_min"], event["killed_max"]) == (3, None)


def test_a_mention_with_too_little_detail_is_an_event_of_its_own(events):
    found = events(*report("one", "a.org", event_key=None), *report("two", "b.org", event_key=None))
    assert [event["mentions"] for event in found] == [1, 1]
