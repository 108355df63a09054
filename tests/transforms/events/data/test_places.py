import pytest

from newslake.schemas.rows import Article
from newslake.transforms.events.data.places import countries_in, locate
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name


def test_a_city_is_found_in_several_spellings():
    kyiv, kiev = locate("Kyiv"), locate("Kiev")
    assert kyiv == kiev
    assert (kyiv.country, round(kyiv.latitude), round(kyiv.longitude)) == ("UKR", 50, 31)


def test_countries_of_the_article_decide_between_places_of_one_name():
    assert locate("Tripoli").country == "LBY"
    assert locate("Tripoli", {"LBN"}).country == "LBN"


def test_a_region_and_a_country_are_places_too():
    assert locate("Crimea").country == "UKR"
    assert locate("Peru").name == "Peru"


def test_a_people_is_not_a_place():
    assert locate("Peruvian") is None
    assert locate("") is None


def test_countries_are_named_by_adjectives_too():
    assert countries_in("Norwegian ships left Peru’s coast.") == {"NOR", "PER"}


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
@pytest.mark.parametrize(
    ("sentence", "text", "name"),
    [
        ("Peruvian troops attacked a village near Bogota.", "Bogota", "Bogotá"),
        ("Rebels bombed Khartoum.", "Khartoum", "Khartoum"),
        ("Police arrested three students in a market.", "market", None),
        ("Norway praised Peru.", None, None),
        ("Norway condemned the attack in Lima.", None, None),
    ],
)
def test_the_place_of_an_act(sentence, text, name):
    article = Article(
        article_id="a", document_id="d", url=None, canonical_url=None, source="s", text=sentence,
        language="en",
    )  # fmt: skip
    [mention] = find_events(article)
    place = mention.place
    assert (place and place.text, place and place.name) == (text, name)
