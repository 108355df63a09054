"""Which of the candidates of a sentence become events."""

import pytest

from newslake.transforms.events.data.lexicon import triggers
from newslake.transforms.events.decision.candidates import Sentence
from newslake.transforms.events.decision.decide import events_in
from newslake.transforms.events.decision.weights import from_rows, rows, weights
from newslake.transforms.events.parse.model import load_model, model_name
from newslake.transforms.events.rules.parties import document_context

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")


def found(text, known=None):
    [span] = load_model()(text).sents
    sentence = Sentence(span, document_context(text), 2026)
    return [
        (one.reading.candidate.token.text, one.reading.type)
        for one in events_in(sentence, known or weights())
    ]


def test_a_phrase_is_one_event():
    assert len(found("The rebels launched an attack on Lima.")) == 1


def test_a_word_that_depends_on_an_event_of_its_type_is_not_a_second_event():
    assert len(found("Rebels bombed Lima and killed three people.")) == 1


def test_a_type_without_weights_is_decided_by_the_rules_alone():
    known = [
        [decision, name, " ".join(one for one in weight.split() if not one.startswith("ASSAULT"))]
        for decision, name, weight in rows()
    ]
    new = from_rows(row for row in known if row[2] or row[0] == "head")
    assert found("Rebels bombed Lima.", new) == [("bombed", "ASSAULT")]
    assert found("Rebels hope to bomb Lima.", new) == []


def test_all_heads_of_the_lexicon_are_candidates():
    assert weights().heads > triggers().keys()
