"""Sentences and the place of their act: name, country and degrees north (None: no coordinates)."""

import pytest

from newslake.schemas.rows import Article
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

NOWHERE = (None, None, None)


def place_of(sentence):
    """Return name, country and rounded latitude of the place of the first act in `sentence`."""
    article = Article(
        article_id="a", document_id="d", url=None, canonical_url=None, source="s", text=sentence,
        language="en",
    )  # fmt: skip
    place = find_events(article)[0].place
    if place is None:
        return NOWHERE
    north = None if place.latitude is None else round(place.latitude)
    return (place.name, place.country, north)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("Paris", ("Paris", "FRA", 49)),
        ("Paris, Texas", ("Paris", "USA", 34)),
        ("Paris (Texas)", ("Paris", "USA", 34)),
        ("Paris in Texas", ("Paris", "USA", 34)),
        ("Paris, a town in Texas", ("Paris", "USA", 34)),
        ("the Texas town of Paris", ("Paris", "USA", 34)),
        ("the Texas town of Round Rock", ("Round Rock", "USA", 31)),
        ("the Ohio village of New Lebanon", ("New Lebanon", "USA", None)),
        ("the Australian town of Alice Springs", ("Alice Springs", "AUS", None)),
        ("the Mexican state of Baja California", ("Baja California", "MEX", 32)),
        ("the Philippine province of Lanao del Sur", ("Lanao del Sur", "PHL", None)),
        ("Mount Lebanon, Pennsylvania", ("Mount Lebanon", "USA", None)),
        ("Delaware, Ohio, on Monday", ("Delaware", "USA", None)),
        ("Delaware, Ohio, Maine and Texas", ("Delaware", "USA", 39)),
        ("Rio Grande do Sul", ("Rio Grande do Sul", "BRA", -30)),
        ("the Portuguese town of Vila do Conde", ("Vila do Conde", "PRT", None)),
        ("Merida, in the Mexican state of Yucatan", ("Mérida", "MEX", 21)),
        ("Georgia’s capital Tbilisi", ("Tbilisi", "GEO", 42)),
        ("Georgia’s capital, Atlanta", ("Atlanta", "USA", 34)),
        ("the Kenyan capital Nairobi", ("Nairobi", "KEN", -1)),
        ("the Kenyan port of Mombasa", ("Mombasa", "KEN", -4)),
        ("Moscow, Idaho, on Monday", ("Moscow", "USA", 47)),
        ("Lebanon, Tennessee", ("Lebanon", "USA", 36)),
        ("Perth, Scotland", ("Perth", "GBR", 56)),
        ("Perth, Australia", ("Perth", "AUS", -32)),
        ("Portland, Ore., on Monday", ("Portland", "USA", 46)),
        ("Athens, Ga.", ("Athens", "USA", 34)),
        ("Wheeling, W.Va.", ("Wheeling", "USA", 40)),
        ("Washington, D.C.", ("Washington", "USA", 39)),
        ("Washington, Pa.", ("Washington", "USA", None)),
        ("Peru, Indiana", ("Peru", "USA", None)),
        ("Smallville, Kansas", ("Smallville", "USA", None)),
        ("East Palestine, Ohio", ("East Palestine", "USA", 41)),
        ("Georgia, south of Atlanta", ("Georgia", "USA", 33)),
        ("Goma, in the Democratic Republic of Congo", ("Goma", "COD", -2)),
        ("Kazan, in Russia’s Tatarstan region", ("Kazan", "RUS", 56)),
        ("Tripoli, Lebanon", ("Tripoli", "LBN", 34)),
        ("Valencia, Spain", ("Valencia", "ESP", 39)),
        ("Mosul, in northern Iraq", ("Mosul", "IRQ", 36)),
        ("Ukraine’s Odesa", ("Odesa", "UKR", 46)),
    ],
)
def test_a_place_is_in_the_state_or_country_beside_it(where, expected):
    assert place_of(f"Police arrested three men in {where}.") == expected


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("In Oslo, Peru condemned the attack.", ("Oslo", "NOR", 60)),
        ("In London, Canada condemned the attack.", ("London", "GBR", 52)),
        ("In Lebanon, the U.S. embassy condemned the attack.", ("Lebanon", "LBN", 34)),
        ("In Moscow, Ukraine’s envoy condemned the attack.", ("Moscow", "RUS", 56)),
        ("Police arrested three men in Ohio, Texas and Iowa.", ("Ohio", "USA", 40)),
        ("Police arrested three men in Paris, London and Berlin.", ("Paris", "FRA", 49)),
        ("Gunmen killed Ann Lee, the mayor of Kharkiv.", NOWHERE),
    ],
)
def test_a_second_place_or_a_subject_does_not_say_where_the_first_is(sentence, expected):
    assert place_of(sentence) == expected


@pytest.mark.parametrize(
    "where",
    [
        "on Jordan Street",
        "on Paris Avenue",
        "at the University of Paris",
        "at the stadium of Paris Saint-Germain",
        "at Lebanon Valley College",
        "at the Paris Hotel",
        "near Turkey Creek",
        "in New England",
    ],
)
def test_a_place_in_a_longer_name_is_not_the_place(where):
    assert place_of(f"Police arrested three men {where}.")[1:] == (None, None)


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        ("in Gaza", ("Gaza Strip", "PSE", 31)),
        ("in the Gaza Strip", ("Gaza Strip", "PSE", 31)),
        ("in the West Bank", ("West Bank", "PSE", 32)),
        ("in Niger state", ("Niger state", "NGA", 10)),
        ("in Niger", ("Niger", "NER", 16)),
        ("in New Mexico", ("New Mexico", "USA", 34)),
        ("in Aleppo and Raqqa provinces", ("Aleppo province", "SYR", 36)),
        ("in India-administered Kashmir", ("Kashmir", "IND", 34)),
        ("at Kabul International Airport", ("Kabul", "AFG", 35)),
        ("at Kabul airport", ("Kabul", "AFG", 35)),
        ("in a Baghdad market", ("Baghdad", "IRQ", 33)),
        ("in Oslo’s Old District", ("Oslo", "NOR", 60)),
        ("in the Sea of Japan", ("Sea of Japan", None, 40)),
        ("in Kryvyi Rih", ("Kryvyi Rih", "UKR", 48)),
        ("in Rafah", ("Rafah", "PSE", 31)),
    ],
)
def test_a_region_and_a_site_of_a_city_are_places(where, expected):
    assert place_of(f"Soldiers killed three men {where}.") == expected


@pytest.mark.parametrize(
    ("sentence", "name", "country"),
    [
        ("Brazil, Indiana, police arrested a man on Friday.", "Brazil", "USA"),
        ("Brazil arrested a man on Friday.", "Brazil", "BRA"),
        ("Texas sued the company.", "Texas", "USA"),
    ],
)
def test_a_party_is_in_the_state_beside_it(sentence, name, country):
    article = Article(
        article_id="a", document_id="d", url=None, canonical_url=None, source="s", text=sentence,
        language="en",
    )  # fmt: skip
    [actor] = find_events(article)[0].actors
    assert (actor.name, actor.country) == (name, country)
