from datetime import UTC, datetime

import pytest

from transforms.extract.wall_clock import wall_clock

TIME = datetime(2024, 3, 2, 3, 30, 5, 403_000, tzinfo=UTC)


@pytest.mark.parametrize(
    ("html", "ahead"),
    [
        ('{"published": "2024-03-01 22:30:05"}', -300),
        ('<meta content="2024-03-02T05:30:05+02:00">', 120),
        ('<meta content="2024-03-02T05:30:05.403+0200">', 120),
        ("2024-03-02T03:30:05Z 2024-03-02 04:30:05", 60),
        ("2024-03-02 04:30:05 and again 2024-03-02 04:30:05", 60),
    ],
)
def test_the_same_minute_and_second_at_another_hour_tell_the_clock(html, ahead):
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
        "2024-03-01 99:30:05",
        "22:30:05",
        "2024-03-01 22:30:05 and 2024-03-02 05:30:05",
    ],
)
def test_other_times_tell_nothing(html):
    assert wall_clock(TIME, html) is None


def test_a_full_minute_tells_nothing():
    assert wall_clock(TIME.replace(second=0), "2024-03-01 22:30:00") is None
