"""Sport, disease and other topics that are described in words of war."""

import pytest
from lakes import article
from sure import sure_mentions

from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

NEWS = "Snow fell on the hills of the north. " * 12 + "\n"


def types(text):
    return [one.type for one in sure_mentions(article("a", text, language="en"))]


@pytest.mark.parametrize(
    "sentence",
    [
        "The Rovers attacked the Wanderers and won 3-1.",
        "The Rovers attacked the Wanderers in the second half.",
        "The Rovers fought the Wanderers to a 2–2 draw.",
    ],
)
def test_a_result_marks_a_sentence_as_sport(sentence):
    assert types(NEWS + sentence) == []


def test_in_a_text_about_sport_only_acts_of_officials_are_events():
    football = "A striker and a midfielder of the football club trained. " * 2
    assert types(football + "\nThe Rovers attacked the Wanderers.") == []
    assert types(football + "\nPresident Ann Lee visited Lima.") == ["CONSULT"]
    assert types("A football lay there. " * 2 + "\nRebels attacked the village.") == ["ASSAULT"]


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        ("A suicide bomber killed 41 people at a match in Goma.", ["ASSAULT"]),
        ("Masked men attacked fans of the Rovers, injuring ten people.", ["ASSAULT"]),
        ("Militants attacked the stadium.", ["ASSAULT"]),
    ],
)
def test_an_attack_on_players_is_an_event(sentence, expected):
    football = "A striker and a midfielder of the football club trained. " * 2
    assert types(football + "\n" + sentence) == expected


@pytest.mark.parametrize(
    "sentence",
    [
        "A heart attack killed the minister.",
        "The shark attack killed three people in Lima.",
        "Three people were killed by lightning in Lima.",
        "Hurricane Olaf killed 30 people in Peru.",
        "Storm Ann hit Chile, killing four people.",
        "Wildfires killed 20 people in Chile.",
        "Cholera killed 20 people in Peru.",
        "Five people were killed when a thunderstorm struck Lima.",
        "Five people were killed as a storm hit Lima.",
        "Four people were killed and eight others injured when a fire broke out in Lima.",
        "Three workers were killed after a wall collapsed in Lima.",
        "Six people were injured after a crash in Lima.",
        "Reporters bombarded the minister with questions.",
    ],
)
def test_diseases_weather_animals_and_words_are_not_parties_to_an_attack(sentence):
    assert types(sentence) == []


@pytest.mark.parametrize(
    "sentence",
    [
        "Three workers were killed when a building collapsed after a strike.",
        "Ten people were killed when rockets fell on Lima.",
        "Ten people were killed when Lima fell.",
        "Ten people were killed when the government collapsed in Peru.",
        "Chilean troops killed five people after the collapse of a truce.",
        "Ten people were killed as a car crashed into a crowd.",
        "American bombers hit Lima.",
        "Five people were killed when rebels attacked Lima.",
        "Gunmen killed five people when a fire broke out.",
        "Five people were killed by gunmen when a fire broke out.",
    ],
)
def test_a_deliberate_act_is_not_an_accident(sentence):
    assert types(sentence) == ["ASSAULT"]


@pytest.mark.parametrize(
    ("sentence", "type"),
    [
        ("A Tiger attack on Lima killed three people.", "ASSAULT"),
        ("Rebels lost 10-15 fighters when gunmen attacked the village.", "ASSAULT"),
        ("Three people were killed by tank fire in Lima.", "ASSAULT"),
    ],
)
def test_words_for_animals_sport_and_fires_may_describe_war(sentence, type):
    assert types(sentence) == [type]
