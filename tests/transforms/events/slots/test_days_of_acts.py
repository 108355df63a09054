"""Pairs of traps and plain reports: the days of the act, or none. Published on Tuesday 10 March 2026."""

from datetime import UTC, date, datetime

import pytest
from lakes import article
from sure import sure_mentions

from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

TUESDAY = datetime(2026, 3, 10, 12, tzinfo=UTC)
LEAD = (date(2026, 3, 9), date(2026, 3, 10))
NONE = (None, None)


def on(month, day, year=2026):
    return date(year, month, day), date(year, month, day)


def days(sentence, published=TUESDAY, modified=None):
    """Return the days of all mentions in `sentence`, which is the lead of an article."""
    story = article("a", sentence, language="en", published_at=published, modified_at=modified)
    found = {(one.event_date_start, one.event_date_end) for one in sure_mentions(story)}
    assert found, "no mention"
    return found


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        # a year or week that completes the day
        ("Peru bombed Lima in January.", (date(2026, 1, 1), date(2026, 1, 31))),
        ("Peru bombed Lima in January last year.", (date(2025, 1, 1), date(2025, 1, 31))),
        ("In January last year, Peru bombed Lima.", (date(2025, 1, 1), date(2025, 1, 31))),
        ("Last year in January, Peru bombed Lima.", (date(2025, 1, 1), date(2025, 1, 31))),
        ("Peru bombed Lima in January of this year.", (date(2026, 1, 1), date(2026, 1, 31))),
        ("Peru bombed Lima in January two years ago.", (date(2024, 1, 1), date(2024, 1, 31))),
        ("Peru bombed Lima in January of that year.", NONE),
        ("Peru bombed Lima on March 3.", on(3, 3)),
        ("Peru bombed Lima on March 3 of last year.", on(3, 3, 2025)),
        ("Peru bombed Lima on Monday.", on(3, 9)),
        ("Peru bombed Lima on Monday last week.", on(3, 2)),
        ("Peru bombed Lima last week on Monday.", on(3, 2)),
        ("Peru will meet Chile on Friday next week.", on(3, 20)),
        ("Peru bombed Lima on Monday, two weeks after the vote.", on(3, 9)),
        ("Peru bombed Lima last November.", (date(2025, 11, 1), date(2025, 11, 30))),
        ("Peru bombed Lima last March.", (date(2025, 3, 1), date(2025, 3, 31))),
        ("Peru bombed Lima last January.", NONE),
        ("Peru bombed Lima at the end of February.", (date(2026, 2, 1), date(2026, 2, 28))),
        # deadlines
        ("Peru will withdraw its troops from Lima on Friday.", on(3, 13)),
        ("Peru will withdraw its troops from Lima by Friday.", NONE),
        ("Peru will withdraw its troops from Lima no later than May 10.", NONE),
        ("Peru will withdraw its troops from Lima by the end of March.", NONE),
        ("Peru will withdraw its troops from Lima after March 20.", NONE),
        ("Peru will withdraw its troops from Lima within two weeks.", NONE),
        ("Norway ordered Peru to leave Lima no later than May 10.", LEAD),
        ("Norway urged Peru to leave before Friday.", LEAD),
        ("Norway warned on Monday that Peru must leave by Friday.", on(3, 9)),
        ("Peru bombed Lima until Friday.", NONE),
        ("Peru will withdraw its troops from Lima by midnight on Friday.", NONE),
        ("Peru bombed Lima before dawn on Monday.", on(3, 9)),
        ("Peru bombed Lima shortly after noon on Monday.", on(3, 9)),
        ("Two people were killed by Saturday's strike on the market.", on(3, 7)),
        # plans
        ("King Olaf will meet Ann Lee on March 20.", on(3, 20)),
        ("King Olaf will meet Ann Lee on March 3.", NONE),
        ("Peru plans to attack Lima on Monday.", on(3, 16)),
        ("Peru had planned to attack Lima on Monday.", NONE),
        ("Peru had intended to bomb Lima and attack Oslo on Monday.", NONE),
        ("Peru was due to meet Chile on Friday.", on(3, 13)),
        ("Peru attacked Lima on Monday.", on(3, 9)),
        ("Who attacked Lima on Monday?", NONE),
        ("It is unclear if Peru attacked Lima on Monday.", on(3, 9)),
        ("Peru may attack Lima on Monday.", on(3, 16)),
        ("Peru may have attacked Lima on Monday.", on(3, 9)),
        ("Peru would have attacked Lima on Monday.", NONE),
        ("Peru had been due to attack Lima on Friday.", NONE),
        # named days
        ("Peru bombed Lima on New Year's Day.", on(1, 1)),
        ("Peru bombed Lima on New Years Eve.", on(12, 31, 2025)),
        ("Peru bombed Lima on Bastille Day.", on(7, 14, 2025)),
        ("Peru bombed Lima on the Fourth of July.", on(7, 4, 2025)),
        ("Peru bombed Lima on Thanksgiving.", on(11, 27, 2025)),
        ("Peru bombed Lima on Good Friday last year.", on(4, 18, 2025)),
        ("Peru bombed Lima on Christmas Day 2024.", on(12, 25, 2024)),
        ("Peru bombed Lima on Ash Wednesday.", on(2, 18)),
        ("Peru will bomb Lima on Easter Sunday.", on(4, 5)),
        ("Peru bombed Lima on Independence Day.", NONE),
        ("Peru bombed Lima on Super Tuesday.", NONE),
        ("Peru bombed Lima during Ramadan.", NONE),
        ("Peru bombed Lima at the start of Ramadan.", NONE),
        ("Peru bombed Lima in the last week of Lent.", NONE),
        ("Peru bombed Lima on the feast of Holi.", NONE),
        # parts of a time
        ("Peru bombed Lima on the last day of the talks.", NONE),
        ("Peru bombed Lima on the last night of the festival.", NONE),
        ("Peru bombed Lima in the last month of the war.", NONE),
        ("Peru bombed Lima at the height of the dry season.", NONE),
        ("Peru bombed Lima on the last day of February.", (date(2026, 2, 1), date(2026, 2, 28))),
        ("Peru bombed Lima in the last week of February.", (date(2026, 2, 1), date(2026, 2, 28))),
        ("Peru bombed Lima last night.", on(3, 9)),
        ("Peru bombed Lima in the run-up to Christmas.", NONE),
        ("Last month rebels bombed Lima.", (date(2026, 2, 1), date(2026, 2, 28))),
        ("In February rebels seized the airport of Lima.", (date(2026, 2, 1), date(2026, 2, 28))),
        ("Last weekend rebels seized the airport of Lima.", (date(2026, 3, 7), date(2026, 3, 8))),
        ("In February last year rebels bombed Lima.", (date(2025, 2, 1), date(2025, 2, 28))),
        ("Peru bombed Lima the Sunday before last.", NONE),
        ("Peru bombed Lima a week last Sunday.", NONE),
        ("Last month, Norway voted, and on Friday Peru bombed Lima.", on(3, 6)),
        ("On Friday, Norway voted, and Peru bombed Lima on Monday.", on(3, 9)),
        ("Last week police attacked students in Lima.", (date(2026, 3, 2), date(2026, 3, 8))),
        ("In the first attack of the year, Peru bombed Lima.", LEAD),
        ("Peru bombed Lima on election day.", NONE),
        ("Peru bombed Lima on the eve of the vote.", NONE),
        ("Peru bombed Lima on the third day of the war.", NONE),
        ("Norway praised the Christmas truce between Peru and Chile.", LEAD),
        ("Norway condemned Peru over the Good Friday Agreement.", LEAD),
        ("Norway condemned the 9/11 attacks.", LEAD),
        ("Peru bombed Lima in 2024 on Christmas Eve.", on(12, 24, 2024)),
        ("Peru bombed Lima on Saint Nicholas Day.", NONE),
        ("Peru bombed Lima on Diwali night.", NONE),
        # other words for a time
        ("The footage, dated 12 October, shows Peruvian troops attacking Lima.", NONE),
        ("Norway ordered Peru to leave Lima within 48 hours.", LEAD),
        ("Peru bombed Lima one Sunday.", NONE),
        ("Peru bombed Lima the other day.", NONE),
        ("Peru bombed Lima.", LEAD),
        ("Peru bombed Lima for the third day.", LEAD),
        ("Peru recently bombed Lima.", NONE),
        ("Peru has bombed Lima for weeks.", NONE),
        ("Peru bombed Lima last summer.", NONE),
        ("Peru bombed Lima in the spring.", NONE),
        ("Peru bombed Lima in the summer of 2019.", (date(2019, 1, 1), date(2019, 12, 31))),
        ("Peru bombed Lima during his first term.", NONE),
        ("Peru bombed Lima long ago.", NONE),
        ("Peru bombed Lima on the Monday.", NONE),
        ("Peru bombed Lima on the night of March 3.", on(3, 3)),
    ],
)
def test_an_act_has_a_day_only_if_the_words_for_its_time_are_understood(sentence, expected):
    assert days(sentence) == {expected}


OLD = datetime(2012, 5, 30, tzinfo=UTC)


@pytest.mark.parametrize(
    ("text", "published", "modified", "expected"),
    [
        ("Peru bombed Lima on Monday.", OLD, None, on(5, 28, 2012)),
        ("Peru bombed Lima on Monday.", OLD, datetime(2012, 6, 30, tzinfo=UTC), on(5, 28, 2012)),
        ("Peru bombed Lima on Monday.", OLD, TUESDAY, NONE),
        ("Peru bombed Lima.", OLD, TUESDAY, NONE),
        ("Peru bombed Lima on 28 May 2012.", OLD, TUESDAY, on(5, 28, 2012)),
        ("Peru bombed Lima on Monday. The base was built in 2025.", OLD, TUESDAY, on(3, 9)),
        ("Peru bombed Lima on Monday. The base was built in 2015.", OLD, TUESDAY, NONE),
        ("Peru bombed Lima on Monday. The base was built in 2025.", OLD, None, NONE),
        ("Peru bombed Lima on Monday. The base was built in 2011.", OLD, None, on(5, 28, 2012)),
        ("Peru bombed Lima on Monday. The base will be full in 2030.", TUESDAY, None, on(3, 9)),
        ("Peru bombed Lima on Monday.", TUESDAY, OLD, NONE),
        ("Peru bombed Lima on Monday.", None, TUESDAY, NONE),
    ],
)
def test_the_day_of_the_text_is_that_of_publication_or_of_the_last_change(
    text, published, modified, expected
):
    assert days(text, published, modified) == {expected}
