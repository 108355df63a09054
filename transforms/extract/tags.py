"""Tags as a parser of HTML tells them apart: in one pass, whatever stands in their attributes.

The patterns follow https://html.spec.whatwg.org/multipage/parsing.html#tokenization, and never look
twice at what they have passed: a parser's own time grows with the square of a tag's attributes.
"""

import re

_ATTRIBUTE = rb"""[\s/]*+[^\s/>][^\s/>=]*+(?:\s*+=\s*+(?:"[^"]*+"?+|'[^']*+'?+|[^\s>]*+))?+"""
_COMMENT = rb"!--(?:-?>|[^-]*+(?:-(?!-!?>)[^-]*+)*+)"
_UNREAD = b"script", b"style", b"title", b"textarea", b"xmp", b"iframe", b"noembed", b"noframes"
"""Elements that hold no tag but the one that ends them; not told here: what scripts hide in comments."""


def _element(name: bytes) -> bytes:
    begin = rb"%b(?=[\s/>])(?:%b)*+[\s/]*+>" % (name, _ATTRIBUTE)
    return begin + rb"[^<]*+(?:<(?!/%b[\s/>])[^<]*+)*+" % name


_PIECE = re.compile(
    rb"<(?:%b|[!?][^>]*+|(?=[isntx])(?:%b)|/?[a-z][^\s/>]*+(?:%b)*+)"
    % (_COMMENT, b"|".join(map(_element, _UNREAD)), _ATTRIBUTE),
    re.IGNORECASE,
)
_NAME = re.compile(rb"</?[a-z][^\s/>]*+", re.IGNORECASE)
_NEXT = re.compile(_ATTRIBUTE)
_SHORTEST = len(" a")


def attributes_over(data: bytes, most: int) -> int:
    """Return how many attributes the first tag of `data` has that has more than `most`; 0 if none has."""
    pieces = (piece.span() for piece in _PIECE.finditer(data))
    long = (begin for begin, end in pieces if end - begin > most * _SHORTEST)
    counts = (_attributes(data, begin) for begin in long)
    return next((count for count in counts if count > most), 0)


def _attributes(data: bytes, begin: int) -> int:
    """Return how many attributes the tag at `begin` has; 0 if none begins there."""
    name = _NAME.match(data, begin)
    count, at = 0, name.end() if name else len(data)
    while found := _NEXT.match(data, at):
        count, at = count + 1, found.end()
    return count
