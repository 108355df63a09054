"""Tags as a parser of HTML tells them apart: in one pass, whatever stands in their attributes.

The patterns follow https://html.spec.whatwg.org/multipage/parsing.html#tokenization, and never look
at a byte again that they have passed: a parser's own time grows with the square of the attributes.
"""

import re

_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>]*+))?+"""
_UNREAD = ("script", "style", "title", "textarea", "xmp", "iframe", "noembed", "noframes")
"""Elements that hold no tags but the one that ends them."""


def _element(name: str) -> str:
    attributes = _ATTRIBUTE.decode()
    return rf"(?i:{name})(?=[\s/>])(?:{attributes})*+[\s/]*+>[^<]*+(?:<(?!/(?i:{name})[\s/>])[^<]*+)*+"


_PIECE = re.compile(
    rb"<(?:!--(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)*+)"  # a comment
    rb"|(?=[isntx])(?:%b)" % "|".join(map(_element, _UNREAD)).encode()
    + rb"|[!?][^>]*+"
    rb"|/?[a-z][^\s/>]*+(?:%b)*+)" % _ATTRIBUTE,
    re.IGNORECASE,
)
_NEXT = re.compile(_ATTRIBUTE)
_NAME = re.compile(rb"</?[a-z][^\s/>]*+", re.IGNORECASE)
_SHORTEST = len(" a")


def attributes_over(data: bytes, most: int) -> int:
    """Return how many attributes the first tag of `data` has that has more than `most`; 0 if none has."""
    for piece in _PIECE.finditer(data):
        if piece.end() - piece.start() > most * _SHORTEST:
            if (attributes := _attributes(data, piece.start())) > most:
                return attributes
    return 0


def _attributes(data: bytes, begin: int) -> int:
    """Return how many attributes the tag at `begin` has; 0 if a comment begins there."""
    name = _NAME.match(data, begin)
    count, at = 0, name.end() if name else len(data)
    while found := _NEXT.match(data, at):
        count, at = count + 1, found.end()
    return count
