"""The status and parties of negated and hypothetical acts."""

import pytest
from lakes import article
from sure import sure_mentions

from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")


def types_and_statuses(sentence):
    """Return (type, status) of each mention in `sentence`."""
    found = sure_mentions(article("a", sentence, language="en"))
    return [(one.type, one.status) for one in found]


def parties(sentence):
    """Return (status, actors, recipients) of the one mention in `sentence`."""
    [one] = sure_mentions(article("a", sentence, language="en"))
    return one.status, [who.text for who in one.actors], [whom.text for whom in one.recipients]


@pytest.mark.parametrize(
    "sentence",
    [
        "No Chilean soldier attacked Peru.",
        "No student attacked the police in Lima.",
    ],
)
def test_an_act_said_never_to_have_happened_is_negated(sentence):
    assert types_and_statuses(sentence) == [("ASSAULT", "negated")]


def test_neither_denies_both():
    expected = ("negated", ["Spain", "Italy"], ["Peru"])
    assert parties("Neither Spain nor Italy sent aid to Peru.") == expected


@pytest.mark.parametrize(
    "sentence",
    ["Nobody was killed when Chile bombed Lima.", "No one was hurt as Chile bombed Lima."],
)
def test_nobody_is_not_a_victim(sentence):
    assert parties(sentence) == ("asserted", ["Chile"], ["Lima"])


@pytest.mark.parametrize(
    ("sentence", "expected"),
    [
        (
            "If Turkey invades Syria, Greece will protest.",
            [("ASSAULT", "hypothetical"), ("PROTEST", "hypothetical")],
        ),
        ("Greece will attack Syria if Turkey leaves.", [("ASSAULT", "hypothetical")]),
        ("Unless Turkey leaves, Greece will attack Syria.", [("ASSAULT", "hypothetical")]),
        ("Even if Turkey leaves, Greece will attack Syria.", [("ASSAULT", "future")]),
    ],
)
def test_the_consequence_of_a_condition_is_hypothetical(sentence, expected):
    assert types_and_statuses(sentence) == expected


@pytest.mark.parametrize(
    ("sentence", "actor"),
    [
        ("On 12 March Peru attacked Chile.", "Peru"),
        ("On Friday King Olaf attacked Chile.", "King Olaf"),
        ("Late Friday Peru attacked Chile.", "Peru"),
        ("In March Peru attacked Chile.", "Peru"),
        ("On Friday Norwegian police attacked Chile.", "Norwegian police"),
    ],
)
def test_a_day_before_a_name_is_not_part_of_it(sentence, actor):
    assert parties(sentence)[1] == [actor]
