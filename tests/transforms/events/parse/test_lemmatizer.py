import pytest

from newslake.transforms.events.parse import lemmatizer
from newslake.transforms.events.parse.lemmatizer import LEMMATIZER, FastLemmatizer
from newslake.transforms.events.parse.model import load_model, model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

SENTENCES = [
    "Norway has praised Peru, which was attacked by all who are its enemies.",
    "“We won’t go,” she said, and nothing more was heard of them.",
    "Having been bombed, both towns could be rebuilt; 40 of them had to.",
]


@pytest.mark.parametrize("sentence", SENTENCES)
def test_words_get_the_same_attributes_as_from_the_attribute_ruler_and_the_lemmatizer(sentence):
    import spacy

    own = spacy.load(model_name(), exclude=["ner"])
    expected = [(token.pos_, token.lemma_) for token in own(sentence)]
    for _ in range(2):  # the second time from the cache
        assert [(token.pos_, token.lemma_) for token in load_model()(sentence)] == expected


def test_the_cache_of_words_is_bounded(monkeypatch):
    monkeypatch.setattr(lemmatizer, "MAX_KNOWN", 40)
    model = load_model()
    known = model.get_pipe(LEMMATIZER)._known
    for number in range(20):
        model(" ".join(f"word{number}x{other}" for other in range(10)))
        assert len(known) <= 40 + 10


def test_later_patterns_take_precedence_over_earlier_patterns():
    own = FastLemmatizer(
        [
            {"patterns": [[{"TAG": "NN"}]], "attrs": {"POS": "NOUN"}},
            {"patterns": [[{"TAG": "NN", "LOWER": {"IN": ["none"]}}]], "attrs": {"POS": "PRON"}},
            {"patterns": [[{"TAG": "NN", "DEP": {"NOT_IN": ["nsubj"]}}]], "attrs": {"LEMMA": "x"}},
        ]
    )
    assert own._attributes("NN", "none", "nsubj") == {"POS": "PRON"}
    assert own._attributes("NN", "*", "*") == {"POS": "NOUN", "LEMMA": "x"}
