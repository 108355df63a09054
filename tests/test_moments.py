from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from transforms.events.moments import Span, moments_in, resolve

MONDAY = date(2026, 3, 2)


def read(sentence, published=MONDAY, ahead=False):
    """Return the words for the first time in `sentence`, and the days that they mean."""
    moment = next(iter(moments_in(sentence)))
    return moment.text, resolve(moment, published, ahead)


def day(year, month, day):
    return Span(date(year, month, day), date(year, month, day), "day")


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        ("They met on Friday.", "Friday", day(2026, 2, 27)),
        ("They met Monday.", "Monday", day(2026, 3, 2)),
        ("They met last Monday.", "last Monday", day(2026, 2, 23)),
        ("They met yesterday.", "yesterday", day(2026, 3, 1)),
        ("They met on 12 March.", "12 March", day(2025, 3, 12)),
        ("They met on February 12.", "February 12", day(2026, 2, 12)),
        ("They met on Sunday, 1 March 2020.", "Sunday, 1 March 2020", day(2020, 3, 1)),
        ("They met three days ago.", "three days ago", day(2026, 2, 27)),
        (
            "They met last week.",
            "last week",
            Span(date(2026, 2, 23), date(2026, 3, 1), "week"),
        ),
        ("They met in January.", "January", Span(date(2026, 1, 1), date(2026, 1, 31), "month")),
        ("They met in 2019.", "2019", Span(date(2019, 1, 1), date(2019, 12, 31), "year")),
        (
            "They met last month.",
            "last month",
            Span(date(2026, 2, 1), date(2026, 2, 28), "month"),
        ),
    ],
)
def test_words_for_a_time_are_read_against_the_day_of_publication(sentence, text, expected):
    assert read(sentence) == (text, expected)


def test_what_lies_ahead_is_the_next_such_day():
    assert read("They will meet on Friday.", ahead=True)[1] == day(2026, 3, 6)
    assert read("They will meet on 12 March.", ahead=True)[1] == day(2026, 3, 12)


@pytest.mark.parametrize(
    "sentence", ["They met on Friday.", "They met yesterday.", "In May they met."]
)
def test_without_a_day_of_publication_nothing_is_guessed(sentence):
    assert read(sentence, published=None)[1] is None


def test_a_full_date_needs_no_day_of_publication():
    assert read("They met on 12 March 2020.", published=None)[1] == day(2020, 3, 12)


@pytest.mark.parametrize(
    "sentence", ["They may march on.", "He is 2026 metres away", "30 February"]
)
def test_what_is_no_time(sentence):
    assert all(
        resolve(moment, MONDAY) is None or moment.parts.get("year")
        for moment in moments_in(sentence)
    )


@given(
    st.sampled_from(
        ["Friday", "last week", "yesterday", "in May", "3 June", "two years ago", "29 February"]
    ),
    st.dates(date(1990, 1, 1), date(2090, 12, 31)),
)
def test_the_past_never_lies_ahead(words, published):
    _, days = read(f"They met {words}.", published)
    if days:
        assert days.first <= days.last
        assert days.first <= published + timedelta(days=6)
