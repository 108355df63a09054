import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor

import pytest
from sure import sure_mentions

from newslake.schemas.rows import Article
from newslake.transforms.events import find_events as stage
from newslake.transforms.events.find_events import FindEvents
from newslake.transforms.events.parse.model import model_name


def article(name, text="Norway praised Peru.", language="en"):
    return Article(
        article_id=name, document_id=name, url=None, canonical_url=None, source="example.org",
        text=text, language=language,
    )  # fmt: skip


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
def test_reads_english_and_counts_the_rest(run_stage, monkeypatch):
    find_events = stage.find_events

    def find_events_or_fail(article, **options):
        if article.article_id == "crash":
            raise RuntimeError("parse failed")
        return find_events(article, **options)

    monkeypatch.setattr(stage, "find_events", find_events_or_fail)
    articles = [article("plain"), article("french", language="fr"), article("crash")]
    articles += [article("short", language=None), article("empty", text="")]

    mentions, metrics = run_stage(articles, FindEvents())

    assert [(mention.article_id, mention.type) for mention in mentions] == [("plain", "SUPPORT")]
    counted = Counter()
    for metric in metrics:
        counted[metric.name] += metric.count
    skipped = {"unsupported_language": 2, "failed_events": 1}
    assert counted == skipped | {"counted_articles": 5, "counted_mentions": 1}


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
def test_threads_of_one_worker_do_not_disturb_each_other():
    articles = [article(str(number)) for number in range(40)]
    with ThreadPoolExecutor(4) as threads:
        found = list(threads.map(stage.find_events, articles))
    assert [[mention.type for mention in mentions] for mentions in found] == [["SUPPORT"]] * 40


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
def test_leaves_out_mentions_of_low_confidence():
    assert stage.FindEvents(min_confidence=0.0).find(article("plain"))
    assert not stage.FindEvents(min_confidence=1.0).find(article("plain"))


def test_counts_articles_if_no_model_is_installed(monkeypatch):
    monkeypatch.setattr(stage, "model_name", lambda: None)
    _, tagged = stage.read_events(article("plain"), stage.find_events)
    assert (tagged.tag, tagged.value.name, tagged.value.count) == ("metrics", "no_model", 1)


def test_only_counts_the_article_if_no_events_are_wanted():
    [tagged] = stage.read_events(article("plain"), stage.find_events, events=False)
    assert tagged.value.name == "counted_articles"


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
@pytest.mark.parametrize("end", ["\n", " "])
def test_only_the_beginning_of_a_very_long_text_is_searched(end):
    nothing = "Nothing happened here. " * 40_000
    text = f"Norway attacked Peru.{end}{nothing}{end}Peru attacked Norway."
    began = time.process_time()
    [mention] = stage.find_events(article("endless", text))
    assert mention.evidence == "Norway attacked Peru."
    assert time.process_time() - began < 5


ROUND = "Ann Lee hit the ball, and the crowd attacked the gate. "


@pytest.mark.skipif(model_name() is None, reason="needs a spaCy model for English")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (ROUND, ["attacked"]),
        (ROUND * 40, []),
        (ROUND * 40 + "The mayor arrested a fan.", ["arrested"]),
        (ROUND * 40 + "Gunmen attacked a village.", ["attacked"]),
        (ROUND * 40 + "A man stabbed a driver, killing two people.", ["stabbed"]),
    ],
)
def test_a_long_text_without_offices_or_states_is_read_only_at_offices_states_and_violence(
    text, expected
):
    assert [one.trigger for one in sure_mentions(article("match", text))] == expected
