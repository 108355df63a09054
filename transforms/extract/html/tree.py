"""The tree of a page: parsed once and shared by all who read a field out of it."""

import re

from lxml.etree import ParserError, strip_elements
from lxml.html import HtmlElement, HTMLParser, document_fromstring
from trafilatura.settings import MANUALLY_CLEANED

from newslake.schemas.reasons import NoText
from newslake.transforms.text import mend

_WHOLE = re.compile(r"<(?:html|body)\b", re.IGNORECASE)
_DOCTYPE = re.compile(r"\s*<\s?!\s?doctype[^>]*>", re.IGNORECASE)
_CLOSED_ROOT = re.compile(r"(<html\b[^<>]*?)\s*/>", re.IGNORECASE)
_BEGINNING = 4096
"""Characters in which a page's root must begin to be mended."""
_END = re.compile(rb"</[hH][tT][mM][lL](?=[\s/>])")
_ENDS = re.compile(rb"</(?:html|body)(?=[\s/>])", re.IGNORECASE)
_NO_XML = bytes({*range(0x20)} - set(b"\t\n\r"))
_NO_XML_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d)|x0*(?:[0-8bcef]|1[\da-f]|fff[ef])(?![\da-f]));?",
    re.IGNORECASE,
)
_ROUNDS = 8
"""References may stand in each other, so that taking one out leaves another; more often than that only by malice."""
_LONG_BLANK = re.compile(r"(?<!\s)\s{1000,}")
_STRIDE = 500  # a blank of a thousand characters covers one stride at least

_PARSER = HTMLParser(
    encoding="utf-8",
    collect_ids=False,
    default_doctype=False,
    remove_comments=True,
    remove_pis=True,
)

_ALL_OF_SOME = {"aside", "audio", "figure", "form", "noscript", "object", "video"}
"""Elements of which one is all that some pages hold: an article, or a notice to old browsers."""

_NO_TEXT = set(MANUALLY_CLEANED) - _ALL_OF_SOME


def parsed(html: str) -> HtmlElement:
    """Return the root of a document, or of one made of a piece; for what may be hostile, see `limits`.

    Raises:
        NoText: no HTML at all.
    """
    return tree_of(prepared(html))


def prepared(html: str) -> bytes:
    """Return a document, or one made of a piece, as the parser is to read it: in UTF-8."""
    whole = html if _WHOLE.search(html) else f"<html><body>{html}</body></html>"
    return _open_ended(_bytes(_mended(_tame(whole))))


def tree_of(data: bytes) -> HtmlElement:
    """Return the root of what `prepared` returned.

    Raises:
        NoText: no HTML at all.
    """
    try:
        tree: HtmlElement = document_fromstring(data, parser=_PARSER)
    except ParserError:
        raise NoText("no HTML") from None
    return tree


def drop_surroundings(tree: HtmlElement) -> None:
    """Take out of `tree` the elements in which no article stands: scripts, menus, controls.

    trafilatura cleans its copies of them too, but only after it has searched them several times.
    """
    strip_elements(tree, *_NO_TEXT, with_tail=False)


def _mended(html: str) -> str:
    """Return `html` with a root that libxml2 reads: it stops at some doctypes, and at `<html/>`."""
    found = _DOCTYPE.match(html)
    begin = found.end() if found else 0
    head = _CLOSED_ROOT.sub(r"\1>", html[begin:_BEGINNING], count=1)
    return head + html[max(begin, _BEGINNING) :]


def _bytes(html: str) -> bytes:
    """Return `html` in UTF-8, which the parser reads fastest, without what XML cannot hold, be it spelled out."""
    html = html.replace("\ufffe", "").replace("\uffff", "")
    try:
        data = html.encode()
    except UnicodeEncodeError:  # halves of surrogate pairs
        data = mend(html).encode()
    data = data.translate(None, _NO_XML)
    for _ in range(_ROUNDS):
        data, found = _NO_XML_REFERENCE.subn(b"", data)
        if not found:
            return data
    return _NO_XML_REFERENCE.sub(b" ", data)


def _open_ended(data: bytes) -> bytes:
    """Return a page with end tags of its root named for nothing where more stands behind: libxml2 would leave that out.

    No more than the name is changed: it may stand in a comment or in a script, whose ends are to stay.
    """
    end = _END.search(data)
    more = end and data[data.find(b">", end.end()) + 1 :].strip()
    return _ENDS.sub(b"</x", data) if more else data


def _tame(html: str) -> str:
    """Return `html` without long blanks, which take trafilatura minutes.

    Looked for by strides: a regular expression over every page would cost a fifth of it.
    """
    strides = range(0, len(html), _STRIDE)
    if any(html[i].isspace() and html[i : i + _STRIDE].isspace() for i in strides):
        return _LONG_BLANK.sub(" ", html)
    return html
