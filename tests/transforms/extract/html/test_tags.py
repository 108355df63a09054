import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from newslake.transforms.extract.html.tags import has_more_attributes
from newslake.transforms.extract.html.tree import prepared, tree_of


def is_over_four(html):
    return has_more_attributes(html.encode(), 4)


@pytest.mark.parametrize(
    "attributes",
    [
        "a=1 b=2 c=3 d=4 e=5",
        "a b c d e",
        "a='1'b='2'c='3'd='4'e='5'",
        "a='<' b='<' c='<p ' d='>' e='\"'",
        'a="<" b="<" c="<p " d=">" e="\'"',
        "a=< b=<p c=<b d=<i e=<",
        "/a/b/c/d/e/",
        "a = 1 b\n=\n2 c= '3' d =4 e",
        "='a' b \"c\" 'd e",
        "a a a a a",
        "a b c d e='",
    ],
)
def test_attributes_are_counted_as_a_parser_does(attributes):
    for tag in (f"<p {attributes}>", f"<P\n{attributes}>", f"<script {attributes}>"):
        html = f"<p>x{tag}y</p>"
        assert has_more_attributes(html.encode(), 4)
        assert not has_more_attributes(html.encode(), 5)


@pytest.mark.parametrize(
    "html",
    [
        "<p a b c d>e",
        "<p data-a='<p a b c d e>'>",
        '<p data-a="a=1 b=2 c=3 d=4 e=5">',
        "<p data-a=<p>a b c d e>",
        "<!-- <p a b c d e> -- <p a b c d e> -->",
        "<script>if (i<n) a = 'b c d e f'</script>",
        "<SCRIPT a=1>i<n a b c d e</scripts a b c d e</script>",
        "<style><p a b c d e></style>",
        "<title><p a b c d e></title>",
        "<textarea a b c><p a b c d e>",
        "<!doctype a b c d e><?xml a b c d e?><![CDATA[<a b c d e]]>",
        "1 < 2 a b c d e >",
        "<1 a b c d e>",
    ],
)
def test_text_that_is_not_a_tag_has_no_attributes(html):
    assert not is_over_four(html)


@pytest.mark.parametrize(
    "before",
    [
        "<p a='<b c=\">'>",
        "<!--><!---><!-- ' -->",
        "<!-- <b c=' --!>",
        "<!-- <b c=' -->",
        "<script>i<n='</script>",
        "<script a='</script><b c='></script>",
        "<style><b c='</style >",
        '<title><b c="</title>',
        "<textarea><b c='</TEXTAREA/>",
        "<![CDATA[<b c=']]>",
        "<?php '?>",
        "</b a='>'>",
        "<b c=x'><i d=x\">",
        "<script><!-- <script> </script><b c='--></script>",
        "<script/><b c='</script>'>",
        "</1 <xmp><b c='>",
    ],
)
def test_text_before_a_tag_does_not_hide_it(before):
    assert is_over_four(f"{before}<p a='1' b='2' c='3' d='4' e=\"5\">x")


SOUP = st.sampled_from(
    [
        *(
            "<p ",
            "<p a='",
            '<p a="',
            "'",
            '"',
            ">",
            "/>",
            "<",
            "</p ",
            "</p>",
            "<b/",
            "<1",
            "</1 ",
            "</>",
        ),
        *(
            "<!--",
            "-->",
            "--!>",
            "<!-->",
            "<!--->",
            "-",
            "--",
            "!",
            "<![CDATA[",
            "]]>",
            "<?x ",
            "<!a ",
        ),
        *("<script>", "<script ", "</script>", "</script ", "<SCRIPT/>", "</Script/>", "<scripts>"),
        *(
            "<title>",
            "</title>",
            "<style>",
            "</style>",
            "<textarea>",
            "</textarea>",
            "<xmp>",
            "</xmp>",
        ),
        *("<iframe>", "</iframe>", "<noscript>", "<plaintext>", "<svg>", "<table>", "<select>"),
        *(
            "a",
            "b=",
            "c='x'",
            'd="y"',
            "e=<f",
            "g h i j k",
            " ",
            "\n",
            "/",
            "=",
            " l m n o p q r s",
        ),
    ]
)


@settings(max_examples=400)
@given(st.lists(SOUP, min_size=4).map("".join), st.integers(0, 5))
def test_no_tag_has_more_attributes_than_are_found(html, most):
    tree = tree_of(prepared(html))
    found = max(len(element.attrib) for element in tree.iter())
    assert found <= most or has_more_attributes(prepared(html), most)


PIECES = [
    *("<", "<p ", "<p a='", '<p a="', "<p =", "<p a=x", "<p a", "<!--", "<!-- -", "<script>"),
    *(
        "<script ",
        "<style></style x",
        "<title a='",
        "<b/",
        "<p a\n",
        "</p ",
        "<p a = ",
        "<?",
        "<p '",
    ),
]


@pytest.mark.parametrize("piece", [*PIECES, "<p" + " " * 999, "<p a" + " " * 999 + "="])
def test_counting_takes_linear_time(piece):
    data = piece.encode() * (3_000_000 // len(piece))
    began = time.process_time()
    has_more_attributes(data, 1_000)
    has_more_attributes(data, 10**9)
    assert time.process_time() - began < 2
