"""Each feature gives the answers that features.tsv lists."""

from pathlib import Path

import numpy as np
import pytest

from newslake.transforms.events.decision.candidates import EventCandidate, Sentence
from newslake.transforms.events.decision.event_features import EVENT
from newslake.transforms.events.decision.party_features import PARTY, Party
from newslake.transforms.events.decision.status_features import STATUS
from newslake.transforms.events.decision.weights import CONSTANT, rows, weights
from newslake.transforms.events.encode.scores import Heads, Scores
from newslake.transforms.events.parse.model import load_model, model_name
from newslake.transforms.events.rules.parties import document_context

needs_model = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

LINES = Path(__file__).with_name("features.tsv").read_text("utf-8").splitlines()
CASES = [line.split("\t") for line in LINES if not line.startswith("#")]
FEATURES = {"event": EVENT, "status": STATUS, "party": PARTY}
UNDECIDED = Heads(
    *(np.zeros(shape, np.float32) for shape in ((1, 1), (2, 17), (2, 5), (7, 1), (2, 2)))
)
NAMES = {(decision, name) for decision, one in FEATURES.items() for name in one.by_name}


def answers(decision, name, sentence, word, type, party):
    doc = load_model()(sentence)
    [span] = doc.sents
    found = {token.text: token for token in doc}
    within = Sentence(span, document_context(sentence), 2026)
    within.scores = Scores(np.zeros((len(doc), 1), np.float32), UNDECIDED)
    candidate = EventCandidate(found[word], within)
    if decision == "event":
        return EVENT.of(candidate, (name,))
    reading = candidate.reading(type)
    if decision == "status":
        return STATUS.of(reading, (name,))
    return PARTY.of(Party(found[party], reading), (name,))


@needs_model
@pytest.mark.parametrize("case", CASES, ids=" ".join)
def test_a_feature_gives_the_answer_of_its_case(case):
    *asked, answer = case
    assert f"{asked[1]}={answer}" in answers(*asked)


def test_each_feature_has_a_case_and_each_case_a_feature():
    assert {(decision, name) for decision, name, *_ in CASES} == NAMES


def test_only_answers_of_features_have_weights():
    decided_by = {"actor": "party", "recipient": "party", "look": "event", "type": "event"}
    names = {
        (decided_by.get(decision, decision), feature.partition("=")[0])
        for decision, feature, _ in rows()
        if decision in weights().tables and feature != CONSTANT
    }
    assert names <= NAMES
