import pytest

from newslake.transforms.extract.html.headline import headline

TITLE = "Both sides agree on a truce"


def title(linked=None, named=(), shown=(), tab=None, sites=("The Example", "example.org")):
    return headline(linked, named, shown, tab, sites)


@pytest.mark.parametrize(
    "places",
    [
        {"linked": TITLE, "named": ["A truce for all"], "shown": ["Truce!"], "tab": "Truce"},
        {"named": [TITLE], "shown": ["Truce: live"], "tab": "Truce"},
        {"shown": [TITLE], "tab": "The Example"},
        {"tab": TITLE},
    ],
)
def test_the_most_reliable_place_gives_the_title(places):
    assert title(**places) == TITLE


def test_a_page_without_a_title_has_none():
    assert title() is None
    assert title(shown=["—"], tab="") is None


@pytest.mark.parametrize(
    "named",
    [
        f"{TITLE} | The Example",
        f"{TITLE} - example.org",
        f"The Example: World | {TITLE}",
        f"{TITLE} | the example",
    ],
)
def test_the_sites_name_is_not_part_of_a_title(named):
    assert title(named=[named]) == TITLE


def test_the_visible_text_shows_where_a_title_ends():
    assert title(named=[f"{TITLE} - World - The Example"], shown=[TITLE]) == TITLE
    assert title(named=[f"{TITLE} - World - The Example"]) == f"{TITLE} - World"


@pytest.mark.parametrize("name", ["War - and peace", "Live | The vote", "Q&A: who pays?"])
def test_a_title_with_a_dash_of_its_own_stays_whole(name):
    assert title(named=[name]) == name


def test_a_title_that_is_the_sites_name_is_kept():
    assert title(tab="The Example", shown=["The Example"]) == "The Example"


def test_a_kicker_of_the_linked_data_is_left_out():
    assert title(linked=f"Middle East: {TITLE}", named=[TITLE]) == TITLE
    assert title(linked="Live: Truce", named=["Truce"]) == "Live: Truce"


def test_of_many_headings_the_one_that_another_place_confirms_is_the_title():
    shown = ["Log in", "Both sides agree on a truce after talks", "Subscribe"]
    assert title(shown=shown, tab="Both sides agree on a truce after talks") == shown[1]


def test_a_text_marked_up_as_a_title_is_not_a_title():
    assert title(linked="a | " * 1_000, shown=[TITLE]) == TITLE


def test_a_heading_with_the_sites_name_is_not_the_title():
    found = headline(
        None,
        [],
        ["Gates of Alta", "Truce in sight"],
        "Truce in sight | Gates of Alta",
        ["gatesofalta"],
    )
    assert found == "Truce in sight"


def test_without_linked_data_the_title_that_a_heading_repeats_is_used():
    named = ["You will not believe who talks", "Truce in sight"]
    assert headline(None, named, ["Truce in sight"], None) == "Truce in sight"


@pytest.mark.parametrize(
    "named", ["Example | Truce in sight - Example", "01.03.2024 | Truce in sight"]
)
def test_a_heading_shows_where_a_title_begins(named):
    assert headline(None, [named], ["Truce in sight"], None) == "Truce in sight"


def test_a_kicker_before_the_words_of_the_heading_is_kept():
    named = "Northern lights - Truce in sight"
    assert headline(None, [named], ["Truce in sight"], None) == named


def test_a_title_that_is_escaped_twice_is_read():
    assert headline("&quot;Truce&quot; in sight", [], [], None) == '"Truce" in sight'


def test_a_title_that_mentions_the_site_before_a_dash_stays_whole():
    name = "Why the Example - and we - changed"
    assert title(shown=[name], tab=f"{name} | The Example") == name
