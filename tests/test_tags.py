import time

import pytest

from transforms.extract.tags import attributes_over


def counted(html):
    return attributes_over(html.encode(), 4)


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
    assert counted(f"<p>x<p {attributes}>y</p>") == 5
    assert counted(f"<p>x<P\n{attributes}>y</p>") == 5


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
def test_what_is_no_tag_has_no_attributes(html):
    assert counted(html) == 0


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
    ],
)
def test_what_stands_before_a_tag_does_not_hide_it(before):
    assert counted(f"{before}<p a='1' b='2' c='3' d='4' e=\"5\">x") == 5


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
def test_it_takes_linear_time(piece):
    data = piece.encode() * (3_000_000 // len(piece))
    began = time.process_time()
    attributes_over(data, 1_000)
    attributes_over(data, 10**9)
    assert time.process_time() - began < 2
