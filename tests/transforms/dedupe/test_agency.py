"""The agency that an article credits."""

import pytest
from lakes import article

from newslake.schemas.records import Draft
from newslake.transforms.dedupe.agency import agency
from newslake.transforms.dedupe.deduplicate import finish
from newslake.transforms.extract.fields.byline import names_in

BODY = "The ferry workers of Port Alder went back to work on Sunday."


@pytest.mark.parametrize(
    ("first", "name"),
    [
        ("PORT ALDER (AP) — ", "AP"),
        ("PORT ALDER, May 3 (Reuters) - ", "Reuters"),
        ("Port Alder/Berlin (dpa/lno) - ", "dpa"),
        ("MOSCOW, May 3. /TASS/. ", "TASS"),
        ("PORT ALDER PA Media — ", "PA Media"),
        ("AFP – ", "AFP"),
        ("東京(共同) — ", "Kyodo"),
    ],
)
def test_a_dateline_credits_its_agency(first, name):
    assert agency(article("a", f"{first}{BODY}\nMore of it.")) == name


@pytest.mark.parametrize(
    ("last", "name"),
    [
        ("(dpa)", "dpa"),
        ("dpa/AFP", "dpa"),
        ("Source: Agence France-Presse", "AFP"),
        ("© Reuters", "Reuters"),
        ("The crews agreed, he said. (AFP, Reuters)", "AFP"),
        ("With Reuters", "Reuters"),
    ],
)
def test_a_last_line_credits_its_agency(last, name):
    assert agency(article("a", f"{BODY}\n{last}")) == name


@pytest.mark.parametrize(
    "authors", [["AP"], ["Ann Lee", "The Associated Press"], ["Ann Lee | AP"], ["Ann Lee, AP"]]
)
def test_a_byline_credits_its_agency(authors):
    assert agency(article("a", BODY, authors=authors)) == "AP"


@pytest.mark.parametrize(
    "byline", ["By Ann Lee, AP", "Ann Lee (Associated Press)", "AP", "Ann Lee | AP"]
)
def test_the_byline_of_a_page_credits_its_agency(byline):
    assert agency(article("a", BODY, authors=names_in([byline]))) == "AP"


@pytest.mark.parametrize(
    "text",
    [
        BODY,
        f"What Reuters wants — and why. {BODY}",
        f"The agency (Reuters) said so. {BODY}",
        f"{BODY}\nHe told Reuters that the crews had agreed.",
        f"{BODY}\nThe company (AP Shipping) agreed.",
        f"{BODY}\nAp",
        "",
    ],
)
def test_a_story_that_mentions_an_agency_is_not_credited_to_it(text):
    assert agency(article("a", text or " ", authors=["Ann Reuters"])) is None


@pytest.mark.parametrize(
    ("last", "name"), [("He left on Monday. (AFP)", "AFP"), ("He left.", None)]
)
def test_an_article_in_the_lake_states_the_agency_that_it_credits(last, name):
    assert finish(Draft(None, article("a", f"{BODY}\n{last}"))).agency == name
