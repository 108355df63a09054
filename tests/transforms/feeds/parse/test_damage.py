"""Damaged feeds: whole entries are read, the others are counted."""

import json
import re

import pytest
from papers import ADDRESS, atom, item, rss

from newslake.schemas.reasons import Binary, NotAFeed
from newslake.transforms.feeds.parse.any_feed import read_feed

NUMBERS = (1, 2, 3)
VERSION = {"version": "https://jsonfeed.org/version/1.1"}


def read(text):
    return read_feed(text if isinstance(text, bytes) else text.encode(), ADDRESS, {})


def links(feed):
    return [entry.link.rpartition("/")[2] for entry in feed.entries]


def story(number):
    return item(number, title=f"<![CDATA[Über {number} & <b>mehr</b>]]>", more="<i>é</i><!-- > -->")


def entry(number):
    return (
        f"<entry><id>{number}</id><title type='html'>&lt;b&gt;T&lt;/b&gt;</title>"
        f"<link href='https://paper.example.org/{number}'/></entry>"
    )


def address(number):
    return (
        f"<url><loc>https://paper.example.org/{number}</loc><n:news><n:publication_date>2026-03-02"
        f"</n:publication_date><n:title>T{number}</n:title></n:news></url>"
    )


RDF = (
    "<r:RDF xmlns:r='http://www.w3.org/1999/02/22-rdf-syntax-ns#' xmlns='http://purl.org/rss/1.0/'>"
    "<channel><title>P</title><items><r:Seq/></items></channel>"
)
URLSET = (
    "<urlset xmlns='http://www.sitemaps.org/schemas/sitemap/0.9' "
    "xmlns:n='http://www.google.com/schemas/sitemap-news/0.9'>"
)
ITEMS = [{"id": n, "url": f"/{n}", "title": '[Ü]}"\\', "tags": ["a", {}]} for n in NUMBERS]
FEEDS = {
    "rss": (rss(*map(story, NUMBERS), channel="<!-- one > -->"), "<item>", "</item>"),
    "atom": (atom(*map(entry, NUMBERS)), "<entry>", "</entry>"),
    "rdf": (
        f"{RDF}{''.join(map(item, NUMBERS))}</r:RDF>",
        "<item>",
        "</item>",
    ),
    "prefixed": (
        re.sub(r"<(/?)(\w)", r"<\1rss:\2", rss(*map(item, NUMBERS))),
        "<rss:item>",
        "</rss:item>",
    ),
    "news sitemap": (
        f"{URLSET}{''.join(map(address, NUMBERS))}</urlset>",
        "<url>",
        "</url>",
    ),
    "json": (
        json.dumps(VERSION | {"title": "P", "items": ITEMS, "x": [0]}, ensure_ascii=False),
        '{(?="id")',
        "{}]}",
    ),
    "json with its version at the end": (
        json.dumps({"items": ITEMS} | VERSION, indent=1),
        r'{(?=\s*"id")',
        "{}\n   ]\n  }",
    ),
}


@pytest.mark.parametrize("kind", FEEDS)
def test_a_feed_that_is_cut_off_anywhere_gives_its_whole_entries_and_counts_the_rest(kind):
    text, begin, end = FEEDS[kind]
    whole = read(text).entries
    assert len(whole) == len(NUMBERS)
    begins = [len(text[: found.end()].encode()) for found in re.finditer(begin, text)]
    ends = [len(text[: found.end()].encode()) for found in re.finditer(re.escape(end), text)]
    for at in range(len(text.encode())):
        complete = sum(one <= at for one in ends)
        try:
            feed = read(text.encode()[:at])
        except (NotAFeed, Binary):
            assert complete == 0
            continue
        assert (at, feed.entries) == (at, whole[:complete])
        assert (at, feed.incomplete) == (at, sum(one <= at for one in begins) - complete)
        assert feed.faults


def swapped(old, new):
    return rss(*map(story, (1, 2, 3, 4))).replace(old, new)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        pytest.param(swapped("Über 4 & <b>mehr</b>]]>", "Über 4"), ["1", "2", "3"], id="the last"),
        pytest.param(swapped("Über 2 & <b>mehr</b>]]>", "Über 2"), ["1", "3", "4"], id="a middle"),
        pytest.param(
            swapped("2 & <b>mehr</b>]]>", "2").replace("<i>", "<i><![CDATA["),
            [],
            id="all",
        ),
        pytest.param(
            swapped("Über 2 & <b>mehr</b>]]></title>", "2</title><a><![CDATA[b]]></a>"),
            ["1", "3", "4"],
            id="another element of the same entry ends it",
        ),
        pytest.param(
            swapped("Über 2 & <b>mehr</b>]]></title>", "2</title><title><![CDATA[b]]></title>"),
            ["1", "3", "4"],
            id="an equal element of the same entry ends it",
        ),
        pytest.param(
            swapped("<!-- > -->", "").replace("<guid isPermaLink='false'>g2", "<!-- <guid>g2"),
            ["1", "3", "4"],
            id="a comment",
        ),
        pytest.param(swapped("<!-- > -->", "<!-- "), [], id="all comments"),
        pytest.param(
            swapped("<guid isPermaLink='false'>g2", "<?php <guid>g2"), ["1", "3", "4"], id="php"
        ),
    ],
)
def test_an_entry_with_a_section_that_is_not_closed_is_counted_and_the_others_are_read(
    text, expected
):
    feed = read(text)
    assert (links(feed), feed.incomplete) == (expected, 4 - len(expected))
    assert feed.faults[0].startswith("malformed XML repaired: ")


def test_a_title_of_the_feed_that_is_not_closed_costs_no_entry():
    feed = read(swapped("<title>Paper", "<title><![CDATA[Paper"))
    assert (links(feed), feed.title, feed.incomplete) == (["1", "2", "3", "4"], None, 0)
    assert feed.faults == ("malformed XML repaired: a CDATA section is not closed",)


@pytest.mark.parametrize(
    "content",
    [
        "<pre>&lt;item&gt;</pre><script>//<![CDATA[\nx //]]]]><![CDATA[></script>",
        "<item>one</item>",
        "How to use <![CDATA[ in XML",
    ],
)
def test_markup_in_a_closed_section_is_content(content):
    feed = read(swapped("Über 2 & <b>mehr</b>", content))
    assert (links(feed), feed.faults) == (["1", "2", "3", "4"], ())


def test_entries_in_a_comment_are_no_entries():
    feed = read(swapped(story(2), f"<!-- {item(2)}{item(2)} -->").replace("Paper", "A & B"))
    assert (links(feed), feed.incomplete) == (["1", "3", "4"], 0)


@pytest.mark.parametrize(
    ("text", "expected", "lost"),
    [
        pytest.param(
            swapped("<!-- > --></item><item>", "<item>"), ["1", "2", "3", "4"], 0, id="all"
        ),
        pytest.param(
            swapped("</link><guid isPermaLink='false'>g2</guid><i>é</i><!-- > --></item>", ""),
            ["1", "3", "4"],
            1,
            id="within an element",
        ),
        pytest.param(
            swapped("</item></channel>", "</channel>"), ["1", "2", "3", "4"], 0, id="the last"
        ),
        pytest.param(
            swapped("/4</link>", "/4").replace("g4</guid><i>é</i><!-- > --></item>", ""),
            ["1", "2", "3"],
            1,
            id="the last within an element",
        ),
    ],
)
def test_an_entry_without_its_end_tag_is_read_if_all_elements_in_it_have_one(text, expected, lost):
    feed = read(text)
    assert (links(feed), feed.incomplete) == (expected, lost)


def test_entries_after_the_end_of_the_feed_are_counted():
    feed = read(swapped("</item><item><title><![CDATA[Über 3", "</item></channel></rss><item><a>"))
    assert (links(feed), feed.incomplete) == (["1", "2"], 2)


def test_items_before_a_damaged_item_of_a_json_feed_are_read():
    text = json.dumps(VERSION | {"items": ITEMS})
    feed = read(text.replace('"id": 2, ', '"id": 2 '))
    assert (links(feed), feed.incomplete) == (["1"], 2)
    assert feed.faults[0].startswith("invalid JSON: Expecting ',' delimiter")
    assert links(read(text + "}")) == ["1", "2", "3"]
    with pytest.raises(NotAFeed, match="invalid JSON"):
        read('{"items": [{"name": 1}, {"name"')
