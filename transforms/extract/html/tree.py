"""The element tree of a page: parsed once and shared by the modules that extract its fields."""

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
"""The root element is repaired only if it starts within this number of characters."""
_END = re.compile(rb"</[hH][tT][mM][lL](?=[\s/>])")
_ENDS = re.compile(rb"</(?:html|body)(?=[\s/>])", re.IGNORECASE)
_NO_XML = bytes({*range(0x20)} - set(b"\t\n\r"))
_NO_XML_REFERENCE = re.compile(
    rb"&#(?:0*(?:[0-8]|1[124-9]|2\d|3[01]|6553[45])(?!\d)|x0*(?:[0-8bcef]|1[\da-f]|fff[ef])(?![\da-f]));?",
    re.IGNORECASE,
)
_ROUNDS = 8
"""Number of passes that remove character references. Removing a reference can create another
reference; only malicious pages need more passes."""
_LONG_BLANK = re.compile(r"(?<!\s)\s{1000,}")
_STRIDE = 500  # white space of 1,000 characters covers at least one whole stride

_PARSER = HTMLParser(
    encoding="utf-8",
    collect_ids=False,
    default_doctype=False,
    remove_comments=True,
    remove_pis=True,
)

_ALL_OF_SOME = {"aside", "audio", "figure", "form", "noscript", "object", "video"}
"""Elements that are the whole content of some pages: an article, or a notice for old browsers."""

_NO_TEXT = set(MANUALLY_CLEANED) - _ALL_OF_SOME


def prepared(html: str) -> bytes:
    """Return the input for the parser: `html`, a document or a fragment, as a repaired UTF-8 document."""
    whole = html if _WHOLE.search(html) else f"<html><body>{html}</body></html>"
    return _open_ended(_bytes(_mended(_short_blanks(whole))))


def tree_of(data: bytes) -> HtmlElement:
    """Parse the result of `prepared` and return the root element.

    Raises:
        NoText: `data` has no HTML.
    """
    try:
        tree: HtmlElement = document_fromstring(data, parser=_PARSER)
    except ParserError:
        raise NoText("no HTML") from None
    return tree


def drop_surroundings(tree: HtmlElement) -> None:
    """Remove elements without article text from `tree`: scripts, menus, controls.

    trafilatura removes these elements too, but only after it has searched them several times.
    """
    strip_elements(tree, *_NO_TEXT, with_tail=False)


def _mended(html: str) -> str:
    """Return `html` without doctype and with `<html>` for `<html/>`: libxml2 fails on both."""
    found = _DOCTYPE.match(html)
    begin = found.end() if found else 0
    head = _CLOSED_ROOT.sub(r"\1>", html[begin:_BEGINNING], count=1)
    return head + html[max(begin, _BEGINNING) :]


def _bytes(html: str) -> bytes:
    """Return `html` in UTF-8, without characters and character references that XML forbids."""
    html = html.replace("\ufffe", "").replace("\uffff", "")
    try:
        data = html.encode()
    except UnicodeEncodeError:  # lone surrogates
        data = mend(html).encode()
    data = data.translate(None, _NO_XML)
    for _ in range(_ROUNDS):
        data, found = _NO_XML_REFERENCE.subn(b"", data)
        if not found:
            return data
    return _NO_XML_REFERENCE.sub(b" ", data)


def _open_ended(data: bytes) -> bytes:
    """Rename the end tags of the root if content follows: libxml2 would drop this content.

    Only the tag name is changed, since the end tag may be in a comment or in a script.
    """
    end = _END.search(data)
    more = end and data[data.find(b">", end.end()) + 1 :].strip()
    return _ENDS.sub(b"</x", data) if more else data


def _short_blanks(html: str) -> str:
    """Shorten long white space in `html`: trafilatura would take minutes to process it.

    Checking one character in each stride finds long white space. Searching every page with a
    regular expression would take a fifth of the extraction time.
    """
    strides = range(0, len(html), _STRIDE)
    if any(html[i].isspace() and html[i : i + _STRIDE].isspace() for i in strides):
        return _LONG_BLANK.sub(" ", html)
    return html
