"""The cache of word vectors."""

import pytest

from newslake.transforms.events.parse import embedding
from newslake.transforms.events.parse.embedding import Embedding
from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

TEXTS = ["Norway praised the 3,000 Peruvians’ victory on   Monday.", "", "Peru praised Norway."]


@pytest.fixture(scope="module")
def given():
    """Return the embedding layer of the model, and documents."""
    import spacy

    model = spacy.load(model_name())
    docs = [model.make_doc(text) for text in TEXTS]
    return model.get_pipe("tok2vec").model.layers[0], docs


def vectors(embedding, docs):
    return embedding(None, docs, False)[0]


def test_vectors_are_those_of_the_model(given):
    embed, docs = given
    for own, other in zip(vectors(Embedding(embed), docs), embed.predict(docs), strict=True):
        assert own.shape == other.shape
        assert own == pytest.approx(other, abs=1e-5)


def test_vectors_do_not_depend_on_which_words_are_new_together(given):
    embed, docs = given
    one_by_one = Embedding(embed)
    alone = [vectors(one_by_one, [doc])[0] for doc in reversed(docs)][::-1]
    for own, other in zip(alone, vectors(Embedding(embed), docs), strict=True):
        assert (own == other).all()


def test_words_are_evicted_and_cached_again(given, monkeypatch):
    monkeypatch.setattr(embedding, "MAX_KNOWN", 0)
    embed, docs = given
    forgetful = Embedding(embed)
    first = vectors(forgetful, docs)[0]
    vectors(forgetful, docs[2:])
    assert len(forgetful._known) == len(docs[2])
    assert (vectors(forgetful, docs)[0] == first).all()
