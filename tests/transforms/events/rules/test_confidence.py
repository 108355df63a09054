import pytest
from lakes import article

from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")


def confidence(sentence):
    [mention] = find_events(article("a", sentence, language="en"))
    return mention.confidence


@pytest.mark.parametrize(
    ("surer", "sentence"),
    [
        (
            "Peru bombed Lima.",
            "Peru bombed Lima after a long, cold and stormy night at sea in May.",
        ),
        ("Peru bombed Lima.", "Norway said that Peru bombed Lima."),
    ],
)
def test_a_short_plain_sentence_is_trusted_more(surer, sentence):
    assert confidence(surer) > confidence(sentence)
