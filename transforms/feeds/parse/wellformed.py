"""XML that a strict parser takes in linear time: feeds are measured, cut and mended beforehand.

feedparser falls back to a parser of SGML where expat refuses, and that one takes time by the square
of some inputs. What passes here is well-formed, so it never gets that far.
"""

import re
from collections.abc import Collection
from typing import NamedTuple
from xml.parsers import expat

from newslake.schemas.reasons import NotAFeed
from newslake.transforms.feeds.parse.measure import Measure
from newslake.transforms.feeds.parse.mending import mended

_PROLOG = re.compile(
    r"\s*(?:<\?.*?>|<!--.*?-->|<!DOCTYPE[^\[>]*(?:\[.*?\]\s*)?>)", re.DOTALL | re.IGNORECASE
)
_ROOT = re.compile(r"\s*<(?:[\w.-]+:)?([\w.-]+)")


class Wellformed(NamedTuple):
    """A feed that any XML parser takes: without document type, within the limits."""

    xml: bytes
    """In UTF-8, without a declaration."""
    left_out: int
    """Entries that were cut off."""
    fault: str | None
    """Why it had to be mended, in the parser's words; None if it had not."""


def without_prolog(text: str) -> str:
    """Return `text` from its first element on: no declaration, no document type, no entities."""
    begin = max(text.find("<"), 0)
    while found := _PROLOG.match(text, begin):
        begin = found.end()
    return text[begin:].strip()


def root_name(text: str) -> str:
    """Return the local name of the first element in lower case; empty if there is none."""
    found = _ROOT.match(text)
    return found[1].lower() if found else ""


def wellformed(text: str, items: Collection[str], max_entries: int) -> Wellformed:
    """Return `text`, mended if it must be, with its first `max_entries` entries.

    Args:
        text: From the first element on, see `without_prolog`.
        items: Local names of the elements that are entries, in lower case.
        max_entries: Further ones are cut off and counted.

    Raises:
        TooDeep, TooLarge: it is over the limits, see `newslake.transforms.feeds.parse.measure`.
        NotAFeed: it cannot be mended.
    """
    try:
        return _cut(text.encode(), items, max_entries, None)
    except expat.ExpatError as error:
        fault = str(error)
    try:
        return _cut(mended(text).encode(), items, max_entries, fault)
    except expat.ExpatError as error:
        raise NotAFeed(f"XML that cannot be mended: {error}") from None


def _cut(xml: bytes, items: Collection[str], max_entries: int, fault: str | None) -> Wellformed:
    """Return `xml` up to the first entry that is too many.

    Raises:
        expat.ExpatError: not well-formed, or a namespace is not declared.
        TooDeep, TooLarge: see `wellformed`.
    """
    measured = Measure(xml, items, max_entries)
    kept = xml if measured.cut is None else xml[: measured.cut] + measured.ends.encode()
    return Wellformed(kept, max(measured.entries - max_entries, 0), fault)
