import pytest

from newslake.schemas.rows import Article
from newslake.transforms.events.data.actors import Identity, identify, is_person
from newslake.transforms.events.data.data_files import countries, read_rows
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("Moscow", ("Russia", "RUS", "government")),
        ("North Korea", ("North Korea", "PRK", "government")),
        ("Peruvian", ("Peru", "PER", "government")),
        ("Peruvian troops", ("Peru", "PER", "military")),
        ("Peruvian suicide bombers", ("Peru", "PER", "rebel")),
        ("Peruvian bombers", ("Peru", "PER", "government")),
        ("Norway’s army", ("Norway", "NOR", "military")),
        ("two Peruvians", ("Peru", "PER", "civilian")),
        ("U.S. lawmakers", ("United States", "USA", "legislative")),
        ("the rebels", (None, None, "rebel")),
        ("NATO", ("NATO", None, "international")),
        ("Nato", ("NATO", None, "international")),
        ("Chilean Minister Ann Lee", ("Ann Lee", "CHL", "government")),
        ("Norway’s allies", (None, None, None)),
        ("somebody", (None, None, None)),
        ("", (None, None, None)),
    ],
)
def test_a_phrase_gives_name_country_and_sector(phrase, expected):
    assert identify(phrase) == Identity(*expected)


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("New Mexico lawmakers", ("New Mexico", "USA", "legislative")),
        ("governor of New South Wales", ("New South Wales", "AUS", "government")),
        ("Kano State Governor Abba Yusuf", ("Abba Yusuf", "NGA", "government")),
        ("Niger State police", ("Niger state", "NGA", "police")),
        ("Bavaria’s premier", ("Bavaria", "DEU", "government")),
        ("West Bank governor", ("West Bank", "PSE", "government")),
        ("Gaza health ministry", ("Gaza Strip", "PSE", "government")),
        ("Georgia’s governor", ("Georgia", "USA", "government")),
        ("Georgia Governor Jo Ray", ("Jo Ray", "USA", "government")),
        ("US state of Georgia", ("Georgia", "USA", "government")),
        ("Georgia’s prime minister", ("Georgia", "GEO", "government")),
        ("Texas Attorney General Jo Ray", ("Jo Ray", "USA", "judiciary")),
        ("India’s attorney general", ("India", "IND", "judiciary")),
        ("Supreme Court of India", ("India", "IND", "judiciary")),
        ("Senator Jo Ray of Nevada", ("Jo Ray", "USA", "legislative")),
        ("Mayor of London Jo Ray", ("Jo Ray", None, "government")),
        ("US Transportation Secretary Jo Ray", ("Jo Ray", "USA", "government")),
        ("Republican Jo Ray", ("Jo Ray", "USA", "party")),
        ("Syrian Kurdish forces", ("Syria", "SYR", "military")),
        ("African Americans", ("United States", "USA", "civilian")),
        ("Peruvian Congress", ("Peru", "PER", "legislative")),
        ("Ukrainian Azov Brigade", ("Ukraine", "UKR", "military")),
        ("Briton Jo Ray", ("Jo Ray", "GBR", None)),
        ("Nevada’s Ray", ("Ray", "USA", None)),
        ("President-elect Trump", ("Donald Trump", "USA", "government")),
        ("South Korean President Park Geun-hye", ("Park Geun-hye", "KOR", "government")),
        ("U.S.-backed rebels", (None, None, "rebel")),
        ("Donald J. Trump", ("Donald Trump", "USA", "government")),
        ("Kenya Airways", ("Kenya Airways", "KEN", "business")),
    ],
)
def test_a_phrase_with_a_region_or_an_office_has_its_country(phrase, expected):
    assert identify(phrase) == Identity(*expected)


@pytest.mark.parametrize(
    ("name", "sector"),
    [
        ("Chad Johnson", None),
        ("Jordan Henderson", None),
        ("Senator Jordan Miles", "legislative"),
        ("Attorney Paris Norway", "judiciary"),
        ("Defence Minister Israel Katz", "government"),
        ("Sharon Stone", None),
        ("Melania Trump", None),
        ("Stephen King", None),
        ("Steak House", None),
        ("Texas Steak House", None),
        ("Burger King", None),
        ("Ottawa Senators", None),
        ("New England Patriots", None),
        ("Paris Saint-Germain", None),
        ("Turkey Creek police", "police"),
        ("Jordan Valley settlers", "civilian"),
        ("University of Paris", "education"),
        ("Ohio State University", "education"),
        ("Swiss Colony", None),
        ("China Labour Bulletin", None),
        ("Trump Organization", None),
    ],
)
def test_a_country_or_office_in_a_longer_name_is_not_that_of_the_party(name, sector):
    found = identify(name)
    assert (found.country, found.sector) == (None, sector)
    assert found.name is None or found.name in name


def test_the_holder_of_an_office_depends_on_the_year():
    assert identify("Barack Obama", 2012).sector == "government"
    assert identify("Barack Obama", 2020).sector is None
    assert identify("Barack Obama").sector == "government"
    assert identify("former President Barack Obama", 2012).sector is None


def test_an_administration_is_not_its_head():
    assert identify("Obama administration") == Identity(None, "USA", "government")


@pytest.mark.parametrize(
    ("phrase", "expected"),
    [
        ("Ann Lee", True),
        ("Putin", True),
        ("Chad Johnson", True),
        ("White House", False),
        ("NATO", False),
        ("Iraq War", False),
        ("San Francisco", False),
        ("Fox News", False),
        ("", False),
    ],
)
def test_persons_are_distinguished_from_organizations(phrase, expected):
    assert is_person(phrase) is expected


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("President Ann Lee met King Olaf.\nMs Lee praised Peru.", "Ann Lee"),
        ("President Ann Lee spoke in Oslo. She praised Peru.", "Ann Lee"),
        ("Ann Lee and Jo Ray spoke in Oslo. She praised Peru.", None),
        ("Lee praised Peru.\nPresident Ann Lee spoke in Oslo.", "Ann Lee"),
    ],
)
def test_last_names_and_safe_pronouns_get_the_full_name(text, name):
    article = Article(
        article_id="a", document_id="d", url=None, canonical_url=None, source="s", text=text,
        language="en",
    )  # fmt: skip
    praise = [one for one in find_events(article) if one.type == "SUPPORT"]
    assert [actor.name for actor in praise[0].actors] == [name]


def test_no_form_names_two_countries():
    forms = [
        form for land in countries().values() for form in (*land.names, *land.people, *land.capital)
    ]
    assert sorted(set(forms)) == sorted(forms)


def test_every_country_of_the_tables_has_a_code():
    codes = {row[1] for row in read_rows("roster.tsv", 5)} | {
        row[1] for row in read_rows("regions.tsv", 4)
    }
    codes |= {row[1] for row in read_rows("places.tsv", 5)}
    assert codes - {"-"} <= countries().keys()


def test_every_sector_of_the_roster_is_a_sector():
    assert {row[2] for row in read_rows("roster.tsv", 5)} <= {
        row[0] for row in read_rows("sectors.tsv", 2)
    }
