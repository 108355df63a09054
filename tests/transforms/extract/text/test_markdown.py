from datetime import UTC, datetime

import pytest

from newslake.schemas.reasons import TooDeep
from newslake.transforms.extract.text.markdown import read_markdown


@pytest.mark.parametrize(
    ("markdown", "text"),
    [
        ("A **truce** and _peace_, `now`.", "A truce and peace, now."),
        ("See [the text](http://e.org/a) here.", "See the text here."),
        ("A ![map](m.png) here.", "A here."),
        ("One line\nand its end.\n\nNext.", "One line and its end.\nNext."),
        ("* one.\n* two.", "- one.\n- two."),
        ("> A quote.", "A quote."),
        ("A\\*b.\n\n***\n\nC.", "A*b.\nC."),
        ("Text.\n\n| A | B |\n|---|---|\n| 1 | 2 |", "Text.\nA | B\n1 | 2"),
        ("Text.\n\n<div>Inside.</div>", "Text.\nInside."),
        ("Text.\n\n```\ncode here\n```", "Text.\ncode here"),
        ("Text.\n\n## Heading ##\n\nMore.", "Text.\nHeading\nMore."),
    ],
)
def test_markup_is_reduced_to_text(markdown, text):
    assert read_markdown(markdown).text == text


def nested_list(depth):
    items = "".join(f"{'  ' * level}- item {level}\n" for level in range(depth))
    return f"Both met.\n\n{items}\nTalks go on.\n"


@pytest.mark.parametrize("markdown", ["> " * 60 + "Talks go on.", nested_list(40)])
def test_deeply_nested_text_is_read(markdown):
    assert "Talks go on." in read_markdown(markdown).text


@pytest.mark.parametrize(
    "markdown", ["> " * 500 + "Talks go on.", nested_list(200), "> - " * 400 + "Talks go on."]
)
def test_text_nested_too_deeply_is_refused(markdown):
    with pytest.raises(TooDeep):
        read_markdown(markdown)


@pytest.mark.parametrize("markdown", ["# Truce\n\nBoth met.", "Truce\n===\n\nBoth met."])
def test_a_heading_at_the_start_is_the_title(markdown):
    content = read_markdown(markdown)
    assert (content.title, content.text) == ("Truce", "Both met.")


def test_front_matter_is_understood():
    content = read_markdown(
        "---\ntitle: 'Truce: day one'\ndate: 2024-03-01T12:00:00Z\nauthors:\n  - Ann Lee\n"
        "  - Bo Ek\nurl: https://example.org/a\ntags: [war, peace]\nmood: hopeful\n---\nBoth met.\n"
    )
    assert (content.title, content.text) == ("Truce: day one", "Both met.")
    assert (content.authors, content.keywords) == (["Ann Lee", "Bo Ek"], ["war", "peace"])
    assert (content.published_at, content.date_source) == (
        datetime(2024, 3, 1, 12, tzinfo=UTC),
        "field",
    )
    assert (content.url, content.extra) == ("https://example.org/a", {"mood": "hopeful"})


def test_a_title_is_not_repeated_in_the_text():
    assert read_markdown("---\ntitle: Truce\n---\n# Truce\n\nBoth met.").text == "Both met."


def test_a_rule_is_no_front_matter():
    assert read_markdown("---\n\nBoth met.").text == "Both met."
