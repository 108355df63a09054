from datetime import UTC, datetime

import pytest
from lxml.html import document_fromstring

from transforms.extract.day_in_words import day_in_words

DAY = datetime(2024, 3, 1, tzinfo=UTC)
FILLER = "<p>Both sides met in the old town hall, and talks will go on for another week.</p>" * 5


def stated(body, above=""):
    html = f"<html><body>{above}<h1>Truce in sight</h1>{body}{FILLER}</body></html>"
    return day_in_words(document_fromstring(html), None)


@pytest.mark.parametrize(
    "line", ["Published: 1 March 2024", "Am 1. März 2024 um 10 Uhr", "2024年3月1日 10:00"]
)
def test_a_day_may_stand_below_the_headline(line):
    assert stated(f"<p>{line}</p>") == (DAY, "text")


def test_the_day_by_the_headline_is_the_articles_and_not_the_page_tops():
    above = f"<p>Friday, 8 March 2024</p><p>{'Weather ' * 30}</p>" + "<p>News</p>" * 12
    assert stated("<p>1 March 2024</p>", above) == (DAY, "text")


def test_a_day_in_words_far_from_the_headline_is_of_something_else():
    words = "<p>The war that ended on Sunday, 11 November 1918, was remembered.</p>"
    assert stated(f"{FILLER * 4}{words}") is None


def test_a_year_alone_is_no_day():
    assert stated("<footer>Copyright 2016 by us</footer>") is None
