"""Check in one expat pass that a feed is well-formed and within limits; find the place to cut."""

from collections.abc import Collection
from xml.parsers import expat

from newslake.schemas.reasons import TooDeep, TooLarge
from newslake.transforms.feeds.parse.repair import MAX_DEPTH

MAX_ELEMENTS = 100_000
"""Maximum number of elements before the entries and in the kept entries. feedparser parses this
number of elements in two seconds; real feeds have about 10,000 elements."""

MAX_ATTRIBUTES = 100
"""Maximum number of attributes of one element: feedparser's time grows with the number's square."""

MAX_NAMESPACES = 100
"""Maximum number of namespace declarations: feedparser searches all of these for each element."""

PERSONS = {"author", "creator", "managingeditor", "webmaster", "publisher", "owner"}
"""feedparser searches these elements for e-mail addresses. Its time is quadratic in the length."""

MAX_PERSONS = 300_000_000
"""Maximum sum of the squared lengths of these elements; feedparser takes about a second for it."""

_SEPARATOR = "\x1f"  # expat puts this character between the parts of a name; XML does not allow it


class Measure:
    """The result of one pass over XML.

    Attributes:
        entries: Number of entries.
        cut: Byte offset of the first entry after `max_entries` entries; None if there is none.
        ends: The end tags of the elements that are open at `cut`.

    Args:
        xml: XML in UTF-8, without a document type.
        items: Local names of the elements that are entries, in lower case.
        max_entries: Number of entries to keep; the elements of further entries are not counted.
        max_elements: Maximum number of elements, see `MAX_ELEMENTS`.

    Raises:
        expat.ExpatError: The XML is not well-formed, or uses an undeclared namespace prefix.
        TooDeep: The elements are nested deeper than `MAX_DEPTH`.
        TooLarge: The XML exceeds another limit of this module.
    """

    def __init__(
        self,
        xml: bytes,
        items: Collection[str],
        max_entries: int,
        max_elements: int = MAX_ELEMENTS,
    ) -> None:
        self.entries = 0
        self.cut: int | None = None
        self.ends = ""
        self._items = items
        self._max_entries = max_entries
        self._max_elements = max_elements
        self._open: list[str] = []
        self._elements = self._person = self._persons = 0
        self._namespaces: set[tuple[str | None, str]] = set()
        self._parser = expat.ParserCreate("utf-8", _SEPARATOR)
        self._parser.namespace_prefixes = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.StartNamespaceDeclHandler = self._declare
        self._parser.Parse(xml, True)

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        _, local, *prefix = name.split(_SEPARATOR) if _SEPARATOR in name else ("", name)
        kind = local.lower()
        if kind in self._items:
            self._begin_entry()
        self._open.append(":".join([*prefix, local]))
        self._elements += self.cut is None
        if len(self._open) > MAX_DEPTH:
            raise TooDeep(f"elements nested more than {MAX_DEPTH} deep")
        if self._elements > self._max_elements:
            raise TooLarge(f"more than {self._max_elements} elements")
        if len(attributes) > MAX_ATTRIBUTES:
            raise TooLarge(f"an element with more than {MAX_ATTRIBUTES} attributes")
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
            raise TooLarge("the names of persons are too long")

    def _declare(self, prefix: str | None, namespace: str) -> None:
        self._namespaces.add((prefix, namespace))
        if len(self._namespaces) > MAX_NAMESPACES:
            raise TooLarge(f"more than {MAX_NAMESPACES} namespaces")
