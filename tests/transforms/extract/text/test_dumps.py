import json

import pytest

from newslake.transforms.extract.by_media_type import Raw, read
from newslake.transforms.extract.html.limits import DEFAULT
from newslake.transforms.extract.text.dumps import TOOLS, translated

TEXT = "Both sides met on Monday, the minister said, and talks will go on for another week."
URL = "https://example.org/talks"
DAY = "2024-03-01T09:00:00+00:00"
NEWS_PLEASE = {
    "authors": ["Ann Lee"],
    "date_download": "2024-03-05 10:00:00",
    "date_modify": "None",
    "date_publish": "2024-03-01 09:00:00",
    "description": "A lead.",
    "filename": "https%3A%2F%2Fexample.org%2Ftalks.json",
    "image_url": "https://example.org/a.jpg",
    "language": "en",
    "localpath": None,
    "maintext": TEXT,
    "source_domain": "example.org",
    "text": None,
    "title": "Talks go on",
    "title_page": None,
    "title_rss": None,
    "url": URL,
}
FUNDUS = {
    "title": "Talks go on",
    "authors": ["Ann Lee"],
    "body": {"summary": [], "sections": [{"headline": [], "paragraphs": [TEXT]}]},
    "publishing_date": "2024-03-01 09:00:00+00:00",
    "topics": ["Peace"],
    "free_access": True,
    "lang": "en",
    "html": {
        "requested_url": "https://example.org/1",
        "responded_url": URL,
        "content": "<html><body>the whole page</body></html>",
        "crawl_date": "2024-03-05T10:00:00",
    },
}
DATATROVE = {
    "text": TEXT,
    "id": "<urn:uuid:1>",
    "metadata": {
        "url": URL,
        "date": "2024-03-05T10:00:00Z",
        "language": "en",
        "language_score": 0.9,
    },
}
FINEWEB = {
    "text": TEXT,
    "id": "<urn:uuid:1>",
    "dump": "CC-MAIN-2024-10",
    "url": URL,
    "date": "2024-03-05T10:00:00Z",
    "file_path": "s3://commoncrawl/a.warc.gz",
    "language": "en",
}
MEDIA_CLOUD = {
    "original_url": "https://example.org/talks?from=feed",
    "url": URL,
    "canonical_domain": "example.org",
    "publication_date": DAY,
    "language": "en",
    "text_extraction_method": "trafilatura",
    "article_title": "Talks go on",
    "text_content": TEXT,
}


def content(item):
    return read(Raw(json.dumps(item).encode(), "application/json"), DEFAULT).content


@pytest.mark.parametrize("item", [NEWS_PLEASE, FUNDUS, DATATROVE, FINEWEB, MEDIA_CLOUD])
def test_the_dumps_of_other_tools_are_read(item):
    found = content(item)
    assert (found.text, found.url, found.language) == (TEXT, URL, "en")


@pytest.mark.parametrize("item", [NEWS_PLEASE, FUNDUS, MEDIA_CLOUD])
def test_titles_and_times_of_publication_are_read(item):
    found = content(item)
    assert (found.title, found.published_at.isoformat()) == ("Talks go on", DAY)


@pytest.mark.parametrize("item", [DATATROVE, FINEWEB])
def test_the_time_of_a_crawl_is_not_taken_for_that_of_publication(item):
    found = content(item)
    assert found.published_at is None
    assert found.extra["datatrove.date"] == "2024-03-05T10:00:00Z"


def test_fields_without_a_column_are_kept():
    assert content(NEWS_PLEASE).extra["date_download"] == "2024-03-05 10:00:00"
    assert content(NEWS_PLEASE).image_url == "https://example.org/a.jpg"
    assert content(FUNDUS).keywords == ["Peace"]
    assert content(FUNDUS).extra["free_access"] is True
    assert content(FUNDUS).extra["fundus.html.requested_url"] == "https://example.org/1"
    assert content(DATATROVE).extra["metadata.language_score"] == 0.9
    assert content(MEDIA_CLOUD).extra["text_extraction_method"] == "trafilatura"


def test_a_field_that_a_better_field_replaces_is_kept():
    found = content(NEWS_PLEASE | {"text": "the page with its menus"})
    assert (found.text, found.extra["news-please.text"]) == (TEXT, "the page with its menus")


@pytest.mark.parametrize("tool", TOOLS)
@pytest.mark.parametrize("value", [None, 7, "text", [], {}, {"sections": 7}, [{"a": []}]])
def test_objects_of_unexpected_types_are_read_or_refused(tool, value):
    item = {name: value for signs in TOOLS[tool].signs for name in signs}
    assert isinstance(translated(item), dict)


def test_other_objects_are_left_alone():
    item = {"title": "Talks", "text": TEXT, "body": {"a": 1}}
    assert translated(item) is item
