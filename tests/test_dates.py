from datetime import UTC, date, datetime, timedelta, timezone

import pytest

from transforms.extract.dates import believed, read_time, spelled

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
    ],
)
def test_times_are_read_as_utc_and_keep_their_offset(value, offset):
    assert read_time(value) == (NOON, offset)


@pytest.mark.parametrize(
    "value",
    [
        *("yesterday", "", "2024-13-45", "2024-01-01T00:00:00+99:99", "0001-01-01T00:00:00+14:00"),
        *("2024/13/45", "2024-1-1 9:00 +99:99", "2024-1/1", "12", "2024", "2024/3/1 1:00 PM"),
        *(None, True, ["2024"], {}, 10**400, float("inf")),
    ],
)
def test_what_is_no_time_is_none(value):
    assert read_time(value) is None


def test_the_empty_clock_and_times_before_the_web_are_not_believed():
    assert not believed(None, None)
    assert not believed(datetime(1970, 1, 1, tzinfo=UTC), None)
    assert not believed(datetime(1989, 12, 31, tzinfo=UTC), None)
    assert believed(datetime(1990, 1, 1, tzinfo=UTC), None)


def test_an_article_does_not_appear_after_it_was_fetched():
    assert believed(NOON + timedelta(hours=24), seen_at=NOON)
    assert not believed(NOON + timedelta(hours=25), seen_at=NOON)
    assert believed(NOON.astimezone(timezone(timedelta(hours=9))), seen_at=NOON)


@pytest.mark.parametrize("text", ["2024-03-01T09:00", "/2024/3/1/a", "20240301", "2024.03.01"])
def test_a_day_is_found_in_its_usual_spellings(text):
    assert spelled(date(2024, 3, 1)).search(text)
    assert not spelled(date(2024, 3, 11)).search(text)
