import json
import time

import pytest

from newslake.schemas.reasons import NoText
from newslake.transforms.extract.by_media_type import Raw, read
from newslake.transforms.extract.html.app_data import article_in_data
from newslake.transforms.extract.html.limits import DEFAULT, parsed_within

SENTENCE = "Both sides met on Monday, the minister said, and talks will go on for another week."
STORY = "".join(f"<p>{SENTENCE} This was meeting number {n}.</p>" for n in range(8))
CONSENT = "<p>We and our partners store cookies.</p>" * 14
ARTICLE = '<meta property="og:type" content="article"><title>Truce</title>'


def shell(*values, head=ARTICLE):
    data = json.dumps({"a": 'x" </b>', "data": values}).replace("<", r"\u003c")
    script = f"<script>window.state = window.state || {data};</script>"
    return f"<html><head>{head}</head><body><div id=app></div>{script}</body></html>"


def test_the_longest_html_in_data_is_the_article():
    assert article_in_data(parsed_within(shell("Truce", CONSENT, STORY, "x" * 9000))) == STORY


@pytest.mark.parametrize("value", ["", "<p>Short.</p>", "x" * 9000, STORY[:-1] + "\\"])
def test_other_strings_are_not_articles(value):
    page = shell(value) if not value.endswith("\\") else f'<script>"{value}</script>'
    assert article_in_data(parsed_within(page)) == ""


def test_an_unterminated_string_takes_little_time():
    quotes = r"\"" * 10**6
    tree = parsed_within(f'<script>a = "{quotes}</script>')
    began = time.process_time()
    assert article_in_data(tree) == ""
    assert time.process_time() - began < 2


def test_a_page_rendered_by_its_script_is_read_from_its_data():
    text = read(Raw(shell(STORY).encode(), "text/html"), DEFAULT).content.text
    assert [line[:17] for line in text.split("\n")] == ["Both sides met on"] * 8


def test_a_page_with_a_text_is_read_as_it_is_shown():
    page = shell(STORY.replace("Monday", "Friday")).replace("<div id=app></div>", STORY)
    assert "Friday" not in read(Raw(page.encode(), "text/html"), DEFAULT).content.text


def test_a_page_that_does_not_declare_an_article_has_no_text():
    with pytest.raises(NoText):
        read(Raw(shell(STORY, head="").encode(), "text/html"), DEFAULT)
