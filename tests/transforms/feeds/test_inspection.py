from datetime import timedelta

import pytest
from papers import ADDRESS, NOON, item, rss

from newslake.schemas.reasons import NotAFeed, Unreadable
from newslake.transforms.feeds.inspection import Page, inspect, only_feed

HEADERS = {"content-type": "application/rss+xml; charset=utf-8", "etag": '"a"'}
DATED = f"<pubDate>{NOON:%a, %d %b %Y %H:%M:%S} GMT</pubDate>"
HOME = (
    "<html><head><link rel='alternate' type='application/rss+xml' href='/dead'>"
    f"<link rel='alternate' type='application/rss+xml' href='{ADDRESS}'></head></html>"
)


def page(text, **headers):
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return Page(ADDRESS, text.encode(), HEADERS | named)


def findings(text, **headers):
    return inspect(page(text, **headers), NOON).findings


def get(address):
    if address == ADDRESS:
        return page(rss(item(more=DATED)))
    raise Unreadable(address)


def test_a_feed_without_problems():
    seen = inspect(page(rss(item(more=DATED))), NOON)
    assert (seen.findings, seen.newest, seen.feed.kind) == ([], NOON, "rss")


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        (rss(), "no entries"),
        (rss(item(title="A & B", more=DATED)), "malformed XML repaired: "),
        (
            rss(item(more=DATED), item(2, title="<![CDATA[A")),
            "1 more entries are incomplete or damaged and are not read",
        ),
        (rss(item(title="<![CDATA[A")), "1 more entries are incomplete or damaged"),
        (rss(item(1, more=DATED), item(2)), "1 of 2 entries without a date"),
        (rss(item(title="", more=DATED)), "1 of 1 entries without a title"),
        (rss(item(more=DATED).replace("https:", "tel:")), "1 of 1 entries without a URL"),
        (rss(item(more=DATED.replace("2026", "2099"))), "1 of 1 entries with an impossible date"),
        (
            rss(item(more=DATED.replace(" GMT", ""))),
            "1 of 1 entries with a date without a time zone",
        ),
        (rss(item(more=DATED.replace("2026", "2025"))), "no new entry since 2025-03-02"),
        (rss(item(more=DATED), item(more=DATED)), "1 of 2 entries repeated"),
        (
            rss(item(more=DATED), item(2, more=DATED).replace("g2", "g1")),
            "guids are not unique (newslake identifies the entries by URL)",
        ),
        ("<html></html>", "a web page"),
    ],
)
def test_problems_of_a_feed_are_explained(text, expected):
    assert any(finding.startswith(expected) for finding in findings(text))


def test_problems_of_the_server_are_reported():
    assert findings(rss(item(more=DATED)), content_type="text/html") == [
        "Content-Type is text/html (newslake detects the format itself)"
    ]
    unasked = inspect(Page(ADDRESS, rss(item(more=DATED)).encode(), {"date": "x"}), NOON)
    assert unasked.findings == [
        "no Content-Type (newslake detects the format itself)",
        "no ETag or Last-Modified: each poll downloads the whole feed",
    ]


def test_a_file_has_no_problems_of_a_server():
    assert inspect(Page("", rss(item(more=DATED)).encode()), NOON).findings == []


def test_the_feed_of_a_home_page_is_found():
    home = Page("https://paper.example.org/", HOME.encode())
    assert only_feed(home, get, NOON).address == ADDRESS
    assert only_feed(page(rss(item())), get, NOON + timedelta(days=1)).address == ADDRESS


def test_a_page_without_a_feed_is_reported():
    with pytest.raises(NotAFeed, match="nor a page that links to one"):
        only_feed(Page("https://paper.example.org/", b"<html></html>"), get, NOON)
