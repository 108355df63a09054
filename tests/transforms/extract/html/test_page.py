import time
from datetime import UTC, datetime

import pytest

from newslake.schemas.reasons import NoText
from newslake.transforms.extract.html.page import is_html_document, looks_like_html, read_page

PARAGRAPH = "Both sides met on Monday, the minister said, and talks will go on for another week."
BODY = f"<h1>Truce in sight</h1><p>{PARAGRAPH}</p>" + f"<p>{PARAGRAPH[::-1]}.</p>" * 3
URL = "https://www.example.org/world/truce"


def page(head="", body=BODY):
    return f"<!doctype html><html lang=en><head>{head}</head><body><article>{body}</article></body></html>"


def test_text_and_title_are_separate():
    content = read_page(page())
    assert content.title == "Truce in sight"
    assert content.text.startswith(PARAGRAPH)
    assert content.extractor == "trafilatura"


def test_metadata_is_read():
    content = read_page(
        page(
            '<meta name=author content="Ann Lee; Bo Ek"><meta name=keywords content="war, peace">'
            '<meta property="og:image" content="/lead.jpg">'
        ),
        URL,
    )
    assert content.authors == ["Ann Lee", "Bo Ek"]
    assert content.keywords == ["war", "peace"]
    assert content.image_url == "https://www.example.org/lead.jpg"
    assert content.language == "en"


def test_table_rows_stay_readable():
    table = "<table><tr><th>Point</th><th>Details</th></tr><tr><td>Truce</td><td>agreed</td></tr></table>"
    assert "Truce | agreed" in read_page(page(body=BODY + table)).text.split("\n")


def test_a_date_in_the_url_is_read():
    content = read_page(page(), "https://www.example.org/2024/03/01/truce")
    assert (content.published_at.date().isoformat(), content.date_source) == ("2024-03-01", "url")
    assert content.published_offset is None


def test_an_undated_page_stays_undated():
    content = read_page(page(), URL, seen_at=datetime(2024, 3, 1, tzinfo=UTC))
    assert (content.published_at, content.date_source) == (None, "none")


def test_an_impossible_time_zone_costs_the_date_and_not_the_article():
    head = '<meta property="article:published_time" content="2024-03-01T00:00:00+99:99">'
    content = read_page(page(head), URL)
    assert content.text.startswith(PARAGRAPH)
    assert content.title == "Truce in sight"
    assert content.published_at is None


@pytest.mark.parametrize("value", ["7", "null", "[7]", '{"name": ["x"]}', '["a"]', "true"])
@pytest.mark.parametrize(
    "key", ["headline", "author", "keywords", "articleSection", "image", "datePublished", "@type"]
)
def test_linked_data_of_odd_types_does_not_cost_the_article(key, value):
    linked = f'<script type="application/ld+json">{{"@type": "Article", "{key}": {value}}}</script>'
    content = read_page(page(linked), URL)
    assert content.title == "Truce in sight"
    names = (content.section, content.image_url, *content.authors, *content.keywords)
    assert all(name is None or isinstance(name, str) for name in names)


@pytest.mark.parametrize(
    ("head", "address"),
    [
        ('<link rel="canonical" href="/world/truce-1">', "https://www.example.org/world/truce-1"),
        ('<meta property="og:url" content="https://example.org/a">', "https://example.org/a"),
        ('<link rel="canonical" href="https://www.example.org/">', None),
        ('<link rel="canonical" href="javascript:0">', None),
        ("", None),
    ],
)
def test_a_page_names_its_own_address(head, address):
    assert read_page(page(head), URL).url == address


def test_a_fragment_of_html_is_read():
    assert PARAGRAPH in read_page(f"<p>{PARAGRAPH}</p>").text


def test_an_xml_declaration_does_not_garble_the_text():
    html = '<?xml version="1.0" encoding="iso-8859-1"?>' + page(body=f"<p>Für {PARAGRAPH}</p>")
    assert "Für" in read_page(html).text


@pytest.mark.parametrize(
    "html",
    [
        pytest.param("<html><body></body></html>", id="nothing"),
        pytest.param("<html><script>x = 1</script></html>", id="only a script"),
    ],
)
def test_a_page_may_have_no_text(html):
    assert read_page(html).text == ""


def test_text_that_is_not_html_is_refused():
    with pytest.raises(NoText, match="no HTML"):
        read_page("<html")


def test_long_whitespace_takes_little_time():
    assert PARAGRAPH in read_page(page(body=f"{BODY}<p>a{' ' * 2_000_000}b</p>")).text


@pytest.mark.parametrize("text", ["<p>a</p>", " <!-- c --><!DOCTYPE html>", "<HTML>", "<div id=a>"])
def test_html_is_detected(text):
    assert looks_like_html(text)


@pytest.mark.parametrize("text", ["a <b>c</b>", "<name@example.org> wrote", "1 < 2", "", "<Truce>"])
def test_text_is_not_html(text):
    assert not looks_like_html(text)


def test_a_fragment_is_not_a_document():
    assert is_html_document("<!doctype html><p>a")
    assert not is_html_document("<p>a")


@pytest.mark.parametrize("comment", ["<!-- wp -->", "<!-- line -->\n", "<!---->", "<!-- - -- -->"])
def test_comments_before_text_that_is_not_html_take_linear_time(comment):
    began = time.process_time()
    assert not looks_like_html(comment * 30 + "# Truce")
    assert not is_html_document(comment * 50_000 + "# Truce")
    assert time.process_time() - began < 2
    assert looks_like_html(comment * 30 + "<p>Truce")
    assert is_html_document(comment * 30 + "<?xml version='1.0'?><html>")


@pytest.mark.parametrize("path", ["1", "1?a=b#c", "1/", "", "images/"])
def test_the_url_of_a_page_or_folder_is_no_image(path):
    own = f'<meta property="og:image" content="https://example.org/{path}">'
    other = '<meta name="twitter:image" content="/a.jpg">'
    assert read_page(page(own + other), "https://example.org/1").image_url.endswith("/a.jpg")
    assert read_page(page(own), "https://example.org/1").image_url is None


def test_a_line_break_in_a_heading_parts_words():
    assert (
        read_page(page(body=f"<h1>Truce<br>in sight</h1><p>{PARAGRAPH}</p>")).title
        == "Truce in sight"
    )


def test_a_label_before_the_keywords_is_no_keyword():
    stated = '<meta name=keywords content="NLP Entity Tokens: harbour, Star Wars: Andor">'
    assert read_page(page(stated)).keywords == ["harbour", "Star Wars: Andor"]


def test_headings_that_are_h1_in_the_story_drop_no_text():
    story = [f"The {word} talks of both sides will go on for a week." for word in ("first", "next")]
    body = f"<h1>Truce in sight</h1><p>{story[0]}</p><h1>What comes next</h1><p>{story[1]}</p>"
    text = read_page(page(body=f"{body}<p>{PARAGRAPH}</p>" + f"<p>{PARAGRAPH[::-1]}.</p>" * 9)).text
    assert text.split("\n")[:3] == [story[0], "What comes next", story[1]]
