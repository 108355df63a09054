"""Sentences with the time and the place of their event."""

from datetime import UTC, date, datetime

import pytest
from lakes import article
from sure import sure_mentions

from newslake.transforms.events.data.places import locate
from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

PUBLISHED = datetime(2026, 3, 18, 12, tzinfo=UTC)  # a Wednesday


def mentions(text):
    return sure_mentions(article("a", text, language="en", published_at=PUBLISHED))


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
        ("Two days ago Peru bombed Lima.", "Two days ago", date(2026, 3, 16), date(2026, 3, 16)),
        ("Peru bombed Lima three weeks ago.", "three weeks ago", date(2026, 2, 23), date(2026, 3, 1)),
        ("Over the weekend Peru bombed Lima.", "the weekend", date(2026, 3, 14), date(2026, 3, 15)),
        ("On Friday Peru bombed Lima.", "Friday", date(2026, 3, 13), date(2026, 3, 13)),
        ("On Friday Peru will bomb Lima.", "Friday", date(2026, 3, 20), date(2026, 3, 20)),
        ("King Olaf will meet Ann Lee on Friday.", "Friday", date(2026, 3, 20), date(2026, 3, 20)),
        ("King Olaf is meeting Ann Lee on Friday.", "Friday", date(2026, 3, 20), date(2026, 3, 20)),
        ("Minister Ann Lee said on Friday that Peru would have to leave.", "Friday", date(2026, 3, 13), date(2026, 3, 13)),
        ("Peru left the bloc on Friday, warning Chile.", "Friday", date(2026, 3, 13), date(2026, 3, 13)),
        ("Peru bombed Lima overnight on Sunday.", "Sunday", date(2026, 3, 15), date(2026, 3, 15)),
        ("Peru will bomb Lima from Monday.", "Monday", date(2026, 3, 23), date(2026, 3, 23)),
        ("Norway said that on Friday it would bomb Lima.", "Friday", date(2026, 3, 20), date(2026, 3, 20)),
        ("Saturday's attack on the market killed 12 people.", "Saturday", date(2026, 3, 14), date(2026, 3, 14)),
        ("Twelve people were killed in Saturday's attack on the market.", "Saturday", date(2026, 3, 14), date(2026, 3, 14)),
        ("Twelve people were killed by Saturday's strike on the market.", "Saturday", date(2026, 3, 14), date(2026, 3, 14)),
        ("Peru bombed Lima in an attack on Sunday.", "Sunday", date(2026, 3, 15), date(2026, 3, 15)),
        ("On this day, 80 years ago, Peru bombed Lima.", "this day", None, None),
        ("Peru bombed Lima on March 1, 2 and 3.", "March 1, 2 and 3", None, None),
        ("In the 1990s, Peru bombed Lima.", "the 1990s", None, None),
        ("In the 19th century, Peru bombed Lima.", "the 19th century", None, None),
        ("During the Cold War, Peru bombed Lima.", "the Cold War", None, None),
        ("During World War II, Peru bombed Lima.", "World War II", None, None),
        ("On this day in 1941, Peru bombed Lima.", "this day in 1941", date(1941, 1, 1), date(1941, 12, 31)),
        ("Peru bombed Lima every Saturday.", "every Saturday", None, None),
        ("Peru bombed Lima on Saturdays.", "Saturdays", None, None),
        ("Peru bombed Lima on 1-5 March.", "1-5 March", None, None),
        ("Peru bombed Lima between Monday and Thursday.", "between Monday and Thursday", None, None),
    ],
)  # fmt: skip
def test_a_time_expression_attached_to_the_act_dates_it(sentence, text, first, last):
    found = mentions("Snow fell on the hills. " * 20 + "\n" + sentence)
    assert {one.date_text for one in found} == {text}
    assert {(one.event_date_start, one.event_date_end) for one in found} == {(first, last)}


def test_hours_after_an_act_are_the_time_of_another():
    first, second = mentions("Peru bombed Lima hours after Norway condemned Peru.")
    assert (first.type, first.date_text) == ("ASSAULT", "hours after")
    assert (second.type, second.date_text) == ("ACCUSE", None)


@pytest.mark.parametrize(
    "sentence",
    [
        "Norway condemned Monday’s attack on Lima.",
        "Norway condemned the 2012 invasion of Peru.",
        "Norway praised the workers who had marched in May.",
        "Senators condemned Norway over a July 25 call.",
        "Norway said on Tuesday it would close its border with Peru.",
        "Lee said Wednesday the United States will bomb Peru.",
        "Norway said late on Tuesday it would send troops to Chile.",
        "Norway said in a statement on Tuesday it would send troops to Chile.",
        "Police arrested 40 protesters ahead of an election on Sunday.",
        "Police arrested 40 protesters before the final on Sunday.",
        "Norway demanded the release of the hostages by Sunday.",
        "Norway called for a ceasefire from Monday.",
        "Norway called for a ceasefire from tomorrow.",
        "Norway closed its border with Peru until Monday.",
        "Peru bombed Lima when Saturday's attack failed.",
    ],
)
def test_the_topic_of_a_statement_has_its_own_date(sentence):
    assert mention(sentence).date_text is None


@pytest.mark.parametrize(
    ("sentence", "status"),
    [
        ("Peru bombed Lima two days ago.", "asserted"),
        ("Earlier this month Peru bombed Lima.", "asserted"),
        ("Hours earlier Peru bombed Lima.", "asserted"),
        ("Earlier on Monday Peru bombed Lima.", "asserted"),
        ("Since Monday, Peru has bombed Lima.", "asserted"),
        ("Since May, Peru has bombed Lima.", "historical"),
        ("Peru bombed Lima 60 days ago.", "historical"),
        ("Peru bombed Lima two years ago.", "historical"),
        ("Peru earlier bombed Lima.", "asserted"),
        ("Two years earlier, Peru bombed Lima.", "historical"),
    ],
)
def test_a_recent_act_is_news(sentence, status):
    assert mention(sentence).status == status


@pytest.mark.parametrize(
    ("lead", "precision"),
    [
        ("Norway condemned Peru.", "lead"),
        ("Norway condemned Monday’s attack on Lima.", "lead"),
        ("Norway condemned the attack that Peru had planned in May.", "lead"),
        ("Norway condemned Peru days after the vote.", None),
        ("In May Norway condemned Peru.", "month"),
        ("The man arrested on Thursday condemned Peru.", "lead"),
        ("Rebels attacked a convoy carrying aid in Mali on Tuesday.", None),
        ("Police arrested a man suspected of killing three people in Oslo on Thursday.", None),
        ("Peru released a hostage held in Lima on Saturday.", None),
        ("In the 1990s, Norway condemned Peru.", None),
        ("Norway condemned Peru on Saturdays.", None),
        ("Norway had condemned Peru.", None),
        ("The king, whom Norway has condemned, is ill.", None),
        ("The king left after Norway condemned Peru.", None),
    ],
)
def test_only_clear_news_of_the_day_is_dated_by_the_lead(lead, precision):
    assert mention(lead).date_precision == precision


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
        ("The minister met Lee at a hotel in Geneva.", "Geneva", "CHE"),
        ("King Olaf held talks with Ann Lee in Oslo.", "Oslo", "NOR"),
        ("Rebels killed three soldiers in an ambush near Lima.", "Lima", "PER"),
        ("Thousands of people in Lima protested.", "Lima", "PER"),
        ("Workers marched through the streets of Lima.", "streets of Lima", "PER"),
        ("Rebels attacked a village in the Lima region.", "Lima region", "PER"),
        ("Rebels were arrested in Oslo’s Old District.", "Oslo’s Old District", "NOR"),
        ("Norway welcomed Ann Lee back to the White House.", "White House", "USA"),
        ("King Olaf arrived in Oslo and met Ann Lee.", "Oslo", "NOR"),
        ("In London, Minister Ann Lee said that Peru must leave.", "London", "GBR"),
    ],
)
def test_where_the_act_took_place(sentence, text, country):
    place = mention(sentence).place
    assert (place.text, place.country) == (text, country)


@pytest.mark.parametrize(
    "sentence",
    [
        "Norway condemned the murder of George Floyd.",
        "Rebels murdered George Floyd.",
        "Minister Ann Lee said that Peru must leave the base in Lima.",
        "In March Peru condemned Norway.",
        "Prosecutors in Oslo accused Norway.",
    ],
)
def test_a_person_or_a_topic_gives_no_place(sentence):
    assert mention(sentence).place is None


def test_the_hague_is_not_amsterdam():
    hague, amsterdam = locate("The Hague"), locate("Amsterdam")
    assert hague.country == amsterdam.country == "NLD"
    assert hague.latitude != amsterdam.latitude


def test_a_stance_does_not_take_the_place_of_its_topic():
    assert mention("Norway condemned the war in Peru.").place is None
