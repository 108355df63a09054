"""The command explain: the sums that decide, and their terms."""

import json

import pytest
from lakes import article, commit

from newslake.pipelines.cli import main
from newslake.transforms.dedupe.lake_index import open_lake
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
    assert main(["explain", "Snow fell.\nNorway bombed Peru."]) == 0
    assert "Snow fell.\nnot parsed" in capsys.readouterr().out


@pytest.fixture
def lake(tmp_path):
    """A lake with an English article about an attack seven weeks before, and a French one."""
    lake = open_lake(tmp_path / "lake")
    lake.create()
    text = "Snow fell.\n“It is over,” she said. Norway bombed Peru on 10 January."
    commit(lake, article("one", text, language="en"), article("fr", language="fr"))
    return str(lake.storage.root)


@needs_model
def test_the_explanation_of_a_stored_article_names_its_mentions(lake, capsys):
    id = article("one").article_id
    assert main(["explain", "--article", id, "--lake", lake, "--json"]) == 0
    sentences = json.loads(capsys.readouterr().out)["sentences"]
    assert sentences[0] == {"sentence": "Snow fell.", "words": [], "candidates": []}
    found = [one for sentence in sentences for one in sentence["candidates"]]
    [event] = [one for one in found if one["mention_id"]]
    assert event["outcome"] == "ASSAULT historical: its date is long ago"


@pytest.mark.parametrize(
    ("words", "code", "said"),
    [
        ([], 2, "use either SENTENCE or --article"),
        (["a", "--article", "b", "--lake", "LAKE"], 2, "use either SENTENCE or --article"),
        (["--article", "b"], 2, "--article ID and --lake DIR together"),
        (["a", "--lake", "LAKE"], 2, "--article ID and --lake DIR together"),
        (["--article", "b", "--lake", "LAKE"], 2, "no article with the article_id 'b'"),
        (["--article", "b", "--lake", "nowhere"], 2, "nowhere"),
        (["--article", article("fr").article_id, "--lake", "LAKE"], 1, "is fr; newslake finds"),
    ],
)
def test_what_cannot_be_explained_is_refused(lake, capsys, words, code, said):
    assert main(["explain", *(lake if word == "LAKE" else word for word in words)]) == code
    assert said in capsys.readouterr().err


def test_without_a_model_the_remedy_is_named(capsys, monkeypatch):
    model.load_model.cache_clear()
    monkeypatch.setattr(model, "model_name", lambda: None)
    assert main(["explain", TEXT]) == 1
    assert "pip install" in capsys.readouterr().err
