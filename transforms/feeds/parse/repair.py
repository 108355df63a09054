"""Repair malformed XML in one pass: balance tags, resolve entities, declare namespace prefixes.

- A `<` that does not start a tag becomes text.
- An unclosed element ends where its parent ends.
- An end tag without a start tag is dropped.
- Everything after the root element, or after a truncated tag, is dropped.
"""

import html
import html.entities
import re
from collections.abc import Iterator

from newslake.schemas.reasons import TooDeep
from newslake.transforms.tsv import read_rows

MAX_DEPTH = 200
"""Maximum nesting depth of elements. Real feeds have 10 levels; feeds with XHTML have 40 levels."""

_NAME = r"[A-Za-z_][\w.-]*(?::[A-Za-z_][\w.-]*)?"
_TOKEN = re.compile(
    rf"""<!\[CDATA\[ | <!-- | <\? | </(?P<end>{_NAME})[^<>]*> |
    <(?P<start>{_NAME})(?P<rest>(?>[^<>"']|"[^"<]*"|'[^'<]*')*+)> | (?><(?![\w/!?]))++ | <""",
    re.VERBOSE | re.ASCII,
)
_ATTRIBUTE = re.compile(rf"""({_NAME})\s*=\s*(?:"([^"]*)"|'([^']*)'|([^\s"'>]+))""", re.ASCII)
_PREFIX = re.compile(
    r"""<([A-Za-z_][\w.-]*): | \s([A-Za-z_][\w.-]*):[\w.-]+\s*=\s*["']""", re.VERBOSE | re.ASCII
)
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->", "<?": "?>"}
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
_REFERENCE = re.compile(r"&(?:#[0-9]{1,7}|#[xX][0-9a-fA-F]{1,6}|[A-Za-z]\w{1,30});")
_EMPTY = {"br", "img", "hr", "input", "wbr", "embed"}
_REPEATED = {"p", "li"}
_NAMESPACES = dict(read_rows(__package__, "namespaces.tsv"))
"""Namespaces of prefixes that feeds often use without a declaration."""


def repaired(text: str) -> str:
    """Repair XML that has no prolog. In rare cases the result is still malformed.

    Raises:
        TooDeep: The elements are nested deeper than `MAX_DEPTH`.
    """
    text = _without_broken_entry(_ILLEGAL.sub("", text))
    first = re.match(rf"<{_NAME}", text, re.ASCII)
    if first is None:
        return text
    missing = {element or name for element, name in _PREFIX.findall(text)} - {"xml", "xmlns"}
    missing -= {*re.findall(r"\sxmlns:([\w.-]+)\s*=", text, re.ASCII)}
    uris = {one: _NAMESPACES.get(one.lower(), f"urn:prefix:{one}") for one in sorted(missing)}
    declared = "".join(f' xmlns:{prefix}="{uri}"' for prefix, uri in uris.items())
    return "".join(_balanced(first[0] + declared + text[first.end() :]))


def _without_broken_entry(text: str) -> str:
    """Remove a truncated last entry from `text`: the entry's URL may be cut off."""
    for element in ("item", "entry"):
        begin = text.rfind(f"<{element}")
        if begin > text.rfind(f"</{element}"):
            text = text[:begin]
    return text


def _balanced(text: str) -> Iterator[str]:
    """Yield `text` in pieces with balanced tags."""
    open_elements: list[str] = []
    at, last_end = 0, text.rfind(">")
    while token := _TOKEN.search(text, at):
        yield _as_text(text[at : token.start()])
        at = token.end()
        name = token["start"] or token["end"]
        if token["end"]:
            yield from _closed(open_elements, name)
        elif name:
            yield from _opened(open_elements, name, token["rest"])
        elif end := _ENDS.get(token[0]):
            begin, found = at, text.find(end, at)
            at = found + len(end) if found >= 0 else len(text)
            if token[0] == "<![CDATA[":
                yield _data(text[begin : found if found >= 0 else None])
        elif at > last_end:
            break
        else:
            yield _data(token[0])
        if not open_elements:
            return
    else:
        yield _as_text(text[at:])
    yield from (f"</{name}>" for name in reversed(open_elements))


def _opened(open_elements: list[str], name: str, rest: str) -> Iterator[str]:
    """Yield an element's start tag. First, yield the end tag of an element that it closes."""
    if open_elements and name == open_elements[-1] and name in _REPEATED:
        yield f"</{open_elements.pop()}>"
    attributes = {key: a or b or c for key, a, b, c in _ATTRIBUTE.findall(rest)}
    values = {key: _REFERENCE.sub(_resolved, value) for key, value in attributes.items()}
    written = "".join(f' {key}="{html.escape(value)}"' for key, value in values.items())
    if rest.endswith("/") or name in _EMPTY:
        yield f"<{name}{written}/>"
        return
    yield f"<{name}{written}>"
    open_elements.append(name)
    if len(open_elements) > MAX_DEPTH:
        raise TooDeep(f"elements nested more than {MAX_DEPTH} deep")


def _closed(open_elements: list[str], name: str) -> Iterator[str]:
    """Yield the end tags up to the innermost element `name`; no tags if no such element is open."""
    while name in open_elements:
        yield f"</{(last := open_elements.pop())}>"
        if last == name:
            return


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
