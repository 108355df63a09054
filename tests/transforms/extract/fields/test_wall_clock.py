from datetime import UTC, datetime

import pytest
from lxml.html import fragment_fromstring

from newslake.transforms.extract.fields.wall_clock import shown_clock, wall_clock

TIME = datetime(2024, 3, 2, 3, 30, 5, 403_000, tzinfo=UTC)


def shown(text, stated="2024-03-02T03:30Z"):
    page = f'<div><time datetime="{stated}">{text}</time></div>'
    return shown_clock(TIME, fragment_fromstring(page))


@pytest.mark.parametrize(
    ("html", "ahead"),
    [
        ('{"published": "2024-03-01 22:30:05"}', -300),
        ('<meta content="2024-03-02T05:30:05+02:00">', 120),
        ('<meta content="2024-03-02T05:30:05.403+0200">', 120),
        ("2024-03-02T03:30:05Z 2024-03-02 04:30:05", 60),
        ("2024-03-01 10:30:05 PM", -300),
        ("2024-03-02 04:30:05 am +0100", 60),
        ("2024-03-02 04:30:05 +0100", 60),
        ("2024-03-02 04:30:05 and again 2024-03-02 04:30:05", 60),
    ],
)
def test_the_same_minute_and_second_at_another_hour_give_the_wall_clock(html, ahead):
    assert wall_clock(TIME, html) == ahead


@pytest.mark.parametrize(
    "html",
    [
        "",
        "2024-03-02T03:30:05Z",
        "2024-03-01 22:31:05",
        "2024-02-28 22:30:05",
        "2024-03-01T22:30:05Z",
        "2024-03-02T05:30:05+01:00",
        "2024-03-01 22:30:051",
        "2024-03-01 22:30:05 UTC",
        "2024-03-01 22:30:05 GMT",
        "2024-03-01 22:30:05 +0000",
        "2024-03-02 03:30:05 AM",
        "2024-03-01 15:30:05",
        "2024-03-01 99:30:05",
        "22:30:05",
        "2024-03-01 22:30:05 and 2024-03-02 05:30:05",
    ],
)
def test_other_times_give_no_wall_clock(html):
    assert wall_clock(TIME, html) is None


def test_a_full_minute_gives_no_wall_clock():
    assert wall_clock(TIME.replace(second=0), "2024-03-01 22:30:00") is None


@pytest.mark.parametrize(
    ("text", "ahead"),
    [
        ("1 March 2024, 10:30 p.m.", -300),
        ("Posted Mar 1, 10:30 PM ET", -300),
        ("Heute, 04:30 Uhr", 60),
        ("02.03.2024, 4.30 Uhr", 60),
        ("le 2 mars à 4 h 30", 60),
        ("March 2, 12:30 PM", 540),
        ("March 2, 12:30 AM", -180),
        ("02/03/2024 09:00:05", 330),
        ("02.03., 04:30 Uhr", 60),
        ("2. 3., 04:30 Uhr", 60),
        ("Updated 10:45 p.m., published 10:30 p.m. ET", -300),
    ],
)
def test_the_clock_in_the_element_that_states_the_time_is_the_publishers(text, ahead):
    assert shown(text) == ahead


def test_a_full_hour_may_be_shown_without_minutes():
    page = '<p itemprop="datePublished" content="2024-03-02T12:00Z">March 2, 5 AM PT</p>'
    assert shown_clock(TIME.replace(hour=12, minute=0), fragment_fromstring(page)) == -420


def test_the_zone_of_an_element_is_a_clock_too():
    assert shown("1 March 2024", stated="2024-03-01T22:30-05:00") == -300


@pytest.mark.parametrize(
    "text",
    [
        *("", "02.03.2024", "3:30 UTC", "03:30", "4:07 p.m.", "4h ago", "28:30", "4:30 " * 30),
        *("Listen 4:15", "Posted 03:30 GMT, updated 05:00 GMT", "04:30 or 05:30"),
        "03:30 UTC, 04:30",
    ],
)
def test_a_text_with_no_other_clock_gives_no_wall_clock(text):
    assert shown(text) is None


def test_the_day_and_month_before_a_clock_are_not_a_clock():
    page = '<div><time datetime="2024-03-02T03:03Z">02.03., 04:03 Uhr</time></div>'
    assert shown_clock(TIME.replace(minute=3), fragment_fromstring(page)) == 60


@pytest.mark.parametrize(("text", "ahead"), [("3:30", None), ("4:30 p.m.", 60), ("16:30", 60)])
def test_an_hour_without_its_half_of_the_day_may_be_that_of_utc(text, ahead):
    page = f'<div><time datetime="2024-03-02T15:30Z">2 March, {text}</time></div>'
    assert shown_clock(TIME.replace(hour=15), fragment_fromstring(page)) == ahead


@pytest.mark.parametrize("stated", ["", "2024-03-02T03:31:30Z", "2024-03-02", "a while ago"])
def test_an_element_that_states_another_time_gives_no_wall_clock(stated):
    assert shown("4:30", stated) is None


@pytest.mark.parametrize(("text", "ahead"), [("17:15", 825), ("17:30", -600)])
def test_no_clock_is_ahead_of_the_chatham_islands(text, ahead):
    assert shown(text) == ahead
