import pytest
from hypothesis import given
from hypothesis import strategies as st
from lakes import article

from transforms.events.capitals import recased
from transforms.events.find_events import find_events
from transforms.events.model import model_name


@pytest.mark.parametrize(
    ("shouted", "usual"),
    [
        ("THE UNITED STATES BOMBED KYIV ON FRIDAY.", "The United States bombed Kyiv on Friday."),
        ("PERU’S PRESIDENT ANN LEE MET NATO.", "Peru’s President Ann Lee met NATO."),
        ("Rain fell. THE ARMY OF PERU ATTACKED! It left.", "Rain fell. The army of Peru attacked! It left."),
        ("THE UNİTED NATİONS CONDEMNED PERU.", "The United Nations condemned Peru."),
        ("PRESIDENT İLHAM ALIYEV LEFT SAUDİ ARABİA.", "President Ilham Aliyev left Saudi Arabia."),
        ("The UN and NATO met in the USA.", "The UN and NATO met in the USA."),
    ],
)  # fmt: skip
def test_sentences_in_capitals_are_put_into_usual_letters(shouted, usual):
    assert recased(shouted, "") == usual


def test_the_rest_of_the_article_tells_what_is_a_name():
    shouted = "THE ROVERS OF QUENTAR LEFT TOWN."
    assert recased(shouted, "He saw the Rovers in Quentar.") == "The Rovers of Quentar left town."


@given(st.text(alphabet="AEIÖİßǅﬁ ’.!THE PERU\n") | st.text())
def test_the_length_stays(text):
    assert len(recased(text, text)) == len(text)


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
def test_what_stands_in_capitals_is_read_and_kept_as_it_stands():
    text = "Rain fell.\nPERUVIAN TROOPS ATTACKED A VILLAGE NEAR OSLO ON FRIDAY."
    [mention] = find_events(article("a", text, language="en"))
    [actor] = mention.actors
    assert (actor.text, actor.country, actor.sector) == ("PERUVIAN TROOPS", "PER", "military")
    assert (mention.place.text, mention.place.country) == ("OSLO", "NOR")
    assert (mention.trigger, mention.date_text) == ("ATTACKED", "FRIDAY")
    assert text[actor.start : actor.end] == actor.text
