"""Plain text of the bits of HTML that feeds hold, however hostile; what it does is in its doctest."""

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
def test_what_no_parser_can_hold_keeps_its_words_and_takes_no_time(markup):
    began = time.process_time()
    told = plain(markup)
    assert time.process_time() - began < 2
    assert told.startswith("Truce")
    assert told.endswith("in sight")
