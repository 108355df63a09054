"""A missing end tag does not take the story with it."""

import pytest

from newslake.transforms.extract.html.page import read_page

STORY = [
    f"On day {day} of the talks the ministers of both sides met again for {day + 2} hours in the old "
    f"town hall, and said afterwards that question {day} was still open."
    for day in range(1, 9)
]
PARAGRAPHS = "".join(f"<p>{one}</p>" for one in STORY)
MENU = "".join(f'<li><a href="/{name}">{name}</a></li>' for name in ("World", "Sport", "Money"))


def text_of(body):
    html = f"<html><head><title>Talks go on</title></head><body>{body}</body></html>"
    return read_page(html).text.split("\n")


@pytest.mark.parametrize(
    "name", ["nav", "aside", "form", "footer", "button", "fieldset", "label", "time", "section"]
)
def test_an_element_without_an_end_tag_keeps_the_story(name):
    body = f"<{name}><ul>{MENU}</ul><main><h1>Talks go on</h1>{PARAGRAPHS}</main>"
    assert text_of(body)[-len(STORY) :] == STORY


def test_a_figure_without_an_end_tag_keeps_the_story_behind_it():
    figure = '<figure><img src="a.jpg"><figcaption>The town hall.</figcaption>'
    lines = text_of(f"<main><h1>Talks go on</h1><p>{STORY[0]}</p>{figure}{PARAGRAPHS}</main>")
    assert set(STORY) <= set(lines)


def test_a_link_without_an_end_tag_does_not_make_the_story_a_link():
    body = f'<a href="/"><div>Example Times</div><main><h1>Talks go on</h1>{PARAGRAPHS}</main>'
    assert set(STORY) <= set(text_of(body))


def test_a_box_that_holds_the_story_is_not_discarded_for_its_class():
    body = f'<div class="sidebar"><h1>Talks go on</h1>{PARAGRAPHS}</div>'
    assert text_of(body) == STORY


def test_menus_and_asides_beside_the_story_are_dropped():
    aside = f"<aside><p>{STORY[0].replace('talks', 'strike')}</p></aside>"
    body = f"<nav><ul>{MENU}</ul></nav>{aside}<main><h1>Talks go on</h1>{PARAGRAPHS}</main>"
    assert text_of(body) == STORY
