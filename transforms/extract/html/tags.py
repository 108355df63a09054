"""Tags as a parser of HTML tells them apart: in one pass, whatever stands in their attributes.

The patterns follow https://html.spec.whatwg.org/multipage/parsing.html#tokenization, and never look
twice at what they have passed: a parser's own time grows with the square of a tag's attributes.
"""

import re
from functools import cache

_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>]*+))?+"""
_COMMENT = rb"!--(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)*+)|(?:[!?]|/(?![a-zA-Z]))[^>]*+"
_UNREAD = b"title", b"textarea", b"style", b"xmp", b"iframe", b"noembed", b"noframes"
"""Elements that hold no tag but the one that ends them; as does a script, if not in a comment in it."""

_SCRIPT = rb"(?i:script)[\s/>]"
_IN_SCRIPT = rb"(?:[^<-]++|-(?!->)|<(?!/%b))*+(?:</%b)?+" % (_SCRIPT, _SCRIPT)
_IN_COMMENT = rb"(?:[^<-]++|-(?!->)|<%b%b|<(?!/?%b))*+" % (_SCRIPT, _IN_SCRIPT, _SCRIPT)


def has_more_attributes(data: bytes, most: int) -> bool:
    """Return whether a tag in `data`, a piece of HTML, has more than `most` attributes."""
    found = _pattern(most).match(data)
    return found is not None and found.end() < len(data)


@cache
def _pattern(most: int) -> re.Pattern[bytes]:
    """Return the pattern of all HTML up to a tag with more than `most` attributes."""
    attributes = rb"(?:%b){0,%d}+(?![\s/]*+[^\s/>])" % (_ATTRIBUTE, most)

    def element(name: bytes, held: bytes) -> bytes:
        begin = rb"(?i:%b)(?=[\s/>])%b(?:\s++|/(?!>))*+>" % (name, attributes)
        return rb"%b[^<]*+(?:<%b[^<]*+)*+" % (begin, held)

    in_script = rb"(?:!--(?:-?>|%b(?:-->)?+)|(?!!--|/%b))" % (_IN_COMMENT, _SCRIPT)
    unread = [element(name, rb"(?!/(?i:%b)[\s/>])" % name) for name in _UNREAD]
    elements = b"|".join([element(b"script", in_script), *unread])
    tag = rb"/?[a-zA-Z][^\s/>]*+%b" % attributes
    return re.compile(
        rb"(?:[^<]++|<(?:%b|(?=[iInNsStTxX])(?:%b)|%b|(?![a-zA-Z!?/])))*+"
        % (_COMMENT, elements, tag)
    )
