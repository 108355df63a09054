"""Sentences, and the words for the time and the place of the act that they tell."""

from datetime import UTC, date, datetime

import pytest
from lakes import article

from transforms.events.find_events import find_events
from transforms.events.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

PUBLISHED = datetime(2026, 3, 18, 12, tzinfo=UTC)  # a Wednesday


def mentions(text):
    return find_events(article("a", text, language="en", published_at=PUBLISHED))


def mention(sentence):
    [one] = mentions(sentence)
    return one


@pytest.mark.parametrize(
    ("sentence", "text", "first", "last"),
    [
        ("Peru bombed Lima on Monday.", "Monday", date(2026, 3, 16), date(2026, 3, 16)),
        ("Peru bombed Lima yesterday.", "yesterday", date(2026, 3, 17), date(2026, 3, 17)),
        ("On 12 March, Peru bombed Lima.", "12 March", date(2026, 3, 12), date(2026, 3, 12)),
        ("Norway praised Peru last week.", "last week", date(2026, 3, 9), date(2026, 3, 15)),
        (
            "Norway praised Peru earlier this month.",
            "earlier this month",
            date(2026, 3, 1),
            date(2026, 3, 31),
        ),
        (
            "Norway condemned Peru in a statement published on Sunday.",
            "Sunday",
            date(2026, 3, 15),
            date(2026, 3, 15),
        ),
        (
            "In a March 3 letter to Chile, Norway condemned Peru.",
            "March 3",
            date(2026, 3, 3),
            date(2026, 3, 3),
        ),
        (
            "On Tuesday, Peru bombed Lima and Norway condemned Peru.",
            "Tuesday",
            date(2026, 3, 17),
            date(2026, 3, 17),
        ),
        ("Later that day, Peru bombed Lima.", "Later that day", None, None),
    ],
)
def test_words_for_a_time_that_hang_on_the_act_date_it(sentence, text, first, last):
    found = mentions("Snow fell on the hills. " * 20 + "\n" + sentence)
    assert {one.date_text for one in found} == {text}
    assert {(one.event_date_start, one.event_date_end) for one in found} == {(first, last)}


@pytest.mark.parametrize(
    "sentence",
    [
        "Norway condemned Monday’s attack on Lima.",
        "Norway condemned the 2012 invasion of Peru.",
        "Norway praised the workers who had marched in May.",
        "Senators condemned Norway over a July 25 call.",
    ],
)
def test_what_is_spoken_of_has_a_date_of_its_own(sentence):
    assert mention(sentence).date_text is None


@pytest.mark.parametrize(
    ("sentence", "text", "country"),
    [
        ("Peruvian troops attacked a convoy near Oslo.", "Oslo", "NOR"),
        ("Police arrested three students in Birmingham, England.", "Birmingham", "GBR"),
        ("In Lima, rebels attacked a convoy.", "Lima", "PER"),
        ("Norway sent troops into Kuwait.", "Kuwait", "KWT"),
        ("King Olaf visited Santiago.", "Santiago", "CHL"),
        ("Rebels shelled Lima.", "Lima", "PER"),
        ("Thousands of workers marched in the market.", "market", None),
    ],
)
def test_where_the_act_took_place(sentence, text, country):
    place = mention(sentence).place
    assert (place.text, place.country) == (text, country)


def test_a_stance_takes_no_place_from_what_it_is_about():
    assert mention("Norway condemned the war in Peru.").place is None
