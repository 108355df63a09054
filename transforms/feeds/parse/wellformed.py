"""Check, cut and repair a feed's XML. feedparser then gets well-formed XML.

For malformed XML, feedparser uses an SGML parser, which takes quadratic time for some inputs.
Well-formed XML never reaches that parser.
"""

import re
from collections.abc import Collection
from typing import NamedTuple
from xml.parsers import expat

from newslake.schemas.reasons import NotAFeed
from newslake.transforms.feeds.parse.measure import MAX_ELEMENTS, Measure
from newslake.transforms.feeds.parse.repair import repaired
from newslake.transforms.feeds.parse.sections import has_open_cdata

_PROLOG = re.compile(
    r"\s*(?:<\?.*?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([\w.-]+)")


class Wellformed(NamedTuple):
    """The well-formed XML of a feed: without a document type, and within the limits."""

    xml: bytes
    """The XML in UTF-8, without an XML declaration."""
    left_out: int
    """Number of entries that were cut off."""
    incomplete: int = 0
    """Number of entries that are incomplete or damaged, and not in `xml`."""
    faults: tuple[str, ...] = ()
    """A message if the XML was repaired, with the parser's error message for the original XML."""


def without_prolog(text: str) -> str:
    """Return `text` from the root element on, without XML declaration, doctype and comments."""
    begin = max(text.find("<"), 0)
    while found := _PROLOG.match(text, begin):
        begin = found.end()
    return text[begin:].strip()


def root_name(text: str) -> str:
    """Return the local name of the root element in lower case; empty if there is none."""
    found = _ROOT.match(text)
    return found[1].lower() if found else ""


def wellformed(
    text: str, items: Collection[str], max_entries: int, max_elements: int = MAX_ELEMENTS
) -> Wellformed:
    """Return the first `max_entries` entries of a feed as well-formed XML, repaired if necessary.

    Args:
        text: The XML from the root element on, see `without_prolog`.
        items: Local names of the elements that are entries, in lower case.
        max_entries: Number of entries to keep; further entries are cut off and counted.
        max_elements: Maximum number of elements, see `MAX_ELEMENTS`.

    Raises:
        TooDeep, TooLarge: The XML exceeds a limit of `newslake.transforms.feeds.parse.measure`.
        NotAFeed: The XML cannot be repaired.
    """
    fault = "a CDATA section is not closed"
    if not has_open_cdata(text, items):
        try:
            return _cut(text, items, max_entries, max_elements)
        except expat.ExpatError as error:
            fault = str(error)
    whole = repaired(text, items)
    try:
        cut = _cut(whole.text, items, max_entries, max_elements)
    except expat.ExpatError as error:
        raise NotAFeed(f"malformed XML that cannot be repaired: {error}") from None
    return cut._replace(incomplete=whole.incomplete, faults=(f"malformed XML repaired: {fault}",))


def _cut(text: str, items: Collection[str], max_entries: int, max_elements: int) -> Wellformed:
    """Return `text` with at most `max_entries` entries; raise the errors of `Measure`."""
    xml = text.encode()
    measured = Measure(xml, items, max_entries, max_elements)
    kept = xml if measured.cut is None else xml[: measured.cut] + measured.ends.encode()
    return Wellformed(kept, max(measured.entries - max_entries, 0))
