import json

import pytest
from lxml.html import document_fromstring

from newslake.transforms.extract.html.json_ld import LinkedArticle, linked_article

URL = "https://www.example.org/world/truce"


def read(*values, url=URL):
    scripts = (
        f'<script type="application/ld+json">{one if isinstance(one, str) else json.dumps(one)}</script>'
        for one in values
    )
    return linked_article(document_fromstring(f"<html>{''.join(scripts)}<p>a</p></html>"), url)


def article(**properties):
    return {"@type": "NewsArticle", "headline": "Truce in sight", **properties}


def test_all_properties_of_an_article_are_read():
    found = read(
        article(
            author=[{"@type": "Person", "name": "Ann Lee"}, "Bo Ek"],
            datePublished="2024-03-01T09:00:00Z",
            dateModified="2024-03-02",
            articleBody="<p>Both met.</p><p>Talks go on.</p>",
            articleSection=["World", "Europe"],
            keywords="war, peace",
            image=[{"url": "/lead.jpg"}],
        )
    )
    assert found == LinkedArticle(
        headline="Truce in sight",
        authors=["Ann Lee", "Bo Ek"],
        published=["2024-03-01T09:00:00Z"],
        modified=["2024-03-02"],
        body="\nBoth met.\n\nTalks go on.\n",
        section="World",
        keywords=["war", "peace"],
        image="/lead.jpg",
    )


@pytest.mark.parametrize(
    "value",
    [
        {"@graph": [{"@type": "Organization"}, article()]},
        [{"@type": "BreadcrumbList"}, article()],
        {"@type": "WebPage", "mainEntity": article()},
        {"@type": ["Article", "NewsArticle"], "headline": "Truce in sight"},
        {"@type": "BlogPosting", "headline": "Truce in sight"},
    ],
)
def test_an_article_of_its_own_is_found_at_any_place(value):
    assert read(value).headline == "Truce in sight"


def test_an_article_that_another_object_links_to_is_ignored():
    assert read({"@type": "ItemList", "itemListElement": [article()]}) == LinkedArticle()


def test_of_several_articles_the_pages_own_is_used():
    others = article(headline="Floods", url="https://www.example.org/floods")
    own = article(url="/world/truce?utm_source=feed")
    assert read([others, own]).headline == "Truce in sight"
    assert read([others, own], url=None).headline == "Floods"


def test_an_author_may_be_described_elsewhere():
    graph = [article(author={"@id": "#ann"}), {"@type": "Person", "@id": "#ann", "name": "Ann Lee"}]
    assert read({"@graph": graph}).authors == ["Ann Lee"]


def test_entities_and_markup_are_resolved():
    assert read(article(headline="<i>Truce</i> &amp; talks")).headline == "Truce & talks"


@pytest.mark.parametrize(
    "script", ["", "no JSON", "[1, null]", "[" * 100_000, '{"a":' * 100_000, '{"@graph": 7}', '"x"']
)
def test_objects_that_are_not_articles_are_ignored(script):
    assert read(script) == LinkedArticle()


@pytest.mark.parametrize("tail", [";", "\n// end", "}"])
def test_text_after_the_object_is_ignored(tail):
    assert read(json.dumps(article()) + tail).headline == "Truce in sight"


@pytest.mark.parametrize("depth", [101, 300, 490, 900, 990, 2_000])
@pytest.mark.parametrize(
    "name", ["author", "image", "keywords", "@graph", "@id", "articleBody", "x"]
)
@pytest.mark.parametrize("brackets", ["[]", '{"name":}', '{"@graph":}', '{"@id":}'])
def test_a_script_nested_too_deeply_is_ignored_and_others_are_read(depth, name, brackets):
    begin, end = brackets[:-1], brackets[-1]
    deep = (
        f'{{"@type": "NewsArticle", "headline": "Deep", "{name}": {begin * depth}1{end * depth}}}'
    )
    assert read(deep, article()) == read(article())


def test_deeply_nested_names_are_ignored():
    nested = "Ann Lee"
    for _ in range(300):
        nested = {"name": [nested]}
    assert read(article(author=nested, keywords=nested)).authors == []


OWN = {"@type": "NewsArticle", "author": "Ann Lee"}


@pytest.mark.parametrize(
    ("stated", "body", "is_believed"),
    [
        ({"headline": "Truce is in sight, ministers say"}, "", True),  # like a title of the page
        ({"headline": "After the war"}, "<h3>After the war</h3>", True),
        ({"headline": "Calm", "articleBody": "Both sides met."}, "<p>Both sides met.</p>", True),
        ({"headline": "Calm", "url": "https://example.org/1"}, "", True),
        ({"headline": "Storm hits the coast"}, "<p>Both sides met.</p>", False),
        ({"headline": "Calm", "url": "https://example.org/2"}, "", False),
        ({"url": "https://example.org/2"}, "", False),
        ({}, "", True),
    ],
)
def test_linked_data_of_another_page_is_ignored(stated, body, is_believed):
    script = f'<script type="application/ld+json">{json.dumps(OWN | stated)}</script>'
    page = document_fromstring(f"<html><head>{script}</head><body>{body}</body></html>")
    found = linked_article(page, "https://example.org/1", ["Truce in sight"])
    assert found.authors == (["Ann Lee"] if is_believed else [])


def test_a_name_may_be_in_two_parts():
    author = {"@type": "Person", "givenName": "Ann", "familyName": "Lee"}
    assert read(article(author=author)).authors == ["Ann Lee"]
