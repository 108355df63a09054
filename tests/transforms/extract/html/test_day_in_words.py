from datetime import UTC, datetime

import pytest
from lxml.html import document_fromstring

from newslake.transforms.extract.html.day_in_words import day_in_words

DAY = datetime(2024, 3, 1, tzinfo=UTC)
FILLER = "<p>Both sides met in the old town hall, and talks will go on for another week.</p>" * 5


def stated(body, above="", lang="en-GB"):
    html = f"<html lang='{lang}'><body>{above}<h1>Truce in sight</h1>{body}{FILLER}</body></html>"
    return day_in_words(document_fromstring(html), None)


@pytest.mark.parametrize(
    "line", ["Published: 1 March 2024", "Am 1. März 2024 um 10 Uhr", "2024年3月1日 10:00"]
)
def test_a_day_below_the_headline_is_read(line):
    assert stated(f"<p>{line}</p>") == (DAY, "text")


@pytest.mark.parametrize(
    ("line", "lang", "day"),
    [
        ("03/01/2024", "en-US", DAY),
        ("01/03/2024", "en-GB", DAY),
        ("1/3/2024", "es", DAY),
        ("Posted 03/01/2024 at 3:00 PM EST", "en", DAY),
        ("Posted 03/01/2024", "en", None),
        ("Posted 03/01/2024", "", None),
        ("03/03/2024", "en", DAY.replace(day=3)),
        ("03/31/2024", "en", DAY.replace(day=31)),
    ],
)
@pytest.mark.parametrize("tag", ["p", "p class='published-date'"])
def test_the_month_comes_first_in_american_english_and_ambiguous_days_elsewhere_are_ignored(
    line, lang, day, tag
):
    found = stated(f"<{tag}>{line}</p>", lang=lang)
    assert (found and found[0]) == day


def test_the_day_near_the_headline_is_used_and_not_that_of_the_page_header():
    above = f"<p>Friday, 8 March 2024</p><p>{'Weather ' * 30}</p>" + "<p>News</p>" * 12
    assert stated("<p>1 March 2024</p>", above) == (DAY, "text")


def test_a_day_in_words_far_from_the_headline_is_ignored():
    words = "<p>The war that ended on Sunday, 11 November 1918, was remembered.</p>"
    assert stated(f"{FILLER * 4}{words}") is None


def test_a_year_alone_is_not_a_day():
    assert stated("<footer>Copyright 2016 by us</footer>") is None
