"""Counts the attributes of HTML tags in linear time, before parsing.

The patterns follow https://html.spec.whatwg.org/multipage/parsing.html#tokenization and never
backtrack. A parser's own time grows with the square of the number of attributes of a tag.
"""

import re
from functools import cache

_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?>\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>]*+))?+"""
_COMMENT = rb"!--(?:-?>|[^-]*+(?>-(?!-!?>)[^-]*+)*+)|(?:[!?]|/(?![a-zA-Z]))[^>]*+"
_UNREAD = b"title", b"textarea", b"style", b"xmp", b"iframe", b"noembed", b"noframes"
"""Elements whose content has no tags except the element's own end tag. In a `<script>`, comments
are an exception."""

_SCRIPT = rb"(?i:script)[\s/>]"
_IN_SCRIPT = rb"(?>[^<-]++|-(?!->)|<(?!/%b))*+(?></%b)?+" % (_SCRIPT, _SCRIPT)
_IN_COMMENT = rb"(?>[^<-]++|-(?!->)|<%b%b|<(?!/?%b))*+" % (_SCRIPT, _IN_SCRIPT, _SCRIPT)


def has_more_attributes(data: bytes, most: int) -> bool:
    """Return whether the HTML `data` has a tag whose number of attributes exceeds `most`."""
    found = _pattern(most).match(data)
    return found is not None and found.end() < len(data)


@cache
def _pattern(most: int) -> re.Pattern[bytes]:
    """Return a pattern for HTML up to the first tag whose number of attributes exceeds `most`."""
    attributes = rb"(?>%b){0,%d}+(?![\s/]*+[^\s/>])" % (_ATTRIBUTE, most)

    def element(name: bytes, held: bytes) -> bytes:
        begin = rb"(?i:%b)(?=[\s/>])%b(?>\s++|/(?!>))*+>" % (name, attributes)
        return rb"%b[^<]*+(?><%b[^<]*+)*+" % (begin, held)

    in_script = rb"(?:!--(?:-?>|%b(?>-->)?+)|(?!!--|/%b))" % (_IN_COMMENT, _SCRIPT)
    unread = [element(name, rb"(?!/(?i:%b)[\s/>])" % name) for name in _UNREAD]
    elements = b"|".join([element(b"script", in_script), *unread])
    tag = rb"/?[a-zA-Z][^\s/>]*+%b" % attributes
    return re.compile(
        rb"(?>[^<]++|<(?:%b|(?=[iInNsStTxX])(?:%b)|%b|(?![a-zA-Z!?/])))*+"
        % (_COMMENT, elements, tag)
    )
