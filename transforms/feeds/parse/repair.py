"""Repair malformed XML in one pass: balance tags, resolve entities, declare namespace prefixes.

- A `<` that does not start a tag becomes text.
- An unclosed element ends where its parent ends.
- An end tag without a start tag is dropped.
- Everything after the root element, or after a truncated tag, is dropped.
- An entry that is not complete is dropped and counted.
"""

import html
import html.entities
import re
from collections.abc import Collection
from typing import NamedTuple

from newslake.schemas.reasons import TooDeep
from newslake.transforms.feeds.parse.sections import CDATA, ENDS, NAME, TAG, is_entry, section_end
from newslake.transforms.tsv import read_rows

MAX_DEPTH = 200
"""Maximum nesting depth of elements. Real feeds have 10 levels; feeds with XHTML have 40 levels."""

_TOKEN = re.compile(
    rf"""<!\[CDATA\[ | <!-- | <\? | </(?P<end>{NAME})[^<>]*> |
    <(?P<start>{NAME})(?P<rest>(?>[^<>"']|"[^"<]*"|'[^'<]*')*+)> | (?><(?![\w/!?]))++ | <""",
    re.VERBOSE | re.ASCII,
)
_ATTRIBUTE = re.compile(rf"""({NAME})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.ASCII)
_PREFIX = re.compile(
    r"""<([A-Za-z_][\w.-]*): | \s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*["']""", re.VERBOSE | re.ASCII
)
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_EMPTY = {"br", "img", "hr", "input", "wbr", "embed"}
_REPEATED = {"p", "li"}
_NAMESPACES = dict(read_rows(__package__, "namespaces.tsv"))
"""Namespaces of prefixes that feeds often use without a declaration."""


class Repaired(NamedTuple):
    """Repaired XML."""

    text: str
    """The XML. In rare cases it is still malformed."""
    incomplete: int
    """Number of entries that are incomplete or damaged, and not in `text`."""


def repaired(text: str, items: Collection[str]) -> Repaired:
    """Repair XML that has no prolog. `items` are the local names of the entries, in lower case.

    Raises:
        TooDeep: The elements are nested deeper than `MAX_DEPTH`.
    """
    text = _ILLEGAL.sub("", text)
    first = re.match(rf"<{NAME}", text, re.ASCII)
    if first is None:
        return Repaired(text, 0)
    missing = {element or name for element, name in _PREFIX.findall(text)} - {"xml", "xmlns"}
    missing -= {*re.findall(r"\sxmlns:([\w.-]+)\s*=", text, re.ASCII)}
    uris = {one: _NAMESPACES.get(one.lower(), f"urn:prefix:{one}") for one in sorted(missing)}
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in uris.items())
    balanced = _Balanced(first[0] + declared + text[first.end() :], items)
    return Repaired("".join(balanced.pieces), balanced.incomplete)


class _Entry(NamedTuple):
    """The entry that is open."""

    name: str  # with its prefix
    begin: int  # offset of its start tag in the text
    pieces: int  # number of pieces before it
    depth: int  # number of open elements around it


class _Balanced:
    """A text in pieces, with balanced tags and without incomplete entries.

    An entry is complete if its end tag is there, or if all elements in it are closed before the next
    entry begins or the element around it ends.

    Attributes:
        pieces: The pieces of the text.
        incomplete: See `Repaired.incomplete`.
    """

    def __init__(self, text: str, items: Collection[str]) -> None:
        self.pieces: list[str] = []
        self.incomplete = 0
        self._text = text
        self._items = items
        self._open: list[str] = []
        self._entry: _Entry | None = None
        self._is_damaged = False
        end = self._read()
        if self._entry:
            self._drop_entry(len(text))
        else:
            self.incomplete += self._entries(end, len(text))
        self.pieces += [f"</{name}>" for name in reversed(self._open)]

    def _read(self) -> int:
        """Read up to the end of the root element or of the text; return the offset."""
        at, last_end = 0, self._text.rfind(">")
        while token := _TOKEN.search(self._text, at):
            self.pieces.append(_as_text(self._text[at : token.start()]))
            at = token.end()
            if token["end"]:
                self._close(token["end"], at)
            elif token["start"]:
                self._begin(token["start"], token["rest"], token.start())
            elif token[0] in ENDS:
                at = self._skip_section(token[0], at)
            elif at > last_end:
                return at
            else:
                self.pieces.append(_data(token[0]))
            if not self._open:
                return at
        self.pieces.append(_as_text(self._text[at:]))
        return len(self._text)

    def _begin(self, name: str, rest: str, at: int) -> None:
        """Add an element's start tag. First, close the element that it ends."""
        if self._open and name == self._open[-1] and name in _REPEATED:
            self.pieces.append(f"</{self._open.pop()}>")
        if self._entry and name == self._entry.name:
            self._end_entry(at)
        if not self._entry and is_entry(name, self._items):
            self._entry = _Entry(name, at, len(self.pieces), len(self._open))
        attributes = {key: a or b or c for key, a, b, c in _ATTRIBUTE.findall(rest)}
        values = {key: _REFERENCE.sub(_resolved, value) for key, value in attributes.items()}
        written = "".join(f' {key}="{html.escape(value)}"' for key, value in values.items())
        if rest.endswith("/") or name in _EMPTY:
            self.pieces.append(f"<{name}{written}/>")
            if self._entry and self._entry.depth == len(self._open):
                self._entry = None
            return
        self.pieces.append(f"<{name}{written}>")
        self._open.append(name)
        if len(self._open) > MAX_DEPTH:
            raise TooDeep(f"elements nested more than {MAX_DEPTH} deep")

    def _close(self, name: str, at: int) -> None:
        """Close the innermost element `name`; do nothing if no such element is open."""
        if name not in self._open:
            return
        entry = self._entry
        if entry and name not in self._open[entry.depth + 1 :]:
            if name == entry.name:
                self._close_to(entry.depth)
            self._end_entry(at)
            if name == entry.name:
                return
        self._close_to(len(self._open) - 1 - self._open[::-1].index(name))

    def _close_to(self, depth: int) -> None:
        while len(self._open) > depth:
            self.pieces.append(f"</{self._open.pop()}>")

    def _end_entry(self, at: int) -> None:
        """End the entry before the offset `at`: close it if it is complete, else drop it."""
        assert self._entry
        if self._is_damaged or len(self._open) > self._entry.depth + 1:
            self._drop_entry(at)
        else:
            self._close_to(self._entry.depth)
            self._entry = None

    def _drop_entry(self, end: int) -> None:
        """Remove the pieces of the entry, and count the entries in its text up to `end`."""
        assert self._entry
        self.incomplete += self._entries(self._entry.begin, end)
        del self.pieces[self._entry.pieces :], self._open[self._entry.depth :]
        self._entry, self._is_damaged = None, False

    def _entries(self, begin: int, end: int) -> int:
        """Return how many entries begin between two offsets."""
        tags = TAG.finditer(self._text, begin, end)
        return sum(is_entry(tag["name"], self._items) for tag in tags if not tag["slash"])

    def _skip_section(self, mark: str, at: int) -> int:
        """Add a CDATA section, or skip a comment or processing instruction; return the offset after it.

        If the section is not closed, the entry is damaged, and the section ends before the next tag
        that cannot be in it.
        """
        end, is_closed = section_end(self._text, mark, at, self._open[-1], self._items)
        if not is_closed:
            self._is_damaged = self._entry is not None
            return end
        if mark == CDATA:
            self.pieces.append(_data(self._text[at:end]))
        return end + len(ENDS[mark])


def _as_text(text: str) -> str:
    return _data(_REFERENCE.sub(_resolved, text)) if "&" in text or ">" in text else text


def _data(text: str) -> str:
    """Return `text` as a CDATA section. Parsers read CDATA fast: in one piece, without entities."""
    return f"<![CDATA[{text.replace(']]>', ']]]]><![CDATA[>')}]]>"


def _resolved(reference: re.Match[str]) -> str:
    """Return the character of an XML or HTML entity; return an unknown entity unchanged."""
    whole = reference[0]
    if whole.startswith("&#") or whole[1:] in html.entities.html5:
        return _ILLEGAL.sub("", html.unescape(whole))
    return whole
