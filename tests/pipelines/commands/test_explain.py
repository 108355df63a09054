"""The command explain: the sums that decide, and their terms."""

import json

import pytest
from lakes import article

from newslake.pipelines.cli import main
from newslake.transforms.events.find_events import find_events
from newslake.transforms.events.parse import model
from newslake.transforms.events.parse.model import model_name

needs_model = pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
TEXT = "Norway condemned Peru, and called the attack a crime."


def explained(capsys, text):
    assert main(["explain", text, "--json"]) == 0
    return json.loads(capsys.readouterr().out)["sentences"]


@needs_model
def test_the_printed_weights_add_up_to_the_printed_sum(capsys):
    [sentence] = explained(capsys, TEXT)
    sums = [one for candidate in sentence["candidates"] for one in candidate["sums"]]
    assert {"look", "event", "ACCUSE", "asserted"} <= {one["of"] for one in sums}
    assert all(sum(one["terms"].values()) == one["total"] for one in sums)


@needs_model
def test_the_outcome_is_that_of_the_mention(capsys):
    [sentence] = explained(capsys, TEXT)
    found = [one for one in sentence["candidates"] if one["confidence"] is not None]
    mentions = find_events(article("a", TEXT, language="en", published_at=None))
    assert [(one["outcome"], one["confidence"]) for one in found] == [
        (f"{mention.type} {mention.status}", mention.confidence) for mention in mentions
    ]


@needs_model
def test_a_word_that_reports_no_event_says_why(capsys):
    [sentence] = explained(capsys, TEXT)
    outcomes = [one["outcome"] for one in sentence["candidates"] if one["confidence"] is None]
    assert outcomes
    assert all(outcome.startswith("no event: ") for outcome in outcomes)


@needs_model
def test_the_table_names_the_features(capsys):
    assert main(["explain", TEXT]) == 0
    printed = capsys.readouterr().out
    assert "condemned: ACCUSE asserted" in printed
    assert "lemma=condemn" in printed


@needs_model
def test_a_sentence_that_is_not_parsed_says_so(capsys):
    assert main(["explain", "Snow fell."]) == 0
    assert "not parsed" in capsys.readouterr().out


def test_without_a_model_the_remedy_is_named(capsys, monkeypatch):
    model.load_model.cache_clear()
    monkeypatch.setattr(model, "model_name", lambda: None)
    assert main(["explain", TEXT]) == 1
    assert "pip install" in capsys.readouterr().err
