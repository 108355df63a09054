import time

import pytest
from lxml.html import tostring

from newslake.schemas.reasons import NoText
from newslake.transforms.extract.html.tree import drop_surroundings, prepared, tree_of


def parsed(html):
    return tree_of(prepared(html))


BODY = "<body><p>Both sides met.</p></body>"


def text(html):
    return " ".join(parsed(html).text_content().split())


@pytest.mark.parametrize(
    "html",
    [
        f"<html>{BODY}</html>",
        f"<!DOCTYPE html>{BODY}",
        f'<!doctype html PUBLIC "-//W3C//DTD HTML 4.01//EN" "http://w3.org/x"/>\n<html>{BODY}</html>',
        f'<!doctype html><html lang="en"/>{BODY}',
        f"\n<html lang='en'\n/>{BODY}</html>",
        "<p>Both sides met.",
        "Both sides met.",
        f'<?xml version="1.0" encoding="utf-16"?><html>{BODY}</html>',
    ],
)
def test_documents_and_pieces_are_trees(html):
    assert parsed(html).tag == "html"
    assert text(html) == "Both sides met."


@pytest.mark.parametrize(
    "html",
    [
        "<html><body><p>Both sides</body></html><p> met.</p>",
        "<html><body><p>Both sides</p></BODY></HTML\n></body></html> met.",
        "<html><body><p>Both sides</p></html><html><body><p> met.</p></body></html>",
        "<p>Both sides</p></html lang=en><p> met.",
        "<p>Both sides</p></ht\0ml/><p> met.",
        "<p>Both sides</p></html&#27;><p> met.",
    ],
)
def test_content_after_the_end_tag_is_read(html):
    assert text(html) == "Both sides met."
    assert parsed(html).getnext() is None


@pytest.mark.parametrize(
    "before",
    [
        "<!-- </body --><p>Both sides</p>",
        "<script>if (s.indexOf('</html ') < 0) { x() }</script><p>Both sides</p>",
        "<style>/* </html */</style><p>Both sides</p>",
        "<p title='</html '>Both sides</p>",
    ],
)
def test_a_false_end_tag_of_the_root_removes_nothing(before):
    tree = parsed(f"<html><body>{before}<p> met.</p></body></html>\n<!-- cached -->")
    drop_surroundings(tree)
    assert " ".join(tree.text_content().split()) == "Both sides met."


@pytest.mark.parametrize("end", ["</html ", "</body/", "</html", "</html></body "])
def test_end_tags_of_the_root_take_linear_time(end):
    began = time.process_time()
    prepared(f"<html><p>Both sides met.</html>{end * 100_000}")
    assert time.process_time() - began < 2


def test_a_very_long_document_type_is_skipped():
    assert text(f"<!doctype html {'x' * 5000}><html>{BODY}</html>") == "Both sides met."


def test_a_declared_character_set_does_not_change_decoded_text():
    assert (
        text('<html><head><meta charset="koi8-r"></head><body>Für 東京</body></html>') == "Für 東京"
    )


def test_characters_that_xml_cannot_hold_are_left_out():
    assert text("<p>Bo\0th\x0b si\ufffed\uffffes\x1f met\ud800.") == "Both sides met\ufffd."


def test_character_references_that_xml_cannot_hold_are_left_out():
    """The libraries cannot serialize such a tree, so the text would be lost."""
    assert text("<p>Bo&#27;th si&#x1B;d&#x0c;es&#031 met&#46;") == "Both sides met."
    assert text("<p>Bo&#27th, &#xFFFE;&#65535;be&#&#27;27;cause") == "Both, because"
    assert text("<p>&#65;&#x41;&#8217;&#127;&#10;&#x2014;") == "AA’\x7f —"


def test_nested_references_take_linear_time():
    nested = "&#" * 200_000 + "27;" * 200_000
    began = time.process_time()
    found = text(f"<p>Both {nested} met.")
    assert time.process_time() - began < 2
    assert "\x1b" not in found
    assert found.endswith("met.")


def test_an_unterminated_tag_is_not_html():
    with pytest.raises(NoText):
        parsed("<html")


def test_boilerplate_is_removed_and_the_text_after_it_stays():
    tree = parsed(
        "<nav>Home</nav>One <script>a()</script>two<svg><text>x</text></svg> three<footer>f"
    )
    drop_surroundings(tree)
    assert tree.text_content() == "One two three"


def test_an_article_in_an_aside_a_form_or_a_figure_stays():
    page = (
        "<aside><p>One</p></aside><form><p>Two</p></form><figure><table><tr><td>3</table></figure>"
    )
    tree = parsed(page)
    whole = tostring(tree)
    drop_surroundings(tree)
    assert tostring(tree) == whole
