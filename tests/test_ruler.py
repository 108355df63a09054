import pytest

from transforms.events.model import load_model, model_name
from transforms.events.ruler import Ruler

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

SENTENCES = [
    "Norway has praised Peru, which was attacked by all who are its enemies.",
    "“We won’t go,” she said, and nothing more was heard of them.",
    "Having been bombed, both towns could be rebuilt; 40 of them had to.",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_words_get_what_the_attribute_ruler_would_give_them(sentence):
    import spacy

    own = spacy.load(model_name(), exclude=["ner"])
    told = [(token.pos_, token.lemma_, str(token.morph)) for token in own(sentence)]
    assert [
        (token.pos_, token.lemma_, str(token.morph)) for token in load_model()(sentence)
    ] == told


def test_later_patterns_go_before_earlier_ones():
    ruler = Ruler(
        [
            {"patterns": [[{"TAG": "NN"}]], "attrs": {"POS": "NOUN"}},
            {"patterns": [[{"TAG": "NN", "LOWER": {"IN": ["none"]}}]], "attrs": {"POS": "PRON"}},
            {"patterns": [[{"TAG": "NN", "DEP": {"NOT_IN": ["nsubj"]}}]], "attrs": {"LEMMA": "x"}},
        ]
    )
    assert ruler._attributes("NN", "none", "nsubj") == {"POS": "PRON"}
    assert ruler._attributes("NN", "*", "*") == {"POS": "NOUN", "LEMMA": "x"}
