"""Sentences that look like reports of events, beside true reports in the same words."""

from pathlib import Path

import pytest
from lakes import article

from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse.model import model_name

pytestmark = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")

LINES = Path(__file__).with_name("traps.tsv").read_text("utf-8").splitlines()
ROWS = [line.partition("\t")[::2] for line in LINES if not line.startswith("#")]
SURE = 0.8


def types(events):
    return [event.partition(":")[0] for event in events.split("; ") if event]


def test_at_most_an_eighth_of_the_sure_mentions_is_wrong():
    right = wrong = 0
    for sentence, events in ROWS:
        for mention in find_events(article("a", sentence, language="en"), SURE):
            right += mention.type in types(events)
            wrong += mention.type not in types(events)
    assert right > 10
    assert wrong <= (right + wrong) / 8


def test_true_reports_are_found_more_often_than_traps():
    found = [
        bool(find_events(article("a", sentence, language="en"), 0.5)) == bool(events)
        for sentence, events in ROWS
    ]
    assert sum(found) >= 0.75 * len(found)
