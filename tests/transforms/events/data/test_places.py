import pytest
from sure import sure_mentions

from newslake.schemas.rows import Article
from newslake.transforms.events.data.data_files import countries, read_rows
from newslake.transforms.events.data.places import Nearby, locate, locate_in, nearby
from newslake.transforms.events.parse.model import model_name


def test_a_city_is_found_in_several_spellings():
    kyiv, kiev = locate("Kyiv"), locate("Kiev")
    assert kyiv == kiev
    assert (kyiv.country, round(kyiv.latitude), round(kyiv.longitude)) == ("UKR", 50, 31)


def test_countries_of_the_article_decide_between_places_of_one_name():
    assert locate("Tripoli").country == "LBY"
    assert locate("Tripoli", Nearby(named=frozenset({"LBN"}))).country == "LBN"
    assert locate("Punjab").country is None
    assert locate("Punjab", Nearby(inside=frozenset({"PAK"}))).country == "PAK"


def test_a_small_city_is_not_preferred_to_a_large_one():
    assert locate("London", Nearby(named=frozenset({"CAN"}))).country == "GBR"
    assert locate("Taylor", Nearby(named=frozenset({"USA"}))) is None


def test_a_country_is_a_region_only_in_an_article_about_places_around_the_region():
    assert locate("Georgia").country == "GEO"
    assert locate("Georgia", Nearby(named=frozenset({"USA"}))).country == "GEO"
    assert locate("Georgia", nearby("Police in Atlanta left Georgia.")).country == "USA"
    assert locate("Georgia", nearby("Georgian police left Atlanta for Georgia.")).country == "GEO"


@pytest.mark.parametrize(
    ("name", "usual", "country"),
    [
        ("Crimea", "Crimea", "UKR"),
        ("Peru", "Peru", "PER"),
        ("Gaza", "Gaza Strip", "PSE"),
        ("Gaza City", "Gaza City", "PSE"),
        ("Niger", "Niger", "NER"),
        ("Niger State", "Niger state", "NGA"),
        ("New Mexico", "New Mexico", "USA"),
        ("New South Wales", "New South Wales", "AUS"),
        ("Kano", "Kano", "NGA"),
        ("Kano State", "Kano state", "NGA"),
        ("Kharkiv Oblast", "Kharkiv region", "UKR"),
        ("Sea of Japan", "Sea of Japan", None),
    ],
)
def test_a_region_and_a_country_are_places_too(name, usual, country):
    assert locate(name)[:2] == (usual, country)


@pytest.mark.parametrize(
    "name",
    ["Peruvian", "", "Jordan state", "Jordan Street", "Georgia State Capitol", "New England"],
)
def test_a_people_or_a_longer_name_is_not_a_place(name):
    assert locate(name) is None


@pytest.mark.parametrize(
    ("name", "outer", "expected"),
    [
        ("Paris", "Texas", ("Paris", "USA", 34)),
        ("Athens", "Ga.", ("Athens", "USA", 34)),
        ("Portland", "ME", ("Portland", "USA", 44)),
        ("Perth", "WA", ("Perth", "AUS", -32)),
        ("Perth", "Scotland", ("Perth", "GBR", 56)),
        ("Georgia", "USA", ("Georgia", "USA", 33)),
        ("Minna", "Niger", ("Minna", "NGA", 10)),
        ("Cairo", "Illinois", ("Cairo", "USA", None)),
        ("Smallville", "Georgia", ("Smallville", None, None)),
    ],
)
def test_a_place_is_in_its_state_or_country(name, outer, expected):
    place = locate_in(name, outer)
    north = None if place.latitude is None else round(place.latitude)
    assert (place.name, place.country, north) == expected


def test_a_place_in_an_unknown_place_is_unknown():
    assert locate_in("Paris", "Nowhere") is None


@pytest.mark.parametrize(
    ("name", "usual"),
    [
        ("Kryvyy Rih", "Kryvyi Rih"),
        ("Rafaḩ", "Rafah"),
        ("Khān Yūnis", "Khan Younis"),
        ("Köln", "Cologne"),
        ("Kharkov", "Kharkiv"),
        ("Bangalore", "Bengaluru"),
        ("The Hague", "The Hague"),
    ],
)
def test_a_city_has_one_usual_english_name(name, usual):
    assert locate(name).name == usual


def test_the_capital_of_a_country_is_where_its_city_is():
    cities = {(row[0].split("|")[0], row[1]): row for row in reversed(read_rows("places.tsv", 7))}
    for land in countries().values():
        city = cities.get((land.capital[0], land.code)) if land.capital else None
        if city:
            there = (float(city[2]), float(city[3]))
            assert land.capital_at == pytest.approx(there, abs=0.6), land.names[0]


def test_countries_are_named_by_adjectives_too():
    assert nearby("Norwegian ships left Peru’s coast.").named == {"NOR", "PER"}


def test_a_country_in_a_longer_name_is_not_named():
    assert nearby("New Mexico and New South Wales elected Lloyd Austin.") == (
        frozenset(),
        frozenset({"USA", "AUS"}),
    )


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
    [mention] = sure_mentions(article)
    place = mention.place
    assert (place and place.text, place and place.name) == (text, name)
