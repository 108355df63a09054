from datetime import UTC, date, datetime, timedelta, timezone
from time import process_time

import pytest

from newslake.transforms.extract.fields.dates import is_plausible, precision_of, read_time, spelled

NOON = datetime(2024, 3, 1, 12, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "offset"),
    [
        ("2024-03-01T12:00:00Z", 0),
        ("2024-03-01T14:00:00+02:00", 120),
        ("20240301T120000Z", 0),
        ("2024-03-01 12:00:00 UTC", 0),
        ("Fri, 01 Mar 2024 12:00:00 GMT", 0),
        ("Fri, 01 Mar 2024 07:00:00 -0500", -300),
        (1709294400, 0),
        (1709294400000, 0),
        ("1709294400", 0),
        ("1709294400000", 0),
        ("2024-03-01 12:00:00", None),
        ("2024-3-1 7:00:00 -0500", -300),
        ("2024-3-1T14:00:00+02:00", 120),
        ("2024-03-01 T 15:30:00 +0330", 210),
        ("2024-03-01T13:00:00+01:00CET", 60),
        ("2024-03-01T07:00:00.000EST", -300),
        ("2024-03-01 12:00:00.000000 CEST", None),
        ("2024/03/01 12:00", None),
        ("Fri Mar  1 07:00:00 EST 2024", -300),
        ("2024/3/1 12:00 PM", None),
        ("Mar 1, 2024 12:00 PM", None),
        ("Mar 1, 2024 7:00 AM EST", -300),
        ("March 1, 2024 10:00 p.m. +10:00", 600),
        ("Fri Mar 01 2024 07:00:00 GMT-0500 (Eastern Standard Time)", -300),
        ("Fri, 1 Mar 2024 14:00 +02:00", 120),
        ("Fri, 1 Mar 2024 14:00 GMT+2", 120),
        ("Fri, 1 Mar 2024 17:30 +530", 330),
        ("Fri, 01 Mar 2024 12:00:00 +0000 (UTC)", 0),
        ("Fri, 1 Mar 2024 08:30 -03:30", -210),
    ],
)
def test_times_are_read_as_utc_and_keep_their_offset(value, offset):
    assert read_time(value) == (NOON, offset)


@pytest.mark.parametrize(
    ("value", "hour"),
    [
        *(("Mar 1, 2024 10:00 PM", 22), ("Mar 1, 2024 12:30 AM", 0), ("Mar 1, 2024 1:00 PM", 13)),
        *(("March 1, 2024 9:30 pm", 21), ("Mar 1, 2024 12:15 PM", 12), ("2024/3/1 1:00 PM", 13)),
    ],
)
def test_the_half_of_the_day_counts(value, hour):
    assert read_time(value)[0].hour == hour


@pytest.mark.parametrize(
    ("precision", "values"),
    [
        (
            "day",
            [
                *("2024-03-01", "2024-03-01Z", "2024-03-01+02:00", "2024-03-01-05:00"),
                *("2024/3/1", "20240301", "2024-03-01T09"),
            ],
        ),
        (
            "minute",
            [
                *("2024-03-01T09:30", "2024-03-01T09:30Z", "2024-03-01 9:30 -05:00"),
                *("20240301T0930Z", "2024-03-01 0930", "2024-03-01t0930-0500"),
                *("2024-03-01_0930", "Fri, 1 Mar 2024 14:00 GMT+2", "2024/3/1 12:00 PM"),
                *("Mar 1, 2024 7:00 AM EST", "2024-03-01T00:00+02:00"),
            ],
        ),
        (
            "second",
            [
                *("2024-03-01T09:30:00", "2024-03-01T00:00:00Z", "2024-03-01T07:00:00.000EST"),
                *(
                    "20240301T093000Z",
                    "2024-03-01 093000",
                    "Fri, 01 Mar 2024 07:00:00 -0500",
                    "2024-3-1 7:00:00",
                ),
                *("Fri Mar  1 07:00:00 EST 2024", 1709294400, 1709294400.5, "1709294400000"),
            ],
        ),
    ],
)
def test_the_precision_is_the_smallest_unit_that_is_stated(precision, values):
    assert [value for value in values if read_time(value) is None] == []
    assert {value: precision_of(value) for value in values} == dict.fromkeys(values, precision)


@pytest.mark.parametrize(("zone", "offset"), [("-05:00", -300), ("+02:00", 120), ("Z", 0)])
def test_a_day_with_a_zone_begins_there_at_midnight(zone, offset):
    midnight = datetime(2024, 3, 1, tzinfo=UTC) - timedelta(minutes=offset)
    assert read_time(f"2024-03-01{zone}") == (midnight, offset)


@pytest.mark.parametrize(
    "value",
    [
        *("yesterday", "", "2024-13-45", "2024-01-01T00:00:00+99:99", "0001-01-01T00:00:00+14:00"),
        *("2024/13/45", "2024-1-1 9:00 +99:99", "2024-1/1", "12", "2024"),
        *("Mar 1, 2024 10:00 in the evening", "Mar 1, 2024 10:00 / 4 min", "2024-03-01 10:00 25"),
        *(None, True, ["2024"], {}, 10**400, float("inf")),
    ],
)
def test_text_that_is_not_a_time_gives_none(value):
    assert read_time(value) is None


def test_a_long_text_is_not_a_time_and_takes_little_time():
    begin = process_time()
    assert read_time("2024-03-01 10:00:00" + " " * 300_000 + "x") is None
    assert read_time("2024-03-01T10:00:00Z and more".ljust(300_000, "1")) is None
    assert process_time() - begin < 1
    assert read_time("2024-03-01   10:00:00 \n UTC") == read_time("2024-03-01T10:00:00Z")


def test_the_empty_clock_and_times_before_the_web_are_not_believed():
    assert not is_plausible(None, None)
    assert not is_plausible(datetime(1970, 1, 1, tzinfo=UTC), None)
    assert not is_plausible(datetime(1989, 12, 31, tzinfo=UTC), None)
    assert is_plausible(datetime(1990, 1, 1, tzinfo=UTC), None)


def test_an_article_does_not_appear_after_it_was_fetched():
    assert is_plausible(NOON + timedelta(hours=24), seen_at=NOON)
    assert not is_plausible(NOON + timedelta(hours=25), seen_at=NOON)
    assert is_plausible(NOON.astimezone(timezone(timedelta(hours=9))), seen_at=NOON)


@pytest.mark.parametrize("text", ["2024-03-01T09:00", "/2024/3/1/a", "20240301", "2024.03.01"])
def test_a_day_is_found_in_its_usual_spellings(text):
    assert spelled(date(2024, 3, 1)).search(text)
    assert not spelled(date(2024, 3, 11)).search(text)
