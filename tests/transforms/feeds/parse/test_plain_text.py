"""Plain text of hostile HTML in feeds; the doctest of the function shows the normal cases."""

import time

import pytest

from newslake.transforms.feeds.parse.plain_text import plain


@pytest.mark.parametrize(
    "markup",
    [
        "Truce <b>" * 100_000 + "in sight",
        "<div>" * 5_000 + "Truce" + "</div>" * 5_000 + "<p>in sight",
        f"Truce <b {' '.join(f'a{number}' for number in range(80_000))}>in sight",
        "Truce <" + "<p a='" * 100_000 + "'>in sight",
        "Truce &#" + "&#" * 100_000 + "27;" * 100_000 + "<b>in sight",
    ],
)
def test_markup_that_no_parser_can_hold_keeps_its_words_and_takes_little_time(markup):
    began = time.process_time()
    text = plain(markup)
    assert time.process_time() - began < 2
    assert text.startswith("Truce")
    assert text.endswith("in sight")
