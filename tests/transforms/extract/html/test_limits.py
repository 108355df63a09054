import json

import pytest

from newslake.schemas.reasons import TooDeep, TooLarge, TooManyAttributes, TooManyTags
from newslake.transforms.extract.by_media_type import Raw, read
from newslake.transforms.extract.html.limits import HtmlLimits, parsed_within

SENTENCE = "Both sides met on Monday, the minister said, and talks will go on for another week."
FEW = HtmlLimits(max_html_mb=1, max_depth=20, max_tags=200, max_attributes=10)


def content(inner, limits=FEW):
    html = f"<html><body><article><p>{SENTENCE}</p>{inner}<p>{SENTENCE}</p></article></body></html>"
    return read(Raw(html.encode(), "text/html"), limits).content


def nested(depth):
    return "<div>" * depth + "Deep down, it was also said in public." + "</div>" * depth


def attributes(number, spelled='a{}="{}"'):
    return f"<p {' '.join(spelled.format(i, i) for i in range(number))}>x</p>"


def test_the_size_of_a_page_is_the_size_of_what_the_parser_reads():
    """One byte in an old Thai character set becomes three bytes in UTF-8."""
    with pytest.raises(TooLarge, match=r"1\.2 MB"):
        parsed_within("\u0e01" * 400_000, FEW)


def test_no_size_is_allowed_at_which_the_parser_drops_text():
    with pytest.raises(ValueError, match="max_html_mb is 11, but the parser supports 10"):
        HtmlLimits(max_html_mb=11)
    text = "x" * 9_900_000
    assert text in parsed_within(f"<p>{text}</p>", HtmlLimits(max_html_mb=10)).text_content()


def test_a_page_that_is_too_large_is_refused_before_it_is_prepared():
    with pytest.raises(TooLarge, match=r"1\.2 MB"):
        parsed_within("\0" * 1_200_000, FEW)


@pytest.mark.parametrize(
    ("inner", "reason"),
    [
        ("x" * 1_000_000, TooLarge),
        ("<br>" * 200, TooManyTags),
        (nested(25), TooDeep),
        (attributes(11), TooManyAttributes),
        (attributes(11, "a{}='{}'"), TooManyAttributes),
        (attributes(11, "a{}"), TooManyAttributes),
        (attributes(11, 'a{}=">"'), TooManyAttributes),
    ],
)
def test_html_beyond_a_limit_is_refused(inner, reason):
    with pytest.raises(reason):
        content(inner)


@pytest.mark.parametrize(
    "inner",
    [
        "<br>" * 150,
        "1 < 2 " * 300,
        nested(15),
        attributes(10),
        f'<p data-story="{" a=1" * 500}">x</p>',
        f"<p>{' a=1' * 500}</p>",
        "<" * 300,
        f"<!-- {' a=1' * 500} -->",
    ],
)
def test_html_within_the_limits_is_read(inner):
    assert content(inner).text.startswith(SENTENCE)


def test_no_depth_is_allowed_at_which_the_parser_drops_text():
    with pytest.raises(ValueError, match="max_depth is 256, but the parser supports 255"):
        HtmlLimits(max_depth=256)
    loose = HtmlLimits(max_depth=255)
    assert "Deep down" in content(nested(200), loose).text
    with pytest.raises(TooDeep, match="255 deep"):
        content(nested(300), loose)


def test_the_limits_apply_to_html_in_a_field():
    item = '{"title": "Truce", "html": "<p>%s</p>"}' % ("x" * 1_100_000)
    with pytest.raises(TooLarge):
        read(Raw(item.encode(), "application/json"), FEW)


@pytest.mark.parametrize(
    ("inner", "reason"),
    [("<b>" * 200, TooManyTags), (nested(25), TooDeep), (attributes(11), TooManyAttributes)],
)
def test_the_limits_apply_to_html_in_the_data_of_a_script(inner, reason):
    story = json.dumps(f"<p>{SENTENCE}</p>" * 8 + inner).replace("<", r"\u003c")
    head = '<meta property="og:type" content="article"><title>Truce</title>'
    page = f"<html><head>{head}</head><body><script>state = {story}</script></body></html>"
    with pytest.raises(reason):
        read(Raw(page.encode(), "text/html"), FEW)
