"""XML that a strict parser takes in linear time: feeds are measured, cut and mended beforehand.

feedparser falls back to a parser of SGML where expat refuses, and that one takes time by the square
of some inputs. What passes here is well-formed, so it never gets that far.
"""

import re
from typing import NamedTuple
from xml.parsers import expat

from schemas.reasons import NotAFeed, TooDeep, TooLarge
from transforms.feeds.mending import MAX_DEPTH, mended

ITEMS = {"item", "entry", "url"}
"""Local names of the elements that are entries, in lower case."""

MAX_ELEMENTS = 100_000
"""In the entries that are kept: two seconds of feedparser; real feeds have some 10,000."""

MAX_ATTRIBUTES = 100
"""Of one element: feedparser's time grows with their square."""

MAX_NAMESPACES = 100
"""Declared in all: feedparser looks through them for each element."""

PERSONS = {"author", "creator", "managingeditor", "webmaster", "publisher", "owner"}
"""Elements in which feedparser looks for e-mail addresses, in time by the square of their length."""

MAX_PERSONS = 300_000_000
"""Sum of the squares of these lengths: takes more than a second."""

_BETWEEN = "\x1f"  # separates parts of a name for expat; XML cannot hold it
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


def wellformed(text: str, max_entries: int) -> Wellformed:
    """Return `text`, mended if it must be, with its first `max_entries` entries.

    Args:
        text: From the first element on, see `without_prolog`.
        max_entries: Further ones are cut off and counted.

    Raises:
        TooDeep: over `MAX_DEPTH` elements within each other.
        TooLarge: over `MAX_ELEMENTS` in all, `MAX_ATTRIBUTES` in one, `MAX_NAMESPACES`, `MAX_PERSONS`.
        NotAFeed: it cannot be mended.
    """
    try:
        return _cut(text.encode(), max_entries, None)
    except expat.ExpatError as error:
        fault = str(error)
    try:
        return _cut(mended(text).encode(), max_entries, fault)
    except expat.ExpatError as error:
        raise NotAFeed(f"XML that cannot be mended: {error}") from None


def _cut(xml: bytes, max_entries: int, fault: str | None) -> Wellformed:
    """Return `xml`, cut before the first entry that is too many.

    Raises:
        expat.ExpatError: not well-formed, or a namespace is not declared.
        TooDeep, TooLarge: see `wellformed`.
    """
    parser = expat.ParserCreate("utf-8", _BETWEEN)
    parser.namespace_prefixes = True
    open_elements: list[str] = []
    elements, entries, kept = 0, 0, xml
    named = squares = 0
    namespaces: set[tuple[str | None, str]] = set()

    def start(name: str, attributes: dict[str, str]) -> None:
        nonlocal elements, entries, kept
        _, local, *prefix = name.split(_BETWEEN) if _BETWEEN in name else ("", name)
        if local.lower() in ITEMS:
            entries += 1
            if entries == max_entries + 1:
                ends = "".join(f"</{element}>" for element in reversed(open_elements))
                kept = xml[: parser.CurrentByteIndex] + ends.encode()
        open_elements.append(":".join([*prefix, local]))
        if len(open_elements) > MAX_DEPTH:
            raise TooDeep(f"over {MAX_DEPTH} elements within each other")
        elements += entries <= max_entries
        if local.lower() in PERSONS:
            parser.CharacterDataHandler = name_persons
        if elements > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise TooLarge(f"over {MAX_ELEMENTS} elements, or {MAX_ATTRIBUTES} attributes of one")

    def end(name: str) -> None:
        nonlocal named
        open_elements.pop()
        named, parser.CharacterDataHandler = 0, None

    def name_persons(text: str) -> None:
        nonlocal named, squares
        squares += (named + len(text)) ** 2 - named**2
        named += len(text)
        if squares > MAX_PERSONS:
            raise TooLarge("names of persons without end")

    def declare(prefix: str | None, namespace: str) -> None:
        namespaces.add((prefix, namespace))
        if len(namespaces) > MAX_NAMESPACES:
            raise TooLarge(f"over {MAX_NAMESPACES} namespaces")

    parser.StartElementHandler, parser.EndElementHandler = start, end
    parser.StartNamespaceDeclHandler = declare
    parser.Parse(xml, True)
    return Wellformed(kept, max(entries - max_entries, 0), fault)
