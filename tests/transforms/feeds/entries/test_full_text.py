import json
from dataclasses import replace

import pytest
from papers import NOON

from newslake.schemas.rows import PRECISIONS
from newslake.transforms.extract.extract import extract
from newslake.transforms.feeds.entries.full_text import as_document, full_text
from newslake.transforms.feeds.parse.feed import FeedEntry

FEED = "https://paper.example.org/feeds/news.xml"
STORY = "<p>Delegates met in the old town hall again, and talks on the truce went on.</p>"
WHOLE = STORY * 40
ENTRY = FeedEntry(
    guid="g1",
    link="https://paper.example.org/1",
    title="Talks go on",
    published_at=NOON,
    authors=("Ann Lee",),
    body=WHOLE,
)


def test_a_long_text_in_the_feed_is_the_article():
    assert full_text(ENTRY) == WHOLE
    assert full_text(replace(ENTRY, body=STORY, summary=WHOLE)) == WHOLE


@pytest.mark.parametrize("end", ["…", "[...]", "&#8230;", "<a href='/1'>Read more »</a>"])
def test_a_truncated_text_is_not_the_article(end):
    assert full_text(replace(ENTRY, body=WHOLE + end)) is None


def test_a_teaser_is_not_the_article():
    assert full_text(replace(ENTRY, body=STORY)) is None
    assert full_text(replace(ENTRY, body=None)) is None


def test_the_line_that_names_the_source_does_not_matter():
    line = "<p>The post <a>Talks go on</a> appeared first on <a>Paper</a>.</p>"
    assert full_text(replace(ENTRY, body=WHOLE + line))
    assert full_text(replace(ENTRY, body=WHOLE + "…" + line)) is None


def test_an_entry_with_the_full_text_becomes_an_article():
    document = as_document(ENTRY, WHOLE, FEED, "guid:g1", NOON)
    article = extract(document).article
    assert (article.title, article.url) == ("Talks go on", "https://paper.example.org/1")
    assert (article.published_at, article.date_source) == (NOON, "feed")
    assert (article.content_source, article.feed) == ("entry", FEED)
    assert (article.authors, article.entry_id) == (["Ann Lee"], "guid:g1")
    assert "talks on the truce went on" in article.text


def test_a_date_without_a_zone_stays_one():
    document = as_document(replace(ENTRY, published_at_naive=True), WHOLE, FEED, "guid:g1", NOON)
    assert extract(document).article.published_at_naive


@pytest.mark.parametrize("precision", [*PRECISIONS, None])
def test_the_precision_of_a_date_stays(precision):
    entry = replace(ENTRY, published_precision=precision)
    article = extract(as_document(entry, WHOLE, FEED, "guid:g1", NOON)).article
    assert article.published_precision == (precision or "second")
    assert article.extra is None


def test_an_impossible_date_is_ignored():
    late = replace(ENTRY, published_at=NOON.replace(year=2099))
    article = extract(as_document(late, WHOLE, FEED, "guid:g1", NOON)).article
    assert (article.published_at, article.date_source) == (None, "none")
    assert article.published_precision is None
    assert json.loads(article.extra)["disbelieved_date"].startswith("2099")


def test_an_entry_without_an_address_is_found_by_its_feed_and_key():
    document = as_document(replace(ENTRY, link=None), WHOLE, FEED, "guid:g1", NOON)
    assert (document.url, document.locator) == (None, f"{FEED}#guid:g1")
