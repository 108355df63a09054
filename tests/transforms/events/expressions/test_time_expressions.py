from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from newslake.transforms.events.expressions.days import Span, resolve
from newslake.transforms.events.expressions.time_expressions import _plain, time_expressions_in
from newslake.transforms.events.expressions.time_patterns import PATTERNS

MONDAY = date(2026, 3, 2)


def read(sentence, published=MONDAY, future=False):
    """Return the first time expression in `sentence` and its days."""
    expression = next(iter(time_expressions_in(sentence)))
    return expression.text, resolve(expression, published, future)


def day(year, month, day):
    return Span(date(year, month, day), date(year, month, day), "day")


@pytest.mark.parametrize(
    ("sentence", "text", "expected"),
    [
        ("They met on Friday.", "Friday", day(2026, 2, 27)),
        ("They met Monday.", "Monday", day(2026, 3, 2)),
        ("They met last Monday.", "last Monday", day(2026, 2, 23)),
        ("They met yesterday.", "yesterday", day(2026, 3, 1)),
        ("They met on 12 April.", "12 April", day(2025, 4, 12)),
        ("They met on 12 March.", "12 March", None),
        ("They met on February 12.", "February 12", day(2026, 2, 12)),
        ("They met on Sunday, 1 March 2020.", "Sunday, 1 March 2020", day(2020, 3, 1)),
        ("They met three days ago.", "three days ago", day(2026, 2, 27)),
        ("They met a day ago.", "a day ago", day(2026, 3, 1)),
        ("They met the day before yesterday.", "the day before yesterday", day(2026, 2, 28)),
        ("They met on the 27th.", "the 27th", day(2026, 2, 27)),
        ("They met on the 30th, in vain.", "the 30th", day(2026, 1, 30)),
        ("They met on 2026-02-12.", "2026-02-12", day(2026, 2, 12)),
        ("They met on 25/02/2026.", "25/02/2026", day(2026, 2, 25)),
        ("They met on 02/25/2026.", "02/25/2026", day(2026, 2, 25)),
        ("They met on 12.02.2026.", "12.02.2026", day(2026, 2, 12)),
        (
            "They met two weeks ago.",
            "two weeks ago",
            Span(date(2026, 2, 16), date(2026, 2, 22), "week"),
        ),
        (
            "They met over the weekend.",
            "the weekend",
            Span(date(2026, 2, 28), date(2026, 3, 1), "week"),
        ),
        (
            "They met early last week.",
            "early last week",
            Span(date(2026, 2, 23), date(2026, 3, 1), "week"),
        ),
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
def test_time_expressions_are_resolved_against_the_day_of_publication(sentence, text, expected):
    assert read(sentence) == (text, expected)


def test_letters_that_a_pattern_matches_as_others_do_no_harm():
    assert read("They met on FRİDAY.")[1] == read("They met on frıday.")[1] == day(2026, 2, 27)
    assert read("They met sıx days ago.")[1] == day(2026, 2, 24)


def test_a_future_day_is_the_next_such_day():
    assert read("They will meet on Friday.", future=True)[1] == day(2026, 3, 6)
    assert read("They will meet on 12 March.", future=True)[1] == day(2026, 3, 12)
    assert read("They will meet next Monday.", future=True)[1] == day(2026, 3, 9)
    assert read("They will meet next Friday.", future=True)[1] == day(2026, 3, 6)
    march = Span(date(2026, 3, 1), date(2026, 3, 31), "month")
    assert read("They will meet in March.", future=True)[1] == march
    assert read("They will meet in December.", future=True)[1].first == date(2026, 12, 1)
    assert read("They will meet in February.", future=True)[1] is None
    assert read("They will meet on 26 February.", future=True)[1] is None
    assert read("They will meet on the 1st.", future=True)[1] == day(2026, 4, 1)
    weekend = Span(date(2026, 3, 7), date(2026, 3, 8), "week")
    assert read("They will meet this weekend.", future=True)[1] == weekend


@pytest.mark.parametrize(
    "words", ["tomorrow", "next Monday", "next week", "next month", "next weekend"]
)
def test_a_past_act_is_not_on_a_future_day(words):
    assert read(f"They asked for a vote {words}.")[1] is None
    assert read(f"They will vote {words}.", future=True)[1].first > MONDAY


def test_on_a_sunday_the_weekend_is_that_day_and_the_one_before():
    weekend = Span(date(2026, 2, 28), date(2026, 3, 1), "week")
    assert read("They met this weekend.", published=date(2026, 3, 1))[1] == weekend
    before = read("They met last weekend.", published=date(2026, 3, 1))[1]
    assert before == Span(date(2026, 2, 21), date(2026, 2, 22), "week")


@pytest.mark.parametrize(
    "sentence",
    [
        "They met on 03/02/2026.",
        "They met a few days ago.",
        "They met two days later.",
        "They met a week earlier.",
        "They met the next day.",
        "They met hours after the vote.",
        "They met in recent weeks.",
        "They met in the late 1990s.",
        "They met in the 1990’s.",
        "They met in the 19th century.",
        "They met during the Second World War.",
        "They met every Saturday.",
        "They met on Saturdays.",
        "They met on 1-5 March.",
        "They met on March 1–5, 2026.",
        "They met on 1-5 March when it snowed.",
        "On 1-5 March they met.",
        "They met between Monday and Thursday.",
        "They met from 1 March to 5 March.",
        "They met on 1 and 5 March.",
        "They met on March 1 and 5 in Lima.",
    ],
)
def test_relative_or_ambiguous_expressions_give_no_date(sentence):
    assert read(sentence)[1] is None


def test_a_number_after_a_day_need_not_be_another_day():
    assert read("On February 12 and 13 miles away they met.")[1] == day(2026, 2, 12)
    assert read("Between 10 and 15 people met on Friday.")[1] == day(2026, 2, 27)


@pytest.mark.parametrize(
    "sentence", ["They met on Friday.", "They met yesterday.", "In May they met."]
)
def test_without_a_day_of_publication_nothing_is_guessed(sentence):
    assert read(sentence, published=None)[1] is None


def test_a_full_date_needs_no_day_of_publication():
    assert read("They met on 12 March 2020.", published=None)[1] == day(2020, 3, 12)


@pytest.mark.parametrize(
    "sentence",
    [
        "They may march on.",
        "He is 2026 metres away",
        "30 February",
        "On the 3rd floor.",
        "31/31/2026",
    ],
)
def test_text_that_is_not_a_time(sentence):
    assert all(
        resolve(expression, MONDAY) is None or expression.parts.get("year")
        for expression in time_expressions_in(sentence)
    )


@given(
    st.sampled_from(
        [
            "Friday",
            "last week",
            "yesterday",
            "in May",
            "3 June",
            "two years ago",
            "29 February",
            "on the 31st",
            "the weekend",
            "999 weeks ago",
        ]
    ),
    st.dates(date(1990, 1, 1), date(2090, 12, 31)),
)
def test_a_past_act_is_never_dated_in_the_future(words, published):
    _, days = read(f"They met {words}.", published)
    if days:
        assert days.first <= days.last
        assert days.first <= published + timedelta(days=6)


@pytest.mark.parametrize(("signs", "pattern"), PATTERNS)
@given(data=st.data())
def test_every_match_of_a_pattern_contains_one_of_its_signs(signs, pattern, data):
    found = data.draw(st.from_regex(pattern))
    assert any(sign in _plain(found) for sign in signs)
