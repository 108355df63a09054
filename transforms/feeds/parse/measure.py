"""One pass of expat over a feed: is it well-formed, is it within the limits, where is it to be cut?"""

from collections.abc import Collection
from xml.parsers import expat

from newslake.schemas.reasons import TooDeep, TooLarge
from newslake.transforms.feeds.parse.mending import MAX_DEPTH

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


class Measure:
    """What one pass over XML finds.

    Attributes:
        entries: How many there are.
        cut: Where the first entry begins that is too many, in bytes; None if there is none.
        ends: The tags that close what is open there.

    Args:
        xml: In UTF-8, without a document type.
        items: Local names of the elements that are entries, in lower case.
        max_entries: Elements in further ones do not count.

    Raises:
        expat.ExpatError: not well-formed, or a namespace is not declared.
        TooDeep: over `MAX_DEPTH` elements within each other.
        TooLarge: over one of the limits above.
    """

    def __init__(self, xml: bytes, items: Collection[str], max_entries: int) -> None:
        self.entries = 0
        self.cut: int | None = None
        self.ends = ""
        self._items = items
        self._max_entries = max_entries
        self._open: list[str] = []
        self._elements = self._person = self._persons = 0
        self._namespaces: set[tuple[str | None, str]] = set()
        self._parser = expat.ParserCreate("utf-8", _BETWEEN)
        self._parser.namespace_prefixes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartNamespaceDeclHandler = self._declare
        self._parser.Parse(xml, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        _, local, *prefix = name.split(_BETWEEN) if _BETWEEN in name else ("", name)
        kind = local.lower()
        if kind in self._items:
            self._begin_entry()
        self._open.append(":".join([*prefix, local]))
        self._elements += self.cut is None
        if len(self._open) > MAX_DEPTH:
            raise TooDeep(f"over {MAX_DEPTH} elements within each other")
        if self._elements > MAX_ELEMENTS or len(attributes) > MAX_ATTRIBUTES:
            raise TooLarge(f"over {MAX_ELEMENTS} elements, or {MAX_ATTRIBUTES} attributes of one")
        if kind in PERSONS:
            self._parser.CharacterDataHandler = self._name

    def _begin_entry(self) -> None:
        self.entries += 1
        if self.entries == self._max_entries + 1:
            self.cut = self._parser.CurrentByteIndex
            self.ends = "".join(f"</{element}>" for element in reversed(self._open))

    def _end(self, name: str) -> None:
        self._open.pop()
        self._person, self._parser.CharacterDataHandler = 0, None

    def _name(self, text: str) -> None:
        self._persons += (self._person + len(text)) ** 2 - self._person**2
        self._person += len(text)
        if self._persons > MAX_PERSONS:
            raise TooLarge("names of persons without end")

    def _declare(self, prefix: str | None, namespace: str) -> None:
        self._namespaces.add((prefix, namespace))
        if len(self._namespaces) > MAX_NAMESPACES:
            raise TooLarge(f"over {MAX_NAMESPACES} namespaces")
