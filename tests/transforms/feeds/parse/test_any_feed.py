import io
import json
import time
from datetime import UTC, datetime, timedelta

import feedparser
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from papers import ADDRESS, NOON, atom, item, rss
from waits import TRIES

from newslake.schemas.reasons import Binary, NotAFeed, Reject, TooDeep, TooLarge
from newslake.transforms.feeds.parse.any_feed import read_feed


def read(text, address=ADDRESS, **headers):
    return read_feed(text if isinstance(text, bytes) else text.encode(), address, headers)


def only(text, **headers):
    [entry] = read(text, **headers).entries
    return entry


def test_an_item_of_rss():
    feed = read(
        rss(
            '<item xmlns:dc="http://purl.org/dc/elements/1.1/"><title>Talks</title>'
            "<link>https://paper.example.org/1</link><guid>tag:1</guid><dc:creator>Ann</dc:creator>"
            "<pubDate>Mon, 02 Mar 2026 14:00:00 +0200</pubDate><category>World</category>"
            "<description>Short.</description>"
            '<enclosure url="/1.jpg" type="image/jpeg" length="1"/></item>',
            channel="<language>en-gb</language><ttl>60</ttl>",
        )
    )
    assert (feed.kind, feed.title, feed.link) == ("rss", "Paper", "https://paper.example.org/")
    [entry] = feed.entries
    assert (entry.title, entry.link, entry.guid) == (
        "Talks",
        "https://paper.example.org/1",
        "tag:1",
    )
    assert (entry.published_at, entry.published_at_naive) == (NOON, False)
    assert (entry.authors, entry.keywords, entry.language) == (("Ann",), ("World",), "en-gb")
    assert (entry.summary, entry.body) == ("Short.", None)
    assert entry.image_url == "https://paper.example.org/1.jpg"


def test_an_entry_of_atom():
    entry = only(
        atom(
            "<entry><id>urn:1</id><title type='html'>&lt;b&gt;Talks&lt;/b&gt;</title>"
            "<link rel='enclosure' href='/1.mp3'/><link href='1'/>"
            "<published>2026-03-02T12:00:00Z</published><updated>2026-03-02T13:00:00Z</updated>"
            "<author><name>Ann</name></author><summary>Short.</summary>"
            "<content type='html'>&lt;p&gt;Long.&lt;/p&gt;</content></entry>"
        )
    )
    assert (entry.title, entry.link) == ("Talks", "https://paper.example.org/feeds/1")
    assert (entry.published_at, entry.updated_at) == (NOON, NOON + timedelta(hours=1))
    assert (entry.authors, entry.summary, entry.body) == (("Ann",), "Short.", "<p>Long.</p>")


def test_an_item_of_rdf():
    feed = read(
        '<rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#" '
        'xmlns="http://purl.org/rss/1.0/" xmlns:dc="http://purl.org/dc/elements/1.1/">'
        "<channel><title>Paper</title></channel><item rdf:about='https://paper.example.org/1'>"
        "<title>Talks</title><link>https://paper.example.org/1</link>"
        "<dc:date>2026-03-02T12:00:00Z</dc:date></item></rdf:RDF>"
    )
    assert feed.kind == "rdf"
    assert (feed.entries[0].title, feed.entries[0].published_at) == ("Talks", NOON)


def test_an_item_of_a_json_feed():
    feed = read(
        json.dumps(
            {
                "version": "https://jsonfeed.org/version/1.1",
                "title": "Paper",
                "home_page_url": "https://paper.example.org/",
                "authors": [{"name": "Desk"}],
                "items": [
                    {
                        "id": 7,
                        "url": "/7",
                        "title": "Talks",
                        "content_html": "<p>Long.</p>",
                        "date_published": "2026-03-02T14:00:00+02:00",
                        "tags": ["World", 3],
                    },
                    {"id": "https://paper.example.org/8", "title": ["no", "string"], "tags": "x"},
                    "no object",
                ],
            }
        )
    )
    first, second = feed.entries
    assert (feed.kind, feed.title) == ("json", "Paper")
    assert (first.guid, first.link, first.title) == ("7", "https://paper.example.org/7", "Talks")
    assert (first.published_at, first.authors, first.keywords) == (NOON, ("Desk",), ("World",))
    assert (first.published_precision, second.published_precision) == ("second", None)
    assert (second.link, second.title) == ("https://paper.example.org/8", None)


def test_an_address_of_a_news_sitemap():
    feed = read(
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9" '
        'xmlns:news="http://www.google.com/schemas/sitemap-news/0.9" '
        'xmlns:image="http://www.google.com/schemas/sitemap-image/1.1">'
        "<url><loc>https://paper.example.org/1</loc><news:news><news:publication>"
        "<news:name>Paper</news:name><news:language>en</news:language></news:publication>"
        "<news:publication_date>2026-03-02T12:00:00Z</news:publication_date>"
        "<news:title>Talks</news:title><news:keywords>World, Peace</news:keywords></news:news>"
        "<image:image><image:loc>https://paper.example.org/1.jpg</image:loc></image:image></url>"
        "<url><loc>https://paper.example.org/about</loc></url></urlset>"
    )
    [entry] = feed.entries
    assert (entry.link, entry.title, entry.language) == (
        "https://paper.example.org/1",
        "Talks",
        "en",
    )
    assert (entry.published_at, entry.keywords) == (NOON, ("World", "Peace"))
    assert entry.image_url == "https://paper.example.org/1.jpg"
    assert feed.faults == ("skipped 1 URLs that are not news",)


@pytest.mark.parametrize("namespace", ["http://a.org/\ufffd", "h{ttp}://a.org", "a}b", "\x84"])
def test_a_sitemap_of_a_broken_namespace_is_read(namespace):
    entry = only(
        f'<urlset xmlns="{namespace}"><url><loc>https://paper.example.org/1</loc>'
        "<title>Talks</title></url></urlset>"
    )
    assert (entry.link, entry.title) == ("https://paper.example.org/1", "Talks")


@pytest.mark.parametrize(
    "text",
    [
        "<urlset><url><title>Talks</title></url></urlset>",
        "<urlset><url><loc> </loc><title>Talks</title></url></urlset>",
        '{"version": "https://jsonfeed.org/version/1", "items": [{"title": "Talks"}]}',
        rss("<item><title>Talks</title><link/></item>"),
        atom("<entry><title>Talks</title><link href=''/></entry>"),
    ],
)
def test_an_entry_without_an_address_does_not_get_the_address_of_the_feed(text):
    entry = only(text)
    assert (entry.title, entry.link, entry.image_url) == ("Talks", None, None)


def test_a_page_for_a_title_does_not_cost_the_entry():
    page = "&lt;!doctype html>&lt;html>&lt;title>Talks go on"
    assert only(rss(item(title=page))).title == "Talks go on"


def test_control_characters_in_a_title_do_not_cost_the_entry():
    title = "&lt;p>Talks&lt;/p>&amp;#3;go on"
    assert only(rss(item(title=title))).title == "Talks go on"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("<!doctype html><html><p>404</p></html>", "a web page"),
        ("Not found", "no XML or JSON"),
        ('{"error": 404}', "not a JSON Feed"),
        ("<opml><body/></opml>", "<opml>"),
        (
            rss(item(more=f"<category>a{item(more='<category>b</category>')}</category>")),
            "cannot parse",
        ),
        ("<urlset><url><loc>https://a.org/</loc></url></urlset>", "a sitemap without news"),
    ],
)
def test_a_document_that_is_not_a_feed_is_refused_with_an_explanation(text, message):
    with pytest.raises(NotAFeed, match=message):
        read(text)


def test_bytes_that_are_not_text_are_refused():
    with pytest.raises(Binary):
        read(b"\x1f\x8b\x08\0" + bytes(range(128)))


@pytest.mark.parametrize(
    ("title", "seen"),
    [
        ("&lt;b&gt;Bold&lt;/b&gt; &amp;amp; more", "Bold & more"),
        ("<![CDATA[<script>alert(1)</script>Quake &#8211; 5.1]]>", "Quake – 5.1"),
        ("A &amp;lt;em&amp;gt;double&amp;lt;/em&amp;gt; escape", "A double escape"),
        ("1 &lt; 2", "1 < 2"),
        ("Two\n lines", "Two lines"),
        ("", None),
    ],
)
def test_html_in_titles_comes_out_as_text(title, seen):
    assert only(rss(item(title=title))).title == seen


@pytest.mark.parametrize(
    ("link", "address"),
    [
        ("/a/1", "https://paper.example.org/a/1"),
        ("//cdn.example.org/3", "https://cdn.example.org/3"),
        ("  /a b ", "https://paper.example.org/a%20b"),
        ("https://ann:pw@paper.example.org/?token=7&amp;a=1", "https://paper.example.org/?a=1"),
        ("javascript:alert(1)", None),
        ("ftp://paper.example.org/1", None),
    ],
)
def test_links_of_rss_are_relative_to_the_site(link, address):
    text = rss(f"<item><title>T</title><link>{link}</link></item>")
    assert only(text).link == address


def test_links_of_atom_are_relative_to_xml_base_or_the_feed():
    entry = "<entry{}><title>T</title><link href='1'/></entry>"
    assert only(atom(entry.format(""))).link == "https://paper.example.org/feeds/1"
    based = entry.format(" xml:base='https://other.example.org/a/'")
    assert only(atom(based)).link == "https://other.example.org/a/1"
    assert only(atom(entry.format(" xml:base='/b/'"))).link == "https://paper.example.org/b/1"


def test_an_id_is_a_link_only_where_it_is_an_address():
    guid = "<item><title>T</title><guid>{}</guid></item>"
    assert only(rss(guid.format("https://paper.example.org/1"))).link
    assert only(rss(guid.format("42"))).link is None


def test_a_story_is_where_the_alternate_link_leads():
    links = "<link rel='related' href='/2'/><link href='/1'/><link rel='enclosure'>/3</link>"
    assert only(atom(f"<entry>{links}</entry>")).link == "https://paper.example.org/1"


def test_the_time_of_an_edit_is_no_date_of_publication():
    entry = only(atom("<entry><updated>2026-03-02T12:00:00Z</updated></entry>"))
    assert (entry.published_at, entry.updated_at) == (None, NOON)


def test_the_publishers_url_is_preferred_to_that_of_a_tracking_service():
    text = rss(
        item(
            more="<feedburner:origLink>https://paper.example.org/own</feedburner:origLink>"
        ).replace("<item>", "<item xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'>")
    )
    assert only(text).link == "https://paper.example.org/own"


@pytest.mark.parametrize(
    ("written", "time", "naive", "precision"),
    [
        ("Mon, 02 Mar 2026 07:00:00 EST", NOON, False, "second"),
        ("Mon, 02 Mar 2026 12:00 GMT", NOON, False, "minute"),
        ("2026-03-02T12:00:00Z", NOON, False, "second"),
        ("2026-03-02T12:00Z", NOON, False, "minute"),
        ("2026-03-02 12:00:00", NOON, True, "second"),
        ("Mon, 02 Mar 2026 12:00:00", NOON, True, "second"),
        ("2026-03-02", NOON.replace(hour=0), True, "day"),
        ("Mon, 02 Mar 2026", NOON.replace(hour=0), True, "day"),
        ("1772452800", NOON, False, "second"),
        ("1772452800000", NOON, False, "second"),
        ("2026-03", None, False, None),
        ("2026", None, False, None),
        ("32 Foo 2026", None, False, None),
        ("0001-01-01T00:00:00Z", datetime(1, 1, 1, tzinfo=UTC), False, "second"),
    ],
)
def test_dates_are_read_as_written(written, time, naive, precision):
    entry = only(rss(item(more=f"<pubDate>{written}</pubDate>")))
    assert (entry.published_at, entry.published_at_naive) == (time, naive)
    assert entry.published_precision == precision


def test_hints_against_polling():
    hints = read(
        rss(
            channel="<ttl>90</ttl><skipHours><hour>0</hour><hour>23</hour><hour>24</hour>"
            "</skipHours><skipDays><day>Sunday</day><day>Someday</day></skipDays>"
            "<sy:updatePeriod xmlns:sy='http://purl.org/rss/1.0/modules/syndication/'>daily"
            "</sy:updatePeriod><sy:updateFrequency xmlns:sy="
            "'http://purl.org/rss/1.0/modules/syndication/'>4</sy:updateFrequency>"
        )
    ).hints
    assert hints.interval == timedelta(hours=6)
    assert (hints.skip_hours, hints.skip_days) == ({0, 23}, {6})


@pytest.mark.parametrize("name", ["ttl", "sy:updatePeriod", "sy:updateFrequency", "language"])
def test_an_element_with_attributes_does_not_cost_the_feed(name):
    assert len(read(rss(item(), channel=f"<{name} a='b'>1</{name}>")).entries) == 1


def test_a_tracking_link_with_attributes_does_not_cost_the_feed():
    namespace = "xmlns:feedburner='http://rssnamespace.org/feedburner/ext/1.0'"
    link = f"<feedburner:origLink {namespace} a='b'>https://a.org/</feedburner:origLink>"
    assert only(rss(item(more=link))).link == "https://paper.example.org/1"


# --- malformed feeds


@pytest.mark.parametrize(
    "broken",
    [
        pytest.param(lambda text: "\ufeff \n" + text, id="leading blanks"),
        pytest.param(lambda text: text.replace("Talks", "Talks & more <live>"), id="ampersand"),
        pytest.param(lambda text: text.replace("Talks", "Talks&nbsp;&hellip;"), id="HTML entity"),
        pytest.param(lambda text: text.replace("Talks", "Talks\x07"), id="control character"),
        pytest.param(lambda text: text.replace("Talks", "Talks&#7;"), id="control reference"),
        pytest.param(lambda text: text.replace("<item>", "<item><dc:x>1</dc:x>", 1), id="prefix"),
        pytest.param(lambda text: text + "<!-- made in 3 ms -->" + text, id="junk at the end"),
        pytest.param(lambda text: text.replace("</item>", "<br>2<p>3</item>"), id="open tags"),
        pytest.param(lambda text: text.replace("</item>", "</i></item>"), id="end without begin"),
        pytest.param(lambda text: text.replace('"2.0"', "2.0"), id="attribute without quotes"),
        pytest.param(lambda text: text.replace("</channel></rss>", "<item><link>ht"), id="cut"),
    ],
)
def test_a_broken_feed_gives_its_whole_entries(broken):
    entries = read(broken(rss(item(1), item(2)))).entries
    assert [entry.link for entry in entries] == [
        "https://paper.example.org/1",
        "https://paper.example.org/2",
    ]
    assert entries[0].title.startswith("Talks")


def test_repairs_are_reported():
    assert read(rss(item())).faults == ()
    [fault] = read(rss(item(title="A & B"))).faults
    assert fault.startswith("malformed XML repaired")


def test_a_charset_that_the_feed_gives_wrongly_is_not_believed():
    text = rss(item(title="Größe über Müller")).replace("?>", ' encoding="iso-8859-1"?>')
    assert only(text.encode()).title == "Größe über Müller"
    cyrillic = "Переговоры о прекращении огня"
    written = rss(item(title=cyrillic)).encode("cp1251")
    assert only(written, **{"content-type": "text/xml; charset=windows-1251"}).title == cyrillic


# --- hostile feeds


BOMB = '<!DOCTYPE rss [<!ENTITY a "lol">' + "".join(
    f'<!ENTITY {b} "{f"&{a};" * 10}">' for a, b in zip("abcdefgh", "bcdefghi", strict=True)
)


@pytest.mark.parametrize(
    ("doctype", "reference"),
    [
        pytest.param(BOMB + "]>", "&i;", id="bomb"),
        pytest.param('<!DOCTYPE rss [<!ENTITY x SYSTEM "file:///etc/passwd">]>', "&x;", id="file"),
    ],
)
def test_entities_come_out_as_text(doctype, reference):
    text = rss(item(title=f"T{reference}")).replace("<rss", f"{doctype}<rss")
    assert only(text).title == f"T{reference}"


def test_a_feed_over_the_limits_is_refused_with_a_reason():
    with pytest.raises(TooLarge, match=r"5\.0 MB, the limit is 5 MB"):
        read(rss(item(title="x" * 5_000_000)))
    with pytest.raises(TooDeep):
        read(rss(item(more="<a>" * 300 + "</a>" * 300)))
    with pytest.raises(TooLarge, match="100000 elements"):
        read(rss(item(more="<a/>" * 100_000)))
    with pytest.raises(TooLarge, match="100 attributes"):
        read(rss("<item " + " ".join(f"a{n}='1'" for n in range(200)) + "/>"))


def test_entries_beyond_2000_are_left_out_and_counted():
    for broken in ("", "<i>"):
        feed = read(rss(*(item(number) for number in range(2_100)), broken))
        assert len(feed.entries) == 2_000
        assert feed.left_out == 100
        assert feed.entries[-1].link == "https://paper.example.org/1999"


@pytest.mark.parametrize(
    "piece",
    [
        *(
            "<",
            "&",
            "<a",
            "</a>",
            "<![CDATA[",
            "<!--",
            "<?",
            '"',
            "&lt;b",
            "]]>",
            "&amp;#65;",
            "< a='",
        ),
        *("<item><![CDATA[</item>", "<item><!--<item>", "<a><?</a>", "</title><title><![CDATA["),
    ],
)
def test_time_grows_with_the_size_and_no_faster(piece):
    """Four times the size may take ten times as long; quadratic time would be sixteen times."""

    def seconds(size):
        text = rss(item(title=piece * (size // len(piece))), item(2, more=f"<author>{piece}"))
        begin = time.process_time()
        read(text)
        return time.process_time() - begin

    seconds(1_000)
    assert any(seconds(320_000) < 10 * max(seconds(80_000), 0.02) for _ in range(TRIES))


def test_addresses_within_entries_are_no_entries():
    feed = read(rss(*(item(number, more="<url>a</url>" * 3) for number in range(1_000))))
    assert (len(feed.entries), feed.left_out) == (1_000, 0)


def test_namespaces_without_end_are_refused():
    with pytest.raises(TooLarge, match="100 namespaces"):
        read(rss(*(f"<a xmlns:p{number}='urn:{number}'/>" for number in range(200))))
    with pytest.raises(TooLarge, match="100 namespaces"):
        read(rss(*(f"<p{number}:a/>" for number in range(200))))


def test_a_feed_whose_every_element_has_a_prefix():
    feed = read("<rss:rss><rss:channel><rss:item><rss:title>T</rss:title></rss:item></rss:channel>")
    assert [entry.title for entry in feed.entries] == ["T"]


def test_an_endless_author_is_refused():
    with pytest.raises(TooLarge, match="names of persons"):
        read(rss(item(more=f"<author>{'a.' * 20_000}</author>")))


@pytest.mark.parametrize("text", [rss(item(title="A & B<br>&nbsp;")), rss(item(more="<x:y>1"))])
def test_the_loose_parser_is_never_reached(text, monkeypatch):
    def reached(*_):
        raise AssertionError("the parser that takes time by the square")

    monkeypatch.setattr(feedparser.api, "LooseFeedParser", reached)
    assert read(text).faults


PIECES = ["<item>", "</item>", "<title>", "</title>", "<a:b c=d>", "<![CDATA[", "]]>", "&", "&lt;"]


@settings(max_examples=150)
@given(st.lists(st.sampled_from([*PIECES, "<", ">", "x", "<br>", "<!--", "&nbsp;", '"', "é"])))
def test_any_soup_of_tags_is_read_or_refused(pieces):
    try:
        feed = read(rss("".join(pieces)))
    except Reject:
        return
    assert all(entry.title is None or entry.title.strip() for entry in feed.entries)


def test_entries_are_those_of_feedparsers_defaults():
    text = rss(*(item(number, more=f"<pubDate>{NOON:%c} GMT</pubDate>") for number in range(9)))
    theirs = feedparser.parse(io.BytesIO(text.encode())).entries
    ours = read(text).entries
    assert [(one.title, one.link, one.guid) for one in ours] == [
        (one.title, one.link, one.id) for one in theirs
    ]
